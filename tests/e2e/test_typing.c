/*
 * Typing: the history, the user's keys, pastes, what is wrong with their files.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "scratch.h"
#include "site.h"
#include "term.h"

static void
history_lasts_and_is_searched_in_hangul(void **state)
{
	char path[256];
	const char *args[] = {"--history", path, NULL};
	struct term *term;
	struct stat st;

	(void)state;
	scratch_path(path, sizeof(path), "history");
	term = site_client(args, NULL);
	client_say_verified(term, "글을 쓰다");
	client_say_verified(term, "something else");
	client_quit(term);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	term = site_client(args, NULL);
	term_type(term, "\020");
	term_wait_row(term, -1, "$> something else");
	term_type(term, "\003\022글을");
	term_wait_row(term, -1, "글을 쓰다");
	term_type(term, "\r");
	term_wait_text(term, "‹ 글을 쓰다");
	client_quit(term);
}

static void
a_line_outlives_kill_9(void **state)
{
	char path[256], *content;
	const char *args[] = {"--history", path, NULL};
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "killed");
	term = site_client(args, NULL);
	client_say(term, "글을 남기다");
	term_wait_text(term, "› 글을 남기다");
	term_signal(term, SIGKILL);
	assert_int_equal(term_wait_exit(term), 128 + SIGKILL);
	term_free(term);
	content = scratch_read(path, NULL);
	assert_non_null(content);
	assert_string_equal(content, "_HiStOrY_V2_\n글을\\040남기다\n");
	free(content);
	term = site_client(args, NULL);
	term_key(term, KEY_UP, 0);
	term_wait_row(term, -1, "$> 글을 남기다");
	client_drop_and_quit(term);
}

static void
clients_at_once_share_a_history(void **state)
{
	char path[256];
	const char *args[] = {"--history", path, NULL};
	struct term *one, *other;

	(void)state;
	scratch_path(path, sizeof(path), "shared");
	one = site_client(args, NULL);
	other = site_client(args, NULL);
	client_say_verified(one, "하나 from one");
	term_key(other, KEY_UP, 0);
	term_wait_row(other, -1, "$> 하나 from one");
	client_say(one, "둘 from one");
	term_wait_text(one, "› 둘 from one");
	/* Down from where the other one is is what it was. */
	term_key(other, KEY_DOWN, 0);
	term_wait_no_text(other, "하나 from one");
	term_type(other, "\022둘");
	term_wait_row(other, -1, "둘 from one");
	term_type(other, "!\r");
	term_wait_text(other, "‹ 둘 from one");
	client_say_verified(other, "셋 from the other");
	term_key(one, KEY_UP, 0);
	term_wait_row(one, -1, "$> 셋 from the other");
	client_drop_and_quit(one);
	client_quit(other);
}

static void
letters_are_typed_without_a_locale_for_them(void **state)
{
	static const char line[] = "ab é â ñ 글 z\n";
	const char *env[] = {"LC_ALL=C", NULL};
	struct term_options options = {.env = env};
	struct peer_listener *listener = peer_listen(0);
	struct term *term =
	    client_start(peer_listener_port(listener), NULL, &options);
	struct peer *peer = peer_accept(listener);

	(void)state;
	term_type(term, line);
	peer_expect(peer, line);
	peer_send_text(peer, line);
	term_wait_text(term, "< ab <U+00E9> <U+00E2> <U+00F1> <U+AE00> z");
	client_quit(term);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
vi_keys_come_with_editrc(void **state)
{
	char path[256], variable[300];
	const char *env[] = {variable, NULL};
	struct term_options options = {.env = env};
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "editrc");
	scratch_write(path, "\n# vi, please\nbind -v\n", 22);
	snprintf(variable, sizeof(variable), "EDITRC=%s", path);
	term = site_client(NULL, &options);
	term_type(term, "hello wrld");
	term_wait_row(term, -1, "hello wrld");
	term_key(term, KEY_ESCAPE, 0);
	/* The command mode has a prompt of its own. */
	term_wait_row(term, -1, "$: hello wrld");
	term_type(term, "0wl");
	term_type(term, "io\r");
	term_wait_text(term, "‹ hello world");
	client_say(term, "/quit");
	term_expect_exit(term, 0);
	term_free(term);
}

static void
an_editrc_that_is_wrong_is_named(void **state)
{
	char path[256], variable[300];
	const char *env[] = {variable, NULL};
	struct term_options options = {.env = env};
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "bad-editrc");
	scratch_write(path, "bind \"unfinished\n", 17);
	snprintf(variable, sizeof(variable), "EDITRC=%s", path);
	term = site_client(NULL, &options);
	term_wait_text(term, "bad-editrc");
	client_say_verified(term, "goes on");
	client_quit(term);
}

static void
a_history_that_is_no_file_is_named(void **state)
{
	const char *args[] = {"--history", scratch_dir(), NULL};
	struct term *term = site_client(args, NULL);

	(void)state;
	term_wait_text(term, "history");
	client_say_verified(term, "goes on");
	client_quit(term);
}

static void
words_and_characters_are_edited_whole(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_type(term, "one two three");
	term_type(term, "\027");
	term_wait_row(term, -1, "$> one two");
	term_type(term, "\001\033f!");
	term_wait_row(term, -1, "$> one! two");
	term_type(term, "\025");
	term_wait_no_text(term, "one!");
	/* e with an acute accent of its own goes as one. */
	term_type(term, "ae\xcc\x81z");
	term_wait_cursor(term, 23, 7);
	term_key(term, KEY_LEFT, 0);
	term_key(term, KEY_LEFT, 0);
	term_wait_cursor(term, 23, 5);
	term_type(term, "\025");
	/* A vowel that stands before its consonant is half of a syllable. */
	term_type(term, "aहिन्दी");
	term_wait_row(term, -1, "$> aहिन्दी");
	term_type(term, "\177\177");
	term_wait_row(term, -1, "$> aहि");
	term_type(term, "\177z\r");
	term_wait_text(term, "‹ az");
	client_quit(term);
}

static void
tab_completes_commands(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_type(term, "/disc\t");
	term_wait_row(term, -1, "$> /disconnect");
	client_drop_and_quit(term);
}

static void
a_paste_of_one_line_is_typed_text(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_paste(term, "붙여 넣기");
	term_wait_row(term, -1, "$> 붙여 넣기");
	term_type(term, "!\r");
	term_wait_text(term, "‹ 붙여 넣기!");
	client_quit(term);
}

static void
a_paste_of_several_lines_asks_first(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_type(term, "draft");
	term_paste(term, "first\nsecond\nthird\n");
	term_wait_text(term, "paste: 3 lines");
	term_type(term, "d");
	term_wait_no_text(term, "paste:");
	term_wait_row(term, -1, "$> draft");
	term_paste(term, "first\nsecond\nthird");
	term_wait_text(term, "paste: 3 lines");
	term_type(term, "s");
	term_wait_text(term, "‹ third");
	term_wait_text(term, "3↑ 3↓");
	term_wait_row(term, -1, "$> draft");
	client_drop_and_quit(term);
}

static void
a_paste_can_be_edited_line_by_line(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_paste(term, "first\nsecond");
	term_wait_text(term, "paste: 2 lines");
	term_type(term, "e");
	term_wait_row(term, -1, "$> first");
	term_type(term, "!\r");
	term_wait_text(term, "‹ first!");
	term_wait_row(term, -1, "$> second");
	term_type(term, "\r");
	term_wait_text(term, "‹ second");
	client_quit(term);
}

static void
only_an_answer_answers(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_paste(term, "first\nsecond\n");
	term_wait_text(term, "paste: 2 lines");
	/* Neither Alt and its letter, nor Enter, nor a key of the editor's. */
	term_type(term, "\033s\r");
	term_key(term, KEY_UP, 0);
	/* The interface's own keys go on. */
	term_key(term, KEY_F1, 0);
	term_wait_text(term, "drop the line; twice: quit");
	term_wait_row(term, -2, "paste: 2 lines");
	term_key(term, KEY_F1, 0);
	term_wait_no_text(term, "drop the line; twice: quit");
	term_type(term, "\014");
	term_wait_row(term, -2, "paste: 2 lines");
	assert_int_equal(term_modes(term).bells, 3);
	term_type(term, "d");
	term_wait_no_text(term, "paste:");
	term_wait_row(term, -2, "0↑ 0↓");
	client_quit(term);
}

static void
a_paste_that_is_under_way_is_not_stopped_by_another(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_paste(term, "first\nsecond");
	term_wait_text(term, "paste: 2 lines");
	term_type(term, "e");
	term_wait_row(term, -1, "$> first");
	term_paste(term, "another\none");
	term_wait_text(term, "another one is under way");
	term_type(term, "\r");
	term_wait_row(term, -1, "$> second");
	term_type(term, "\r");
	term_wait_text(term, "‹ second");
	client_quit(term);
}

static void
a_paste_too_long_for_a_line_is_told(void **state)
{
	struct term *term = site_client(NULL, NULL);
	static char text[70001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	term_paste(term, text);
	term_wait_text(term, "a line takes at most 65536 characters");
	assert_string_equal(term_row(term, 23), " $>");
	client_quit(term);
}

/* No two pieces of it alike; Hangul, so as long as it can be in bytes, too. */
static void
fill(char *text, size_t characters)
{
	uint32_t random = 1;

	while (characters-- > 0) {
		uint32_t code;

		random = random * 1664525u + 1013904223u;
		code = 0xac00 + (random >> 8) % 11172;
		*text++ = (char)(0xe0 | code >> 12);
		*text++ = (char)(0x80 | (code >> 6 & 0x3f));
		*text++ = (char)(0x80 | (code & 0x3f));
	}
}

/* Pasted, edited at both ends, sent, echoed. */
static void
a_line_of_64_ki_characters_goes_through(void **state)
{
	enum { PASTED = 65534, BYTES = 3 * PASTED };
	char *line = calloc(1, BYTES + 4), *got = malloc(BYTES + 3);
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;
	struct term *term;

	(void)state;
	assert_non_null(line);
	assert_non_null(got);
	term = client_start(peer_listener_port(listener), NULL, NULL);
	peer = peer_accept(listener);
	fill(line + 1, PASTED);
	term_paste(term, line + 1);
	term_wait_row(term, -1, line + BYTES - 5);
	term_key(term, KEY_HOME, 0);
	term_type(term, "<");
	term_wait_row(term, -1, "$> <");
	term_key(term, KEY_END, 0);
	/* The second one finds no room. */
	term_type(term, ">>\r");
	line[0] = '<';
	memcpy(line + BYTES + 1, ">\n", 2);
	peer_recv(peer, got, BYTES + 3);
	assert_memory_equal(got, line, BYTES + 3);
	peer_send(peer, got, BYTES + 3);
	term_wait_text(term, "✓");
	client_quit(term);
	free(line);
	free(got);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
an_escape_sequence_in_a_paste_is_not_typed(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_paste(term, "a\033[2Jb");
	term_wait_row(term, -1, "$> a[2Jb");
	client_drop_and_quit(term);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(history_lasts_and_is_searched_in_hangul),
	    TEST(a_line_outlives_kill_9),
	    TEST(clients_at_once_share_a_history),
	    TEST(letters_are_typed_without_a_locale_for_them),
	    TEST(vi_keys_come_with_editrc),
	    TEST(an_editrc_that_is_wrong_is_named),
	    TEST(a_history_that_is_no_file_is_named),
	    TEST(words_and_characters_are_edited_whole),
	    TEST(tab_completes_commands),
	    TEST(a_paste_of_one_line_is_typed_text),
	    TEST(a_paste_of_several_lines_asks_first),
	    TEST(a_paste_can_be_edited_line_by_line),
	    TEST(only_an_answer_answers),
	    TEST(a_paste_that_is_under_way_is_not_stopped_by_another),
	    TEST(a_paste_too_long_for_a_line_is_told),
	    TEST(a_line_of_64_ki_characters_goes_through),
	    TEST(an_escape_sequence_in_a_paste_is_not_typed),
	};

	return cmocka_run_group_tests(tests, site_open, site_close);
}
