#include <langinfo.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "link.h"
#include "report.h"
#include "rtt.h"
#include "session.h"
#include "transcript.h"
#include "units.h"

#define NUMBER_BYTES 16

/* A row: what it is about, and what is known of it. */
static void __attribute__((format(printf, 3, 4)))
report_row(struct session *session, const char *label, const char *fmt, ...)
{
	char text[PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	session_notice(session, "%-10s  %s", label, text);
}

static void
report_state(struct session *session, const struct link_status *status)
{
	uint64_t age_ms = clock_now_ms() - status->since_ms;
	time_t since = (time_t)((clock_wall_ms() - age_ms) / 1000);
	char age[NUMBER_BYTES], clock[NUMBER_BYTES];
	struct tm tm;

	localtime_r(&since, &tm);
	(void)strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	units_format_age(age, sizeof(age), age_ms);
	if (status->state == LINK_IDLE && status->connects == 0)
		report_row(session, "state", "never connected");
	else
		report_row(session, "state", "%s since %s, for %s",
		    link_state_name(status->state), clock, age);
}

static void
report_places(struct session *session, const struct link_status *status)
{
	unsigned long long connects = status->connects;

	if (status->peer[0] != '\0')
		report_row(session, "peer", "%s", status->peer);
	if (status->own[0] != '\0')
		report_row(session, "own", "%s", status->own);
	report_row(
	    session, "reconnects", "%llu", connects > 0 ? connects - 1 : 0);
}

static void
report_amount(
    struct session *session, const char *label, uint64_t lines, uint64_t bytes)
{
	char amount[NUMBER_BYTES];

	report_row(session, label, "%llu line%s, %s", (unsigned long long)lines,
	    lines == 1 ? "" : "s",
	    units_format_bytes(amount, sizeof(amount), bytes));
}

static void
report_answers(struct session *session, const struct session_counts *counts)
{
	report_row(session, "answers",
	    "%llu verified, %llu differ, %llu unanswered",
	    (unsigned long long)counts->verified,
	    (unsigned long long)counts->mismatched,
	    (unsigned long long)counts->unanswered);
	if (counts->waiting + counts->held > 0)
		report_row(session, "waiting", "%zu to be sent",
		    counts->waiting + counts->held);
}

static void
report_spark(struct session *session, const struct rtt *rtt)
{
	bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	char bars[BARS_BYTES];

	report_row(session, "", "%s", rtt_bars(bars, rtt, BARS_MAX, utf8));
}

static void
report_trips(struct session *session, const struct rtt *rtt)
{
	char last[NUMBER_BYTES], p50[NUMBER_BYTES], p99[NUMBER_BYTES];

	if (rtt->count == 0)
		return;
	report_row(session, "round trip", "%s, p50 %s, p99 %s",
	    units_format_us(last, sizeof(last), rtt_last(rtt)),
	    units_format_us(p50, sizeof(p50), rtt_percentile(rtt, 500)),
	    units_format_us(p99, sizeof(p99), rtt_percentile(rtt, 990)));
	report_spark(session, rtt);
}

static void
report_transcript(struct session *session, const struct transcript *transcript)
{
	uint64_t count =
	    transcript_end(transcript) - transcript_first(transcript);
	char memory[NUMBER_BYTES];

	report_row(session, "transcript", "%llu entries, %s",
	    (unsigned long long)count,
	    units_format_bytes(
		memory, sizeof(memory), transcript_memory(transcript)));
}

void
report_stats(struct session *session, const struct transcript *transcript,
    const char *log_path)
{
	const struct link_status *status = session_status(session);
	const struct session_counts *counts = session_counts(session);

	report_state(session, status);
	report_places(session, status);
	report_amount(session, "sent", counts->lines_out, status->bytes_out);
	report_amount(session, "received", counts->lines_in, status->bytes_in);
	report_answers(session, counts);
	report_trips(session, session_rtt(session));
	if (status->reason[0] != '\0')
		report_row(session, "last end", "%s", status->reason);
	report_transcript(session, transcript);
	report_row(session, "log", "%s", log_path != NULL ? log_path : "none");
}
