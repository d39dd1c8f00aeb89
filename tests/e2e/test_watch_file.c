/* yodel --watch at a terminal, before a log file and what becomes of it. */

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drawn.h"
#include "harness.h"
#include "process.h"
#include "scratch.h"
#include "term.h"

#define FIRST_ROW 2 /* below the header and the rule */
#define BLOCK	  ((size_t)1 << 20)

struct watched {
	char path[256], old[256];
	struct term *term;
};

static void
append(const struct watched *w, const char *text)
{
	int fd = open(w->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Of so many lines "line N", N from `from` on. */
static void
append_lines(const struct watched *w, int from, int count)
{
	char line[32];

	for (int i = from; i < from + count; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		append(w, line);
	}
}

static void
make(struct watched *w)
{
	memset(w, 0, sizeof(*w));
	scratch_path(w->path, sizeof(w->path), "some.log");
	scratch_path(w->old, sizeof(w->old), "some.log.1");
	scratch_write(w->path, "", 0);
}

static void
watch(struct watched *w, int rows, int columns)
{
	static const char *const env[] = {"TZ=UTC", NULL};
	const char *argv[] = {process_yodel(), "--watch", w->path, NULL};
	const struct term_options options = {
	    .rows = rows, .columns = columns, .env = env};

	w->term = term_start(argv, &options);
	term_wait_row(w->term, 0, "some.log");
	term_wait_row(w->term, -1, "q quit");
}

static void
leave(struct watched *w)
{
	term_type(w->term, "q");
	term_expect_exit(w->term, 0);
	term_expect_restored(w->term);
}

static void
clear(struct watched *w)
{
	term_free(w->term);
	(void)unlink(w->path);
	(void)unlink(w->old);
}

static void
quit(struct watched *w)
{
	leave(w);
	drawn_expect(w->term);
	clear(w);
}

static void
all_of_a_file_can_be_scrolled_to(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 100);
	watch(&w, 12, 60);
	term_wait_row(w.term, 0, "792 B");
	term_wait_row(w.term, -2, "line 100");
	term_wait_row(w.term, FIRST_ROW, "line 92");
	term_key(w.term, KEY_UP, 0);
	term_wait_row(w.term, -2, "line 99");
	term_wait_text(w.term, " scrolled back ");
	term_key(w.term, KEY_DOWN, 0);
	term_wait_row(w.term, -2, "line 100");
	term_wait_no_text(w.term, "scrolled back");
	term_key(w.term, KEY_PGUP, 0);
	/* A row stays in sight. */
	term_wait_row(w.term, -2, "line 92");
	term_wheel(w.term, 5, 1, true);
	term_wait_row(w.term, -2, "line 89");
	term_key(w.term, KEY_HOME, 0);
	term_wait_row(w.term, FIRST_ROW, "line 1");
	term_wait_row(w.term, -2, "line 9");
	term_key(w.term, KEY_PGDN, 0);
	term_wait_row(w.term, FIRST_ROW, "line 9");
	term_key(w.term, KEY_END, 0);
	term_wait_row(w.term, -2, "line 100");
	append_lines(&w, 101, 1);
	term_wait_row(w.term, -2, "line 101");
	quit(&w);
}

static void
text_and_json_look_the_same(void **state)
{
	static const char *const same[] = {
	    "14:02:11.123 info  connect #3 127.0.0.1:53122 open=2",
	    "14:02:11.140 info  data    #3 12 B \"hello world\\n\"",
	    "14:02:12.000 warning refuse  127.0.0.1:9 reason=limit",
	    "14:02:12.001 error error   error=\"no such file\"",
	};
	struct watched w;
	char row[128];

	(void)state;
	make(&w);
	for (int i = 0; i < 4; i++) {
		snprintf(row, sizeof(row), "2026-11-22 %s\n", same[i]);
		append(&w, row);
	}
	append(&w,
	    "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"info\",\"event\":"
	    "\"connect\",\"client\":3,\"peer\":\"127.0.0.1:53122\",\"open\":2}"
	    "\n{\"ts\":\"2026-11-22T14:02:11.140Z\",\"level\":\"info\","
	    "\"event\":\"data\",\"client\":3,\"bytes\":12,"
	    "\"text\":\"hello world\\\\n\"}\n"
	    "{\"ts\":\"2026-11-22T14:02:12.000Z\",\"level\":\"warning\","
	    "\"event\":\"refuse\",\"peer\":\"127.0.0.1:9\",\"reason\":"
	    "\"limit\"}\n"
	    "{\"ts\":\"2026-11-22T14:02:12.001Z\",\"level\":\"error\","
	    "\"event\":\"error\",\"error\":\"no such file\"}\n");
	watch(&w, 24, 80);
	term_wait_row(w.term, FIRST_ROW + 7, same[3]);
	for (int i = 0; i < 4; i++) {
		snprintf(row, sizeof(row), " %s", same[i]);
		assert_string_equal(term_row(w.term, FIRST_ROW + i), row);
		assert_string_equal(term_row(w.term, FIRST_ROW + 4 + i), row);
	}
	/* One filter is for both. */
	term_type(w.term, "/level=error\r");
	term_wait_text(w.term, " filter: level=error ");
	term_wait_no_text(w.term, "refuse");
	term_wait_row(w.term, -2, same[3]);
	term_wait_row(w.term, -3, same[3]);
	quit(&w);
}

static void
paused_it_counts_what_is_out_of_sight(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 30);
	watch(&w, 12, 60);
	term_type(w.term, " ");
	term_wait_text(w.term, " paused ");
	append_lines(&w, 31, 3);
	term_wait_text(w.term, " 3 new ↓ ");
	term_wait_row(w.term, -2, "line 30");
	/* Half a line is none yet. */
	append(&w, "line 34, the beg");
	append(&w, "inning of it\n");
	term_wait_text(w.term, " 4 new ↓ ");
	term_resize(w.term, 10, 50);
	term_wait_row(w.term, FIRST_ROW, "line 22");
	term_wait_text(w.term, " 4 new ↓ ");
	term_key(w.term, KEY_DOWN, 0);
	term_wait_row(w.term, FIRST_ROW, "line 23");
	term_type(w.term, " ");
	term_wait_row(w.term, -2, "line 34, the beginning of it");
	term_wait_no_text(w.term, " new ");
	quit(&w);
}

static void
a_filter_is_for_what_comes_as_well(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 50);
	append(&w, "한글 메아리\nan echo\n");
	watch(&w, 12, 60);
	term_type(w.term, "/글 메");
	term_wait_row(w.term, -1, "filter: 글 메");
	term_wait_row(w.term, -2, "한글 메아리");
	term_wait_no_text(w.term, "echo");
	term_type(w.term, "\177\177\177");
	term_paste(w.term, "line !line");
	term_wait_text(w.term, "no line passes the filter");
	term_type(w.term, "\025echo\r");
	term_wait_row(w.term, -2, "an echo");
	term_wait_text(w.term, " filter: echo ");
	append(&w, "nothing\nAn Echo of it\n");
	term_wait_row(w.term, -2, "An Echo of it");
	term_wait_row(w.term, -3, "an echo");
	assert_null(strstr(term_screen(w.term), "nothing"));
	term_key(w.term, KEY_ESCAPE, 0);
	term_wait_row(w.term, -3, "nothing");
	term_wait_no_text(w.term, "filter:");
	/* As in a search these end it, and not the program. */
	term_type(w.term, "/메");
	term_wait_row(w.term, -2, "한글 메아리");
	term_type(w.term, "\003");
	term_wait_row(w.term, -3, "nothing");
	term_type(w.term, "/메");
	term_wait_row(w.term, -2, "한글 메아리");
	term_type(w.term, "\007");
	term_wait_row(w.term, -3, "nothing");
	quit(&w);
}

static void
a_paste_of_several_lines_is_no_filter(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 5);
	watch(&w, 12, 60);
	/* Nor are it keys, where there is no line to be typed. */
	term_paste(w.term, "q");
	term_type(w.term, "/3");
	term_paste(w.term, "a\nb");
	term_wait_text(w.term, "line 3");
	term_wait_no_text(w.term, "line 2");
	term_type(w.term, "\177");
	term_paste(w.term, "line 2\n");
	term_wait_no_text(w.term, "line 3");
	term_wait_row(w.term, -1, "filter: line 2");
	term_type(w.term, "\r");
	/* It has rung the bell: that is more than to draw. */
	leave(&w);
	clear(&w);
}

static void
of_a_long_filter_the_beginning_stays(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	watch(&w, 8, 40);
	term_type(w.term,
	    "/one two three four five six seven eight nine ten eleven\r");
	term_wait_row(w.term, 1, "filter: one two three four fi");
	quit(&w);
}

/* It is looked through in many turns, and what is found shows by itself. */
static void
a_rare_line_is_found_in_a_long_file(void **state)
{
	struct watched w;
	char *block;

	(void)state;
	make(&w);
	append(&w, "the first of all\n");
	assert_non_null(block = calloc(1, BLOCK + 1));
	for (size_t i = 0; i < BLOCK; i++)
		block[i] = i % 64 == 63 ? '\n' : 'x';
	for (int i = 0; i < 8; i++)
		append(&w, block);
	free(block);
	watch(&w, 12, 60);
	term_wait_row(w.term, 0, "8.4 MB");
	term_type(w.term, "/first\r");
	term_wait_row(w.term, -2, "the first of all");
	term_wait_no_text(w.term, " looking ");
	quit(&w);
}

static void
warnings_and_errors_are_gone_to(void **state)
{
	struct watched w;
	char line[80];

	(void)state;
	make(&w);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
		    "2026-11-22 14:02:11.%03d %-5s e%d\n", i,
		    i == 20	  ? "error"
			: i == 60 ? "warning"
				  : "info",
		    i);
		append(&w, line);
	}
	watch(&w, 12, 60);
	term_wait_row(w.term, -2, "e99");
	term_type(w.term, "E");
	term_wait_text(w.term, "›14:02:11.060 warning e60");
	term_type(w.term, "E");
	term_wait_text(w.term, "›14:02:11.020 error e20");
	term_type(w.term, "E");
	term_wait_text(w.term, " no more errors ");
	term_wait_text(w.term, "›14:02:11.020 error e20");
	term_type(w.term, "e");
	term_wait_text(w.term, "›14:02:11.060 warning e60");
	term_wait_no_text(w.term, " no more errors ");
	term_type(w.term, "e");
	term_wait_text(w.term, " no more errors ");
	term_key(w.term, KEY_END, 0);
	term_wait_row(w.term, -2, "e99");
	quit(&w);
}

static void
long_lines_are_cut_or_wrapped(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append(&w,
	    "one line\n"
	    "a line that is longer than a row of this terminal can be\n"
	    "another\n");
	watch(&w, 10, 40);
	term_wait_row(w.term, 3, " a line that is longer than a row of th…");
	term_wait_row(w.term, 4, "another");
	term_type(w.term, "w");
	term_wait_row(w.term, 4, "this terminal can be");
	term_wait_row(w.term, 5, "another");
	assert_null(strstr(term_row(w.term, 3), "…"));
	term_resize(w.term, 10, 70);
	term_wait_row(w.term, 3, "can be");
	term_wait_row(w.term, 4, "another");
	term_resize(w.term, 10, 40);
	term_wait_row(w.term, 5, "another");
	term_type(w.term, "w");
	term_wait_row(w.term, 3, "…");
	term_wait_row(w.term, 4, "another");
	quit(&w);
}

/* Half a wide character is none: there the row is a column shorter. */
static void
a_cut_within_a_wide_character_leaves_it_out(void **state)
{
	struct watched w;
	char line[64];

	(void)state;
	make(&w);
	for (int pad = 35; pad <= 38; pad++) {
		snprintf(line, sizeof(line), "%0*d한글 메아리\n", pad, 0);
		append(&w, line);
	}
	watch(&w, 10, 40);
	for (int i = 0; i < 4; i++) {
		snprintf(line, sizeof(line), " %0*d%s", 35 + i, 0,
		    i == 0	 ? "한 …"
			: i == 1 ? "한…"
			: i == 2 ? " …"
				 : "…");
		term_wait_row(w.term, FIRST_ROW + i, "…");
		assert_string_equal(term_row(w.term, FIRST_ROW + i), line);
	}
	quit(&w);
}

static void
a_deleted_file_is_waited_for(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append(&w, "before\n");
	watch(&w, 12, 80);
	assert_int_equal(unlink(w.path), 0);
	term_wait_row(w.term, 0, "deleted, waiting for it");
	term_wait_row(w.term, -1, "some.log: deleted");
	term_wait_text(w.term, "before");
	append(&w, "after\n");
	term_wait_row(w.term, -1, "some.log: there again");
	term_wait_text(w.term, "after");
	term_wait_text(w.term, "before");
	assert_null(strstr(term_row(w.term, 0), "deleted"));
	assert_int_equal(unlink(w.path), 0);
	assert_int_equal(mkdir(w.path, 0700), 0);
	term_wait_row(w.term, 0, "no file any more");
	assert_int_equal(rmdir(w.path), 0);
	term_wait_row(w.term, 0, "deleted, waiting for it");
	quit(&w);
}

static void
a_rotation_is_said_and_what_was_before_stays(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 20);
	watch(&w, 12, 80);
	assert_int_equal(rename(w.path, w.old), 0);
	term_wait_row(w.term, 0, "moved away, waiting for a new one");
	append(&w, "");
	term_wait_row(w.term, 0, "the new file is still empty");
	term_wait_row(w.term, -1, "some.log: rotated");
	append_lines(&w, 21, 3);
	term_wait_row(w.term, -2, "line 23");
	assert_null(strstr(term_row(w.term, 0), "empty"));
	term_key(w.term, KEY_HOME, 0);
	term_wait_row(w.term, FIRST_ROW, "line 1");
	/* It is found in both files. */
	term_type(w.term, "/\"line 2\"\r");
	term_wait_row(w.term, -6, "line 2");
	term_wait_row(w.term, -5, "line 20");
	term_wait_row(w.term, -4, "line 21");
	quit(&w);
}

static void
a_truncated_file_begins_anew(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append_lines(&w, 1, 1000);
	watch(&w, 12, 80);
	term_wait_row(w.term, -2, "line 1000");
	term_key(w.term, KEY_PGUP, 0);
	term_wait_text(w.term, " scrolled back ");
	assert_int_equal(truncate(w.path, 0), 0);
	term_wait_row(w.term, -1, "some.log: truncated");
	term_wait_text(w.term, "nothing was logged yet");
	term_wait_row(w.term, 0, "  0 B");
	append(&w, "anew\n");
	term_wait_text(w.term, "anew");
	assert_null(strstr(term_screen(w.term), "line"));
	assert_null(strstr(term_screen(w.term), "error "));
	quit(&w);
}

static void
what_is_no_record_is_shown_as_it_is(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append(&w,
	    "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"info\",\"ev\n"
	    "{\"a\":{\"nested\":true}}\n"
	    "{\"a\":1,\"b\":\"two words\"}\n"
	    "2026-11-22 14:02:11.123 loud  what\n"
	    "\n");
	watch(&w, 12, 80);
	term_wait_row(w.term, 2,
	    " {\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"info\",\"ev");
	term_wait_row(w.term, 3, " {\"a\":{\"nested\":true}}");
	term_wait_row(w.term, 4, " a=1 b=\"two words\"");
	term_wait_row(w.term, 5, " 2026-11-22 14:02:11.123 loud  what");
	term_wait_row(w.term, 6, "");
	append(&w, "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"le");
	term_wait_row(w.term, 7, " {\"ts\":\"2026-11-22T14:02:11.123Z\",\"le");
	/* Once it is whole it is one. */
	append(&w, "vel\":\"info\",\"event\":\"stop\"}\n");
	term_wait_row(w.term, 7, " 14:02:11.123 info  stop");
	quit(&w);
}

static void
what_would_act_is_spelt_out(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	append(&w,
	    "no text: \xff \xc3( \xed\xa0\x80 \x9b"
	    "2J\n"
	    "acts: \033[2J \033]0;title\a \r over\n"
	    "hides: \xe2\x80\xae \xe2\x80\x8b \xc2\x9b"
	    "1m\n"
	    "2026-11-22 14:02:11.123 info  data    #1 5 B \"\033[31m\"\n");
	watch(&w, 12, 80);
	term_wait_row(
	    w.term, 2, "no text: \\xff \\xc3( \\xed\\xa0\\x80 \\x9b2J");
	term_wait_row(w.term, 3, "acts: ^[[2J ^[]0;title^G ^M over");
	term_wait_row(w.term, 4, "hides: <U+202E> <U+200B> \\x9b1m");
	term_wait_row(
	    w.term, 5, "14:02:11.123 info  data    #1 5 B \"^[[31m\"");
	term_type(w.term, "/acts\r");
	term_wait_row(w.term, -2, "acts: ^[[2J");
	term_type(w.term, "w");
	term_wait_row(w.term, -2, "acts: ^[[2J");
	quit(&w);
}

static void
an_empty_file_is_said_to_be(void **state)
{
	struct watched w;

	(void)state;
	make(&w);
	watch(&w, 8, 40);
	term_wait_text(w.term, "nothing was logged yet");
	term_type(w.term, "e");
	term_wait_text(w.term, " no more errors ");
	append(&w, "a");
	term_wait_row(w.term, 2, "a");
	append(&w, "b\nc");
	term_wait_row(w.term, 2, "ab");
	term_wait_row(w.term, 3, "c");
	quit(&w);
}

#define TEST(function) cmocka_unit_test_teardown(function, term_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(all_of_a_file_can_be_scrolled_to),
	    TEST(text_and_json_look_the_same),
	    TEST(paused_it_counts_what_is_out_of_sight),
	    TEST(a_filter_is_for_what_comes_as_well),
	    TEST(a_paste_of_several_lines_is_no_filter),
	    TEST(of_a_long_filter_the_beginning_stays),
	    TEST(a_rare_line_is_found_in_a_long_file),
	    TEST(warnings_and_errors_are_gone_to),
	    TEST(long_lines_are_cut_or_wrapped),
	    TEST(a_cut_within_a_wide_character_leaves_it_out),
	    TEST(a_deleted_file_is_waited_for),
	    TEST(a_rotation_is_said_and_what_was_before_stays),
	    TEST(a_truncated_file_begins_anew),
	    TEST(what_is_no_record_is_shown_as_it_is),
	    TEST(what_would_act_is_spelt_out),
	    TEST(an_empty_file_is_said_to_be),
	};

	return cmocka_run_group_tests_name("watch_file", tests, NULL, NULL);
}
