/* guise: another user for a moment, and all as before where that fails. */

#ifdef __linux__
#define _GNU_SOURCE /* setgroups(2) */
#endif

#include "harness/harness.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "child.h"
#include "guise.h"
#include "harness/refuse.h"

#define USER   "nobody"
#define GROUPS 2

static const gid_t before[GROUPS] = {0, 7};

static void
need_root(void)
{
	if (geteuid() != 0 || getpwnam(USER) == NULL)
		skip();
}

static struct privileges_ids
user_ids(void)
{
	const struct passwd *user = getpwnam(USER);

	return (struct privileges_ids){user->pw_uid, user->pw_gid};
}

/* Root, as set up below. */
static bool
is_as_before(void)
{
	gid_t groups[GROUPS + 1];

	return geteuid() == 0 && getegid() == 0 && getuid() == 0 &&
	    getgroups(GROUPS + 1, groups) == GROUPS &&
	    memcmp(groups, before, sizeof(before)) == 0;
}

static const char *
wear(void)
{
	const struct privileges_ids ids = user_ids();
	struct guise guise;
	gid_t groups[2];

	if (setgroups(GROUPS, before) == -1)
		return "setgroups";
	if (guise_put_on(&guise, &ids) == -1)
		return "put on";
	if (geteuid() != ids.uid || getegid() != ids.gid)
		return "it is not that user";
	if (getgroups(2, groups) != 1 || groups[0] != ids.gid)
		return "a group is left";
	if (guise_take_off(&guise) == -1)
		return "take off";
	return is_as_before() ? NULL : "it is not what it was";
}

static void
test_it_is_that_user_and_then_root_again(void **state)
{
	(void)state;
	need_root();
	child_expect(wear);
}

#ifdef __linux__
static const struct refusal *denial;

/* A child of its own for each: what is denied once stays so. */
static void
expect_each(
    const struct refusal *denials, size_t count, const char *(*in_vain)(void))
{
	need_root();
	if (!refuse_is_possible())
		skip();
	for (denial = denials; denial < denials + count; denial++)
		child_expect(in_vain);
}

static const char *
put_on_in_vain(void)
{
	const struct privileges_ids ids = user_ids();
	struct guise guise;

	if (setgroups(GROUPS, before) == -1 || refuse(denial) == -1)
		return "deny";
	errno = 0;
	if (guise_put_on(&guise, &ids) == 0 || errno != EPERM)
		return "it is put on";
	return denial->call == SYS_getgroups || is_as_before()
	    ? NULL
	    : "it is not what it was";
}

static void
test_what_can_not_be_put_on_leaves_all_as_before(void **state)
{
	const struct privileges_ids ids =
	    geteuid() == 0 ? user_ids() : (struct privileges_ids){0, 0};
	const struct refusal denials[] = {
	    {SYS_getgroups, EPERM, REFUSE_ANY, 0},
	    {SYS_getgroups, EPERM, 0, GROUPS},
	    {SYS_setgroups, EPERM, REFUSE_ANY, 0},
	    {SYS_setresgid, EPERM, 1, ids.gid},
	    {SYS_setresuid, EPERM, 1, ids.uid},
	};

	(void)state;
	expect_each(
	    denials, sizeof(denials) / sizeof(denials[0]), put_on_in_vain);
}

static const char *
take_off_in_vain(void)
{
	const struct privileges_ids ids = user_ids();
	struct guise guise;

	if (guise_put_on(&guise, &ids) == -1 || refuse(denial) == -1)
		return "deny";
	errno = 0;
	return guise_take_off(&guise) == -1 && errno == EPERM
	    ? NULL
	    : "it is taken off";
}

static void
test_what_can_not_be_taken_off_is_told(void **state)
{
	static const struct refusal denials[] = {
	    {SYS_setresuid, EPERM, 1, 0},
	    {SYS_setresgid, EPERM, 1, 0},
	    {SYS_setgroups, EPERM, REFUSE_ANY, 0},
	};

	(void)state;
	expect_each(
	    denials, sizeof(denials) / sizeof(denials[0]), take_off_in_vain);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_is_that_user_and_then_root_again),
#ifdef __linux__
	    cmocka_unit_test(test_what_can_not_be_put_on_leaves_all_as_before),
	    cmocka_unit_test(test_what_can_not_be_taken_off_is_told),
#endif
	};

	return cmocka_run_group_tests_name("guise", tests, NULL, NULL);
}
