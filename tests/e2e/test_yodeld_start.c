/* yodeld: the command line, what it listens on, and why it does not start. */

#include <sys/stat.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define ARGS_MAX 16
#define TEXT_MAX 512

/* Runs yodeld with args to its end: this status, and all of texts on stderr. */
static void
expect_refusal(const char *const *args, int status, const char *const *texts)
{
	const char *argv[ARGS_MAX] = {process_yodeld()};
	struct process *process;
	const char *err;
	int i;

	for (i = 0; args[i] != NULL && i < ARGS_MAX - 2; i++)
		argv[i + 1] = args[i];
	process = process_start(argv, NULL);
	process_expect_exit(process, status);
	err = process_output(process, PROCESS_ERR, NULL);
	for (i = 0; texts[i] != NULL; i++)
		if (strstr(err, texts[i]) == NULL)
			fail_msg("no '%s' in '%s'", texts[i], err);
	assert_string_equal(process_output(process, PROCESS_OUT, NULL), "");
	process_free(process);
}

static void
test_wrong_values_are_named(void **state)
{
	static const char *const wrong[][2] = {
	    {"--port", "70000"},
	    {"--port", "http"},
	    {"--port", "-1"},
	    {"--port", ""},
	    {"--bind", ""},
	    {"--bind", "300.1.2.3"},
	    {"--bind", "127.0.0.1:99999"},
	    {"--bind", "[::1"},
	    {"--bind", "not an address"},
	    {"--allow", "10.0.0.0/33"},
	    {"--allow", "everyone"},
	    {"--deny", "1.2.3"},
	    {"--deny", "::/129"},
	    {"--max-clients", "0"},
	    {"--max-clients", "many"},
	    {"--idle-timeout", "5"},
	    {"--idle-timeout", "-5s"},
	    {"--drain-timeout", "5 s"},
	    {"--drain-timeout", "soon"},
	    {"--buffer", "0"},
	    {"--buffer", "64Q"},
	    {"--buffer", "1000G"},
	    {"--log", ""},
	    {"--log-format", "xml"},
	    {"--log-data", "yes"},
	    {"--spin", "1001ms"},
	    {"--spin", "fast"},
	    {"--user", ""},
	};
	const char *args[] = {NULL, NULL, NULL};
	char named[TEXT_MAX];
	const char *texts[] = {named, "try 'yodeld --help'\n", NULL};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		args[0] = wrong[i][0];
		args[1] = wrong[i][1];
		snprintf(named, sizeof(named), "yodeld: %s '%s': ", args[0],
		    args[1]);
		expect_refusal(args, 2, texts);
	}
}

/* How long it may be, some 100 bytes, is the system's and little known. */
static void
test_a_path_that_is_too_long_is_told_so(void **state)
{
	char path[TEXT_MAX / 2];
	const char *const args[] = {"-b", path, NULL};
	const char *const told[] = {
	    "unix:/xxx", ": a shorter name or path is wanted\n", NULL};

	(void)state;
	memset(path, 'x', sizeof(path));
	memcpy(path, "unix:/", strlen("unix:/"));
	path[sizeof(path) - 1] = '\0';
	expect_refusal(args, 2, told);
}

static void
test_unknown_options_and_operands_are_named(void **state)
{
	const char *const unknown[] = {"--frobnicate", NULL};
	const char *const operand[] = {"-p", "0", "extra", NULL};
	const char *const lacking[] = {"--port", NULL};
	const char *const told_unknown[] = {
	    "--frobnicate", "try 'yodeld --help'\n", NULL};
	const char *const told_operand[] = {
	    "'extra'", "try 'yodeld --help'\n", NULL};
	const char *const told_lacking[] = {
	    "--port", "try 'yodeld --help'\n", NULL};

	(void)state;
	expect_refusal(unknown, 2, told_unknown);
	expect_refusal(operand, 2, told_operand);
	expect_refusal(lacking, 2, told_lacking);
}

static void
test_beyond_loopback_needs_an_allow(void **state)
{
	const char *const four[] = {"-p", "0", "-b", "0.0.0.0", NULL};
	const char *const six[] = {
	    "-p", "0", "-b", "127.0.0.1", "-b", "::", NULL};
	const char *const deny[] = {
	    "-p", "0", "-b", "192.0.2.1", "--deny", "10.0.0.0/8", NULL};
	const char *const told_four[] = {
	    "yodeld: 0.0.0.0:0 ", "--allow CIDR", "--allow any", NULL};
	const char *const told_six[] = {
	    "yodeld: [::]:0 ", "--allow CIDR", "--allow any", NULL};
	const char *const told_deny[] = {"yodeld: 192.0.2.1:0 ", NULL};

	(void)state;
	expect_refusal(four, 2, told_four);
	expect_refusal(six, 2, told_six);
	expect_refusal(deny, 2, told_deny);
}

static void
test_a_port_that_is_taken_is_named(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	char port[16], told[TEXT_MAX];
	const char *const args[] = {"-p", port, NULL};
	const char *const texts[] = {told, NULL};

	(void)state;
	snprintf(port, sizeof(port), "%u", peer_listener_port(listener));
	snprintf(told, sizeof(told),
	    "yodeld: 127.0.0.1:%s: Address already in use\n", port);
	expect_refusal(args, 1, texts);
	peer_listener_free(listener);
}

static void
test_what_can_not_be_had_is_named(void **state)
{
	const char *const far[] = {
	    "-p", "0", "-b", "192.0.2.1", "--allow", "any", NULL};
	const char *const log[] = {"-p", "0", "-l", "/nowhere/at/all", NULL};
	const char *const path[] = {"-b", "unix:/nowhere/at/all", NULL};
	const char *const hostile[] = {"-b", "unix:/nowhere/\033[2J\n", NULL};
	const char *const told_hostile[] = {
	    "yodeld: unix:/nowhere/^[[2J", NULL};
	const char *const told_far[] = {"yodeld: 192.0.2.1:0: ", NULL};
	const char *const told_log[] = {
	    "yodeld: /nowhere/at/all: No such file or directory\n", NULL};
	const char *const told_path[] = {
	    "yodeld: unix:/nowhere/at/all: No such file or directory\n", NULL};

	(void)state;
	expect_refusal(far, 1, told_far);
	expect_refusal(log, 1, told_log);
	expect_refusal(path, 1, told_path);
	expect_refusal(hostile, 1, told_hostile);
}

static void
test_a_host_name_listens_at_its_addresses(void **state)
{
	const char *const args[] = {"-b", "localhost", "-b", "127.0.0.1", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	peer_send_text(peer, "x");
	peer_expect(peer, "x");
	/* named twice, listened at once */
	assert_int_equal(journal_count(server, "listen  127.0.0.1:"), 1);
	peer_free(peer);
	server_stop(server);
}

static void
test_an_address_may_have_a_port_of_its_own(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	char bind[64], pattern[64];
	const char *const args[] = {"-b", bind, NULL};
	struct server *server;

	(void)state;
	snprintf(
	    bind, sizeof(bind), "127.0.0.1:%u", peer_listener_port(listener));
	snprintf(pattern, sizeof(pattern), "listen  127\\.0\\.0\\.1:%u$",
	    peer_listener_port(listener));
	peer_listener_free(listener);
	server = server_start(args);
	journal_expect(server, pattern);
	server_stop(server);
}

static void
test_a_dead_servers_unix_socket_is_replaced_a_live_ones_is_not(void **state)
{
	char path[TEXT_MAX], bind[TEXT_MAX * 2];
	const char *const args[] = {"-b", bind, NULL};
	const char *const told[] = {"Address already in use\n", NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	scratch_path(path, sizeof(path), "stale.sock");
	snprintf(bind, sizeof(bind), "unix:%s", path);
	server = server_start(args);
	process_signal(server_process(server), SIGKILL);
	(void)process_wait_exit(server_process(server));
	server_free(server);
	assert_int_equal(access(path, F_OK), 0);
	server = server_start(args);
	expect_refusal(args, 1, told);
	peer = peer_connect_unix(path);
	peer_send_text(peer, "x");
	peer_expect(peer, "x");
	peer_free(peer);
	server_stop(server);
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_a_unix_socket_of_another_server_stays(void **state)
{
	char path[TEXT_MAX], moved[TEXT_MAX], bind[TEXT_MAX * 2];
	const char *const args[] = {"-b", bind, NULL};
	struct server *server, *other;

	(void)state;
	scratch_path(path, sizeof(path), "shared.sock");
	scratch_path(moved, sizeof(moved), "moved.sock");
	snprintf(bind, sizeof(bind), "unix:%s", path);
	server = server_start(args);
	assert_int_equal(rename(path, moved), 0);
	other = server_start(args);
	server_stop(server);
	assert_int_equal(access(path, F_OK), 0);
	server_stop(other);
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_help_and_version_go_to_stdout(void **state)
{
	static const char *const options[] = {"bind", "port", "allow", "deny",
	    "max-clients", "idle-timeout", "drain-timeout", "buffer", "log",
	    "log-format", "log-data", "help", "version"};
	const char *const help[] = {process_yodeld(), "--help", NULL};
	const char *const version[] = {process_yodeld(), "--version", NULL};
	struct process *process;
	char name[32];
	size_t i;

	(void)state;
	process = process_start(help, NULL);
	process_expect_exit(process, 0);
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		snprintf(name, sizeof(name), "--%s", options[i]);
		assert_non_null(
		    strstr(process_output(process, PROCESS_OUT, NULL), name));
	}
	assert_string_equal(process_output(process, PROCESS_ERR, NULL), "");
	process_free(process);
	process = process_start(version, NULL);
	process_expect_exit(process, 0);
	assert_memory_equal(
	    process_output(process, PROCESS_OUT, NULL), "yodeld ", 7);
	process_free(process);
}

/* Starts it as a shell does that closes its streams; the log is a file. */
static struct server *
start_without_streams(const char *log_path)
{
	const char *const args[] = {"-b", "127.0.0.1", "-l", log_path, NULL};
	char script[TEXT_MAX * 2], path[TEXT_MAX], old[TEXT_MAX];
	struct server *server;

	snprintf(old, sizeof(old), "%s", process_yodeld());
	snprintf(script, sizeof(script),
	    "#!/bin/sh\nexec '%s' \"$@\" <&- >&- 2>&-\n", old);
	scratch_path(path, sizeof(path), "yodeld-without");
	scratch_write(path, script, strlen(script));
	assert_int_equal(chmod(path, S_IRWXU), 0);
	assert_int_equal(setenv("YODELD", path, 1), 0);
	server = server_start(args);
	assert_int_equal(setenv("YODELD", old, 1), 0);
	return server;
}

/* Nothing else may take their place: what is written there would go there. */
static void
test_without_streams_it_has_others(void **state)
{
	char path[TEXT_MAX];
	struct server *server;
	struct peer *peer;

	(void)state;
	server =
	    start_without_streams(scratch_path(path, sizeof(path), "its.log"));
	peer = peer_connect(server_port(server));
	peer_greet(peer);
#ifdef __linux__
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		char link[TEXT_MAX] = "";

		snprintf(path, sizeof(path), "/proc/%d/fd/%d",
		    (int)process_pid(server_process(server)), fd);
		assert_true(readlink(path, link, sizeof(link) - 1) > 0);
		assert_string_equal(link, "/dev/null");
	}
#endif
	peer_free(peer);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_wrong_values_are_named, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_path_that_is_too_long_is_told_so, process_teardown),
	    cmocka_unit_test_teardown(
		test_unknown_options_and_operands_are_named, process_teardown),
	    cmocka_unit_test_teardown(
		test_beyond_loopback_needs_an_allow, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_port_that_is_taken_is_named, process_teardown),
	    cmocka_unit_test_teardown(
		test_what_can_not_be_had_is_named, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_host_name_listens_at_its_addresses, process_teardown),
	    cmocka_unit_test_teardown(
		test_an_address_may_have_a_port_of_its_own, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_dead_servers_unix_socket_is_replaced_a_live_ones_is_not,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_unix_socket_of_another_server_stays, process_teardown),
	    cmocka_unit_test_teardown(
		test_without_streams_it_has_others, process_teardown),
	    cmocka_unit_test_teardown(
		test_help_and_version_go_to_stdout, process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: start", tests, NULL, NULL);
}
