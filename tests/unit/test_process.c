/* The harness itself: programs, their streams, and peers on the network. */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"

#define SHELL(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})
#define MUCH	      (4 << 20)

static void
collects_both_outputs_and_the_exit_status(void **state)
{
	struct process *p =
	    process_start(SHELL("echo out; echo err >&2; exit 3"), NULL);

	(void)state;
	assert_int_equal(process_wait_exit(p), 3);
	assert_string_equal(process_output(p, PROCESS_OUT, NULL), "out\n");
	assert_string_equal(process_output(p, PROCESS_ERR, NULL), "err\n");
	process_free(p);
}

static void
a_program_that_is_not_there_is_status_127(void **state)
{
	struct process *p =
	    process_start((const char *const[]){"/nonexistent", NULL}, NULL);

	(void)state;
	assert_int_equal(process_wait_exit(p), 127);
	process_free(p);
}

static void
a_signal_is_a_status_above_128(void **state)
{
	struct process *p =
	    process_start(SHELL("echo up; exec sleep 1000"), NULL);

	(void)state;
	process_wait_line(p, PROCESS_OUT, "up");
	process_signal(p, SIGTERM);
	process_expect_exit(p, 128 + SIGTERM);
	process_free(p);
}

static void
writes_and_collects_more_than_a_pipe_holds(void **state)
{
	struct process *p =
	    process_start((const char *const[]){"cat", NULL}, NULL);
	char *data = malloc(MUCH);
	const char *back;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < MUCH; i++)
		data[i] = (char)(i * 31 >> 3);
	process_write(p, data, MUCH);
	back = process_wait_bytes(p, PROCESS_OUT, MUCH);
	assert_memory_equal(back, data, MUCH);
	process_close_stdin(p);
	process_expect_exit(p, 0);
	process_free(p);
	free(data);
}

static void
gives_the_environment_and_no_input(void **state)
{
	const char *const env[] = {"YODEL_X=1", "HOME", NULL};
	struct process *p = process_start(
	    SHELL("read x; echo $? $YODEL_X ${HOME-none}"),
	    &(struct process_options){.env = env, .stdin_fd = PROCESS_NULL});

	(void)state;
	process_wait_line(p, PROCESS_OUT, "1 1 none");
	process_expect_exit(p, 0);
	process_free(p);
}

static void
lends_a_descriptor_of_its_own(void **state)
{
	int ends[2];
	struct process *p;
	char text[3];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	p = process_start(SHELL("printf abc"),
	    &(struct process_options){.stdout_fd = ends[1]});
	close(ends[1]);
	process_expect_exit(p, 0);
	assert_int_equal(read(ends[0], text, sizeof(text)), 3);
	assert_memory_equal(text, "abc", 3);
	close(ends[0]);
	process_free(p);
}

static void
scratch_files_come_back_as_written(void **state)
{
	char path[256], *text;
	size_t len;

	(void)state;
	scratch_path(path, sizeof(path), "file");
	assert_null(scratch_read(path, NULL));
	scratch_write(path, "a\0b", 3);
	text = scratch_read(path, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(text, "a\0b", 4);
	free(text);
}

static void
peers_talk_end_and_reset(void **state)
{
	struct peer_listener *l = peer_listen(0);
	struct peer *a = peer_connect(peer_listener_port(l));
	struct peer *b = peer_accept(l);
	char *all;

	(void)state;
	peer_send_text(a, "hello");
	peer_expect(b, "hello");
	peer_send_text(b, "the end");
	peer_shutdown(b);
	all = peer_recv_all(a, NULL);
	assert_string_equal(all, "the end");
	free(all);
	peer_reset(a);
	assert_true(peer_wait_gone(b));
	peer_free(b);
	peer_listener_free(l);
}

static void *
echo_once(void *arg)
{
	struct peer *p = arg;
	char buf[4096];
	size_t n;

	while ((n = peer_recv_some(p, buf, sizeof(buf))) > 0)
		peer_send(p, buf, n);
	peer_shutdown(p);
	return NULL;
}

static void
an_echo_of_more_than_the_sockets_hold_blocks_nobody(void **state)
{
	struct peer_listener *l = peer_listen(0);
	struct peer *a = peer_connect_rcvbuf(peer_listener_port(l), 4096);
	struct peer *b = peer_accept(l);
	char *data = calloc(1, MUCH);
	pthread_t thread;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < MUCH; i++)
		data[i] = (char)(i * 13 >> 5);
	assert_int_equal(pthread_create(&thread, NULL, echo_once, b), 0);
	peer_echo(a, data, MUCH);
	peer_shutdown(a);
	peer_expect_eof(a);
	assert_int_equal(pthread_join(thread, NULL), 0);
	peer_free(a);
	peer_free(b);
	peer_listener_free(l);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(collects_both_outputs_and_the_exit_status),
	    cmocka_unit_test(a_program_that_is_not_there_is_status_127),
	    cmocka_unit_test(a_signal_is_a_status_above_128),
	    cmocka_unit_test(writes_and_collects_more_than_a_pipe_holds),
	    cmocka_unit_test(gives_the_environment_and_no_input),
	    cmocka_unit_test(lends_a_descriptor_of_its_own),
	    cmocka_unit_test(scratch_files_come_back_as_written),
	    cmocka_unit_test(peers_talk_end_and_reset),
	    cmocka_unit_test(
		an_echo_of_more_than_the_sockets_hold_blocks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, process_teardown);
}
