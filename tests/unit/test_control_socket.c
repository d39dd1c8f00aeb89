/* control_socket: whose it is, and what of others is left alone. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_socket.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "listener.h"

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
	};

	return cmocka_run_group_tests_name("control_socket", tests, NULL, NULL);
}
