/* control_socket: whose it is, and what of others is left alone. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "control_path.h"
#include "control_socket.h"
#include "harness/harness.h"
#include "harness/refuse.h"
#include "harness/scratch.h"
#include "listener.h"
#include "privileges.h"

#define PORT 8080

static struct listener *
open_at(const char *path, char *error)
{
	return control_socket_open(path, PORT, NULL, error);
}

static void
expect_refused(const char *path, const char *words)
{
	char error[CONTROL_SOCKET_ERROR_MAX] = "";

	assert_null(open_at(path, error));
	if (strstr(error, words) == NULL)
		fail_msg("'%s' has no '%s'", error, words);
}

static void
expect_mode(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* What a server that died has left, or one that lives (listens) has. */
static int
bind_at(const char *path, int backlog)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	if (backlog > 0)
		assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

static void
its_mode_is_its_own_whatever_the_umask(void **state)
{
	static const mode_t masks[] = {0, 022, 077};
	char path[512], error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;
	mode_t before;
	size_t i;

	(void)state;
	(void)scratch_path(path, sizeof(path), "mode.sock");
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		before = umask(masks[i]);
		listener = open_at(path, error);
		assert_int_equal(umask(before), masks[i]);
		assert_non_null(listener);
		expect_mode(path);
		listener_free(listener);
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void
by_default_it_is_in_the_runtime_directory_whatever_its_mode(void **state)
{
	char dir[512], path[600], error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;

	(void)state;
	(void)scratch_path(dir, sizeof(dir), "runtime");
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1), 0);
	listener = control_socket_open(NULL, PORT, NULL, error);
	assert_non_null(listener);
	(void)snprintf(path, sizeof(path), "%s/yodeld-8080.sock", dir);
	assert_string_equal(listener_path(listener), path);
	expect_mode(path);
	listener_free(listener);
	listener = control_socket_open(NULL, 0, NULL, error);
	assert_non_null(listener);
	(void)snprintf(
	    path, sizeof(path), "%s/yodeld-pid%ld.sock", dir, (long)getpid());
	assert_string_equal(listener_path(listener), path);
	listener_free(listener);
}

static void
a_stale_one_is_replaced_and_a_live_one_is_not(void **state)
{
	char path[512], error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;
	int fd;

	(void)state;
	(void)scratch_path(path, sizeof(path), "stale.sock");
	assert_int_equal(close(bind_at(path, 0)), 0);
	listener = open_at(path, error);
	assert_non_null(listener);
	expect_mode(path);
	expect_refused(path, "stale.sock: another server has it");
	listener_free(listener);
	fd = bind_at(path, 1);
	expect_refused(path, "another server has it");
	assert_int_equal(access(path, F_OK), 0);
	close(fd);
}

static void
what_is_no_socket_is_left_alone(void **state)
{
	char file[512], link[512], *text;

	(void)state;
	(void)scratch_path(file, sizeof(file), "file");
	scratch_write(file, "mine", 4);
	expect_refused(file, "/file: there is a file that is no socket");
	(void)scratch_path(link, sizeof(link), "link");
	assert_int_equal(symlink(file, link), 0);
	expect_refused(link, "/link: there is a file that is no socket");
	expect_refused(scratch_dir(), "there is a file that is no socket");
	text = scratch_read(file, NULL);
	assert_string_equal(text, "mine");
	free(text);
	assert_int_equal(access(link, F_OK), 0);
}

static void
a_path_that_leads_nowhere_is_refused(void **state)
{
	char path[512];

	(void)state;
	(void)scratch_path(path, sizeof(path), "nowhere/c.sock");
	expect_refused(path, "No such file or directory");
	(void)memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[150] = '\0';
	expect_refused(path, "/xxx");
	path[150] = 'x';
	path[sizeof(path) - 1] = '\0';
	expect_refused(path, "/xxx");
}

/* Whoever has taken its place keeps it. */
static void
only_its_own_file_goes_and_is_given_away(void **state)
{
	char path[512], error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;

	(void)state;
	(void)scratch_path(path, sizeof(path), "taken.sock");
	listener = open_at(path, error);
	assert_non_null(listener);
	assert_int_equal(listener_give_path(listener, geteuid(), getegid()), 0);
	assert_int_equal(unlink(path), 0);
	scratch_write(path, "other", 5);
	assert_int_equal(
	    listener_give_path(listener, geteuid(), getegid()), -1);
	listener_free(listener);
	assert_int_equal(access(path, F_OK), 0);
}

/* Directories, one below the other, until the path is longer than len. */
static void
make_long_dir(char *path, size_t size, size_t len)
{
	assert_int_equal(mkdir(path, 0700), 0);
	while (strlen(path) <= len) {
		assert_true(strlen(path) + 50 < size);
		(void)snprintf(path + strlen(path), 50, "/%048d", 0);
		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static void
expect_default_refused(const char *wanted)
{
	char error[CONTROL_SOCKET_ERROR_MAX] = "";

	assert_null(control_socket_open(NULL, PORT, NULL, error));
	if (strstr(error, wanted) == NULL)
		fail_msg("'%s' has no '%s'", error, wanted);
}

static void
a_runtime_directory_without_room_for_a_name_is_refused(void **state)
{
	char dir[600], cut[600];

	(void)state;
	make_long_dir(scratch_path(dir, sizeof(dir), "long"), sizeof(dir), 256);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1), 0);
	expect_default_refused("XDG_RUNTIME_DIR: File name too long");
	/* some of it fits, and then not what stands behind it */
	(void)snprintf(cut, sizeof(cut), "%.*s", CONTROL_PATH_MAX - 10, dir);
	(void)mkdir(cut, 0700);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", cut, 1), 0);
	expect_default_refused("0: File name too long");
}

/* A user of whom nobody has heard, so that the directory is ours to make. */
#define NO_UID 3987654321u

static char own_dir[64];

static const char *
be_nobody(void)
{
	(void)snprintf(own_dir, sizeof(own_dir), "/tmp/yodel-%u", NO_UID);
	if (setuid(NO_UID) == -1 || unsetenv("XDG_RUNTIME_DIR") == -1)
		return "setuid";
	return access(own_dir, F_OK) == 0 ? "somebody has it" : NULL;
}

/* What the default path is refused for, or "". */
static const char *
default_error(void)
{
	static char error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;

	error[0] = '\0';
	listener = control_socket_open(NULL, PORT, NULL, error);
	listener_free(listener);
	return error;
}

static const char *
have_a_directory_for_all(void)
{
	const char *wrong = be_nobody(), *error;

	if (wrong != NULL)
		return wrong;
	if (mkdir(own_dir, 0700) == -1 || chmod(own_dir, 0750) == -1)
		return "mkdir";
	error = default_error();
	(void)rmdir(own_dir);
	return strstr(error,
		   ": not a directory of this user's alone (mode 0700)") != NULL
	    ? NULL
	    : error;
}

static const char *
have_a_link_for_a_directory(void)
{
	const char *wrong = be_nobody(), *error;

	if (wrong != NULL)
		return wrong;
	if (symlink("/", own_dir) == -1)
		return "symlink";
	error = default_error();
	(void)unlink(own_dir);
	return strstr(error, ": not a directory of this user's alone") != NULL
	    ? NULL
	    : error;
}

static const char *
have_none_yet(void)
{
	const char *wrong = be_nobody(), *error;
	struct stat st;

	if (wrong != NULL)
		return wrong;
	error = default_error();
	if (lstat(own_dir, &st) == -1 || (st.st_mode & 07777) != 0700)
		wrong = "it is not made, or others may enter";
	(void)rmdir(own_dir);
	return error[0] != '\0' ? error : wrong;
}

static void
a_directory_in_tmp_has_to_be_the_users_alone(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	child_expect(have_none_yet);
	child_expect(have_a_directory_for_all);
	child_expect(have_a_link_for_a_directory);
}

#ifdef __linux__
static const char *
have_no_room_for_a_directory(void)
{
	const struct refusal disk = {SYS_mkdir, ENOSPC, REFUSE_ANY, 0};
	const char *wrong = be_nobody(), *error;

	if (wrong != NULL || refuse(&disk) == -1)
		return "refuse";
	error = default_error();
	return strstr(error, ": No space left on device") != NULL ? NULL
								  : error;
}

static void
what_else_is_wrong_with_a_directory_is_told(void **state)
{
	(void)state;
	if (geteuid() != 0 || !refuse_is_possible())
		skip();
	child_expect(have_no_room_for_a_directory);
}
#endif

/* Nobody's path, as root would open it: the listener, or NULL with a text. */
static struct listener *
open_for_nobody(const char *path, char *error)
{
	const struct passwd *user = getpwnam("nobody");
	const struct privileges_ids ids = {user->pw_uid, user->pw_gid};

	error[0] = '\0';
	return control_socket_open(path, PORT, &ids, error);
}

static void
expect_nobodys(const char *path)
{
	char error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener = open_for_nobody(path, error);
	struct stat st;

	if (listener == NULL)
		fail_msg("%s", error);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_uid, getpwnam("nobody")->pw_uid);
	assert_int_equal(st.st_gid, getpwnam("nobody")->pw_gid);
	listener_free(listener);
	assert_int_equal(geteuid(), 0);
}

static void
expect_not_nobodys(const char *path, const char *words)
{
	char error[CONTROL_SOCKET_ERROR_MAX];

	assert_null(open_for_nobody(path, error));
	if (strstr(error, words) == NULL)
		fail_msg("'%s' has no '%s'", error, words);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(geteuid(), 0);
}

static void
need_root_and_nobody(void)
{
	if (geteuid() != 0 || getpwnam("nobody") == NULL)
		skip();
}

/* The user can't make it there, so root does; and nobody else could have. */
static void
root_makes_it_for_a_user_where_only_root_may(void **state)
{
	char dir[512], path[600];

	(void)state;
	need_root_and_nobody();
	assert_int_equal(
	    mkdir(scratch_path(dir, sizeof(dir), "roots"), 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/c.sock", dir);
	expect_nobodys(path);
	/* sticky: what is there can't be replaced */
	assert_int_equal(chmod(dir, 01775), 0);
	expect_nobodys(path);
	assert_int_equal(chmod(dir, 0775), 0);
	expect_not_nobodys(path, "Permission denied");
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chown(dir, 1, 1), 0);
	expect_not_nobodys(path, "Permission denied");
}

static void
a_link_on_the_way_is_followed_where_it_is_roots(void **state)
{
	char dir[512], link[512], path[600];

	(void)state;
	need_root_and_nobody();
	assert_int_equal(
	    mkdir(scratch_path(dir, sizeof(dir), "behind"), 0755), 0);
	assert_int_equal(
	    symlink(dir, scratch_path(link, sizeof(link), "way")), 0);
	(void)snprintf(path, sizeof(path), "%s/c.sock", link);
	expect_nobodys(path);
	/* the link is root's, but where it leads is not */
	assert_int_equal(chown(dir, 1, 1), 0);
	expect_not_nobodys(path, "Permission denied");
	assert_int_equal(chown(dir, 0, 0), 0);
	assert_int_equal(lchown(link, 1, 1), 0);
	expect_not_nobodys(path, "Permission denied");
}

static void
a_way_that_is_too_long_or_nowhere_is_none(void **state)
{
	char dir[600], link[512], path[600];

	(void)state;
	need_root_and_nobody();
	make_long_dir(scratch_path(dir, sizeof(dir), "far"), sizeof(dir), 250);
	assert_int_equal(
	    symlink(dir, scratch_path(link, sizeof(link), "short")), 0);
	(void)snprintf(path, sizeof(path), "%s/c.sock", link);
	expect_not_nobodys(path, "Permission denied");
	(void)snprintf(path, sizeof(path), "%s/x/c.sock", link);
	expect_not_nobodys(path, "Permission denied");
}

static const char *
open_beside(void)
{
	char dir[512], error[CONTROL_SOCKET_ERROR_MAX];
	struct listener *listener;
	struct stat st;

	if (chdir(scratch_path(dir, sizeof(dir), "roots")) == -1 ||
	    chown(".", 0, 0) == -1)
		return "chdir";
	listener = open_for_nobody("beside.sock", error);
	if (listener == NULL)
		return "it is not made";
	if (lstat("beside.sock", &st) == -1 || st.st_uid == 0)
		return "it is not the user's";
	listener_free(listener);
	return access("beside.sock", F_OK) == -1 ? NULL : "it stays";
}

static void
a_name_alone_is_in_the_working_directory(void **state)
{
	(void)state;
	need_root_and_nobody();
	child_expect(open_beside);
}

#ifdef __linux__
static const char *
give_in_vain(void)
{
	const struct refusal gift = {SYS_lchown, EPERM, REFUSE_ANY, 0};
	char path[512], error[CONTROL_SOCKET_ERROR_MAX];

	if (refuse(&gift) == -1)
		return "refuse";
	(void)scratch_path(path, sizeof(path), "roots/gift.sock");
	if (open_for_nobody(path, error) != NULL)
		return "it is root's";
	if (strstr(error, "gift.sock: Operation not permitted") == NULL)
		return "it is not said why not";
	return access(path, F_OK) == -1 ? NULL : "it is left behind";
}

static void
what_can_not_be_given_away_is_removed(void **state)
{
	(void)state;
	need_root_and_nobody();
	if (!refuse_is_possible())
		skip();
	child_expect(give_in_vain);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_mode_is_its_own_whatever_the_umask),
	    cmocka_unit_test(
		by_default_it_is_in_the_runtime_directory_whatever_its_mode),
	    cmocka_unit_test(a_stale_one_is_replaced_and_a_live_one_is_not),
	    cmocka_unit_test(what_is_no_socket_is_left_alone),
	    cmocka_unit_test(a_path_that_leads_nowhere_is_refused),
	    cmocka_unit_test(only_its_own_file_goes_and_is_given_away),
	    cmocka_unit_test(
		a_runtime_directory_without_room_for_a_name_is_refused),
	    cmocka_unit_test(a_directory_in_tmp_has_to_be_the_users_alone),
	    cmocka_unit_test(root_makes_it_for_a_user_where_only_root_may),
	    cmocka_unit_test(a_link_on_the_way_is_followed_where_it_is_roots),
	    cmocka_unit_test(a_way_that_is_too_long_or_nowhere_is_none),
	    cmocka_unit_test(a_name_alone_is_in_the_working_directory),
#ifdef __linux__
	    cmocka_unit_test(what_else_is_wrong_with_a_directory_is_told),
	    cmocka_unit_test(what_can_not_be_given_away_is_removed),
#endif
	};

	return cmocka_run_group_tests_name("control_socket", tests, NULL, NULL);
}
