/* reply: lines and verdicts out of bytes; half a line that is shown. */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
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
	strncpy(f->notice, text, sizeof(f->notice) - 1);
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct reply_handler handler = {changed, notice, f};

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
}

static void
half_an_end_of_line_waits_for_its_other_half(void **state)
{
	struct fixture *f = *state;
	struct deadline deadline = deadline_in(DEADLINE_MS);

	reply_expect(f->reply, 1000, "hello", 5);
	take(f, "hello\r");
	/* The timer comes, and leaves it alone. */
	while (loop_once(f->loop, deadline_left_ms(deadline)) == 0)
		assert_int_not_equal(deadline_left_ms(deadline), 0);
	assert_int_equal(transcript_end(f->transcript), 0);
	take(f, "\n");
	expect_entry(f, 0, "hello", TRANSCRIPT_VERIFIED, false);
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
	    reply_test(half_a_line_is_shown_when_nothing_follows),
	    reply_test(what_follows_half_a_line_completes_it),
	    reply_test(half_an_end_of_line_waits_for_its_other_half),
	    reply_test(what_the_end_cuts_off_is_shown_without_a_verdict),
	    cmocka_unit_test(none_is_fine),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
