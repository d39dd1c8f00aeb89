/*
 * What a client costs that nobody uses: no wake-up, little memory, and one
 * descriptor for each thing. As proc(5) tells it: skipped where that is not.
 */

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"
#include "harness.h"
#include "peer.h"
#include "scratch.h"
#include "server.h"
#include "status.h"
#include "term.h"

#define QUIET_MS       1200
#define REST_KB	       8192
#define LINK_MAX_BYTES 320
#define KINDS	       (sizeof(kinds) / sizeof(kinds[0]))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* What a descriptor is, by the beginning of what its link says. */
enum kind {
	KIND_TERMINAL,
	KIND_PTY_MASTER,
	KIND_EPOLL,
	KIND_EVENT,
	KIND_SIGNAL,
	KIND_TIMER,
	KIND_SOCKET,
	KIND_OTHER
};

static const char *const kinds[] = {
    [KIND_TERMINAL] = "/dev/pts/",
    [KIND_PTY_MASTER] = "/dev/ptmx",
    [KIND_EPOLL] = "anon_inode:[eventpoll]",
    [KIND_EVENT] = "anon_inode:[eventfd]",
    [KIND_SIGNAL] = "anon_inode:[signalfd]",
    [KIND_TIMER] = "anon_inode:[timerfd]",
    [KIND_SOCKET] = "socket:[",
    [KIND_OTHER] = "",
};

static void
need_proc(void)
{
#ifndef __linux__
	skip();
#endif
}

/* Of two clients at once, as each look takes its time. */
static unsigned long
sleeps(struct term *const terms[2])
{
	unsigned long sum = 0;

	for (int i = 0; i < 2; i++) {
		(void)term_screen(terms[i]);
		sum += status_sleeps(term_pid(terms[i]));
	}
	return sum;
}

/*
 * What has just been done may have an aftermath. But then there has to come a
 * time without a wake-up, longer than a clock on the screen would allow.
 */
static void
expect_no_wake_up(struct term *const terms[2])
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	unsigned long before, woken;

	do {
		if (deadline_left_ms(deadline) == 0)
			fail_msg("never quiet for %d ms", QUIET_MS);
		before = sleeps(terms);
		(void)poll(NULL, 0, QUIET_MS);
		woken = sleeps(terms) - before;
	} while (woken > 0);
}

static void
nothing_happens_where_nothing_is_to_be_done(void **state)
{
	struct term_options wide = {.rows = 40, .columns = 120};
	struct server *server;
	struct term *terms[2];

	(void)state;
	need_proc();
	server = server_start(NULL);
	terms[0] = client_connect(server_port(server), NULL, NULL);
	terms[1] = client_connect(server_port(server), NULL, &wide);
	for (int i = 0; i < 2; i++)
		client_say_verified(terms[i], "안녕하세요");
	expect_no_wake_up(terms);
	for (int i = 0; i < 2; i++) {
		client_say(terms[i], "/disconnect");
		term_wait_text(terms[i], "· disconnected");
	}
	expect_no_wake_up(terms);
	for (int i = 0; i < 2; i++)
		client_quit(terms[i]);
	server_stop(server);
}

static void
what_is_half_done_wakes_nobody_either(void **state)
{
	struct server *server;
	struct term *terms[2];

	(void)state;
	need_proc();
	server = server_start(NULL);
	for (int i = 0; i < 2; i++)
		terms[i] = client_connect(server_port(server), NULL, NULL);
	term_type(terms[0], "a line not yet sent");
	term_key(terms[0], KEY_F1, 0);
	term_wait_text(terms[0], "drop the line; twice: quit");
	term_paste(terms[1], "one\ntwo\n");
	term_wait_text(terms[1], "paste: 2 lines");
	expect_no_wake_up(terms);
	term_type(terms[1], "d");
	term_wait_no_text(terms[1], "paste: 2 lines");
	client_drop_and_quit(terms[0]);
	client_quit(terms[1]);
	server_stop(server);
}

static void
it_fits_in_8_mib_at_rest(void **state)
{
	struct term_options wide = {.rows = 40, .columns = 120};
	char path[64], values[STATUS_MAX];
	struct server *server;
	struct term *term;
	unsigned long kb;

	(void)state;
	need_proc();
#ifdef SANITIZED
	skip();
#endif
	server = server_start(NULL);
	term = client_connect(server_port(server), NULL, &wide);
	client_say_verified(term, "안녕하세요");
	snprintf(path, sizeof(path), "/proc/%d/status", (int)term_pid(term));
	status_read(values, path, "VmRSS");
	kb = strtoul(values, NULL, 10);
	if (kb > REST_KB)
		fail_msg("%lu kB at rest", kb);
	client_quit(term);
	server_stop(server);
}

static enum kind
kind_of(const char *link)
{
	size_t kind = 0;

	/* A private instance of devpts has its own name for it. */
	if (strcmp(link, "/dev/pts/ptmx") == 0)
		return KIND_PTY_MASTER;
	while (strncmp(link, kinds[kind], strlen(kinds[kind])) != 0)
		kind++;
	return (enum kind)kind;
}

/* What a descriptor of a process ("self", or a number) leads to. */
static bool
read_link(char *link, size_t size, const char *process, const char *fd)
{
	char path[320];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%s/fd/%s", process, fd);
	len = readlink(path, link, size - 1);
	if (len == -1)
		return false;
	link[len] = '\0';
	return true;
}

/* Whether the test itself was started with it. */
static bool
is_inherited(const char *fd, const char *link)
{
	char own[LINK_MAX_BYTES];

	return atoi(fd) > STDERR_FILENO &&
	    read_link(own, sizeof(own), "self", fd) && strcmp(own, link) == 0;
}

/* Counts the descriptors of a process by kind. */
static void
count_descriptors(struct term *term, int counts[KINDS])
{
	char process[32], path[64], link[LINK_MAX_BYTES];
	const struct dirent *entry;
	DIR *dir;

	memset(counts, 0, KINDS * sizeof(counts[0]));
	snprintf(process, sizeof(process), "%d", (int)term_pid(term));
	snprintf(path, sizeof(path), "/proc/%s/fd", process);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (read_link(link, sizeof(link), process, entry->d_name) &&
		    !is_inherited(entry->d_name, link))
			counts[kind_of(link)]++;
	closedir(dir);
}

/* Three for the terminal, and what libedit has for one of its own. */
static void
expect_descriptors(struct term *term, int sockets, int others)
{
	int counts[KINDS];

	count_descriptors(term, counts);
	assert_int_equal(counts[KIND_TERMINAL], 3 + 1);
	assert_int_equal(counts[KIND_PTY_MASTER], 1);
	assert_int_equal(counts[KIND_EPOLL], 1);
	assert_true(counts[KIND_EVENT] <= 1);
	assert_true(counts[KIND_SIGNAL] <= 1);
	assert_true(counts[KIND_TIMER] <= 1);
	assert_int_equal(counts[KIND_SOCKET], sockets);
	assert_int_equal(counts[KIND_OTHER], others);
}

static void
there_is_one_descriptor_for_each_thing(void **state)
{
	char path[256];
	const char *args[] = {"--log", path, NULL};
	struct server *server;
	struct term *term;

	(void)state;
	need_proc();
	server = server_start(NULL);
	scratch_path(path, sizeof(path), "log");
	term = client_connect(server_port(server), args, NULL);
	client_say_verified(term, "one");
	expect_descriptors(term, 1, 1);
	client_say(term, "/log off");
	term_wait_text(term, "nothing is logged");
	expect_descriptors(term, 1, 0);
	client_say(term, "/disconnect");
	term_wait_text(term, "· disconnected");
	expect_descriptors(term, 0, 0);
	client_quit(term);
	server_stop(server);
}

static void
nothing_is_left_behind_by_what_is_over(void **state)
{
	char path[256], line[300];
	struct peer_listener *listener;
	struct peer *peer;
	struct term *term;

	(void)state;
	need_proc();
	listener = peer_listen(0);
	term = client_start(peer_listener_port(listener), NULL, NULL);
	peer = peer_accept(listener);
	for (int i = 0; i < 3; i++) {
		client_say(term, "/reconnect");
		peer_expect_eof(peer);
		peer_free(peer);
		peer = peer_accept(listener);
	}
	scratch_path(path, sizeof(path), "conversation");
	snprintf(line, sizeof(line), "/save %s", path);
	client_say(term, line);
	term_wait_text(term, "saved to");
	client_say(term, "/connect localhost 1");
	term_wait_text(term, "refused");
	client_say(term, "/disconnect");
	term_wait_text(term, "· disconnected");
	expect_descriptors(term, 0, 0);
	client_quit(term);
	peer_free(peer);
	peer_listener_free(listener);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(nothing_happens_where_nothing_is_to_be_done),
	    TEST(what_is_half_done_wakes_nobody_either),
	    TEST(it_fits_in_8_mib_at_rest),
	    TEST(there_is_one_descriptor_for_each_thing),
	    TEST(nothing_is_left_behind_by_what_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
