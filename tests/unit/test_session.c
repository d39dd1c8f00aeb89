/* session: lines and their echoes, over a connection that stands. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "rtt.h"
#include "session_probe.h"

#define PIECE_BYTES 65536u /* what comes of a longer line at a time */

static const struct session_counts *
counts(const struct session_probe *p)
{
	return session_counts(p->session);
}

/*
 * A terminated text of len bytes that are no line's end. The caller frees it.
 */
static char *
text_of(size_t len)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	text[len] = '\0';
	return text;
}

static bool
has_lines_in(const struct session_probe *p, uint64_t lines)
{
	return counts(p)->lines_in >= lines;
}

static void
a_line_goes_out_with_its_end(void **state)
{
	struct session_probe *p = *state;
	uint64_t id;

	assert_false(session_crlf(p->session));
	id = session_probe_say(p, "안녕");
	peer_expect(p->peer, "안녕\n");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_PLAIN);
	session_probe_say(p, "");
	peer_expect(p->peer, "\n");
	assert_int_equal(counts(p)->lines_out, 2);
	assert_int_equal(session_status(p->session)->bytes_out, 8);
}

static void
the_end_is_cr_lf_where_that_is_wanted(void **state)
{
	struct session_probe *p = session_probe_new(NULL, true);

	(void)state;
	assert_true(session_crlf(p->session));
	session_probe_connect(p);
	session_probe_say(p, "a");
	peer_expect(p->peer, "a\r\n");
	session_set_crlf(p->session, false);
	session_probe_say(p, "b");
	peer_expect(p->peer, "b\n");
	session_set_crlf(p->session, true);
	session_probe_say(p, "c");
	peer_send_text(p->peer, "a\r\nb\nc\r\n");
	peer_expect(p->peer, "c\r\n");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "a");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "b");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "c");
	assert_int_equal(counts(p)->verified, 3);
	session_probe_free(p);
}

static void
an_echo_is_verified_and_timed(void **state)
{
	struct session_probe *p = *state;
	struct transcript_entry entry;
	uint64_t sent, received;
	unsigned changes;

	sent = session_probe_say(p, "hello");
	changes = p->changes;
	peer_send_text(p->peer, "hello\n");
	received = session_probe_read(p, TRANSCRIPT_RECEIVED, "hello");
	assert_true(p->changes > changes);
	entry = session_probe_entry(p, received);
	assert_int_equal(entry.mark, TRANSCRIPT_VERIFIED);
	assert_int_equal(session_rtt(p->session)->count, 1);
	assert_int_equal(rtt_last(session_rtt(p->session)), entry.value);
	assert_int_equal(session_probe_mark(p, sent), TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->lines_in, 1);
	assert_int_equal(counts(p)->verified, 1);
	assert_int_equal(counts(p)->mismatched, 0);
	session_probe_expect_end(p);
}

static void
an_echo_that_differs_is_told(void **state)
{
	struct session_probe *p = *state;
	struct transcript_entry entry;

	session_probe_say(p, "hello");
	peer_send_text(p->peer, "hellO\n");
	entry = session_probe_entry(
	    p, session_probe_read(p, TRANSCRIPT_RECEIVED, "hellO"));
	assert_int_equal(entry.mark, TRANSCRIPT_MISMATCH);
	assert_int_equal(entry.value, 4);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "this echo differs from what was sent, at byte 4");
	assert_int_equal(counts(p)->mismatched, 1);
	assert_int_equal(counts(p)->verified, 0);
	assert_int_equal(session_rtt(p->session)->count, 0);
	session_probe_expect_end(p);
}

static void
lines_that_answer_nothing_are_plain(void **state)
{
	struct session_probe *p = *state;
	uint64_t banner, sent, chatter;

	peer_send_text(p->peer, "220 welcome\n");
	banner = session_probe_read(p, TRANSCRIPT_RECEIVED, "220 welcome");
	sent = session_probe_say(p, "quit");
	peer_send_text(p->peer, "somebody else talks\n");
	chatter =
	    session_probe_read(p, TRANSCRIPT_RECEIVED, "somebody else talks");
	assert_int_equal(session_probe_mark(p, banner), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, chatter), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, sent), TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->lines_in, 2);
	assert_int_equal(counts(p)->verified + counts(p)->mismatched, 0);
	session_probe_expect_end(p);
}

/* In one read, and with ends of line that are not what was sent. */
static void
a_burst_is_verified_around_a_banner(void **state)
{
	struct session_probe *p = *state;
	uint64_t banner;

	session_probe_say(p, "one");
	session_probe_say(p, "");
	session_probe_say(p, "three");
	peer_send_text(
	    p->peer, "one\r\n\r\n*** down in 5 minutes ***\r\nthree\r\n");
	session_probe_until(p, has_lines_in, 4);
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "one");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "%s", "");
	banner = session_probe_read(
	    p, TRANSCRIPT_RECEIVED, "*** down in 5 minutes ***");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "three");
	assert_int_equal(session_probe_mark(p, banner), TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->verified, 3);
	assert_int_equal(counts(p)->mismatched, 0);
	session_probe_expect_end(p);
}

/* A line that is cut between the two bytes of its end, and in the middle. */
static void
a_burst_may_come_in_any_pieces(void **state)
{
	static const char all[] = "one\r\n* hello *\r\ntwo\r\n";
	struct session_probe *p = *state;
	uint64_t lines = 0;

	for (size_t split = 1; split < sizeof(all) - 1; split++) {
		session_probe_say(p, "one");
		session_probe_say(p, "two");
		peer_send(p->peer, all, split);
		session_probe_settle(p);
		peer_send_text(p->peer, all + split);
		lines += 3;
		session_probe_until(p, has_lines_in, lines);
		assert_int_equal(counts(p)->verified, lines / 3 * 2);
		p->next = transcript_end(p->transcript);
	}
	assert_int_equal(counts(p)->mismatched + counts(p)->unanswered, 0);
}

static void
a_line_that_was_passed_over_is_unanswered(void **state)
{
	struct session_probe *p = *state;
	uint64_t first, second, received;

	first = session_probe_say(p, "one");
	second = session_probe_say(p, "another");
	peer_send_text(p->peer, "another\n");
	received = session_probe_read(p, TRANSCRIPT_RECEIVED, "another");
	assert_int_equal(session_probe_mark(p, received), TRANSCRIPT_VERIFIED);
	assert_int_equal(session_probe_mark(p, first), TRANSCRIPT_UNANSWERED);
	assert_int_equal(session_probe_mark(p, second), TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->unanswered, 1);
}

static void
a_very_long_line_in_pieces_is_one_echo(void **state)
{
	struct session_probe *p = *state;
	char *text = text_of(PIECE_BYTES + 5000);
	struct transcript_entry entry;

	session_probe_send(p, text);
	peer_send(p->peer, text, PIECE_BYTES - 1);
	session_probe_settle(p);
	peer_send_text(p->peer, text + PIECE_BYTES - 1);
	peer_send_text(p->peer, "\n");
	session_probe_until(p, has_lines_in, 1);
	p->next++; /* what was sent */
	entry = session_probe_entry(p, p->next);
	assert_int_equal(entry.len, PIECE_BYTES);
	assert_true(entry.continued);
	assert_int_equal(entry.mark, TRANSCRIPT_PLAIN);
	entry = session_probe_entry(p, p->next + 1);
	assert_int_equal(entry.len, 5000);
	assert_false(entry.continued);
	assert_int_equal(entry.mark, TRANSCRIPT_VERIFIED);
	assert_int_equal(counts(p)->lines_in, 1);
	free(text);
}

static void
too_long_a_line_is_refused_whole(void **state)
{
	struct session_probe *p = *state;
	char *text = text_of(SESSION_LINE_MAX + 1);

	errno = 0;
	assert_int_equal(
	    session_send(p->session, text, SESSION_LINE_MAX + 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	session_probe_expect_end(p);
	assert_int_equal(session_status(p->session)->bytes_out, 0);
	free(text);
}

static void
the_longest_line_goes_through(void **state)
{
	struct session_probe *p = *state;
	char *text = text_of(SESSION_LINE_MAX), *got = malloc(SESSION_LINE_MAX);
	size_t n = 0;

	assert_non_null(got);
	session_probe_send(p, text);
	assert_int_equal(counts(p)->lines_out, 1);
	while (n < SESSION_LINE_MAX) {
		session_probe_settle(p);
		n += peer_recv_some(p->peer, got + n, SESSION_LINE_MAX - n);
	}
	assert_memory_equal(got, text, SESSION_LINE_MAX);
	session_probe_settle(p);
	peer_expect(p->peer, "\n");
	free(got);
	free(text);
}

#define FIRST 0x61616161u /* no byte of it, or of a few more, ends a line */

/* The peer reads so many lines of len bytes while the loop turns. */
static void
expect_numbered(struct session_probe *p, unsigned lines, size_t len)
{
	char *line = malloc(len);
	unsigned number;

	assert_non_null(line);
	for (unsigned i = 0; i < lines; i++) {
		for (size_t n = 0; n < len;) {
			session_probe_settle(p);
			n += peer_recv_some(p->peer, line + n, len - n);
		}
		memcpy(&number, line, sizeof(number));
		assert_int_equal(number, FIRST + i);
		assert_int_equal(line[len - 1], '\n');
	}
	free(line);
}

static void
what_the_peer_does_not_read_waits_in_order(void **state)
{
	struct session_probe *p = *state;
	const size_t len = 65536;
	char *text = text_of(len - 1);
	unsigned lines = 0, rooms;

	while (counts(p)->waiting < 3) {
		unsigned number = FIRST + lines++;

		memcpy(text, &number, sizeof(number));
		assert_int_equal(session_send(p->session, text, len - 1), 0);
		p->next++;
	}
	assert_true(session_is_busy(p->session));
	assert_int_equal(
	    session_probe_mark(p, p->next - 1), TRANSCRIPT_WAITING);
	assert_int_equal(counts(p)->lines_out, lines - 3);
	rooms = p->rooms;
	expect_numbered(p, lines, len);
	session_probe_settle(p);
	assert_true(p->rooms > rooms);
	assert_false(session_is_busy(p->session));
	assert_int_equal(counts(p)->waiting, 0);
	assert_int_equal(counts(p)->held, 0);
	assert_int_equal(counts(p)->lines_out, lines);
	assert_int_equal(session_probe_mark(p, p->next - 1), TRANSCRIPT_PLAIN);
	free(text);
}

static void
what_waits_is_bounded(void **state)
{
	struct session_probe *p = *state;
	char *text = text_of(SESSION_LINE_MAX);
	uint64_t out, entries;

	while (session_send(p->session, text, SESSION_LINE_MAX) == 0)
		continue;
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(counts(p)->waiting, 1);
	entries = transcript_end(p->transcript);
	out = counts(p)->lines_out;
	assert_int_equal(session_send(p->session, text, SESSION_LINE_MAX), -1);
	assert_int_equal(transcript_end(p->transcript), entries);
	assert_int_equal(counts(p)->lines_out, out);
	session_probe_send(p, "a short one still fits");
	assert_int_equal(counts(p)->waiting, 2);
	free(text);
}

static void
a_sentence_of_its_own_is_a_notice(void **state)
{
	struct session_probe *p = *state;
	unsigned changes = p->changes;
	char *text = text_of(5000);

	session_notice(p->session, "%s: %d", "seven", 7);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "seven: 7");
	assert_int_equal(p->changes, changes + 1);
	session_notice(p->session, "%s", text);
	assert_in_range(session_probe_entry(p, p->next).len, 100, 5000);
	free(text);
}

#define connected_test(f)                \
	cmocka_unit_test_setup_teardown( \
	    f, session_probe_setup, session_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    connected_test(a_line_goes_out_with_its_end),
	    cmocka_unit_test(the_end_is_cr_lf_where_that_is_wanted),
	    connected_test(an_echo_is_verified_and_timed),
	    connected_test(an_echo_that_differs_is_told),
	    connected_test(lines_that_answer_nothing_are_plain),
	    connected_test(a_burst_is_verified_around_a_banner),
	    connected_test(a_burst_may_come_in_any_pieces),
	    connected_test(a_line_that_was_passed_over_is_unanswered),
	    connected_test(a_very_long_line_in_pieces_is_one_echo),
	    connected_test(too_long_a_line_is_refused_whole),
	    connected_test(the_longest_line_goes_through),
	    connected_test(what_the_peer_does_not_read_waits_in_order),
	    connected_test(what_waits_is_bounded),
	    connected_test(a_sentence_of_its_own_is_a_notice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
