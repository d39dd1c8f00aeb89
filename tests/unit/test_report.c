/* report: what /stats says. */

#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/region.h"
#include "report.h"
#include "session_probe.h"

/* The next notice begins with the label, and has this text in it. */
static void
expect_row(struct session_probe *p, const char *label, const char *text)
{
	struct transcript_entry entry;
	char row[512];

	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "%-10s  ", label);
	entry = session_probe_entry(p, p->next - 1);
	snprintf(row, sizeof(row), "%.*s", (int)entry.len, entry.text);
	if (strstr(row, text) == NULL)
		fail_msg("'%s' is not in '%s'", text, row);
}

static bool
has_verified(const struct session_probe *p, uint64_t count)
{
	return session_counts(p->session)->verified == count;
}

static void
before_the_first_connection_there_is_little_to_say(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);

	(void)state;
	report_stats(p->session, p->transcript, NULL);
	expect_row(p, "state", "never connected");
	expect_row(p, "reconnects", "0");
	expect_row(p, "sent", "0 lines, 0 B");
	expect_row(p, "received", "0 lines, 0 B");
	expect_row(p, "answers", "0 verified, 0 differ, 0 unanswered");
	expect_row(p, "transcript", "entries, ");
	expect_row(p, "log", "none");
	session_probe_expect_end(p);
	session_probe_free(p);
}

static void
everything_of_a_connection_is_told(void **state)
{
	struct session_probe *p = *state;
	char peer[32];

	session_probe_say(p, "hello");
	peer_expect(p->peer, "hello\n");
	peer_send(p->peer, "hello\n", 6);
	session_probe_until(p, has_verified, 1);
	p->next = transcript_end(p->transcript);
	report_stats(p->session, p->transcript, "/tmp/x\033y.log");
	snprintf(peer, sizeof(peer), "127.0.0.1:%u", session_probe_port(p));
	expect_row(p, "state", "connected since ");
	expect_row(p, "peer", peer);
	expect_row(p, "own", "127.0.0.1:");
	expect_row(p, "reconnects", "0");
	expect_row(p, "sent", "1 line, 6 B");
	expect_row(p, "received", "1 line, 6 B");
	expect_row(p, "answers", "1 verified, 0 differ, 0 unanswered");
	expect_row(p, "round trip", "ms, p50 ");
	expect_row(
	    p, "", strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "▁" : "_");
	expect_row(p, "transcript", "entries, ");
	expect_row(p, "log", "/tmp/x\033y.log");
	session_probe_expect_end(p);
}

static void
after_its_end_the_reason_and_what_waits_are_told(void **state)
{
	struct session_probe *p = *state;

	session_disconnect(p->session);
	session_probe_send(p, "later");
	p->next = transcript_end(p->transcript);
	report_stats(p->session, p->transcript, NULL);
	expect_row(p, "state", "since ");
	p->next = transcript_end(p->transcript) - 2;
	expect_row(p, "transcript", "entries, ");
	for (uint64_t id = 0; id < p->next; id++) {
		struct transcript_entry entry = session_probe_entry(p, id);

		if (entry.len > 12 && memcmp(entry.text, "waiting ", 8) == 0)
			return;
	}
	fail_msg("nothing is told of the line that waits");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		before_the_first_connection_there_is_little_to_say),
	    cmocka_unit_test_setup_teardown(everything_of_a_connection_is_told,
		session_probe_setup, session_probe_teardown),
	    cmocka_unit_test_setup_teardown(
		after_its_end_the_reason_and_what_waits_are_told,
		session_probe_setup, session_probe_teardown),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
