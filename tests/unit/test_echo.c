/* echo: what counts as an answer, in any split, and what is given up. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "echo.h"

#define LIMIT	 (1 << 20)
#define LOST_MAX 128

/* A ledger, and what it gave up. */
struct fixture {
	struct echo *echo;
	uint64_t lost[LOST_MAX];
	size_t lost_count;
	uint64_t now_us;
};

static void
lost(void *arg, uint64_t id)
{
	struct fixture *f = arg;

	if (f->lost_count < LOST_MAX)
		f->lost[f->lost_count] = id;
	f->lost_count++;
}

static void
start_with(struct fixture *f, size_t limit_bytes)
{
	memset(f, 0, sizeof(*f));
	f->echo = echo_new(limit_bytes, lost, f);
	assert_non_null(f->echo);
}

static void
start(struct fixture *f)
{
	start_with(f, LIMIT);
}

static void
stop(struct fixture *f)
{
	echo_free(f->echo);
}

static void
sent(struct fixture *f, uint64_t id, const char *text)
{
	assert_int_equal(
	    echo_sent(f->echo, id, text, strlen(text), f->now_us), 0);
}

/* Receives text cut at split, which may be 0 or its length. */
static struct echo_result
received_split(struct fixture *f, const char *text, size_t split)
{
	struct echo_result result;

	memset(&result, 0xff, sizeof(result));
	assert_false(
	    echo_received(f->echo, text, split, false, f->now_us, &result));
	assert_true(echo_received(f->echo, text + split, strlen(text) - split,
	    true, f->now_us, &result));
	return result;
}

static struct echo_result
received(struct fixture *f, const char *text)
{
	struct echo_result result;

	memset(&result, 0xff, sizeof(result));
	assert_true(echo_received(
	    f->echo, text, strlen(text), true, f->now_us, &result));
	return result;
}

static void
expect_verified(struct fixture *f, const char *text, uint64_t id)
{
	struct echo_result result = received(f, text);

	assert_int_equal(result.verdict, ECHO_VERIFIED);
	assert_int_equal(result.id, id);
}

static void
expect_foreign(struct fixture *f, const char *text)
{
	size_t before = echo_unanswered(f->echo);

	assert_int_equal(received(f, text).verdict, ECHO_FOREIGN);
	assert_int_equal(echo_unanswered(f->echo), before);
}

/* A peer that is known to echo, and nothing unanswered. */
static void
start_echoing(struct fixture *f)
{
	start(f);
	sent(f, 1000, "are you there");
	expect_verified(f, "are you there", 1000);
}

static void
an_exact_echo_is_verified_with_its_round_trip(void **state)
{
	struct fixture f;
	struct echo_result result;

	(void)state;
	start(&f);
	assert_false(echo_peer_echoes(f.echo));
	f.now_us = 100;
	sent(&f, 7, "hello");
	assert_int_equal(echo_unanswered(f.echo), 1);
	f.now_us = 350;
	result = received(&f, "hello");
	assert_int_equal(result.verdict, ECHO_VERIFIED);
	assert_int_equal(result.id, 7);
	assert_int_equal(result.rtt_us, 250);
	assert_int_equal(echo_unanswered(f.echo), 0);
	assert_true(echo_peer_echoes(f.echo));
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

static void
pieces_are_verified_at_every_split(void **state)
{
	static const char text[] = "the quick brown fox";
	struct fixture f;
	struct echo_result result;
	size_t split;

	(void)state;
	for (split = 0; split <= strlen(text); split++) {
		start(&f);
		sent(&f, 1, text);
		sent(&f, 2, "the quick");
		result = received_split(&f, text, split);
		assert_int_equal(result.verdict, ECHO_VERIFIED);
		assert_int_equal(result.id, 1);
		assert_int_equal(f.lost_count, 0);
		stop(&f);
	}
}

static void
a_later_line_with_the_same_beginning_is_found_at_every_split(void **state)
{
	static const char text[] = "common beginning, then B";
	struct fixture f;
	struct echo_result result;
	size_t split;

	(void)state;
	for (split = 0; split <= strlen(text); split++) {
		start(&f);
		sent(&f, 1, "common beginning, then A");
		sent(&f, 2, "common beginning");
		sent(&f, 3, "something else");
		sent(&f, 4, "common beginning, then B or C");
		sent(&f, 5, text);
		result = received_split(&f, text, split);
		assert_int_equal(result.verdict, ECHO_VERIFIED);
		assert_int_equal(result.id, 5);
		assert_int_equal(f.lost_count, 4);
		assert_int_equal(f.lost[0], 1);
		assert_int_equal(f.lost[3], 4);
		stop(&f);
	}
}

static void
a_later_line_with_the_same_end_only_is_not_taken(void **state)
{
	struct fixture f;
	struct echo_result result;

	(void)state;
	start(&f);
	sent(&f, 1, "AAAA tail one");
	sent(&f, 2, "BBBB tail two");
	result = received_split(&f, "AAAA tail two", 4);
	assert_int_equal(result.verdict, ECHO_MISMATCH);
	assert_int_equal(result.id, 1);
	assert_int_equal(result.differs_at, 10);
	expect_verified(&f, "BBBB tail two", 2);
	stop(&f);
}

static void
banners_before_and_between_do_no_harm(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	expect_foreign(&f, "220 welcome to the service");
	sent(&f, 1, "first");
	sent(&f, 2, "second");
	expect_foreign(&f, "somebody has joined the room");
	expect_verified(&f, "first", 1);
	expect_foreign(&f, "<bob> hello everybody");
	expect_foreign(&f, "");
	expect_verified(&f, "second", 2);
	expect_foreign(&f, "goodbye, and come again");
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

static void
a_peer_that_never_echoes_is_just_foreign(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "GET / HTTP/1.0");
	sent(&f, 2, "Host: example");
	sent(&f, 3, "");
	expect_foreign(&f, "HTTP/1.0 200 OK");
	expect_foreign(&f, "Content-Type: text/plain");
	expect_foreign(&f, "");
	expect_foreign(&f, "It works!");
	assert_false(echo_peer_echoes(f.echo));
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

/* Such a peer leaves without an answer only what it said nothing after. */
static void
a_peer_that_never_echoes_has_answered_with_any_line(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	expect_foreign(&f, "220 mail.example ready");
	sent(&f, 1, "HELO me");
	sent(&f, 2, "NOOP");
	expect_foreign(&f, "250 pleased to meet you");
	sent(&f, 3, "QUIT");
	echo_reset(f.echo);
	assert_int_equal(f.lost_count, 1);
	assert_int_equal(f.lost[0], 3);
	assert_int_equal(echo_unanswered(f.echo), 0);
	stop(&f);
}

/* Once it has echoed, chatter answers nothing: what was before it counts too. */
static void
a_banner_is_no_answer_from_a_peer_that_echoes(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "dropped");
	expect_foreign(&f, "220 mail.example ready");
	sent(&f, 2, "next");
	expect_verified(&f, "next", 2);
	assert_int_equal(f.lost_count, 1);
	assert_int_equal(f.lost[0], 1);
	sent(&f, 3, "last");
	expect_foreign(&f, "somebody has joined the room");
	echo_reset(f.echo);
	assert_int_equal(f.lost_count, 2);
	assert_int_equal(f.lost[1], 3);
	stop(&f);
}

/* A CR of the peer's own is no part of an echo, but one that was sent is. */
static void
a_burst_is_verified_around_a_banner(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "one");
	sent(&f, 2, "two\r");
	sent(&f, 3, "");
	sent(&f, 4, "four");
	expect_verified(&f, "one", 1);
	expect_foreign(&f, "*** the server goes down in 5 minutes ***");
	expect_verified(&f, "two\r", 2);
	expect_verified(&f, "", 3);
	expect_foreign(&f, "*** never mind ***");
	expect_verified(&f, "four", 4);
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

static void
a_wrong_byte_is_told_with_its_offset(void **state)
{
	static const char text[] = "hello world";
	struct fixture f;
	struct echo_result result;
	char wrong[sizeof(text)];
	size_t k, split;

	(void)state;
	for (k = 0; k < strlen(text); k++) {
		for (split = 0; split <= strlen(text); split++) {
			start(&f);
			sent(&f, 3, text);
			sent(&f, 4, "next");
			memcpy(wrong, text, sizeof(text));
			wrong[k] = '#';
			result = received_split(&f, wrong, split);
			assert_int_equal(result.verdict, ECHO_MISMATCH);
			assert_int_equal(result.id, 3);
			assert_int_equal(result.differs_at, k);
			expect_verified(&f, "next", 4);
			stop(&f);
		}
	}
}

static void
a_truncated_echo_differs_where_it_ends(void **state)
{
	struct fixture f;
	struct echo_result result;

	(void)state;
	start_echoing(&f);
	sent(&f, 1, "hello world");
	result = received(&f, "he");
	assert_int_equal(result.verdict, ECHO_MISMATCH);
	assert_int_equal(result.differs_at, 2);
	sent(&f, 2, "hi");
	result = received(&f, "hi and a lot behind it");
	assert_int_equal(result.verdict, ECHO_MISMATCH);
	assert_int_equal(result.id, 2);
	assert_int_equal(result.differs_at, 2);
	stop(&f);
}

static void
a_known_echo_that_is_garbled_all_over_is_told_by_its_length(void **state)
{
	struct fixture f;
	struct echo_result result;

	(void)state;
	start(&f);
	sent(&f, 1, "abc");
	expect_foreign(&f, "ABC");
	stop(&f);
	start_echoing(&f);
	sent(&f, 1, "abc");
	result = received(&f, "ABC");
	assert_int_equal(result.verdict, ECHO_MISMATCH);
	assert_int_equal(result.differs_at, 0);
	stop(&f);
}

static void
a_known_echo_may_still_be_chatty(void **state)
{
	struct fixture f;

	(void)state;
	start_echoing(&f);
	sent(&f, 1, "hello");
	expect_foreign(&f, "hey there, someone else speaks");
	expect_foreign(&f, "");
	expect_verified(&f, "hello", 1);
	stop(&f);
}

static void
a_dropped_line_is_lost_when_the_next_is_answered(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "line one");
	sent(&f, 2, "line two");
	sent(&f, 3, "line six");
	expect_verified(&f, "line one", 1);
	expect_verified(&f, "line six", 3);
	assert_int_equal(f.lost_count, 1);
	assert_int_equal(f.lost[0], 2);
	stop(&f);
}

static void
lines_too_far_ahead_are_not_looked_for(void **state)
{
	struct fixture f;
	char text[32];
	unsigned i;

	(void)state;
	start(&f);
	for (i = 0; i <= 65; i++) {
		(void)snprintf(text, sizeof(text), "%u", i * 1000003);
		sent(&f, i, text);
	}
	(void)snprintf(text, sizeof(text), "%u", 65u * 1000003);
	expect_foreign(&f, text);
	(void)snprintf(text, sizeof(text), "%u", 64u * 1000003);
	expect_verified(&f, text, 64);
	assert_int_equal(f.lost_count, 64);
	stop(&f);
}

static void
equal_lines_are_answered_in_order(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "a");
	sent(&f, 2, "a");
	sent(&f, 3, "a");
	expect_verified(&f, "a", 1);
	expect_verified(&f, "a", 2);
	expect_verified(&f, "a", 3);
	expect_foreign(&f, "a");
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

static void
empty_lines_are_verified_in_order_only(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	sent(&f, 1, "");
	sent(&f, 2, "");
	expect_verified(&f, "", 1);
	assert_int_equal(received_split(&f, "", 0).verdict, ECHO_VERIFIED);
	sent(&f, 3, "text");
	sent(&f, 4, "");
	expect_foreign(&f, "");
	expect_verified(&f, "text", 3);
	expect_verified(&f, "", 4);
	stop(&f);
}

static void
a_line_with_nul_bytes_is_compared_whole(void **state)
{
	static const char text[] = "a\0b\0c";
	struct fixture f;
	struct echo_result result;

	(void)state;
	start(&f);
	assert_int_equal(echo_sent(f.echo, 1, text, 5, 0), 0);
	assert_true(echo_received(f.echo, "a\0b\0d", 5, true, 0, &result));
	assert_int_equal(result.verdict, ECHO_MISMATCH);
	assert_int_equal(result.differs_at, 4);
	stop(&f);
}

/* A scan of what is unanswered for each answer would take minutes. */
static void
a_hundred_thousand_in_flight_are_answered_one_by_one(void **state)
{
	enum { COUNT = 100000 };
	struct fixture f;
	char text[32];
	uint64_t i;
	int equal;

	(void)state;
	for (equal = 0; equal < 2; equal++) {
		start_with(&f, 64 * LIMIT);
		for (i = 0; i < COUNT; i++) {
			(void)snprintf(text, sizeof(text), "line %u",
			    equal ? 0 : (unsigned)i);
			sent(&f, i, text);
		}
		assert_int_equal(echo_unanswered(f.echo), COUNT);
		for (i = 0; i < COUNT; i++) {
			(void)snprintf(text, sizeof(text), "line %u",
			    equal ? 0 : (unsigned)i);
			expect_verified(&f, text, i);
		}
		assert_int_equal(f.lost_count, 0);
		stop(&f);
	}
}

static void
a_window_of_lines_slides_for_ever_within_its_bound(void **state)
{
	struct fixture f;
	char text[64];
	uint64_t i, next = 0;

	(void)state;
	start_with(&f, 4096);
	for (i = 0; i < 20000; i++) {
		(void)snprintf(
		    text, sizeof(text), "%0*u", (int)(i % 40) + 1, (unsigned)i);
		sent(&f, i, text);
		if (i < 20)
			continue;
		(void)snprintf(text, sizeof(text), "%0*u", (int)(next % 40) + 1,
		    (unsigned)next);
		expect_verified(&f, text, next++);
	}
	assert_int_equal(echo_unanswered(f.echo), 20);
	assert_int_equal(f.lost_count, 0);
	stop(&f);
}

static void
past_the_bound_the_oldest_are_lost(void **state)
{
	struct fixture f;
	char text[101];
	uint64_t i;

	(void)state;
	memset(text, 'x', 100);
	text[100] = '\0';
	start_with(&f, 1000);
	for (i = 0; i < 10; i++) {
		text[0] = (char)('0' + i);
		sent(&f, i, text);
	}
	assert_true(f.lost_count >= 1);
	assert_int_equal(f.lost_count + echo_unanswered(f.echo), 10);
	for (i = 0; i < f.lost_count; i++)
		assert_int_equal(f.lost[i], i);
	for (; i < 10; i++) {
		text[0] = (char)('0' + i);
		expect_verified(&f, text, i);
	}
	stop(&f);
}

static void
empty_lines_are_bounded_too(void **state)
{
	struct fixture f;
	uint64_t i;

	(void)state;
	start_with(&f, 1000);
	for (i = 0; i < 2000; i++)
		sent(&f, i, "");
	assert_true(echo_unanswered(f.echo) < 1000);
	assert_int_equal(f.lost_count + echo_unanswered(f.echo), 2000);
	stop(&f);
}

static void
a_line_beyond_the_bound_is_lost_alone(void **state)
{
	struct fixture f;
	char text[2001];

	(void)state;
	memset(text, 'x', 2000);
	text[2000] = '\0';
	start_with(&f, 1000);
	sent(&f, 1, "short");
	sent(&f, 2, text);
	assert_int_equal(f.lost_count, 1);
	assert_int_equal(f.lost[0], 2);
	expect_verified(&f, "short", 1);
	stop(&f);
}

static void
losing_the_oldest_in_the_middle_of_its_answer_is_no_mismatch(void **state)
{
	struct fixture f;
	struct echo_result result;
	char text[941];

	(void)state;
	memset(text, 'x', 940);
	text[940] = '\0';
	start_with(&f, 1000);
	sent(&f, 9, "x");
	expect_verified(&f, "x", 9);
	sent(&f, 1, "half and half");
	assert_false(echo_received(f.echo, "half and", 8, false, 0, &result));
	sent(&f, 2, text);
	assert_int_equal(f.lost_count, 1);
	assert_true(echo_received(f.echo, " half", 5, true, 0, &result));
	assert_int_equal(result.verdict, ECHO_FOREIGN);
	expect_verified(&f, text, 2);
	/* What follows may even look like the end of the next line. */
	sent(&f, 3, "half and half");
	assert_false(echo_received(f.echo, "half and", 8, false, 0, &result));
	sent(&f, 4, text);
	assert_true(echo_received(f.echo, text + 8, 932, true, 0, &result));
	assert_int_equal(result.verdict, ECHO_FOREIGN);
	expect_verified(&f, text, 4);
	stop(&f);
}

static void
a_reset_loses_all_in_order(void **state)
{
	struct fixture f;
	struct echo_result result;

	(void)state;
	start_echoing(&f);
	sent(&f, 5, "one");
	sent(&f, 6, "two");
	assert_false(echo_received(f.echo, "on", 2, false, 0, &result));
	echo_reset(f.echo);
	assert_int_equal(f.lost_count, 2);
	assert_int_equal(f.lost[0], 5);
	assert_int_equal(f.lost[1], 6);
	assert_int_equal(echo_unanswered(f.echo), 0);
	assert_true(echo_peer_echoes(f.echo));
	/* What was half in is forgotten with the connection. */
	sent(&f, 7, "e");
	expect_verified(&f, "e", 7);
	stop(&f);
}

static void
a_clock_that_stands_still_gives_no_negative_round_trip(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.now_us = 10;
	sent(&f, 1, "x");
	f.now_us = 9;
	assert_int_equal(received(&f, "x").rtt_us, 0);
	stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_exact_echo_is_verified_with_its_round_trip),
	    cmocka_unit_test(pieces_are_verified_at_every_split),
	    cmocka_unit_test(
		a_later_line_with_the_same_beginning_is_found_at_every_split),
	    cmocka_unit_test(a_later_line_with_the_same_end_only_is_not_taken),
	    cmocka_unit_test(banners_before_and_between_do_no_harm),
	    cmocka_unit_test(a_peer_that_never_echoes_is_just_foreign),
	    cmocka_unit_test(
		a_peer_that_never_echoes_has_answered_with_any_line),
	    cmocka_unit_test(a_banner_is_no_answer_from_a_peer_that_echoes),
	    cmocka_unit_test(a_burst_is_verified_around_a_banner),
	    cmocka_unit_test(a_wrong_byte_is_told_with_its_offset),
	    cmocka_unit_test(a_truncated_echo_differs_where_it_ends),
	    cmocka_unit_test(
		a_known_echo_that_is_garbled_all_over_is_told_by_its_length),
	    cmocka_unit_test(a_known_echo_may_still_be_chatty),
	    cmocka_unit_test(a_dropped_line_is_lost_when_the_next_is_answered),
	    cmocka_unit_test(lines_too_far_ahead_are_not_looked_for),
	    cmocka_unit_test(equal_lines_are_answered_in_order),
	    cmocka_unit_test(empty_lines_are_verified_in_order_only),
	    cmocka_unit_test(a_line_with_nul_bytes_is_compared_whole),
	    cmocka_unit_test(
		a_hundred_thousand_in_flight_are_answered_one_by_one),
	    cmocka_unit_test(
		a_window_of_lines_slides_for_ever_within_its_bound),
	    cmocka_unit_test(past_the_bound_the_oldest_are_lost),
	    cmocka_unit_test(empty_lines_are_bounded_too),
	    cmocka_unit_test(a_line_beyond_the_bound_is_lost_alone),
	    cmocka_unit_test(
		losing_the_oldest_in_the_middle_of_its_answer_is_no_mismatch),
	    cmocka_unit_test(a_reset_loses_all_in_order),
	    cmocka_unit_test(
		a_clock_that_stands_still_gives_no_negative_round_trip),
	};

	return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
