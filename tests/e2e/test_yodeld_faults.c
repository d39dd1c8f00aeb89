/* yodeld: the log's troubles are not its clients'. */

#include <sys/types.h>
#include <sys/stat.h>

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
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define VISITS	   3000 /* more lines than a pipe and the log's ring hold */
#define FEW	   50	/* more than fit into the file below */
#define FILE_MAX   "-f 1"
#define FILE_LEAST 512 /* what that is, in bytes: this, or twice as much */
#define PATH_SIZE  512
#define LOG_SIZE   4096

/* A yodeld that logs into a pipe, of which we have the other end. */
struct piped {
	struct process *process;
	int log_fd;
	uint16_t port;
};

/* Reads the log until text, and the line that it stands in, was there. */
static const char *
read_until(int fd, char log[LOG_SIZE], const char *text)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	size_t len = 0, kept;
	const char *at;
	ssize_t n;

	log[0] = '\0';
	while ((at = strstr(log, text)) == NULL || strchr(at, '\n') == NULL) {
		/* The half is enough to keep a line that is not complete. */
		if (len > LOG_SIZE / 2) {
			kept = LOG_SIZE / 4;
			memmove(log, log + len - kept, kept);
			len = kept;
		}
		assert_true(deadline_wait_fd(deadline, fd, POLLIN));
		n = read(fd, log + len, LOG_SIZE - len - 1);
		assert_true(n > 0);
		len += (size_t)n;
		log[len] = '\0';
	}
	return at;
}

/*
 * Without the sandbox: where the log's thread is left behind in write(2), a leak
 * checker that runs at exit could not stop it, and would try for ever.
 */
static struct piped
start_piped(void)
{
	const char *const argv[] = {process_yodeld(), "-p", "0", "-b",
	    "127.0.0.1", "--no-sandbox", NULL};
	struct process_options options = {.stdin_fd = PROCESS_NULL};
	char log[LOG_SIZE];
	struct piped piped;
	const char *at;
	int ends[2], i;

	assert_int_equal(pipe(ends), 0);
	for (i = 0; i < 2; i++)
		assert_int_not_equal(fcntl(ends[i], F_SETFD, FD_CLOEXEC), -1);
	options.stderr_fd = ends[1];
	piped.process = process_start(argv, &options);
	piped.log_fd = ends[0];
	close(ends[1]);
	at = read_until(ends[0], log, "127.0.0.1:");
	piped.port = (uint16_t)atoi(at + strlen("127.0.0.1:"));
	return piped;
}

static void
stop_piped(struct piped *piped)
{
	process_signal(piped->process, SIGTERM);
	process_expect_exit(piped->process, 0);
	process_free(piped->process);
}

static void
visit(uint16_t port, int times)
{
	struct peer *peer;

	for (; times > 0; times--) {
		peer = peer_connect(port);
		peer_echo(peer, "hello", 5);
		peer_free(peer);
	}
}

static void
test_the_echo_goes_on_while_nobody_reads_the_log(void **state)
{
	struct piped piped = start_piped();
	struct peer *peer = peer_connect(piped.port);
	char log[LOG_SIZE];

	(void)state;
	visit(piped.port, VISITS);
	peer_echo(peer, "still here", 10);
	(void)read_until(piped.log_fd, log, " dropped events=");
	peer_free(peer);
	(void)read_until(piped.log_fd, log, "close   #1 ");
	stop_piped(&piped);
	close(piped.log_fd);
}

static void
test_nobody_ever_reads_the_log(void **state)
{
	struct piped piped = start_piped();

	(void)state;
	visit(piped.port, VISITS);
	stop_piped(&piped);
	close(piped.log_fd);
}

static void
test_who_read_the_log_may_leave(void **state)
{
	struct piped piped = start_piped();

	(void)state;
	close(piped.log_fd);
	visit(piped.port, FEW);
	stop_piped(&piped);
}

static bool
is_full(void *arg)
{
	struct stat st;

	return stat(arg, &st) == 0 && st.st_size >= FILE_LEAST;
}

/* As on a full disk, write(2) fails; and there is SIGXFSZ, which may kill. */
static void
test_the_echo_goes_on_when_the_log_can_not_grow(void **state)
{
	char path[PATH_SIZE];
	const char *const args[] = {"-b", "127.0.0.1", "-l", path, NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	scratch_path(path, sizeof(path), "full.log");
	server = server_start_limited(FILE_MAX, args);
	peer = peer_connect(server_port(server));
	visit(server_port(server), FEW);
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), is_full, path));
	server_wait_log(server, "full.log: File too large");
	visit(server_port(server), FEW);
	peer_echo(peer, "still here", 10);
	peer_free(peer);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_the_echo_goes_on_while_nobody_reads_the_log,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_nobody_ever_reads_the_log, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_read_the_log_may_leave, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_echo_goes_on_when_the_log_can_not_grow,
		process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: faults", tests, NULL, NULL);
}
