/* paster: what becomes of a paste, with a session that is real. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "paster.h"
#include "session_probe.h"

struct fixture {
	struct session_probe *probe;
	struct paster *paster;
};

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->probe = session_probe_new(NULL, false);
	session_probe_connect(f->probe);
	f->paster = paster_new(f->probe->session);
	assert_non_null(f->paster);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	paster_free(f->paster);
	session_probe_free(f->probe);
	free(f);
	return 0;
}

static bool
take(struct fixture *f, const char *text)
{
	return paster_take(f->paster, text, strlen(text), false);
}

static void
expect_hint(struct fixture *f, const char *wanted)
{
	const char *hint = paster_hint(f->paster);

	assert_string_equal(hint == NULL ? "(none)" : hint, wanted);
}

static void
expect_edit(struct fixture *f, const char *wanted)
{
	const char *line;
	size_t len;

	assert_true(paster_edit(f->paster, &line, &len));
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(line, wanted, len);
}

static void
expect_no_edit(struct fixture *f)
{
	const char *line;
	size_t len;

	assert_false(paster_edit(f->paster, &line, &len));
}

static void
a_single_line_is_the_editors(void **state)
{
	struct fixture *f = *state;

	assert_false(take(f, "one line"));
	assert_false(take(f, "one line\r"));
	assert_false(take(f, ""));
	assert_false(paster_asks(f->paster));
	assert_false(paster_work(f->paster));
	assert_false(paster_stop(f->paster));
	expect_no_edit(f);
	expect_hint(f, "(none)");
}

static void
several_lines_are_asked_about(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\rtwo\rthree"));
	assert_true(paster_asks(f->paster));
	expect_hint(f, "paste: 3 lines, 13 B: s send, e edit, d drop");
	assert_false(paster_answer(f->paster, 'x'));
	assert_true(paster_asks(f->paster));
	/* Nothing happens before there is an answer. */
	assert_false(paster_work(f->paster));
	expect_no_edit(f);
	assert_int_equal(session_counts(f->probe->session)->lines_out, 0);
	assert_true(paster_take(f->paster, "a\nb", 3, true));
	expect_hint(f, "paste: 2 lines, 3 B (cut): s send, e edit, d drop");
}

static void
s_sends_all_of_it(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\r\r\nthree\n"));
	assert_true(paster_answer(f->paster, 's'));
	assert_false(paster_asks(f->paster));
	expect_hint(f, "paste: 0 of 3 lines sent, ^C stops");
	assert_false(paster_work(f->paster));
	peer_expect(f->probe->peer, "one\n\nthree\n");
	expect_hint(f, "(none)");
	assert_false(paster_stop(f->paster));
}

static void
d_drops_it(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\rtwo"));
	assert_true(paster_answer(f->paster, 'D'));
	expect_hint(f, "(none)");
	assert_false(paster_work(f->paster));
	expect_no_edit(f);
	session_probe_expect_end(f->probe);
}

static void
e_hands_out_line_by_line(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\rtwo"));
	assert_true(paster_answer(f->paster, 'e'));
	assert_false(paster_work(f->paster));
	expect_edit(f, "one");
	expect_hint(f, "paste: line 1 of 2, ^C drops the rest");
	expect_edit(f, "two");
	expect_no_edit(f);
	expect_hint(f, "(none)");
	session_probe_expect_end(f->probe);
}

static void
an_edit_can_be_stopped(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\rtwo"));
	assert_true(paster_answer(f->paster, 'E'));
	expect_edit(f, "one");
	assert_true(paster_stop(f->paster));
	assert_false(paster_stop(f->paster));
	expect_no_edit(f);
	session_probe_expect_end(f->probe);
}

/* "0\r1\r2\r...": so many lines. The caller frees it. */
static char *
numbers(unsigned lines)
{
	char *text = malloc(lines * 8u + 1), *at = text;

	assert_non_null(text);
	for (unsigned i = 0; i < lines; i++)
		at += sprintf(at, "%u\r", i);
	return text;
}

static void
a_long_one_is_sent_in_turns(void **state)
{
	struct fixture *f = *state;
	char *text = numbers(1000), line[16];
	unsigned turns = 1;

	assert_true(take(f, text));
	assert_true(paster_answer(f->paster, 'S'));
	while (paster_work(f->paster))
		turns++;
	assert_in_range(turns, 2, 100);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "%u\n", i);
		peer_expect(f->probe->peer, line);
	}
	free(text);
}

static void
it_can_be_stopped_between_turns(void **state)
{
	struct fixture *f = *state;
	char *text = numbers(1000);
	uint64_t sent;

	assert_true(take(f, text));
	assert_true(paster_answer(f->paster, 's'));
	assert_true(paster_work(f->paster));
	assert_true(paster_stop(f->paster));
	sent = session_counts(f->probe->session)->lines_out;
	assert_in_range(sent, 1, 999);
	assert_false(paster_work(f->paster));
	f->probe->next += sent;
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "paste: stopped: %ju of 1000 lines were sent", (uintmax_t)sent);
	session_probe_expect_end(f->probe);
	free(text);
}

static void
another_paste_waits_for_its_end(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "one\rtwo\rthree"));
	assert_true(take(f, "a\rb"));
	expect_hint(f, "paste: 2 lines, 3 B: s send, e edit, d drop");
	assert_true(paster_answer(f->paster, 'e'));
	expect_edit(f, "a");
	assert_false(take(f, "a single line is the editor's even now"));
	session_probe_expect_end(f->probe);
	assert_true(take(f, "c\rd"));
	assert_false(paster_asks(f->paster));
	(void)session_probe_read(
	    f->probe, TRANSCRIPT_NOTICE, "paste: not taken, another one");
	expect_edit(f, "b");
	expect_no_edit(f);
}

static void
without_a_connection_it_gives_up(void **state)
{
	struct fixture *f = *state;

	session_disconnect(f->probe->session);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE, "disconnected");
	assert_true(take(f, "one\rtwo"));
	assert_true(paster_answer(f->paster, 's'));
	assert_false(paster_work(f->paster));
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "paste: the connection is down: 0 of 2 lines were sent");
	session_probe_expect_end(f->probe);
	expect_hint(f, "(none)");
}

static void
a_line_that_is_too_long_ends_it(void **state)
{
	struct fixture *f = *state;
	size_t len = SESSION_LINE_MAX + 5;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "one\r", 4);
	assert_true(paster_take(f->paster, text, len, false));
	assert_true(paster_answer(f->paster, 's'));
	assert_false(paster_work(f->paster));
	(void)session_probe_read(f->probe, TRANSCRIPT_SENT, "one");
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "paste: the line is too long: 1 of 2 lines were sent");
	peer_expect(f->probe->peer, "one\n");
	session_probe_expect_end(f->probe);
	expect_hint(f, "(none)");
	free(text);
}

/* Works until a line has to wait: the paste stays, the outbox does not fill. */
static void
it_waits_for_a_peer_that_does_not_read(void **state)
{
	struct fixture *f = *state;
	const size_t line_len = 65536, lines = 400;
	char *text = malloc(line_len * lines), *got = malloc(line_len);
	const struct session_counts *counts = session_counts(f->probe->session);

	assert_non_null(text);
	assert_non_null(got);
	memset(text, 'x', line_len * lines);
	for (size_t i = 1; i <= lines; i++)
		text[line_len * i - 1] = '\r';
	assert_true(paster_take(f->paster, text, line_len * lines, false));
	assert_true(paster_answer(f->paster, 's'));
	while (paster_work(f->paster))
		continue;
	assert_in_range(counts->lines_out, 1, lines - 1);
	assert_in_range(counts->waiting, 0, 1);
	assert_non_null(paster_hint(f->paster));
	while (counts->lines_out < lines) {
		(void)peer_recv_some(f->probe->peer, got, line_len);
		session_probe_settle(f->probe);
		(void)paster_work(f->paster);
	}
	assert_false(paster_work(f->paster));
	expect_hint(f, "(none)");
	free(got);
	free(text);
}

#define paster_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    paster_test(a_single_line_is_the_editors),
	    paster_test(several_lines_are_asked_about),
	    paster_test(s_sends_all_of_it),
	    paster_test(d_drops_it),
	    paster_test(e_hands_out_line_by_line),
	    paster_test(an_edit_can_be_stopped),
	    paster_test(a_long_one_is_sent_in_turns),
	    paster_test(it_can_be_stopped_between_turns),
	    paster_test(another_paste_waits_for_its_end),
	    paster_test(without_a_connection_it_gives_up),
	    paster_test(a_line_that_is_too_long_ends_it),
	    paster_test(it_waits_for_a_peer_that_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
