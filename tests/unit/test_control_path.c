/* control_path: which directory, whose, and what of it is a control socket. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_path.h"
#include "harness.h"
#include "scratch.h"

static void
set_runtime_dir(const char *dir)
{
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1), 0);
}

static void
expect_dir(const char *wanted)
{
	char dir[CONTROL_PATH_MAX];

	assert_int_equal(control_path_dir(dir, getuid()), 0);
	assert_string_equal(dir, wanted);
}

static void
the_runtime_directory_is_taken_where_it_is_ours(void **state)
{
	(void)state;
	set_runtime_dir(scratch_dir());
	expect_dir(scratch_dir());
}

static void
anything_else_means_one_in_tmp(void **state)
{
	char tmp[64], file[512], dir[CONTROL_PATH_MAX];

	(void)state;
	(void)snprintf(
	    tmp, sizeof(tmp), "/tmp/yodel-%lu", (unsigned long)getuid());
	assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
	expect_dir(tmp);
	set_runtime_dir("");
	expect_dir(tmp);
	set_runtime_dir(".");
	expect_dir(tmp);
	set_runtime_dir("/nowhere/at/all");
	expect_dir(tmp);
	scratch_write(scratch_path(file, sizeof(file), "file"), "", 0);
	set_runtime_dir(file);
	expect_dir(tmp);
	set_runtime_dir(scratch_dir());
	assert_int_equal(control_path_dir(dir, getuid() + 1), 0);
	assert_string_not_equal(dir, scratch_dir());
}

static void
a_directory_is_made_for_nobody_else(void **state)
{
	char dir[512];
	struct stat st;

	(void)state;
	(void)scratch_path(dir, sizeof(dir), "made");
	assert_int_equal(control_path_make_dir(dir), 0);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(control_path_make_dir(dir), 0);
}

static void
expect_refused(const char *dir)
{
	errno = 0;
	assert_int_equal(control_path_make_dir(dir), -1);
	assert_int_equal(errno, EPERM);
}

static void
a_directory_that_others_can_use_is_refused(void **state)
{
	char dir[512], link[512], file[512];

	(void)state;
	(void)scratch_path(dir, sizeof(dir), "open");
	assert_int_equal(mkdir(dir, 0700), 0);
	(void)scratch_path(link, sizeof(link), "link");
	assert_int_equal(symlink(dir, link), 0);
	expect_refused(link);
	assert_int_equal(chmod(dir, 0710), 0);
	expect_refused(dir);
	assert_int_equal(chmod(dir, 0701), 0);
	expect_refused(dir);
	scratch_write(scratch_path(file, sizeof(file), "plain"), "", 0);
	assert_int_equal(chmod(file, 0600), 0);
	expect_refused(file);
}

static void
one_of_somebody_else_is_refused(void **state)
{
	char dir[512];

	(void)state;
	if (getuid() != 0)
		skip();
	(void)scratch_path(dir, sizeof(dir), "foreign");
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chown(dir, 1, (gid_t)-1), 0);
	expect_refused(dir);
}

static void
the_name_has_the_port_or_the_process(void **state)
{
	char path[CONTROL_PATH_MAX], wanted[CONTROL_PATH_MAX];

	(void)state;
	assert_int_equal(control_path_format(path, "/run/me", 8080), 0);
	assert_string_equal(path, "/run/me/yodeld-8080.sock");
	assert_int_equal(control_path_format(path, "/run/me", 0), 0);
	(void)snprintf(wanted, sizeof(wanted), "/run/me/yodeld-pid%ld.sock",
	    (long)getpid());
	assert_string_equal(path, wanted);
}

static void
what_is_too_long_is_refused(void **state)
{
	char path[CONTROL_PATH_MAX], dir[CONTROL_PATH_MAX];

	(void)state;
	(void)memset(dir, 'x', sizeof(dir));
	dir[sizeof(dir) - 1] = '\0';
	errno = 0;
	assert_int_equal(control_path_format(path, dir, 8080), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	dir[sizeof(dir) - 1 - strlen("/yodeld-8080.sock")] = '\0';
	assert_int_equal(control_path_format(path, dir, 8080), 0);
	assert_int_equal(control_path_format(path, dir, 18080), -1);
}

static void
bind_at(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_true(strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(close(fd), 0);
}

struct found {
	int count;
	char last[CONTROL_PATH_MAX];
};

static void
note(void *arg, const char *path)
{
	struct found *found = arg;

	found->count++;
	(void)snprintf(found->last, sizeof(found->last), "%s", path);
}

static void
only_sockets_of_that_name_are_found(void **state)
{
	static const char *const others[] = {"yodeld-.sock", "yodeld-1.socket",
	    "xyodeld-1.sock", "yodeld.sock", "yodel-1.sock"};
	char dir[512], path[640];
	struct found found = {0};
	size_t i;

	(void)state;
	(void)scratch_path(dir, sizeof(dir), "found");
	assert_int_equal(mkdir(dir, 0700), 0);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, others[i]);
		bind_at(path);
	}
	(void)snprintf(path, sizeof(path), "%s/yodeld-2.sock", dir);
	scratch_write(path, "", 0);
	assert_int_equal(control_path_each(dir, note, &found), 0);
	assert_int_equal(found.count, 0);
	(void)snprintf(path, sizeof(path), "%s/yodeld-8080.sock", dir);
	bind_at(path);
	assert_int_equal(control_path_each(dir, note, &found), 0);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.last, path);
}

static void
without_a_directory_there_is_none(void **state)
{
	struct found found = {0};
	char dir[512];

	(void)state;
	(void)scratch_path(dir, sizeof(dir), "absent");
	errno = 0;
	assert_int_equal(control_path_each(dir, note, &found), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(found.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_runtime_directory_is_taken_where_it_is_ours),
	    cmocka_unit_test(anything_else_means_one_in_tmp),
	    cmocka_unit_test(a_directory_is_made_for_nobody_else),
	    cmocka_unit_test(a_directory_that_others_can_use_is_refused),
	    cmocka_unit_test(one_of_somebody_else_is_refused),
	    cmocka_unit_test(the_name_has_the_port_or_the_process),
	    cmocka_unit_test(what_is_too_long_is_refused),
	    cmocka_unit_test(only_sockets_of_that_name_are_found),
	    cmocka_unit_test(without_a_directory_there_is_none),
	};

	return cmocka_run_group_tests_name("control_path", tests, NULL, NULL);
}
