/* privileges: to another user for good, or not at all. */

#include "harness/harness.h"

#include <sys/types.h>

#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "child.h"
#include "privileges.h"

#define USER	"nobody"
#define OTHER	"daemon"
#define NO_UID	"3987654321" /* has no entry on any system that tests us */
#define STATUS	4096
#define STRANGE 7 /* a group that USER is not in */

/* In a child: what a drop to user did not say, or NULL. */
static const char *
drop_says(const char *user, const char *wanted)
{
	static char wrong[2 * PRIVILEGES_ERROR_MAX];
	char error[PRIVILEGES_ERROR_MAX] = "";
	int result = privileges_drop(user, error);

	if (result == (wanted == NULL ? 0 : -1) &&
	    strcmp(error, wanted == NULL ? "" : wanted) == 0)
		return NULL;
	snprintf(wrong, sizeof(wrong), "%d '%s'", result, error);
	return wrong;
}

static void
need_root_and_users(void)
{
	if (geteuid() != 0 || getpwnam(USER) == NULL || getpwnam(OTHER) == NULL)
		skip();
}

/* A line of this thread's status, as "\nUid:\t0", or NULL. */
static const char *
status_line(const char *name)
{
	static char text[STATUS];
	FILE *file = fopen("/proc/thread-self/status", "r");
	size_t len;

	if (file == NULL)
		return NULL;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	return strstr(text, name);
}

static bool
has_no_capabilities(void)
{
	const char *effective = status_line("\nCapEff:");
	const char *permitted = status_line("\nCapPrm:");

	/* a system without either has nothing to give up */
	return (effective == NULL ||
		   strncmp(effective + 9, "0000000000000000", 16) == 0) &&
	    (permitted == NULL ||
		strncmp(permitted + 9, "0000000000000000", 16) == 0);
}

static const char *
check_is_user(void)
{
	const struct passwd *user = getpwnam(USER);
	gid_t groups[STRANGE];
	int n, i;

	if (getuid() != user->pw_uid || geteuid() != user->pw_uid)
		return "not the user";
	if (getgid() != user->pw_gid || getegid() != user->pw_gid)
		return "not its group";
	n = getgroups(STRANGE, groups);
	if (n == -1)
		return "too many groups";
	for (i = 0; i < n; i++)
		if (groups[i] == STRANGE || groups[i] == 0)
			return "a group was kept";
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return "a way back";
	if (!has_no_capabilities())
		return "capabilities";
	return NULL;
}

static const char *
become_by_name(void)
{
	const gid_t groups[] = {0, STRANGE};
	const char *wrong;

	if (setgroups(2, groups) == -1)
		return "setgroups";
	if (!privileges_are_root())
		return "not root before";
	wrong = drop_says(USER, NULL);
	if (wrong == NULL && privileges_are_root())
		return "root after";
	return wrong != NULL ? wrong : check_is_user();
}

static const char *
become_by_number(void)
{
	char number[32];
	const char *wrong;

	snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)getpwnam(USER)->pw_uid);
	wrong = drop_says(number, NULL);
	return wrong != NULL ? wrong : check_is_user();
}

static void
test_root_becomes_the_user_for_good(void **state)
{
	(void)state;
	need_root_and_users();
	child_expect(become_by_name);
	child_expect(become_by_number);
}

/* Once there is something to read the ids are to be told. */
static void *
tell_own_ids(void *arg)
{
	int *ends = arg;
	char byte;
	bool root;

	root = read(ends[0], &byte, 1) != 1 || geteuid() == 0 ||
	    getegid() == 0 || !has_no_capabilities();
	return root ? arg : NULL;
}

static const char *
become_with_a_thread(void)
{
	pthread_t thread;
	const char *wrong;
	void *root;
	int ends[2];

	if (pipe(ends) == -1 ||
	    pthread_create(&thread, NULL, tell_own_ids, ends) != 0)
		return "no thread";
	wrong = drop_says(USER, NULL);
	if (write(ends[1], "", 1) != 1 || pthread_join(thread, &root) != 0)
		return "no answer";
	if (wrong == NULL && root != NULL)
		return "the thread is still root";
	return wrong;
}

static void
test_threads_that_are_there_become_the_user_too(void **state)
{
	(void)state;
	need_root_and_users();
	child_expect(become_with_a_thread);
}

static void
expect_no_such_user(const char *user)
{
	char error[PRIVILEGES_ERROR_MAX] = "", wanted[PRIVILEGES_ERROR_MAX];

	snprintf(wanted, sizeof(wanted), "%s: no such user", user);
	assert_int_equal(privileges_drop(user, error), -1);
	assert_string_equal(error, wanted);
}

static void
test_who_has_no_entry_is_named(void **state)
{
	(void)state;
	expect_no_such_user("yodel-nosuch");
	expect_no_such_user("");
	expect_no_such_user(NO_UID);
	expect_no_such_user("1x");
	expect_no_such_user("-1");
	expect_no_such_user(" 1");
	expect_no_such_user("4294967295");	     /* (uid_t)-1 */
	expect_no_such_user("4294967296");	     /* 0, when it is cut */
	expect_no_such_user("18446744073709551617"); /* 1, when it is cut */
}

static void
test_a_name_without_end_leaves_room_for_what_is_wrong(void **state)
{
	char user[2 * PRIVILEGES_ERROR_MAX], error[PRIVILEGES_ERROR_MAX];

	(void)state;
	memset(user, 'x', sizeof(user));
	user[sizeof(user) - 1] = '\0';
	assert_int_equal(privileges_drop(user, error), -1);
	assert_memory_equal(error, user, 100);
	assert_string_equal(error + 100, ": no such user");
}

static const char *
stay_root(void)
{
	const char *wrong = drop_says("root", "root: this is root itself");

	return wrong != NULL ? wrong : drop_says("0", "0: this is root itself");
}

static void
test_root_is_no_user_to_drop_to(void **state)
{
	(void)state;
	child_expect(stay_root);
}

static const char *
become_another_without_root(void)
{
	const char *wrong = drop_says(USER, NULL);

	return wrong != NULL
	    ? wrong
	    : drop_says(OTHER, OTHER ": only root can become another user");
}

static const char *
become_oneself_without_root(void)
{
	const char *wrong = drop_says(USER, NULL);

	return wrong != NULL ? wrong : drop_says(USER, NULL);
}

/* As a program that is setuid, the other way round. */
static const char *
become_oneself_with_a_way_back(void)
{
	if (seteuid(getpwnam(USER)->pw_uid) == -1)
		return "seteuid";
	return drop_says(USER, USER ": only root can become another user");
}

static void
test_only_root_becomes_another_user(void **state)
{
	(void)state;
	need_root_and_users();
	child_expect(become_another_without_root);
	child_expect(become_oneself_without_root);
	child_expect(become_oneself_with_a_way_back);
}

#ifdef __linux__
static const char *
become_and_keep(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1)
		return "prctl";
	return drop_says(USER, USER ": some capabilities are left");
}

static void
test_capabilities_that_stay_are_an_error(void **state)
{
	(void)state;
	need_root_and_users();
	child_expect(become_and_keep);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_root_becomes_the_user_for_good),
	    cmocka_unit_test(test_threads_that_are_there_become_the_user_too),
	    cmocka_unit_test(test_who_has_no_entry_is_named),
	    cmocka_unit_test(
		test_a_name_without_end_leaves_room_for_what_is_wrong),
	    cmocka_unit_test(test_root_is_no_user_to_drop_to),
	    cmocka_unit_test(test_only_root_becomes_another_user),
#ifdef __linux__
	    cmocka_unit_test(test_capabilities_that_stay_are_an_error),
#endif
	};

	return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
