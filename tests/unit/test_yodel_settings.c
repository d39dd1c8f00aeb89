/* settings: the command line of yodel. What it prints is test_pipe's. */

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "harness/harness.h"
#include "settings.h"

#define ARGS_MAX 8

/* Parses words that a blank parts. */
static enum options_result
parse(struct settings *s, const char *line)
{
	static char words[256];
	char *argv[ARGS_MAX + 2] = {"yodel"};
	int argc = 1;

	assert_true(strlen(line) < sizeof(words));
	strcpy(words, line);
	for (char *word = strtok(words, " "); word != NULL;
	     word = strtok(NULL, " ")) {
		assert_true(argc <= ARGS_MAX);
		argv[argc++] = word;
	}
	return settings_parse(s, argc, argv);
}

static void
expect_place(const char *line, const char *place)
{
	struct settings s;
	char text[ENDPOINT_TEXT_MAX];

	assert_int_equal(parse(&s, line), OPTIONS_RUN);
	assert_string_equal(
	    endpoint_format(text, sizeof(text), &s.server), place);
}

/* What main() makes of it, in a pipe or not; stderr is of no interest here. */
static enum options_result
parse_quietly(const char *line, bool pipe)
{
	struct settings s;
	int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	enum options_result result;

	assert_true(saved != -1 && null != -1);
	assert_int_not_equal(dup2(null, STDERR_FILENO), -1);
	result = parse(&s, line);
	if (result == OPTIONS_RUN && pipe)
		result = settings_check_pipe(&s);
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	close(saved);
	close(null);
	return result;
}

static void
expect_usage(const char *line)
{
	if (parse_quietly(line, false) != OPTIONS_USAGE)
		fail_msg("'%s' was taken", line);
}

static void
without_arguments_the_defaults_hold(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(parse(&s, ""), OPTIONS_RUN);
	assert_string_equal(s.server.host, "127.0.0.1");
	assert_int_equal(s.server.port, 8080);
	assert_int_equal(s.link.family, AF_UNSPEC);
	assert_true(s.link.reconnect);
	assert_int_equal(s.scrollback_lines, 100000);
	assert_null(s.history);
	assert_null(s.send_on_connect);
	assert_null(s.log);
	assert_false(s.pipe || s.wait || s.crlf || s.hex);
}

static void
places_in_every_form(void **state)
{
	(void)state;
	expect_place("127.0.0.1 8080", "127.0.0.1:8080");
	expect_place("localhost", "localhost:8080");
	expect_place("localhost:25", "localhost:25");
	expect_place("foo.example 7", "foo.example:7");
	expect_place("::1", "[::1]:8080");
	expect_place("::1 80", "[::1]:80");
	expect_place("[::1]:80", "[::1]:80");
	expect_place("unix:/run/x.sock", "unix:/run/x.sock");
	expect_place("-6 ::1 --pipe 80", "[::1]:80");
	expect_place("-6", "[::1]:8080");
}

static void
options_are_kept(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(
	    parse(&s, "-4 --crlf --no-reconnect --connect-timeout 250ms"),
	    OPTIONS_RUN);
	assert_int_equal(s.link.family, AF_INET);
	assert_true(s.crlf);
	assert_false(s.link.reconnect);
	assert_int_equal(s.link.connect_timeout_ms, 250);
	assert_int_equal(parse(&s, "--hex --log a/b.log"), OPTIONS_RUN);
	assert_true(s.hex);
	assert_string_equal(s.log, "a/b.log");
	assert_int_equal(
	    parse(&s, "-6 --pipe -w 0 --reconnect-max 5m --scrollback 7"),
	    OPTIONS_RUN);
	assert_int_equal(s.link.family, AF_INET6);
	assert_true(s.pipe && s.wait);
	assert_int_equal(s.wait_ms, 0);
	assert_int_equal(s.link.reconnect_max_ms, 300000);
	assert_int_equal(s.scrollback_lines, 7);
}

static void
texts_are_kept(void **state)
{
	struct settings s;
	char *argv[] = {
	    "yodel", "--history", "none", "--send-on-connect", "HELO x", NULL};

	(void)state;
	assert_int_equal(settings_parse(&s, 5, argv), OPTIONS_RUN);
	assert_string_equal(s.history, "none");
	assert_string_equal(s.send_on_connect, "HELO x");
}

static void
what_makes_no_sense_is_a_usage_error(void **state)
{
	static const char *const lines[] = {"host 0", "host 65536", "host x",
	    "host:0", "host:80 80", "[::1]:80 80", "unix:/x 80", "a 1 b",
	    "-4 ::1", "-6 127.0.0.1", "[::1", "unix:", "--bogus", "-w 5", "-w",
	    "--connect-timeout 0", "--reconnect-max 0", "--scrollback 0",
	    "--scrollback x"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect_usage(lines[i]);
}

static void
a_pipe_takes_nothing_that_adds_to_what_it_carries(void **state)
{
	(void)state;
	assert_int_equal(parse_quietly("--hex", true), OPTIONS_USAGE);
	assert_int_equal(parse_quietly("--log x", true), OPTIONS_USAGE);
	assert_int_equal(parse_quietly("--hex --log x", false), OPTIONS_RUN);
	assert_int_equal(parse_quietly("-w 5s ::1", true), OPTIONS_RUN);
}

static void
watching_is_asked_for_with_a_path_or_without(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(parse(&s, ""), OPTIONS_RUN);
	assert_false(s.watch);
	assert_int_equal(parse(&s, "--watch"), OPTIONS_RUN);
	assert_true(s.watch);
	assert_null(s.watch_path);
	assert_int_equal(parse(&s, "--watch=log"), OPTIONS_RUN);
	assert_string_equal(s.watch_path, "log");
	assert_int_equal(parse(&s, "--watch log --json"), OPTIONS_RUN);
	assert_string_equal(s.watch_path, "log");
	assert_true(s.json);
	assert_int_equal(
	    parse(&s, "--pipe --no-reconnect --reconnect-max 1s --watch"),
	    OPTIONS_RUN);
	assert_true(s.pipe);
	expect_usage("--watch=");
}

static void
watching_and_talking_do_not_go_together(void **state)
{
	(void)state;
	expect_usage("--watch log 127.0.0.1");
	expect_usage("127.0.0.1 --watch");
	expect_usage("--watch -4");
	expect_usage("--watch -6");
	expect_usage("--watch --crlf");
	expect_usage("--watch --hex");
	expect_usage("--watch --log file");
	expect_usage("--watch --wait 1s");
	expect_usage("--watch --history none");
	expect_usage("--watch --scrollback 10");
	expect_usage("--watch --send-on-connect x");
	expect_usage("--json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_arguments_the_defaults_hold),
	    cmocka_unit_test(places_in_every_form),
	    cmocka_unit_test(options_are_kept),
	    cmocka_unit_test(texts_are_kept),
	    cmocka_unit_test(what_makes_no_sense_is_a_usage_error),
	    cmocka_unit_test(a_pipe_takes_nothing_that_adds_to_what_it_carries),
	    cmocka_unit_test(watching_is_asked_for_with_a_path_or_without),
	    cmocka_unit_test(watching_and_talking_do_not_go_together),
	};

	return cmocka_run_group_tests_name("yodel_settings", tests, NULL, NULL);
}
