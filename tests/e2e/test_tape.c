/* The log of the conversation: --log, /log, and its rotation. */

#include <sys/stat.h>

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "scratch.h"
#include "server.h"
#include "term.h"

/* Each line begins with it; what it says is of the moment. */
static const char stamp[] = "0000-00-00 00:00:00.000 ";
#define STAMP_LEN (sizeof(stamp) - 1)

/* No name of a file is wrapped. */
static const struct term_options wide = {.columns = 240};

/*
 * The log, its times gone, from the line that begins with this. The caller
 * frees it.
 */
static char *
read_log(const char *path, const char *from)
{
	char *text = scratch_read(path, NULL), *out, *at;

	assert_non_null(text);
	out = calloc(1, strlen(text) + 1);
	assert_non_null(out);
	for (char *line = text, *next; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		assert_non_null(next);
		next++;
		assert_true((size_t)(next - line) > STAMP_LEN);
		for (size_t i = 0; i < STAMP_LEN; i++)
			assert_true(stamp[i] == '0'
				? isdigit((unsigned char)line[i])
				: line[i] == stamp[i]);
		strncat(
		    out, line + STAMP_LEN, (size_t)(next - line) - STAMP_LEN);
	}
	free(text);
	at = strstr(out, from);
	if (at == NULL)
		fail_msg("not in the log: %s", from);
	memmove(out, at, strlen(at) + 1);
	return out;
}

static void
expect_log(const char *path, const char *from, const char *expected)
{
	char *text = read_log(path, from);

	assert_string_equal(text, expected);
	free(text);
}

/* A client that logs from its start, and the test as its server. */
struct logged {
	struct peer_listener *listener;
	struct peer *peer;
	struct term *term;
	char path[256];
};

static struct logged
logged_start(const char *name)
{
	struct logged l;
	const char *args[] = {"--log", l.path, NULL};

	scratch_path(l.path, sizeof(l.path), name);
	l.listener = peer_listen(0);
	l.term = client_start(peer_listener_port(l.listener), args, &wide);
	l.peer = peer_accept(l.listener);
	term_wait_text(l.term, "connected to");
	return l;
}

static void
logged_end(struct logged *l)
{
	client_quit(l->term);
	peer_free(l->peer);
	peer_listener_free(l->listener);
}

static void
what_is_said_is_in_the_file(void **state)
{
	struct server *server = server_start(NULL);
	char path[256], *text, *end;
	const char *args[] = {"--log", path, NULL};
	struct term *term;
	struct stat st;

	(void)state;
	scratch_path(path, sizeof(path), "said");
	term = client_connect(server_port(server), args, &wide);
	client_say_verified(term, "안녕 hello");
	scratch_expect(path, "< 안녕 hello\t(");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	client_quit(term);
	server_stop(server);
	text = read_log(path, "> ");
	end = strchr(text, '(');
	assert_non_null(end);
	*end++ = '\0';
	assert_string_equal(text, "> 안녕 hello\n< 안녕 hello\t");
	/* It took this long. */
	assert_true(isdigit((unsigned char)*end));
	assert_string_equal(strchr(end, ' '), " ms)\n");
	free(text);
}

/* Byte for byte: nothing of it acts, nor looks like a line or a verdict. */
static void
a_hostile_line_is_spelt_out(void **state)
{
	struct logged l = logged_start("hostile");

	(void)state;
	peer_send_text(l.peer,
	    "\033[2J\033]0;owned\007 \x9b"
	    "2J \xc2\x9b"
	    "2J\r\xff\xe2\x80\xae x\t(0.21 ms)\x7f\n"
	    "2026-11-22 14:02:11.123 > never said\n");
	peer_send(l.peer, "a\0b\r\nend\n", 9);
	scratch_expect(l.path, "< end\n");
	expect_log(l.path, "< ",
	    "< ^[[2J^[]0;owned^G \\x9b2J \\x9b2J^M\\xff<U+202E> x^I(0.21 "
	    "ms)^?\n"
	    "< 2026-11-22 14:02:11.123 > never said\n"
	    "< a^@b\n"
	    "< end\n");
	logged_end(&l);
}

static void
an_echo_that_differs_is_marked(void **state)
{
	struct logged l = logged_start("differs");

	(void)state;
	client_say(l.term, "one");
	peer_expect(l.peer, "one\n");
	peer_send_text(l.peer, "one\n");
	term_wait_text(l.term, "✓");
	client_say(l.term, "two");
	peer_expect(l.peer, "two\n");
	peer_send_text(l.peer, "twO\n");
	scratch_expect(l.path, "< twO\t");
	scratch_expect(l.path, "at byte 2\n");
	expect_log(l.path, "> two",
	    "> two\n"
	    "< twO\t(differs at byte 2)\n"
	    "- this echo differs from what was sent, at byte 2\n");
	logged_end(&l);
}

static void
a_log_begins_and_ends_by_command(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, &wide);
	char first[256], second[256], line[300], *text;

	(void)state;
	scratch_path(first, sizeof(first), "first");
	scratch_path(second, sizeof(second), "second");
	client_say_verified(term, "before");
	snprintf(line, sizeof(line), "/log %s", first);
	client_say(term, line);
	term_wait_text(term, "is logged to");
	client_say_verified(term, "one");
	scratch_expect(first, "< one");
	/* The home is the scratch directory. */
	client_say(term, "/log ~/second");
	term_wait_text(term, "/second");
	client_say_verified(term, "two");
	scratch_expect(second, "< two");
	client_say(term, "/log off");
	term_wait_text(term, "nothing is logged");
	client_say_verified(term, "three");
	client_quit(term);
	server_stop(server);
	text = scratch_read(first, NULL);
	assert_null(strstr(text, "before"));
	assert_null(strstr(text, "two"));
	free(text);
	text = scratch_read(second, NULL);
	assert_null(strstr(text, "three"));
	free(text);
}

static void
a_log_that_cannot_be_is_told(void **state)
{
	static const char *const args[] = {"--log", "/nowhere/log", NULL};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), args, &wide);
	char path[256], line[300];

	(void)state;
	term_wait_text(term, "no log: /nowhere/log: No such file");
	scratch_path(path, sizeof(path), "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(line, sizeof(line), "/log %s", path);
	client_say(term, line);
	term_wait_text(term, "nobody reads from it");
	client_say_verified(term, "still here");
	client_quit(term);
	server_stop(server);
}

static void
a_full_disk_ends_the_log_and_not_the_client(void **state)
{
	struct server *server;
	struct term *term;

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	server = server_start(NULL);
	term = client_connect(server_port(server), NULL, &wide);
	client_say(term, "/log /dev/full");
	term_wait_text(term, "the log has ended: /dev/full: No space");
	client_say_verified(term, "still here");
	client_say(term, "/log");
	term_wait_text(term, "nothing is logged");
	client_quit(term);
	server_stop(server);
}

static void
a_hang_up_after_a_rotation_goes_on_in_a_new_file(void **state)
{
	struct logged l = logged_start("rotated");
	char old[300];

	(void)state;
	peer_send_text(l.peer, "one\n");
	scratch_expect(l.path, "< one\n");
	snprintf(old, sizeof(old), "%s.1", l.path);
	assert_int_equal(rename(l.path, old), 0);
	peer_send_text(l.peer, "two\n");
	scratch_expect(old, "< two\n");
	term_type(l.term, "draft");
	term_wait_text(l.term, "$> draft");
	term_signal(l.term, SIGHUP);
	/* What it reads afterwards comes after the signal. */
	scratch_expect(l.path, "");
	peer_send_text(l.peer, "three\n");
	scratch_expect(l.path, "< three\n");
	expect_log(l.path, "", "< three\n");
	expect_log(old, "< one", "< one\n< two\n");
	/* The client is as it was. */
	term_wait_text(l.term, "$> draft");
	term_type(l.term, "\r");
	peer_expect(l.peer, "draft\n");
	scratch_expect(l.path, "> draft\n");
	logged_end(&l);
}

static void
a_rotation_that_fails_ends_the_log_and_not_the_client(void **state)
{
	struct logged l = logged_start("unrotated");

	(void)state;
	scratch_expect(l.path, "connected");
	assert_int_equal(unlink(l.path), 0);
	assert_int_equal(mkdir(l.path, 0700), 0);
	term_signal(l.term, SIGHUP);
	term_wait_text(l.term, "the log has ended:");
	term_wait_text(l.term, "Is a directory");
	client_say(l.term, "still here");
	peer_expect(l.peer, "still here\n");
	logged_end(&l);
}

/* It is no rotation then. */
static void
a_hang_up_after_the_log_has_ended_is_the_end(void **state)
{
	struct logged l = logged_start("off");

	(void)state;
	client_say(l.term, "/log off");
	term_wait_text(l.term, "nothing is logged");
	term_signal(l.term, SIGHUP);
	term_expect_exit(l.term, 128 + SIGHUP);
	term_expect_restored(l.term);
	term_free(l.term);
	peer_free(l.peer);
	peer_listener_free(l.listener);
}

/* Nothing is lost of what the client has seen, not even by KILL. */
static void
what_was_logged_outlives_a_kill(void **state)
{
	struct logged l = logged_start("killed");

	(void)state;
	peer_send_text(l.peer, "last words\n");
	term_wait_text(l.term, "‹ last words");
	term_signal(l.term, SIGKILL);
	term_expect_exit(l.term, 128 + SIGKILL);
	expect_log(l.path, "< ", "< last words\n");
	term_free(l.term);
	peer_free(l.peer);
	peer_listener_free(l.listener);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_said_is_in_the_file),
	    TEST(a_hostile_line_is_spelt_out),
	    TEST(an_echo_that_differs_is_marked),
	    TEST(a_log_begins_and_ends_by_command),
	    TEST(a_log_that_cannot_be_is_told),
	    TEST(a_full_disk_ends_the_log_and_not_the_client),
	    TEST(a_hang_up_after_a_rotation_goes_on_in_a_new_file),
	    TEST(a_rotation_that_fails_ends_the_log_and_not_the_client),
	    TEST(a_hang_up_after_the_log_has_ended_is_the_end),
	    TEST(what_was_logged_outlives_a_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
