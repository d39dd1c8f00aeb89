/* Other people's clients against yodeld. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "process.h"
#include "server.h"

#define TEXT "hello world\n안녕하세요, 메아리\nno end of line"

static bool
is_installed(const char *tool)
{
	char command[80];

	snprintf(
	    command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
	return system(command) == 0;
}

/* Feeds TEXT to a tool and expects it back, then a good end. */
static void
expect_echo(const char *const *argv)
{
	struct process *process = process_start(argv, NULL);
	const char *out;
	size_t len;

	process_write(process, TEXT, strlen(TEXT));
	process_close_stdin(process);
	process_expect_exit(process, 0);
	out = process_output(process, PROCESS_OUT, &len);
	assert_int_equal(len, strlen(TEXT));
	assert_memory_equal(out, TEXT, len);
	process_free(process);
}

static void
netcat_gets_its_echo(void **state)
{
	char port[8];
	const char *argv[] = {"nc", "-N", "127.0.0.1", port, NULL};
	struct server *server;

	(void)state;
	if (!is_installed("nc"))
		skip();
	server = server_start(NULL);
	snprintf(port, sizeof(port), "%u", server_port(server));
	expect_echo(argv);
	server_stop(server);
}

static void
socat_gets_its_echo(void **state)
{
	char place[32];
	const char *argv[] = {"socat", "-", place, NULL};
	struct server *server;

	(void)state;
	if (!is_installed("socat"))
		skip();
	server = server_start(NULL);
	snprintf(place, sizeof(place), "TCP:127.0.0.1:%u", server_port(server));
	expect_echo(argv);
	server_stop(server);
}

static void
redis_benchmark_runs_without_an_error(void **state)
{
	char port[8];
	const char *argv[] = {"redis-benchmark", "-p", port, "-t",
	    "ping_mbulk,set", "-c", "50", "-P", "16", "-n", "100000", "-q",
	    NULL};
	struct server *server;
	struct process *process;

	(void)state;
	if (!is_installed("redis-benchmark"))
		skip();
	server = server_start(NULL);
	snprintf(port, sizeof(port), "%u", server_port(server));
	process = process_start(argv, NULL);
	process_expect_exit(process, 0);
	assert_non_null(
	    strstr(process_output(process, PROCESS_OUT, NULL), "PING_MBULK"));
	assert_non_null(
	    strstr(process_output(process, PROCESS_OUT, NULL), "SET"));
	assert_null(
	    strstr(process_output(process, PROCESS_OUT, NULL), "Error"));
	process_free(process);
	server_stop(server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(netcat_gets_its_echo),
	    TEST(socat_gets_its_echo),
	    TEST(redis_benchmark_runs_without_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
