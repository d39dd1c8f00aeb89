/*
 * A peer that sends without end: the keyboard, the memory, and what is shown
 * when it is over.
 */

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"
#include "harness.h"
#include "peer.h"
#include "status.h"
#include "term.h"

#define MB	      ((size_t)1000 * 1000)
#define FLOOD_BYTES   (100 * MB)
#define FLOOD_MAX     (40 * FLOOD_BYTES)
#define FLOOD_SECONDS 60
#define BLOCK_BYTES   ((size_t)1 << 17)
#define GROWTH_KB     ((size_t)16 * 1024)
#define LAST	      "\nthe last line of the flood\n"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* How the process that sends has ended. */
enum flood_end { FLOOD_WHOLE, FLOOD_CUT_OFF, FLOOD_NEVER_STOPPED };

/* A client, and a process that sends to it until it is told to stop. */
struct flood {
	struct peer_listener *listener;
	struct peer *peer;
	struct term *term;
	pid_t writer;
	int stop_fd;
	bool ended;
	int status;
};

/* The one of the test that runs: a failed one jumps away from it. */
static pid_t running;

static void
fill_with_lines(char *block, size_t len)
{
	static const char line[] = "a line like any other, of 40 bytes, 한\n";

	for (size_t i = 0; i < len; i++)
		block[i] = line[i % (sizeof(line) - 1)];
}

static void
fill_without_end(char *block, size_t len)
{
	memset(block, 'z', len);
}

static void
fill_with_bytes(char *block, size_t len)
{
	uint32_t x = 2463534242;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		block[i] = (char)x;
	}
}

static void
fill_with_short_lines(char *block, size_t len)
{
	for (size_t i = 0; i < len; i++)
		block[i] = i % 2 == 0 ? 'x' : '\n';
}

/* What goes out of a socket that does not block. */
static void
send_all(int fd, const char *p, size_t len)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN)
			(void)poll(&writable, 1, -1);
		else if (errno != EINTR)
			_exit(FLOOD_CUT_OFF);
	}
}

static bool
is_told_to_stop(int stop_fd)
{
	struct pollfd closed = {.fd = stop_fd, .events = POLLIN};

	return poll(&closed, 1, 0) == 1;
}

static _Noreturn void
flood_write(
    int fd, int stop_fd, void (*fill)(char *, size_t), size_t least_bytes)
{
	static char block[BLOCK_BYTES];
	size_t sent = 0;

	/* It ends, whatever becomes of the others. */
	signal(SIGPIPE, SIG_IGN);
	alarm(FLOOD_SECONDS);
	fill(block, sizeof(block));
	do {
		send_all(fd, block, sizeof(block));
		sent += sizeof(block);
		if (sent > FLOOD_MAX)
			_exit(FLOOD_NEVER_STOPPED);
	} while (sent < least_bytes || !is_told_to_stop(stop_fd));
	send_all(fd, LAST, strlen(LAST));
	_exit(FLOOD_WHOLE);
}

static struct flood
flood_start(void (*fill)(char *, size_t), size_t least_bytes)
{
	struct flood flood = {0};
	int ends[2];

	flood.listener = peer_listen(0);
	flood.term =
	    client_start(peer_listener_port(flood.listener), NULL, NULL);
	flood.peer = peer_accept(flood.listener);
	term_wait_text(flood.term, "connected to");
	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	flood.writer = running = fork();
	assert_int_not_equal(flood.writer, -1);
	if (flood.writer == 0) {
		close(ends[1]);
		flood_write(peer_fd(flood.peer), ends[0], fill, least_bytes);
	}
	close(ends[0]);
	flood.stop_fd = ends[1];
	return flood;
}

static void
flood_stop(struct flood *flood)
{
	close(flood->stop_fd);
	flood->stop_fd = -1;
}

static bool
has_ended(void *arg)
{
	struct flood *flood = arg;

	if (!flood->ended &&
	    waitpid(flood->writer, &flood->status, WNOHANG) == flood->writer) {
		flood->ended = true;
		running = 0;
	}
	return flood->ended;
}

/* As a condition of the terminal, which has to be read meanwhile. */
static bool
has_ended_by_now(struct term *term, void *flood)
{
	(void)term;
	return has_ended(flood);
}

static void
flood_expect_end(struct flood *flood, enum flood_end end)
{
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), has_ended, flood));
	assert_true(WIFEXITED(flood->status));
	assert_int_equal(WEXITSTATUS(flood->status), end);
}

static void
flood_free(struct flood *flood)
{
	if (flood->stop_fd != -1)
		close(flood->stop_fd);
	peer_free(flood->peer);
	peer_listener_free(flood->listener);
}

/* A cmocka teardown: no writer outlives its test. */
static int
teardown(void **state)
{
	if (running > 0) {
		kill(running, SIGKILL);
		waitpid(running, NULL, 0);
		running = 0;
	}
	return term_teardown(state);
}

/* A line of the client's status in kB: "VmRSS", "VmHWM"; 0 without a proc(5). */
static size_t
memory_kb(struct term *term, const char *name)
{
#if defined(__linux__) && !defined(SANITIZED)
	char path[64], values[STATUS_MAX];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)term_pid(term));
	status_read(values, path, name);
	return strtoul(values, NULL, 10);
#else
	(void)term;
	(void)name;
	return 0;
#endif
}

static void
expect_bounded(struct term *term, size_t before_kb)
{
	size_t most_kb = memory_kb(term, "VmHWM");

	if (most_kb > before_kb + GROWTH_KB)
		fail_msg("it has grown from %zu to %zu kB", before_kb, most_kb);
}

/*
 * The flood goes on until the keys have been answered: if they never are, it
 * comes to its own end, and that is a failure.
 */
static void
expect_keys_are_answered(void (*fill)(char *, size_t), size_t bytes)
{
	struct flood flood = flood_start(fill, bytes);
	size_t before = memory_kb(flood.term, "VmRSS");

	term_type(flood.term, "안녕 there");
	term_wait_row(flood.term, -1, "$> 안녕 there");
	term_type(flood.term, "\003");
	term_wait_no_text(flood.term, "안녕 there");
	assert_false(has_ended(&flood));
	flood_stop(&flood);
	term_wait(flood.term, has_ended_by_now, &flood, "the end of the flood");
	flood_expect_end(&flood, FLOOD_WHOLE);
	term_wait_text(flood.term, "‹ the last line of the flood");
	expect_bounded(flood.term, before);
	client_quit(flood.term);
	flood_free(&flood);
}

static void
keys_are_answered_while_lines_pour_in(void **state)
{
	(void)state;
	expect_keys_are_answered(fill_with_lines, FLOOD_BYTES);
}

static void
keys_are_answered_while_a_line_without_end_pours_in(void **state)
{
	(void)state;
	expect_keys_are_answered(fill_without_end, FLOOD_BYTES);
}

static void
keys_are_answered_while_any_bytes_pour_in(void **state)
{
	(void)state;
	expect_keys_are_answered(fill_with_bytes, FLOOD_BYTES);
}

static void
keys_are_answered_while_the_shortest_lines_pour_in(void **state)
{
	(void)state;
	expect_keys_are_answered(fill_with_short_lines, FLOOD_BYTES / 10);
}

static void
disconnect_ends_a_flood(void **state)
{
	struct flood flood = flood_start(fill_with_lines, FLOOD_MAX);

	(void)state;
	term_wait_text(flood.term, "‹ a line like any other");
	client_say(flood.term, "/disconnect");
	term_wait_text(flood.term, "· disconnected");
	flood_expect_end(&flood, FLOOD_CUT_OFF);
	client_quit(flood.term);
	flood_free(&flood);
}

static void
control_c_twice_leaves_a_flood(void **state)
{
	struct flood flood = flood_start(fill_without_end, FLOOD_MAX);

	(void)state;
	term_wait_text(flood.term, "zzzz");
	term_type(flood.term, "\003\003");
	term_expect_exit(flood.term, 0);
	term_expect_restored(flood.term);
	flood_expect_end(&flood, FLOOD_CUT_OFF);
	term_free(flood.term);
	flood_free(&flood);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(keys_are_answered_while_lines_pour_in),
	    TEST(keys_are_answered_while_a_line_without_end_pours_in),
	    TEST(keys_are_answered_while_any_bytes_pour_in),
	    TEST(keys_are_answered_while_the_shortest_lines_pour_in),
	    TEST(disconnect_ends_a_flood),
	    TEST(control_c_twice_leaves_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
