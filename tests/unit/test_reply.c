/* reply: lines and verdicts out of bytes; half a line that is shown. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "loop.h"
#include "reply.h"
#include "rtt.h"
#include "transcript.h"

struct fixture {
	struct loop *loop;
	struct transcript *transcript;
	struct reply *reply;
	unsigned changes, notices;
	char notice[128];
	char said[128]; /* "ID " of each, and "! " for a notice */
};

static void
changed(void *arg)
{
	struct fixture *f = arg;

	f->changes++;
}

static void
notice(void *arg, const char *text)
{
	struct fixture *f = arg;

	f->notices++;
	strcat(f->said, "! ");
	strncpy(f->notice, text, sizeof(f->notice) - 1);
}

static void
said(void *arg, uint64_t id)
{
	struct fixture *f = arg;
	size_t len = strlen(f->said);

	snprintf(f->said + len, sizeof(f->said) - len, "%u ", (unsigned)id);
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct reply_handler handler = {changed, notice, said, f};

	assert_non_null(f);
	f->loop = loop_new();
	f->transcript = transcript_new(100, 1u << 20);
	assert_non_null(f->loop);
	assert_non_null(f->transcript);
	f->reply = reply_new(f->loop, f->transcript, &handler);
	assert_non_null(f->reply);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	reply_free(f->reply);
	transcript_free(f->transcript);
	loop_free(f->loop);
	free(f);
	return 0;
}

static void
take(struct fixture *f, const char *text)
{
	reply_take(f->reply, text, strlen(text));
}

static void
expect_entry(const struct fixture *f, uint64_t id, const char *text,
    enum transcript_mark mark, bool continued)
{
	struct transcript_entry entry;

	assert_true(transcript_get(f->transcript, id, &entry));
	assert_int_equal(entry.len, strlen(text));
	assert_memory_equal(entry.text, text, entry.len);
	assert_int_equal(entry.kind, TRANSCRIPT_RECEIVED);
	assert_int_equal(entry.mark, mark);
	assert_int_equal(entry.continued, continued);
}

static void
expect_eol(const struct fixture *f, uint64_t id, enum transcript_eol eol)
{
	struct transcript_entry entry;

	assert_true(transcript_get(f->transcript, id, &entry));
	assert_int_equal(entry.eol, eol);
}

static uint64_t
entry_value(const struct fixture *f, uint64_t id)
{
	struct transcript_entry entry;

	assert_true(transcript_get(f->transcript, id, &entry));
	return entry.value;
}

/* Turns the loop until the transcript has so many entries. */
static void
wait_entries(struct fixture *f, uint64_t count)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (transcript_end(f->transcript) < count) {
		int left = deadline_left_ms(deadline);

		assert_int_not_equal(left, 0);
		assert_int_not_equal(loop_once(f->loop, left), -1);
	}
}

static void
an_echo_is_verified_in_any_split(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "hello", 5);
	take(f, "he");
	take(f, "llo\r");
	assert_int_equal(transcript_end(f->transcript), 0);
	take(f, "\n");
	expect_entry(f, 0, "hello", TRANSCRIPT_VERIFIED, false);
	assert_int_equal(reply_counts(f->reply)->lines, 1);
	assert_int_equal(reply_counts(f->reply)->verified, 1);
	assert_int_equal(reply_rtt(f->reply)->count, 1);
	assert_int_equal(f->changes, 3);
}

static void
a_difference_is_told_once(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "hello", 5);
	take(f, "hello\n");
	reply_expect(f->reply, 1001, "again", 5);
	take(f, "agaIn\n");
	expect_entry(f, 1, "agaIn", TRANSCRIPT_MISMATCH, false);
	assert_int_equal(reply_counts(f->reply)->mismatched, 1);
	assert_int_equal(f->notices, 1);
	assert_non_null(strstr(f->notice, "at byte 3"));
	assert_int_equal(entry_value(f, 1), 3);
	/* It is told before what is told of it. */
	assert_string_equal(f->said, "0 1 ! ");
}

static void
a_difference_is_found_in_the_piece_that_has_it(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "one two three", 13);
	take(f, "one ");
	wait_entries(f, 1);
	take(f, "two ");
	wait_entries(f, 2);
	take(f, "thRee\n");
	expect_entry(f, 2, "thRee", TRANSCRIPT_MISMATCH, false);
	assert_int_equal(entry_value(f, 2), 2);
	assert_non_null(strstr(f->notice, "at byte 10"));
	reply_expect(f->reply, 1000, "one two", 7);
	take(f, "oNe ");
	wait_entries(f, 4);
	take(f, "two\n");
	expect_entry(f, 4, "two", TRANSCRIPT_MISMATCH, false);
	assert_int_equal(entry_value(f, 4), 0);
	/* What is only too short differs at its end. */
	reply_expect(f->reply, 1000, "one two", 7);
	take(f, "one t");
	wait_entries(f, 6);
	take(f, "\n");
	expect_entry(f, 5, "one t", TRANSCRIPT_MISMATCH, false);
	assert_int_equal(entry_value(f, 5), 5);
}

static void
the_end_of_a_line_is_kept(void **state)
{
	struct fixture *f = *state;

	take(f, "lf\ncrlf\r\n\n\r\nnone");
	reply_end(f->reply);
	expect_eol(f, 0, TRANSCRIPT_LF);
	expect_eol(f, 1, TRANSCRIPT_CRLF);
	expect_eol(f, 2, TRANSCRIPT_LF);
	expect_eol(f, 3, TRANSCRIPT_CRLF);
	expect_eol(f, 4, TRANSCRIPT_NO_EOL);
	assert_int_equal(transcript_end(f->transcript), 5);
	assert_string_equal(f->said, "0 1 2 3 4 ");
}

static void
half_a_line_is_shown_when_nothing_follows(void **state)
{
	struct fixture *f = *state;

	take(f, "login: ");
	assert_int_equal(transcript_end(f->transcript), 0);
	wait_entries(f, 1);
	expect_entry(f, 0, "login: ", TRANSCRIPT_PLAIN, true);
	assert_int_equal(f->changes, 2);
	/* It is shown once. */
	assert_int_equal(loop_once(f->loop, 0), 0);
	assert_int_equal(transcript_end(f->transcript), 1);
}

static void
what_follows_half_a_line_completes_it(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "slow echo", 9);
	take(f, "slow ");
	wait_entries(f, 1);
	take(f, "echo\n");
	expect_entry(f, 0, "slow ", TRANSCRIPT_PLAIN, true);
	expect_entry(f, 1, "echo", TRANSCRIPT_VERIFIED, false);
	assert_int_equal(reply_counts(f->reply)->lines, 1);
	/* The first one was settled when the second came. */
	assert_string_equal(f->said, "0 1 ");
}

static void
an_end_of_line_that_comes_alone_ends_what_is_shown(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "hello", 5);
	take(f, "hello");
	wait_entries(f, 1);
	expect_entry(f, 0, "hello", TRANSCRIPT_PLAIN, true);
	take(f, "\nnext\n");
	expect_entry(f, 0, "hello", TRANSCRIPT_VERIFIED, false);
	expect_eol(f, 0, TRANSCRIPT_LF);
	expect_entry(f, 1, "next", TRANSCRIPT_PLAIN, false);
	assert_int_equal(transcript_end(f->transcript), 2);
	assert_int_equal(reply_counts(f->reply)->lines, 2);
	assert_string_equal(f->said, "0 1 ");
	/* An empty line is one all the same. */
	take(f, "\n");
	expect_entry(f, 2, "", TRANSCRIPT_PLAIN, false);
}

static void
half_an_end_of_line_waits_for_its_other_half(void **state)
{
	struct fixture *f = *state;

	reply_expect(f->reply, 1000, "hello", 5);
	take(f, "hello\r");
	wait_entries(f, 1);
	expect_entry(f, 0, "hello", TRANSCRIPT_PLAIN, true);
	take(f, "\n");
	expect_entry(f, 0, "hello", TRANSCRIPT_VERIFIED, false);
	expect_eol(f, 0, TRANSCRIPT_CRLF);
	assert_int_equal(transcript_end(f->transcript), 1);
}

static void
a_prompt_is_settled_before_the_answer_to_it(void **state)
{
	struct fixture *f = *state;

	take(f, "login: ");
	wait_entries(f, 1);
	assert_string_equal(f->said, "");
	reply_expect(f->reply, 1000, "joe", 3);
	assert_string_equal(f->said, "0 ");
	take(f, "\n");
	expect_entry(f, 0, "login: ", TRANSCRIPT_PLAIN, false);
	assert_string_equal(f->said, "0 ");
}

static void
the_end_of_the_connection_ends_what_is_shown(void **state)
{
	struct fixture *f = *state;

	take(f, "login: ");
	wait_entries(f, 1);
	reply_end(f->reply);
	expect_entry(f, 0, "login: ", TRANSCRIPT_PLAIN, false);
	expect_eol(f, 0, TRANSCRIPT_NO_EOL);
	assert_string_equal(f->said, "0 ");
	/* What the next one says has nothing to do with it. */
	take(f, "\n");
	expect_entry(f, 1, "", TRANSCRIPT_PLAIN, false);
}

static void
a_line_longer_than_memory_comes_in_pieces(void **state)
{
	struct fixture *f = *state;
	static char text[65536 + 4];
	struct transcript_entry entry;

	memset(text, 'x', sizeof(text));
	memcpy(text + 65535, "\xed\x95\x9c\n", 4);
	reply_take(f->reply, text, 65539);
	assert_int_equal(transcript_end(f->transcript), 2);
	assert_true(transcript_get(f->transcript, 0, &entry));
	assert_int_equal(entry.len, 65535);
	assert_true(entry.continued);
	expect_entry(f, 1, "\xed\x95\x9c", TRANSCRIPT_PLAIN, false);
	assert_string_equal(f->said, "0 1 ");
}

static void
what_the_end_cuts_off_is_shown_without_a_verdict(void **state)
{
	struct fixture *f = *state;
	struct transcript_entry sent;
	uint64_t id;

	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_SENT, 0,
			     "hello", 5, false, &id),
	    0);
	reply_expect(f->reply, id, "hello", 5);
	take(f, "hell");
	reply_end(f->reply);
	expect_entry(f, id + 1, "hell", TRANSCRIPT_PLAIN, false);
	assert_true(transcript_get(f->transcript, id, &sent));
	assert_int_equal(sent.mark, TRANSCRIPT_UNANSWERED);
	assert_int_equal(reply_counts(f->reply)->mismatched, 0);
	assert_int_equal(reply_counts(f->reply)->unanswered, 1);
	/* Nothing of it is left for the next connection. */
	reply_expect(f->reply, id, "o", 1);
	take(f, "o\n");
	expect_entry(f, id + 2, "o", TRANSCRIPT_VERIFIED, false);
}

static void
none_is_fine(void **state)
{
	(void)state;
	reply_free(NULL);
}

#define reply_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    reply_test(an_echo_is_verified_in_any_split),
	    reply_test(a_difference_is_told_once),
	    reply_test(a_difference_is_found_in_the_piece_that_has_it),
	    reply_test(the_end_of_a_line_is_kept),
	    reply_test(half_a_line_is_shown_when_nothing_follows),
	    reply_test(what_follows_half_a_line_completes_it),
	    reply_test(an_end_of_line_that_comes_alone_ends_what_is_shown),
	    reply_test(a_prompt_is_settled_before_the_answer_to_it),
	    reply_test(the_end_of_the_connection_ends_what_is_shown),
	    reply_test(a_line_longer_than_memory_comes_in_pieces),
	    reply_test(half_an_end_of_line_waits_for_its_other_half),
	    reply_test(what_the_end_cuts_off_is_shown_without_a_verdict),
	    cmocka_unit_test(none_is_fine),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
