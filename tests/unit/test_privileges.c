/* privileges: to another user for good, or not at all. */

#ifdef __linux__
#define _GNU_SOURCE /* setresuid(2), unshare(2) */
#endif

#include "harness/harness.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sched.h>
#endif

#include "child.h"
#include "harness/refuse.h"
#include "harness/scratch.h"
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

#ifdef __linux__
/* Not this user in effect, and no way to become it. */
static const char *
become_oneself_as_another(void)
{
	const uid_t uid = getpwnam(USER)->pw_uid;
	const uid_t other = getpwnam(OTHER)->pw_uid;

	if (setresuid(uid, other, other) == -1)
		return "setresuid";
	return drop_says(USER, USER ": only root can become another user");
}
#endif

static void
test_only_root_becomes_another_user(void **state)
{
	(void)state;
	need_root_and_users();
	child_expect(become_another_without_root);
	child_expect(become_oneself_without_root);
	child_expect(become_oneself_with_a_way_back);
#ifdef __linux__
	child_expect(become_oneself_as_another);
#endif
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

#ifdef __linux__
/* What the system does not do, and what comes of it. */
struct denial {
	struct refusal what;
	const char *says;
};

static const struct denial *denial;

#define GROUPS_STAY "its groups can't be taken: Operation not permitted"
#define IDS_STAY    "its ids can't be taken: Operation not permitted"
#define IDS_LEFT    "the system left some ids as they were"
#define GROUPS_LEFT "some groups are not this user's"
#define RIGHTS_LEFT "some capabilities are left"
#define WAY_BACK    "the way back to root is still open"

static const struct denial denials[] = {
    {{SYS_setgroups, EPERM, REFUSE_ANY, 0}, GROUPS_STAY},
    {{SYS_setresgid, EPERM, REFUSE_ANY, 0}, IDS_STAY},
    {{SYS_setresuid, EPERM, REFUSE_ANY, 0}, IDS_STAY},
    {{SYS_setresgid, 0, REFUSE_ANY, 0}, IDS_LEFT},
    {{SYS_setresuid, 0, REFUSE_ANY, 0}, IDS_LEFT},
    {{SYS_getresuid, EPERM, REFUSE_ANY, 0}, IDS_LEFT},
    {{SYS_getresgid, EPERM, REFUSE_ANY, 0}, IDS_LEFT},
    {{SYS_setgroups, 0, REFUSE_ANY, 0}, GROUPS_LEFT},
    {{SYS_getgroups, EPERM, REFUSE_ANY, 0}, GROUPS_LEFT},
    {{SYS_getgroups, EPERM, 0, 1}, GROUPS_LEFT}, /* not how many there are */
    {{SYS_capget, EPERM, REFUSE_ANY, 0}, RIGHTS_LEFT},
    /* setuid(0) and its like; the calls beneath have -1 for what stays */
    {{SYS_setuid, 0, 0, 0}, WAY_BACK},
    {{SYS_setresuid, 0, 1, 0}, WAY_BACK},
    {{SYS_setgid, 0, 0, 0}, WAY_BACK},
    {{SYS_setresgid, 0, 1, 0}, WAY_BACK},
};

static const char *
become_where_it_is_denied(void)
{
	const gid_t groups[] = {0, STRANGE};
	char says[PRIVILEGES_ERROR_MAX];

	if (setgroups(2, groups) == -1 || refuse(&denial->what) == -1)
		return "deny";
	(void)snprintf(says, sizeof(says), USER ": %s", denial->says);
	return drop_says(USER, says);
}

static void
test_half_a_change_of_user_is_an_error(void **state)
{
	size_t i;

	(void)state;
	need_root_and_users();
	if (!refuse_is_possible())
		skip();
	for (i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
		denial = &denials[i];
		child_expect(become_where_it_is_denied);
	}
}

static const char *
stay_where_root_is_near(void)
{
	const struct refusal feigned = {SYS_setuid, 0, REFUSE_ANY, 0};
	const char *wrong = drop_says(USER, NULL);

	if (wrong == NULL && refuse(&feigned) == -1)
		return "refuse";
	return wrong != NULL
	    ? wrong
	    : drop_says(USER, USER ": only root can become another user");
}

static void
test_who_could_be_root_again_does_not_stay(void **state)
{
	(void)state;
	need_root_and_users();
	if (!refuse_is_possible())
		skip();
	child_expect(stay_where_root_is_near);
}

/* Puts a file of ours in the place of /etc/name, for this child alone. */
static bool
put_in_place(const char *name, const char *text)
{
	char path[256], place[64];

	(void)scratch_path(path, sizeof(path), name);
	scratch_write(path, text, strlen(text));
	(void)snprintf(place, sizeof(place), "/etc/%s", name);
	return chmod(path, 0644) == 0 &&
	    mount(path, place, NULL, MS_BIND, NULL) == 0;
}

#define MANY 100 /* groups: more than are looked for at first */

static bool
settle(void)
{
	char groups[MANY * 32];
	size_t len = 0;
	int i;

	for (i = 0; i < MANY; i++)
		len += (size_t)snprintf(groups + len, sizeof(groups) - len,
		    "g%d:x:%d:joiner\n", i, 5000 + i);
	return unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    put_in_place("nsswitch.conf", "passwd: files\ngroup: files\n") &&
	    put_in_place("group", groups) &&
	    put_in_place("passwd",
		"root:x:0:0::/:/bin/sh\n"
		"ghost:x:4711:0::/:/bin/sh\n"
		"joiner:x:4712:4712::/:/bin/sh\n");
}

static const char *
have_roots_group(void)
{
	return settle() ? drop_says("ghost", "ghost: its group is that of root")
			: "settle";
}

static const char *
have_many_groups(void)
{
	const char *wrong;

	if (!settle())
		return "settle";
	wrong = drop_says("joiner", NULL);
	if (wrong == NULL && getgroups(0, NULL) != MANY + 1)
		return "some groups are missing";
	return wrong;
}

static const char *
look_up_without_descriptors(void)
{
	struct rlimit before, none = {0};
	const char *wrong;

	if (!settle() || getrlimit(RLIMIT_NOFILE, &before) == -1)
		return "settle";
	none.rlim_max = before.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &none) == -1)
		return "setrlimit";
	wrong = drop_says("joiner", "joiner: Too many open files");
	(void)setrlimit(RLIMIT_NOFILE, &before);
	return wrong;
}

static const char *
try_to_settle(void)
{
	return settle() ? NULL : "settle";
}

static void
test_what_the_databases_say_decides(void **state)
{
	(void)state;
	need_root_and_users();
	if (!child_succeeds(try_to_settle))
		skip();
	child_expect(have_roots_group);
	child_expect(have_many_groups);
	child_expect(look_up_without_descriptors);
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
	    cmocka_unit_test(test_half_a_change_of_user_is_an_error),
	    cmocka_unit_test(test_who_could_be_root_again_does_not_stay),
	    cmocka_unit_test(test_what_the_databases_say_decides),
#endif
	};

	return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
