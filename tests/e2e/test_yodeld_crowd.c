/*
 * yodeld: thousands at once, where possible in a network of their own, so that
 * who else is busy on this machine takes no part in it.
 */

#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/network.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define CLIENTS	  10000
#define BURST	  5000
#define OTHER_FDS 64 /* of either process, at most */
#define PATH_SIZE 256

/* Sockets of ours, which talk to the server all at the same time. */
struct crowd {
	int *fds;
	size_t count;
};

/* A server that logs to a file, which takes it as fast as it comes. */
struct place {
	struct server *server;
	char log_path[PATH_SIZE];
	const char *awaited;
};

/* How many this process may have, but no more than wanted. */
static size_t
as_many_as(size_t wanted)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	/* What is refused stays as it was. */
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(limit.rlim_cur > 2 * OTHER_FDS);
	return limit.rlim_cur < wanted + OTHER_FDS
	    ? (size_t)limit.rlim_cur - OTHER_FDS
	    : wanted;
}

static int
start_connecting(uint16_t port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1 &&
	    errno != EINPROGRESS)
		fail_msg("connect: %s", strerror(errno));
	return fd;
}

/* Starts to connect them all before the first is waited for. */
static struct crowd
crowd_start(uint16_t port, size_t count)
{
	struct crowd crowd = {calloc(count, sizeof(int)), count};
	size_t i;

	assert_non_null(crowd.fds);
	for (i = 0; i < count; i++)
		crowd.fds[i] = start_connecting(port);
	return crowd;
}

static void
wait_for(int fd, short events)
{
	if (!deadline_wait_fd(deadline_in(DEADLINE_MS), fd, events))
		fail_msg("one of the crowd is not served");
}

/* Each sends its number, all of them before the first reads, and gets it. */
static void
crowd_echo(const struct crowd *crowd)
{
	uint64_t i, echo;

	for (i = 0; i < crowd->count; i++) {
		wait_for(crowd->fds[i], POLLOUT);
		if (send(crowd->fds[i], &i, sizeof(i), 0) != sizeof(i))
			fail_msg("send: %s", strerror(errno));
	}
	for (i = 0; i < crowd->count; i++) {
		wait_for(crowd->fds[i], POLLIN);
		if (recv(crowd->fds[i], &echo, sizeof(echo), 0) != sizeof(echo))
			fail_msg("recv: %s", strerror(errno));
		assert_int_equal(echo, i);
	}
}

static void
crowd_leave(struct crowd *crowd)
{
	while (crowd->count > 0)
		close(crowd->fds[--crowd->count]);
	free(crowd->fds);
}

static void
place_open(struct place *place, const char *threads)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "-t", threads, "-l", place->log_path, NULL};

	scratch_path(place->log_path, sizeof(place->log_path), "crowd.log");
	(void)unlink(place->log_path);
	place->server = server_start(args);
}

/* Asks for the statistics until they are as they have to be. */
static bool
place_has(void *arg)
{
	struct place *place = arg;
	char *text;
	bool found;

	process_signal(server_process(place->server), SIGUSR1);
	text = scratch_read(place->log_path, NULL);
	found = text != NULL && strstr(text, place->awaited) != NULL;
	free(text);
	return found;
}

static size_t
count_text(const char *text, const char *wanted)
{
	size_t count = 0;

	for (; (text = strstr(text, wanted)) != NULL; text++)
		count++;
	return count;
}

/* All have been let in, have ended as they should, and nothing is left. */
static void
place_close(struct place *place, size_t count)
{
	char stats[PATH_SIZE], *text;
	size_t bytes = count * sizeof(uint64_t);

	snprintf(stats, sizeof(stats),
	    "stats   open=0 accepted=%zu in=%zu out=%zu refused=0 ", count,
	    bytes, bytes);
	place->awaited = stats;
	if (!deadline_wait(deadline_in(DEADLINE_MS), place_has, place))
		fail_msg("the statistics never are %s", stats);
	server_stop(place->server);
	text = scratch_read(place->log_path, NULL);
	assert_non_null(text);
	/* where the file was too slow, there are fewer lines: never others */
	if (strstr(text, " dropped ") == NULL)
		assert_int_equal(count_text(text, " close "), count);
	assert_int_equal(count_text(text, " close "),
	    count_text(text, " reason=peer in=8 "));
	free(text);
}

static void
test_ten_thousand_are_served_by_two_threads(void **state)
{
	struct place place;
	struct crowd crowd;
	size_t count = as_many_as(CLIENTS);

	(void)state;
	place_open(&place, "2");
	crowd = crowd_start(server_port(place.server), count);
	crowd_echo(&crowd);
	crowd_leave(&crowd);
	place_close(&place, count);
}

/* How many the system lets wait for a server, where that is known. */
static size_t
somaxconn(void)
{
	FILE *file = fopen("/proc/sys/net/core/somaxconn", "r");
	size_t max;

	if (file == NULL || fscanf(file, "%zu", &max) != 1)
		max = 128; /* what macOS and the BSDs begin with */
	if (file != NULL)
		fclose(file);
	return max;
}

/* In a network of its own: all that overflow is those of the test. */
static uint64_t
overflows(const void *own_network)
{
	return own_network != NULL ? network_listen_overflows() : 0;
}

static void
test_a_burst_of_thousands_is_served(void **state)
{
	struct place place;
	struct crowd crowd;
	size_t count = as_many_as(BURST);
	uint64_t before = overflows(*state);

	place_open(&place, "1");
	crowd = crowd_start(server_port(place.server), count);
	crowd_echo(&crowd);
	/* else it depends on how fast the server gets to run */
	if (somaxconn() >= count)
		assert_int_equal(overflows(*state), before);
	crowd_leave(&crowd);
	place_close(&place, count);
}

static void
test_who_comes_while_the_server_stands_still_is_served_later(void **state)
{
	struct place place;
	struct crowd crowd;
	size_t count = somaxconn(), i;
	uint64_t before = overflows(*state);

	place_open(&place, "1");
	count = as_many_as(count < BURST ? count : BURST);
	process_signal(server_process(place.server), SIGSTOP);
	crowd = crowd_start(server_port(place.server), count);
	/* connected though nobody has accepted them: they fit in its backlog */
	for (i = 0; i < count; i++)
		wait_for(crowd.fds[i], POLLOUT);
	assert_int_equal(overflows(*state), before);
	process_signal(server_process(place.server), SIGCONT);
	crowd_echo(&crowd);
	crowd_leave(&crowd);
	place_close(&place, count);
}

/* *state: whether there is a network of its own, with room for a burst. */
static int
set_up(void **state)
{
	static bool own;

	own = network_enter();
	if (own)
		(void)network_set_somaxconn(2 * BURST);
	*state = own ? &own : NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_ten_thousand_are_served_by_two_threads, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_burst_of_thousands_is_served, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_comes_while_the_server_stands_still_is_served_later,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: crowds", tests, set_up, NULL);
}
