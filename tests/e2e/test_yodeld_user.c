/* yodeld: the user that it becomes once its sockets are bound. */

#ifdef __linux__
#define _GNU_SOURCE /* setresuid(2) */
#endif

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"
#include "harness/status.h"

#define USER	   "nobody"
#define OTHER	   "daemon"
#define STRANGE	   7 /* a group that USER is not in */
#define TEXT_MAX   512
#define THREADS	   3
#define LOW_FDS	   "-n 64"
#define LOW_TASKS  "ulimit -p 1 || ulimit -u 1" /* dash's word, then others' */
#define GONE_FDS   30 /* of those, before the server starts */
#define CROWD	   80 /* more than 64 descriptors let in */
#define PORT_LEAST 600
#define PORT_LIMIT 1024
#define WARNING	   "runs as root"

static void
need_root(void)
{
	if (geteuid() != 0 || getpwnam(USER) == NULL)
		skip();
}

/* What root is in, the user must not be in afterwards. */
static int
set_up(void **state)
{
	const gid_t groups[] = {0, STRANGE};

	(void)state;
	if (geteuid() != 0)
		return 0;
	if (chmod(scratch_dir(), 0711) == -1)
		return -1;
	return setgroups(2, groups);
}

/* A directory in which the user may do what it likes. */
static void
make_users_dir(const char *name)
{
	const struct passwd *user = getpwnam(USER);
	char path[TEXT_MAX];

	scratch_path(path, sizeof(path), name);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chown(path, user->pw_uid, user->pw_gid), 0);
}

#ifdef __linux__
static void
expect_ids(const char *path, const char *name, unsigned id)
{
	char values[STATUS_MAX], wanted[STATUS_MAX];

	status_read(values, path, name);
	snprintf(wanted, sizeof(wanted), "\t%u\t%u\t%u\t%u\n", id, id, id, id);
	assert_string_equal(values, wanted);
}

static void
expect_no_strange_groups(const char *path)
{
	char values[STATUS_MAX];
	const char *at;

	status_read(values, path, "Groups");
	for (at = strtok(values, " \t\n"); at != NULL;
	     at = strtok(NULL, " \t\n"))
		assert_true(atoi(at) != 0 && atoi(at) != STRANGE);
}

static void
expect_user(const char *path)
{
	const struct passwd *user = getpwnam(USER);

	expect_ids(path, "Uid", user->pw_uid);
	expect_ids(path, "Gid", user->pw_gid);
	expect_no_strange_groups(path);
	status_expect(path, "CapEff", 16, 0);
	status_expect(path, "CapPrm", 16, 0);
	status_expect(path, "CapAmb", 16, 0);
	status_expect(path, "NoNewPrivs", 10, 1);
}

static void
test_every_thread_is_the_user(void **state)
{
	const char *const args[] = {"--user", USER, "--threads", "3", NULL};
	struct peer *peers[THREADS];
	struct server *server;
	size_t i;

	(void)state;
	need_root();
	server = server_start(args);
	for (i = 0; i < THREADS; i++) {
		peers[i] = peer_connect(server_port(server));
		peer_echo(peers[i], "hello", 5);
	}
	/* the log has one more */
	assert_true(status_each(process_pid(server_process(server)),
			expect_user) >= THREADS + 1);
	for (i = 0; i < THREADS; i++)
		peer_free(peers[i]);
	assert_int_equal(journal_count(server, WARNING), 0);
	assert_true(journal_stat(server, "rss") > 0);
	server_stop(server);
}
#endif

static void
test_the_log_is_opened_again_where_the_user_may(void **state)
{
	char path[TEXT_MAX], old[TEXT_MAX];
	const char *const args[] = {"--user", USER, "-l", path, NULL};
	struct server *server;
	struct stat st;

	(void)state;
	need_root();
	make_users_dir("log");
	scratch_path(path, sizeof(path), "log/yodeld.log");
	scratch_path(old, sizeof(old), "log/yodeld.log.1");
	server = server_start(args);
	peer_visit(server_port(server));
	scratch_expect(path, "close   #1 ");
	assert_int_equal(rename(path, old), 0);
	process_signal(server_process(server), SIGHUP);
	scratch_expect(path, " reopen");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, getpwnam(USER)->pw_uid);
	peer_visit(server_port(server));
	scratch_expect(path, "close   #2 ");
	server_stop(server);
}

static void
test_the_old_log_goes_on_where_the_user_may_not(void **state)
{
	char path[TEXT_MAX];
	const char *const args[] = {"--user", USER, "-l", path, NULL};
	struct server *server;

	(void)state;
	need_root();
	scratch_path(path, sizeof(path), "roots.log");
	server = server_start(args);
	process_signal(server_process(server), SIGHUP);
	scratch_expect(
	    path, "error   error=\"cannot reopen the log: Permission denied\"");
	peer_visit(server_port(server));
	scratch_expect(path, "close   #1 ");
	server_stop(server);
}

/* Each of them takes the spare descriptor, and that has to be opened again. */
static void
test_who_finds_no_descriptor_is_turned_away(void **state)
{
	const char *const args[] = {"--user", USER, NULL};
	struct peer *peers[CROWD];
	struct server *server;
	size_t i;

	(void)state;
	need_root();
	server = server_start_short(LOW_FDS, GONE_FDS, args);
	for (i = 0; i < CROWD; i++)
		peers[i] = peer_connect(server_port(server));
	journal_wait_count(server, " reason=fds", 2);
	/* the last one can only have been too much */
	peer_expect_eof(peers[CROWD - 1]);
	for (i = 0; i < CROWD; i++)
		peer_free(peers[i]);
	journal_expect(server, " close .* open=0$");
	peer_visit(server_port(server));
	server_stop(server);
}

/* Whether its path is gone after the end. */
static bool
removes_its_socket(const char *name)
{
	char path[TEXT_MAX], bind[TEXT_MAX * 2];
	const char *const args[] = {"--user", USER, "-b", bind, NULL};
	struct server *server;
	struct peer *peer;

	scratch_path(path, sizeof(path), name);
	snprintf(bind, sizeof(bind), "unix:%s", path);
	server = server_start(args);
	peer = peer_connect_unix(path);
	peer_echo(peer, "hello", 5);
	peer_free(peer);
	server_stop(server);
	return access(path, F_OK) == -1;
}

static void
test_its_socket_is_removed_where_the_user_may(void **state)
{
	(void)state;
	need_root();
	make_users_dir("run");
	assert_true(removes_its_socket("run/yodeld.sock"));
	assert_false(removes_its_socket("yodeld.sock"));
}

/* As the user, in a child: what root can do tells nothing. */
static bool
user_can_connect(const char *path)
{
	const struct passwd *user = getpwnam(USER);
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd, status;
	pid_t pid;

	assert_true(strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path));
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (setgid(user->pw_gid) == -1 || setuid(user->pw_uid) == -1)
			_exit(2);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		_exit(connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
expect_users_socket(const char *path)
{
	const struct passwd *user = getpwnam(USER);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, user->pw_uid);
	assert_int_equal(st.st_gid, user->pw_gid);
	assert_true(user_can_connect(path));
}

/* XDG_RUNTIME_DIR is root's here, so the user's socket is not there. */
static void
test_its_control_socket_is_where_the_user_has_it(void **state)
{
	const char *const args[] = {"--user", USER, NULL};
	const struct passwd *user = getpwnam(USER);
	char dir[TEXT_MAX], path[TEXT_MAX * 2];
	struct server *server;
	struct stat st;
	bool new;

	(void)state;
	need_root();
	snprintf(dir, sizeof(dir), "/tmp/yodel-%u", (unsigned)user->pw_uid);
	new = !is_there(dir);
	server = server_start(args);
	snprintf(path, sizeof(path), "%s/yodeld-%u.sock", dir,
	    (unsigned)server_port(server));
	expect_users_socket(path);
	assert_int_equal(lstat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, user->pw_uid);
	assert_int_equal(journal_count(server, "control socket"), 0);
	server_stop(server);
	assert_false(is_there(path));
	if (new)
		(void)rmdir(dir);
}

/* Twice, as the second one finds what the first one may have left. */
static void
check_control(const char *name, bool removed)
{
	char path[TEXT_MAX];
	const char *const args[] = {"--user", USER, "--control", path, NULL};
	struct server *server;
	int i;

	scratch_path(path, sizeof(path), name);
	for (i = 0; i < 2; i++) {
		server = server_start(args);
		expect_users_socket(path);
		server_stop(server);
		assert_int_equal(is_there(path), !removed);
	}
}

static void
test_a_control_socket_is_the_users_wherever_it_is(void **state)
{
	(void)state;
	need_root();
	make_users_dir("control");
	check_control("control/c.sock", true);
	check_control("c.sock", false);
}

static void
expect_no_control(const char *name, const char *told)
{
	char path[TEXT_MAX];
	const char *const argv[] = {process_yodeld(), "-p", "0", "-b",
	    "127.0.0.1", "--user", USER, "--control", path, NULL};
	struct process *process;

	scratch_path(path, sizeof(path), name);
	process = process_start(argv, NULL);
	process_expect_exit(process, 1);
	assert_non_null(
	    strstr(process_output(process, PROCESS_ERR, NULL), told));
	process_free(process);
}

static void
make_link(const char *from, const char *to)
{
	char link[TEXT_MAX], target[TEXT_MAX];

	scratch_path(link, sizeof(link), from);
	scratch_path(target, sizeof(target), to);
	assert_int_equal(symlink(target, link), 0);
}

/* The user may lay links: root follows none of them to what is root's. */
static void
test_root_is_not_led_anywhere_for_a_control_socket(void **state)
{
	char path[TEXT_MAX];
	struct stat st;

	(void)state;
	need_root();
	make_users_dir("laid");
	assert_int_equal(
	    mkdir(scratch_path(path, sizeof(path), "roots"), 0711), 0);
	make_link("laid/dir", "roots");
	expect_no_control("laid/dir/c.sock", "Permission denied");
	assert_false(
	    is_there(scratch_path(path, sizeof(path), "roots/c.sock")));
	scratch_write(scratch_path(path, sizeof(path), "roots/file"), "", 0);
	make_link("laid/c.sock", "roots/file");
	expect_no_control("laid/c.sock", "there is a file that is no socket");
	make_link("d.sock", "roots/file");
	expect_no_control("d.sock", "/d.sock: ");
	assert_int_equal(
	    lstat(scratch_path(path, sizeof(path), "roots/file"), &st), 0);
	assert_int_equal(st.st_uid, 0);
	/* a link of root's own leads where root wants it */
	make_link("way", "roots");
	check_control("way/c.sock", false);
}

static void
test_root_is_warned_once(void **state)
{
	struct server *server;
	struct process *process;

	(void)state;
	need_root();
	server = server_start(NULL);
	process = server_process(server);
	journal_expect(server, " warning error .*" WARNING ".*--user");
	process_signal(process, SIGTERM);
	process_expect_exit(process, 0);
	assert_int_equal(journal_count(server, WARNING), 1);
	server_free(server);
}

/* As whoever runs the test, if that is not root; else as the user. */
static struct server *
start_without_root(const char *const *args)
{
	struct server *server;

#ifdef __linux__
	const struct passwd *user = getpwnam(USER);

	if (geteuid() == 0) {
		if (user == NULL)
			skip();
		assert_int_equal(setresuid(user->pw_uid, user->pw_uid, 0), 0);
		if (access(process_yodeld(), X_OK) == -1) {
			assert_int_equal(setresuid(0, 0, 0), 0);
			skip();
		}
		server = server_start(args);
		assert_int_equal(setresuid(0, 0, 0), 0);
		return server;
	}
#else
	if (geteuid() == 0)
		skip();
#endif
	server = server_start(args);
	return server;
}

static void
test_who_is_not_root_is_not_warned(void **state)
{
	struct server *server = start_without_root(NULL);
	struct process *process = server_process(server);

	(void)state;
	peer_visit(server_port(server));
	process_signal(process, SIGTERM);
	process_expect_exit(process, 0);
	assert_int_equal(journal_count(server, WARNING), 0);
	server_free(server);
}

static void
test_who_is_the_user_already_needs_no_root(void **state)
{
	const struct passwd *self =
	    geteuid() == 0 ? getpwnam(USER) : getpwuid(geteuid());
	char name[TEXT_MAX];
	const char *const args[] = {"--user", name, NULL};
	struct server *server;

	(void)state;
	if (self == NULL)
		skip();
	snprintf(name, sizeof(name), "%s", self->pw_name);
	server = start_without_root(args);
	peer_visit(server_port(server));
	server_stop(server);
}

static void
expect_refusal(const char *user, const char *told)
{
	const char *const argv[] = {process_yodeld(), "-p", "0", "-b",
	    "127.0.0.1", "--user", user, NULL};
	struct process *process = process_start(argv, NULL);

	process_expect_exit(process, 1);
	assert_string_equal(process_output(process, PROCESS_ERR, NULL), told);
	process_free(process);
}

static void
test_a_user_that_can_not_be_is_named(void **state)
{
	(void)state;
	expect_refusal("yodel-nosuch", "yodeld: yodel-nosuch: no such user\n");
	expect_refusal(
	    "no\033[31m\nsuch", "yodeld: no^[[31m^Jsuch: no such user\n");
	expect_refusal("root", "yodeld: root: this is root itself\n");
	expect_refusal("0", "yodeld: 0: this is root itself\n");
	if (geteuid() != 0 && getpwnam(OTHER) != NULL)
		expect_refusal(OTHER,
		    "yodeld: " OTHER ": only root can become another user\n");
}

#ifdef __linux__
/* The user's limit of tasks, which does not hold for root, so not at first. */
static void
test_threads_that_can_not_be_started_are_no_start(void **state)
{
	char path[TEXT_MAX];
	const char *const argv[] = {"sh", "-c",
	    "{ " LOW_TASKS "; } 2>/dev/null; "
	    "exec \"$0\" -p 0 -t 2 --user " USER " -l \"$1\"",
	    process_yodeld(), path, NULL};
	struct process *process;
	const char *told;
	char *text;

	(void)state;
	need_root();
	scratch_path(path, sizeof(path), "unstarted.log");
	process = process_start(argv, NULL);
	process_expect_exit(process, 1);
	/* a leak checker wants a task too, and says what it thinks of this */
	told = process_output(process, PROCESS_ERR, NULL);
	assert_ptr_equal(strstr(told,
			     "yodeld: the threads can't be started: "
			     "Resource temporarily unavailable\n"),
	    told);
	process_free(process);
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_null(strstr(text, " listen "));
	free(text);
}
#endif

/* One that root could have just now; 0 where there is none. */
static uint16_t
find_low_port(void)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	uint16_t port;
	int fd, result;

	for (port = PORT_LIMIT - 1; port >= PORT_LEAST; port--) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_not_equal(fd, -1);
		in.sin_port = htons(port);
		result = bind(fd, (struct sockaddr *)&in, sizeof(in));
		close(fd);
		if (result == 0)
			return port;
		if (errno != EADDRINUSE)
			return 0;
	}
	return 0;
}

static void
test_a_port_of_root_is_served_by_the_user(void **state)
{
	const char *const args[] = {"-b", "127.0.0.1", "--user", USER, NULL};
	struct server *server;
	uint16_t port;

	(void)state;
	need_root();
	port = find_low_port();
	if (port == 0)
		skip();
	server = server_start_at(port, args);
	assert_int_equal(server_port(server), port);
	peer_visit(port);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __linux__
	    cmocka_unit_test_teardown(
		test_every_thread_is_the_user, process_teardown),
#endif
	    cmocka_unit_test_teardown(
		test_the_log_is_opened_again_where_the_user_may,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_old_log_goes_on_where_the_user_may_not,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_who_finds_no_descriptor_is_turned_away, process_teardown),
	    cmocka_unit_test_teardown(
		test_its_socket_is_removed_where_the_user_may,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_its_control_socket_is_where_the_user_has_it,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_control_socket_is_the_users_wherever_it_is,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_root_is_not_led_anywhere_for_a_control_socket,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_root_is_warned_once, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_is_not_root_is_not_warned, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_is_the_user_already_needs_no_root, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_user_that_can_not_be_is_named, process_teardown),
#ifdef __linux__
	    cmocka_unit_test_teardown(
		test_threads_that_can_not_be_started_are_no_start,
		process_teardown),
#endif
	    cmocka_unit_test_teardown(
		test_a_port_of_root_is_served_by_the_user, process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: user", tests, set_up, NULL);
}
