/* yodeld: the log's events, their keys, and what a client cannot do to it. */

#include <sys/socket.h>
#include <sys/un.h>

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
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

#define TEXT_MAX 512

#define STAMP \
	"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} "
#define JSON                                                                 \
	"^\\{\"ts\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}" \
	"\\.[0-9]{3}(Z|[+-][0-9]{2}:[0-9]{2})\",\"level\":\"info\",\"event\":"

/* One client that says this and leaves. */
static uint16_t
visit(struct server *server, const void *data, size_t len)
{
	struct peer *peer = peer_connect(server_port(server));
	uint16_t port = peer_port(peer);

	peer_echo(peer, data, len);
	peer_shutdown(peer);
	peer_expect_eof(peer);
	peer_free(peer);
	return port;
}

static void
test_text_lines_have_their_form(void **state)
{
	const char *const args[] = {"--log-data", "on", NULL};
	struct server *server = server_start(args);
	char pattern[TEXT_MAX];
	uint16_t port = visit(server, "hello world\n", 12);

	(void)state;
	journal_expect(server, STAMP "info  listen  127\\.0\\.0\\.1:[0-9]+$");
	snprintf(pattern, sizeof(pattern),
	    STAMP "info  connect #1 127\\.0\\.0\\.1:%u open=1$", port);
	journal_expect(server, pattern);
	journal_expect(
	    server, STAMP "info  data    #1 12 B \"hello world\\\\n\"$");
	snprintf(pattern, sizeof(pattern),
	    STAMP "info  close   #1 127\\.0\\.0\\.1:%u reason=peer in=12 "
		  "out=12 secs=[0-9]+\\.[0-9]+ open=0$",
	    port);
	journal_expect(server, pattern);
	process_signal(server_process(server), SIGUSR1);
	journal_expect(server,
	    STAMP "info  stats   open=0 accepted=1 in=12 out=12 refused=0 "
		  "rss=[0-9]+$");
	process_signal(server_process(server), SIGTERM);
	process_expect_exit(server_process(server), 0);
	journal_expect(server, STAMP "info  drain$");
	journal_expect(server, STAMP "info  stop$");
	server_free(server);
}

static void
test_json_lines_have_the_same_keys(void **state)
{
	const char *const args[] = {
	    "--log-format", "json", "--log-data", "on", NULL};
	struct server *server = server_start(args);
	char pattern[TEXT_MAX];
	uint16_t port = visit(server, "say \"hi\"\n", 9);

	(void)state;
	journal_expect(
	    server, JSON "\"listen\",\"addr\":\"127\\.0\\.0\\.1:[0-9]+\"\\}$");
	snprintf(pattern, sizeof(pattern),
	    JSON "\"connect\",\"client\":1,\"peer\":\"127\\.0\\.0\\.1:%u\","
		 "\"open\":1\\}$",
	    port);
	journal_expect(server, pattern);
	journal_expect(server,
	    JSON "\"data\",\"client\":1,\"bytes\":9,\"text\":\"say "
		 "\\\\\\\\\\\\\"hi\\\\\\\\\\\\\"\\\\\\\\n\"\\}$");
	snprintf(pattern, sizeof(pattern),
	    JSON "\"close\",\"client\":1,\"peer\":\"127\\.0\\.0\\.1:%u\","
		 "\"reason\":\"peer\",\"in\":9,\"out\":9,"
		 "\"secs\":[0-9]+\\.[0-9]+,\"open\":0\\}$",
	    port);
	journal_expect(server, pattern);
	process_signal(server_process(server), SIGUSR1);
	journal_expect(server,
	    JSON "\"stats\",\"open\":0,\"accepted\":1,\"in\":9,\"out\":9,"
		 "\"refused\":0,\"rss\":[0-9]+\\}$");
	server_stop(server);
}

static void
test_a_client_cannot_forge_lines_or_reach_the_terminal(void **state)
{
	const char *const args[] = {"--log-data", "on", NULL};
	const char forged[] = "a\n2026-11-22 14:02:12.001 info  connect #99 "
			      "\033[2J\xc2\x9b\xe2\x80\xae\r\x7f\xff\"\\";
	struct server *server = server_start(args);
	const char *journal;

	(void)state;
	(void)visit(server, forged, sizeof(forged));
	journal_expect(server,
	    "data    #1 [0-9]+ B \"a\\\\n2026.* connect #99 .*\\[2J.*\"$");
	journal_expect(server, "close   #1 ");
	assert_int_equal(journal_count(server, "\n2026-11-22 14:02:12.001"), 0);
	journal = process_output(server_process(server), PROCESS_ERR, NULL);
	assert_null(strpbrk(journal, "\033\r\x7f\xc2\xff"));
	assert_null(strstr(journal, "\xe2\x80\xae"));
	server_stop(server);
}

static void
test_hup_opens_the_log_again(void **state)
{
	char path[TEXT_MAX], old[TEXT_MAX];
	const char *const args[] = {"-l", path, NULL};
	struct server *server;
	char *text;

	(void)state;
	scratch_path(path, sizeof(path), "yodeld.log");
	scratch_path(old, sizeof(old), "yodeld.log.1");
	server = server_start(args);
	(void)visit(server, "one", 3);
	scratch_expect(path, "close   #1 ");
	assert_int_equal(rename(path, old), 0);
	(void)visit(server, "two", 3);
	scratch_expect(old, "close   #2 ");
	process_signal(server_process(server), SIGHUP);
	scratch_expect(path, " reopen");
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_null(strstr(text, "connect"));
	free(text);
	(void)visit(server, "three", 5);
	scratch_expect(path, "close   #3 ");
	server_stop(server);
	scratch_expect(path, " stop\n");
}

/* A quiet server does not say when it listens: asks until it does. */
static int
connect_quietly(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_true(strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path));
	while (connect(fd, (struct sockaddr *)&un, sizeof(un)) == -1) {
		assert_true(deadline_left_ms(deadline) > 0);
		poll(NULL, 0, 1);
	}
	return fd;
}

static void
test_quiet_logs_only_what_is_wrong(void **state)
{
	char path[TEXT_MAX], bind[TEXT_MAX * 2];
	const char *const argv[] = {
	    process_yodeld(), "-q", "-b", bind, "--max-clients", "1", NULL};
	struct process *process;
	struct peer *refused;
	const char *log;
	int fd;

	(void)state;
	scratch_path(path, sizeof(path), "quiet.sock");
	snprintf(bind, sizeof(bind), "unix:%s", path);
	process = process_start(argv, NULL);
	fd = connect_quietly(path);
	refused = peer_connect_unix(path);
	peer_expect_eof(refused);
	peer_free(refused);
	close(fd);
	process_signal(process, SIGTERM);
	process_expect_exit(process, 0);
	log = process_output(process, PROCESS_ERR, NULL);
	assert_non_null(strstr(log, "warning refuse  unix:"));
	assert_null(strstr(log, " info "));
	process_free(process);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_text_lines_have_their_form, process_teardown),
	    cmocka_unit_test_teardown(
		test_json_lines_have_the_same_keys, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_client_cannot_forge_lines_or_reach_the_terminal,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_hup_opens_the_log_again, process_teardown),
	    cmocka_unit_test_teardown(
		test_quiet_logs_only_what_is_wrong, process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: log", tests, NULL, NULL);
}
