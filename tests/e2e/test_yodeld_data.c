/* yodeld: what clients say, in the log: to whom it is shown, and how much. */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"

#define DATA_RATE  1000 /* "data" events that a second has room for */
#define TALKERS	   8	/* clients, two for each thread */
#define TURNS	   500
#define SCREEN_MAX 2048

/* One client that says this and leaves. */
static void
say(const struct server *server, const void *data, size_t len)
{
	struct peer *peer = peer_connect(server_port(server));

	peer_echo(peer, data, len);
	peer_free(peer);
}

static void
test_a_long_message_is_cut(void **state)
{
	const char *const args[] = {"--log-data", "on", NULL};
	struct server *server = server_start(args);
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	say(server, text, sizeof(text));
	journal_expect(server, "data    #1 4096 B \"x{117}\\.\\.\\.\"$");
	server_stop(server);
}

static void
test_data_is_not_logged_unless_it_was_asked_for(void **state)
{
	const char *const verbose[] = {"-v", NULL};
	const char *const off[] = {"-v", "--log-data", "off", NULL};
	struct server *server;

	(void)state;
	server = server_start(NULL);
	say(server, "quiet\n", 6);
	journal_expect(server, "close   #1 ");
	assert_int_equal(journal_count(server, " data "), 0);
	server_stop(server);
	server = server_start(verbose);
	say(server, "loud\n", 5);
	journal_expect(server, "data    #1 5 B \"loud\\\\n\"$");
	server_stop(server);
	server = server_start(off);
	say(server, "quiet\n", 6);
	journal_expect(server, "close   #1 ");
	assert_int_equal(journal_count(server, " data "), 0);
	server_stop(server);
}

static void
test_data_beyond_the_rate_is_counted(void **state)
{
	const char *const args[] = {"--log-data", "on", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));
	uint64_t sent = 0;

	(void)state;
	while (journal_count(server, " dropped ") == 0) {
		peer_send_text(peer, "m");
		peer_expect(peer, "m");
		sent++;
	}
	journal_expect(server, "warning dropped .*events=[1-9][0-9]*$");
	assert_true(sent > DATA_RATE);
	assert_true(journal_count(server, " data ") >= DATA_RATE);
	assert_true(journal_count(server, " data ") < sent);
	peer_free(peer);
	server_stop(server);
}

/* Each talker says a letter and hears it, in turns. */
static void
talk(const struct server *server)
{
	struct peer *peers[TALKERS];
	int i, turn;

	for (i = 0; i < TALKERS; i++)
		peers[i] = peer_connect(server_port(server));
	for (turn = 0; turn < TURNS; turn++) {
		for (i = 0; i < TALKERS; i++)
			peer_send_text(peers[i], "m");
		for (i = 0; i < TALKERS; i++)
			peer_expect(peers[i], "m");
	}
	for (i = 0; i < TALKERS; i++)
		peer_free(peers[i]);
}

static size_t
dropped_events(struct server *server)
{
	static const char word[] = " dropped events=";
	const char *at;
	size_t count = 0;

	at = process_output(server_process(server), PROCESS_ERR, NULL);
	while ((at = strstr(at, word)) != NULL) {
		at += strlen(word);
		count += strtoul(at, NULL, 10);
	}
	return count;
}

static void
test_the_rate_of_data_is_that_of_all_threads_together(void **state)
{
	const char *const args[] = {"-t", "4", "--log-data", "on", NULL};
	struct server *server = server_start(args);
	uint64_t begin_s, seconds;
	size_t data;

	(void)state;
	begin_s = clock_now_ms() / 1000;
	talk(server);
	seconds = clock_now_ms() / 1000 - begin_s + 1;
	process_signal(server_process(server), SIGTERM);
	process_expect_exit(server_process(server), 0);
	data = journal_count(server, " data ");
	assert_in_range(data, DATA_RATE, seconds * DATA_RATE);
	assert_int_equal(data + dropped_events(server), TALKERS * TURNS);
	assert_int_equal(journal_count(server, " connect "), TALKERS);
	assert_int_equal(journal_count(server, " close "), TALKERS);
	server_free(server);
}

/* A terminal's two ends; the harness may not make it its own. */
static void
open_terminal(int *master, int *slave)
{
	*master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_int_not_equal(*master, -1);
	assert_int_equal(grantpt(*master), 0);
	assert_int_equal(unlockpt(*master), 0);
	*slave = open(ptsname(*master), O_RDWR | O_NOCTTY);
	assert_int_not_equal(*slave, -1);
}

/* Reads from fd until text was there. Returns where it stands in buf. */
static const char *
read_until(int fd, char *buf, size_t size, const char *text)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	size_t len = strlen(buf);
	const char *at;
	ssize_t n;

	while ((at = strstr(buf, text)) == NULL || strchr(at, '\n') == NULL) {
		assert_true(deadline_wait_fd(deadline, fd, POLLIN));
		n = read(fd, buf + len, size - len - 1);
		assert_true(n > 0);
		len += (size_t)n;
		buf[len] = '\0';
	}
	return at;
}

static void
test_a_terminal_shows_what_clients_say(void **state)
{
	const char *const argv[] = {
	    process_yodeld(), "-p", "0", "-b", "127.0.0.1", NULL};
	struct process_options options = {.stdin_fd = PROCESS_NULL};
	struct process *process;
	struct peer *peer;
	char screen[SCREEN_MAX] = "";
	const char *at;
	int master, slave;

	(void)state;
	open_terminal(&master, &slave);
	options.stderr_fd = slave;
	process = process_start(argv, &options);
	at = read_until(master, screen, sizeof(screen), "127.0.0.1:");
	peer = peer_connect((uint16_t)atoi(at + strlen("127.0.0.1:")));
	peer_send_text(peer, "a\033[31m b\n");
	peer_expect(peer, "a\033[31m b\n");
	at = read_until(master, screen, sizeof(screen), "data    #1 9 B \"a");
	assert_non_null(strstr(at, "[31m b\\n\""));
	assert_null(strchr(screen, '\033'));
	peer_free(peer);
	process_signal(process, SIGTERM);
	process_expect_exit(process, 0);
	process_free(process);
	close(slave);
	close(master);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_a_long_message_is_cut, process_teardown),
	    cmocka_unit_test_teardown(
		test_data_is_not_logged_unless_it_was_asked_for,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_data_beyond_the_rate_is_counted, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_rate_of_data_is_that_of_all_threads_together,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_terminal_shows_what_clients_say, process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: data", tests, NULL, NULL);
}
