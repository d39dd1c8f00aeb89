/* yodel --watch in a pipe: events and files as lines, and how it ends. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define OK    "{\"ok\":true}\n"
#define EVENT "{\"ts\":\"2026-11-22T14:02:12.140Z\",\"level\":\"info\","
#define CLOCK "2026-11-22 14:02:12.140 info  "

/* Times are local: the test's own, and so the program's, is UTC. */
static const char *const env[] = {"TZ=UTC0", "LC_ALL=C.UTF-8", NULL};

/* A yodel that watches, and the server's end of it, which the test plays. */
struct scene {
	char path[256];
	int listener, fd;
	uint16_t port; /* of a yodeld */
	struct process *yodel;
};

static int
start(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	*state = s;
	s->listener = s->fd = -1;
	scratch_path(s->path, sizeof(s->path), "watched");
	(void)unlink(s->path);
	return 0;
}

static void
hang_up(struct scene *s)
{
	close(s->fd);
	s->fd = -1;
}

static void
stop_listening(struct scene *s)
{
	close(s->listener);
	s->listener = -1;
}

static int
stop(void **state)
{
	struct scene *s = *state;

	if (s->fd != -1)
		hang_up(s);
	if (s->listener != -1)
		stop_listening(s);
	free(s);
	return process_teardown(state);
}

static void
watch_with(struct scene *s, const char *option, int stdout_fd)
{
	const struct process_options options = {
	    .env = env, .stdin_fd = PROCESS_NULL, .stdout_fd = stdout_fd};
	const char *argv[] = {
	    process_yodel(), "--watch", s->path, option, NULL};

	s->yodel = process_start(argv, &options);
}

static void
listen_there(struct scene *s)
{
	struct endpoint endpoint = {.family = AF_UNIX};
	struct endpoint_addr addr;
	const char *error;

	(void)snprintf(endpoint.host, sizeof(endpoint.host), "%s", s->path);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	s->listener = endpoint_listen(&addr, 4);
	assert_int_not_equal(s->listener, -1);
}

static void
wait_readable(int fd)
{
	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
}

static void
send_text(const struct scene *s, const char *text)
{
	assert_int_equal(write(s->fd, text, strlen(text)), strlen(text));
}

/* Takes the connection that yodel makes, as a yodeld does. */
static void
accept_watcher(struct scene *s)
{
	char command[16];

	wait_readable(s->listener);
	s->fd = accept(s->listener, NULL, NULL);
	assert_int_not_equal(s->fd, -1);
	wait_readable(s->fd);
	assert_int_equal(read(s->fd, command, sizeof(command)), 6);
	assert_memory_equal(command, "watch\n", 6);
	send_text(s, OK);
}

static void
watch_server(struct scene *s, const char *option, int stdout_fd)
{
	listen_there(s);
	watch_with(s, option, stdout_fd);
	accept_watcher(s);
}

static void
expect_lines(const struct scene *s, const char *text)
{
	process_wait_bytes(s->yodel, PROCESS_OUT, strlen(text));
	assert_string_equal(process_output(s->yodel, PROCESS_OUT, NULL), text);
}

static void
expect_complaint(const struct scene *s, int status, const char *text)
{
	char line[600];

	process_expect_exit(s->yodel, status);
	(void)snprintf(line, sizeof(line), "yodel: %s: %s\n", s->path, text);
	assert_string_equal(process_output(s->yodel, PROCESS_ERR, NULL), line);
}

static void
end(struct scene *s)
{
	process_signal(s->yodel, SIGTERM);
	assert_int_equal(process_wait_exit(s->yodel), 128 + SIGTERM);
}

static void
write_log(const struct scene *s, const char *text)
{
	int fd = open(s->path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
events_are_lines_as_in_the_log(void **state)
{
	struct scene *s = *state;

	watch_server(s, NULL, PROCESS_PIPE);
	send_text(s,
	    EVENT "\"event\":\"connect\",\"client\":3,"
		  "\"peer\":\"127.0.0.1:53122\",\"open\":1}\n" EVENT
		  "\"event\":\"data\",\"client\":3,\"bytes\":12,"
		  "\"text\":\"hello world\\\\n\"}\n");
	expect_lines(s,
	    CLOCK "connect #3 127.0.0.1:53122 open=1\n" CLOCK
		  "data    #3 12 B \"hello world\\n\"\n");
	end(s);
}

static void
a_path_may_be_said_to_be_a_sockets(void **state)
{
	struct scene *s = *state;
	char bare[sizeof(s->path)];

	listen_there(s);
	(void)snprintf(bare, sizeof(bare), "%s", s->path);
	(void)snprintf(s->path, sizeof(s->path), "unix:%.*s", 240, bare);
	watch_with(s, "--pipe", PROCESS_PIPE);
	accept_watcher(s);
	send_text(s, EVENT "\"event\":\"stop\"}\n");
	expect_lines(s, CLOCK "stop\n");
	end(s);
}

static void
nothing_raw_comes_out(void **state)
{
	struct scene *s = *state;

	watch_server(s, NULL, PROCESS_PIPE);
	send_text(s,
	    "{\"ts\":\"\033[2J\xff\n" EVENT
	    "\"event\":\"data\",\"text\":\"\\u001b[2J\xe2\x80\xae\"}\n" EVENT
	    "\"event\":\"cut\n");
	expect_lines(s,
	    "{\"ts\":\"^[[2J\\xff\n" CLOCK "data    \"^[[2J<U+202E>\"\n" EVENT
	    "\"event\":\"cut\n");
	end(s);
}

static void
with_json_they_are_as_they_came(void **state)
{
	struct scene *s = *state;

	watch_server(s, "--json", PROCESS_PIPE);
	send_text(s,
	    EVENT
	    "\"event\":\"stop\"}\n" EVENT
	    "\"text\":\"\xe2\x80\xae\xf3\xa0\x80\x81\xea\xb0\x80\"}\n" EVENT
	    "\"event\":\"c\033t\n");
	expect_lines(s,
	    EVENT
	    "\"event\":\"stop\"}\n" EVENT
	    "\"text\":\"\\u202e\\udb40\\udc01\xea\xb0\x80\"}\n"
	    "{\"text\":\"{\\\"ts\\\":\\\"2026-11-22T14:02:12.140Z\\\","
	    "\\\"level\\\":\\\"info\\\",\\\"event\\\":\\\"c\\u001bt\"}\n");
	end(s);
}

static void
a_server_that_goes_is_waited_for(void **state)
{
	struct scene *s = *state;

	watch_server(s, NULL, PROCESS_PIPE);
	send_text(s, EVENT "\"event\":\"stop\"}\n");
	hang_up(s);
	process_wait_text(s->yodel, PROCESS_ERR,
	    ": closed by peer, waiting for it to come back\n");
	accept_watcher(s);
	process_wait_text(s->yodel, PROCESS_ERR, ": connected again\n");
	send_text(s, EVENT "\"event\":\"listen\"}\n");
	expect_lines(s, CLOCK "stop\n" CLOCK "listen\n");
	end(s);
}

static void
without_reconnect_that_is_3(void **state)
{
	struct scene *s = *state;

	watch_server(s, "--no-reconnect", PROCESS_PIPE);
	send_text(s, EVENT "\"event\":\"stop\"}\n");
	hang_up(s);
	expect_complaint(s, 3, "closed by peer");
	expect_lines(s, CLOCK "stop\n");
}

static void
who_is_not_there_or_no_yodeld_is_1(void **state)
{
	struct scene *s = *state;

	watch_with(s, NULL, PROCESS_PIPE);
	expect_complaint(s, 1, "No such file or directory");
	listen_there(s);
	stop_listening(s);
	watch_with(s, NULL, PROCESS_PIPE);
	process_expect_exit(s->yodel, 1);
	process_wait_text(
	    s->yodel, PROCESS_ERR, ": connection refused by unix:");
	listen_there(s);
	watch_with(s, NULL, PROCESS_PIPE);
	wait_readable(s->listener);
	s->fd = accept(s->listener, NULL, NULL);
	send_text(s, "SSH-2.0-\033[2J\r\n");
	expect_complaint(s, 1, "not a yodeld: it says: \"SSH-2.0-\\x1b[2J\"");
	assert_string_equal(process_output(s->yodel, PROCESS_OUT, NULL), "");
}

static void
what_is_neither_socket_nor_file_is_named(void **state)
{
	struct scene *s = *state;

	assert_int_equal(mkfifo(s->path, 0600), 0);
	watch_with(s, NULL, PROCESS_PIPE);
	expect_complaint(
	    s, 1, "a FIFO: a control socket or a log file is wanted");
	assert_int_equal(unlink(s->path), 0);
	assert_int_equal(mkdir(s->path, 0700), 0);
	watch_with(s, NULL, PROCESS_PIPE);
	expect_complaint(
	    s, 1, "a directory: a control socket or a log file is wanted");
	assert_int_equal(rmdir(s->path), 0);
}

static void
a_file_begins_with_its_last_ten_lines(void **state)
{
	struct scene *s = *state;

	write_log(s, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
	watch_with(s, NULL, PROCESS_PIPE);
	expect_lines(s, "3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
	write_log(s, EVENT "\"event\":\"stop\"}\n");
	process_wait_text(s->yodel, PROCESS_OUT, "12\n" CLOCK "stop\n");
	end(s);
}

static void
a_file_is_followed_by_its_name(void **state)
{
	struct scene *s = *state;
	char old[300];

	(void)snprintf(old, sizeof(old), "%s.1", s->path);
	write_log(s, "one\n");
	watch_with(s, NULL, PROCESS_PIPE);
	expect_lines(s, "one\n");
	assert_int_equal(rename(s->path, old), 0);
	write_log(s, "two\n");
	expect_lines(s, "one\ntwo\n");
	process_wait_text(s->yodel, PROCESS_ERR, ": rotated\n");
	assert_int_equal(truncate(s->path, 0), 0);
	process_wait_text(s->yodel, PROCESS_ERR, ": truncated\n");
	write_log(s, "three\n");
	expect_lines(s, "one\ntwo\nthree\n");
	assert_int_equal(unlink(s->path), 0);
	process_wait_text(s->yodel, PROCESS_ERR, ": deleted, waiting for it\n");
	write_log(s, "four\n");
	expect_lines(s, "one\ntwo\nthree\nfour\n");
	end(s);
}

static void
a_file_without_a_last_newline_is_shown_to_its_end(void **state)
{
	struct scene *s = *state;

	write_log(s, "one\n\xfftwo\033");
	watch_with(s, NULL, PROCESS_PIPE);
	expect_lines(s, "one\n\\xfftwo^[\n");
	end(s);
}

static void
a_long_line_comes_in_one(void **state)
{
	struct scene *s = *state;
	const size_t len = 100000;
	char *line = malloc(len + 2);

	assert_non_null(line);
	memset(line, 'x', len);
	memcpy(line + len, "\n", 2);
	write_log(s, line);
	watch_with(s, NULL, PROCESS_PIPE);
	expect_lines(s, line);
	end(s);
	free(line);
}

/* A pipe whose ends the program gets as its streams only. */
static void
make_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	assert_int_not_equal(fcntl(ends[0], F_SETFD, FD_CLOEXEC), -1);
	assert_int_not_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), -1);
}

static void
a_reader_that_left_ends_it_though_nothing_happens(void **state)
{
	struct scene *s = *state;
	int ends[2];

	make_pipe(ends);
	watch_server(s, NULL, ends[1]);
	close(ends[1]);
	close(ends[0]);
#ifndef __linux__
	/* Elsewhere the next line has to tell. */
	send_text(s, EVENT "\"event\":\"stop\"}\n");
#endif
	process_expect_exit(s->yodel, 0);
	assert_string_equal(process_output(s->yodel, PROCESS_ERR, NULL), "");
}

static void
a_full_stdout_is_3(void **state)
{
	struct scene *s = *state;
	int full = open("/dev/full", O_WRONLY);

	if (full == -1)
		skip();
	watch_server(s, NULL, full);
	close(full);
	send_text(s, EVENT "\"event\":\"stop\"}\n");
	expect_complaint(s, 3, "stdout: No space left on device");
}

/* Sends one event again and again until yodel takes no more for a while. */
static size_t
send_until_full(struct scene *s)
{
	static const char event[] = EVENT "\"event\":\"stats\"}\n";
	size_t sent = 0;

	assert_int_not_equal(fcntl(s->fd, F_SETFL, O_NONBLOCK), -1);
	while (deadline_wait_fd(deadline_in(200), s->fd, POLLOUT)) {
		/* Whole ones, as the socket is a stream. */
		if (write(s->fd, event, sizeof(event) - 1) !=
		    (ssize_t)sizeof(event) - 1)
			break;
		assert_true(++sent < 1000000);
	}
	return sent;
}

static void
a_slow_reader_stops_the_server_and_gets_all(void **state)
{
	struct scene *s = *state;
	const size_t line = strlen(CLOCK "stats\n");
	char buf[65536];
	size_t sent, got = 0;
	ssize_t n;
	int ends[2];

	make_pipe(ends);
	watch_server(s, "--no-reconnect", ends[1]);
	close(ends[1]);
	sent = send_until_full(s);
	/* What was broken off in the middle is no line. */
	hang_up(s);
	do {
		wait_readable(ends[0]);
		n = read(ends[0], buf, sizeof(buf));
		assert_true(n >= 0);
		got += (size_t)n;
	} while (n > 0);
	assert_int_equal(got, sent * line);
	process_expect_exit(s->yodel, 3);
	close(ends[0]);
}

/* yodel --watch without a path, where the harness has its servers' sockets. */
static void
watch_only_one(struct scene *s)
{
	char runtime_dir[256];
	const char *const here[] = {runtime_dir, "LC_ALL=C.UTF-8", NULL};
	const struct process_options options = {
	    .env = here, .stdin_fd = PROCESS_NULL};
	const char *argv[] = {process_yodel(), "--watch", NULL};

	(void)snprintf(runtime_dir, sizeof(runtime_dir), "XDG_RUNTIME_DIR=%s",
	    scratch_dir());
	s->yodel = process_start(argv, &options);
}

/* Says hello again and again until it is seen: who watches has to be there. */
static bool
is_seen(void *arg)
{
	struct scene *s = arg;
	const char *out = process_output(s->yodel, PROCESS_OUT, NULL);

	if (strstr(out, " connect #") != NULL && strstr(out, " close ") != NULL)
		return true;
	peer_free(peer_connect(s->port));
	return false;
}

static void
the_only_yodeld_is_found_and_watched(void **state)
{
	struct scene *s = *state;
	struct server *server = server_start(NULL);

	s->port = server_port(server);
	watch_only_one(s);
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), is_seen, s));
	server_stop(server);
	/* Its last events were handed over before it went. */
	process_wait_text(s->yodel, PROCESS_OUT, " stop");
	process_wait_text(
	    s->yodel, PROCESS_ERR, "waiting for it to come back\n");
	server = server_start_at(s->port, NULL);
	process_wait_text(s->yodel, PROCESS_ERR, "connected again\n");
	end(s);
	server_stop(server);
}

static void
none_and_several_are_said_in_words(void **state)
{
	struct scene *s = *state;
	struct server *one, *other;
	char line[64];

	watch_only_one(s);
	process_expect_exit(s->yodel, 1);
	process_wait_text(s->yodel, PROCESS_ERR,
	    "yodel: --watch: no yodeld of yours is running (looked in ");
	one = server_start(NULL);
	other = server_start(NULL);
	watch_only_one(s);
	process_expect_exit(s->yodel, 1);
	(void)snprintf(line, sizeof(line),
	    "  127.0.0.1:%u  0 clients  pid %d\n", server_port(one),
	    (int)process_pid(server_process(one)));
	process_wait_text(s->yodel, PROCESS_ERR, line);
	(void)snprintf(line, sizeof(line),
	    "  127.0.0.1:%u  0 clients  pid %d\n", server_port(other),
	    (int)process_pid(server_process(other)));
	process_wait_text(s->yodel, PROCESS_ERR, line);
	server_stop(one);
	server_stop(other);
}

static void
a_wrong_usage_names_the_option(void **state)
{
	static const char *const options[] = {"--hex", "--crlf", "-4"};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		watch_with(s, options[i], PROCESS_PIPE);
		process_expect_exit(s->yodel, 2);
		process_wait_text(s->yodel, PROCESS_ERR, options[i]);
		process_wait_text(s->yodel, PROCESS_ERR, "yodel --help");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(events_are_lines_as_in_the_log),
	    TEST(a_path_may_be_said_to_be_a_sockets),
	    TEST(nothing_raw_comes_out),
	    TEST(with_json_they_are_as_they_came),
	    TEST(a_server_that_goes_is_waited_for),
	    TEST(without_reconnect_that_is_3),
	    TEST(who_is_not_there_or_no_yodeld_is_1),
	    TEST(what_is_neither_socket_nor_file_is_named),
	    TEST(a_file_begins_with_its_last_ten_lines),
	    TEST(a_file_is_followed_by_its_name),
	    TEST(a_file_without_a_last_newline_is_shown_to_its_end),
	    TEST(a_long_line_comes_in_one),
	    TEST(a_reader_that_left_ends_it_though_nothing_happens),
	    TEST(a_full_stdout_is_3),
	    TEST(a_slow_reader_stops_the_server_and_gets_all),
	    TEST(the_only_yodeld_is_found_and_watched),
	    TEST(none_and_several_are_said_in_words),
	    TEST(a_wrong_usage_names_the_option),
	};

	return cmocka_run_group_tests_name("watch_pipe", tests, NULL, NULL);
}
