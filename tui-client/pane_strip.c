#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "link.h"
#include "pane_status_text.h"
#include "pane_strip.h"
#include "pen.h"
#include "rtt.h"
#include "session.h"
#include "strip.h"
#include "units.h"
#include "visible.h"

#define SPARK_BARS 8 /* each echo moves all of them: few bytes, then */

/* Columns from which on it tells what is nice to know as well. */
#define WITH_MORE_FROM 100

#define LEAST_BESIDE_PEER 16 /* counts and a round trip: more than a name */

/* What is left out first comes last. */
enum rank {
	RANK_PLACE,
	RANK_FINISHED,
	RANK_DIFFER,
	RANK_WAITING,
	RANK_LINES,
	RANK_TRIP,
	RANK_UNANSWERED,
	RANK_SPARK,
	RANK_LOG,
	RANK_SINCE,
	RANK_RECONNECTS,
	RANK_PERCENTILES,
	RANK_BYTES,
	RANK_OWN,
	RANK_END
};

static int
columns_of(const char *text)
{
	return (int)visible_width(text, strlen(text));
}

/* A name too long for a strip that narrow is left out like anything else. */
static void
add_place(struct strip *strip, const struct link_status *status, int columns)
{
	bool fits = columns_of(status->peer) + LEAST_BESIDE_PEER <= columns;

	strip_add(strip, RANK_PLACE, SCREEN_STRONG, " %s",
	    fits ? status->peer : link_state_name(status->state));
}

static void
add_waiting(struct strip *strip, const struct screen *s,
    const struct session_counts *counts)
{
	size_t count = counts->waiting + counts->held;

	if (count > 0)
		strip_add(strip, RANK_WAITING, SCREEN_ALERT, " %s %zu waiting",
		    screen_glyph(s, "·", "-"), count);
}

static void
add_counts(struct strip *strip, const struct screen *s,
    const struct session_counts *counts)
{
	strip_add(strip, RANK_LINES, SCREEN_PLAIN, "  %llu%s %llu%s",
	    (unsigned long long)counts->lines_out, screen_glyph(s, "↑", " out"),
	    (unsigned long long)counts->lines_in, screen_glyph(s, "↓", " in"));
	if (counts->mismatched > 0)
		strip_add(strip, RANK_DIFFER, SCREEN_ALERT, "  %llu differ",
		    (unsigned long long)counts->mismatched);
	if (counts->unanswered > 0)
		strip_add(strip, RANK_UNANSWERED, SCREEN_ALERT,
		    "  %llu unanswered",
		    (unsigned long long)counts->unanswered);
	add_waiting(strip, s, counts);
}

static void
add_trip(struct strip *strip, const struct screen *s, const struct rtt *rtt)
{
	char last[16], spark[BARS_BYTES];

	if (rtt->count == 0)
		return;
	units_format_us(last, sizeof(last), rtt_last(rtt));
	strip_add(strip, RANK_TRIP, SCREEN_PLAIN, "  %s", last);
	strip_add(strip, RANK_SPARK, SCREEN_ACCENT, " %s",
	    rtt_bars(spark, rtt, SPARK_BARS, screen_is_utf8(s)));
}

static void
add_reconnects(struct strip *strip, const struct link_status *status)
{
	unsigned long long count = pane_status_reconnects(status);

	if (count > 0)
		strip_add(strip, RANK_RECONNECTS, SCREEN_DIM, "  %llu %s",
		    count, count == 1 ? "reconnect" : "reconnects");
}

/* For a screen that is wide, but too low for the pane at the side. */
static void
add_more(struct strip *strip, const struct screen *s,
    const struct link_status *status, const struct rtt *rtt)
{
	char a[16], b[16];

	if (rtt->count > 0)
		strip_add(strip, RANK_PERCENTILES, SCREEN_DIM,
		    "  p50 %s p99 %s",
		    units_format_us(a, sizeof(a), rtt_percentile(rtt, 500)),
		    units_format_us(b, sizeof(b), rtt_percentile(rtt, 990)));
	strip_add(strip, RANK_BYTES, SCREEN_DIM, "  %s%s %s%s",
	    units_format_bytes(a, sizeof(a), status->bytes_out),
	    screen_glyph(s, "↑", " out"),
	    units_format_bytes(b, sizeof(b), status->bytes_in),
	    screen_glyph(s, "↓", " in"));
	if (*status->own != '\0')
		strip_add(strip, RANK_OWN, SCREEN_DIM, "  own %s", status->own);
	if (*status->reason != '\0')
		strip_add(strip, RANK_END, SCREEN_DIM, "  last end: %s",
		    status->reason);
}

static void
make_up(struct strip *strip, const struct screen *s,
    const struct session *session, const char *log, int columns)
{
	const struct link_status *status = session_status(session);
	const struct rtt *rtt = session_rtt(session);
	char since[16];

	add_place(strip, status, columns);
	if (status->peer_finished)
		strip_add(
		    strip, RANK_FINISHED, SCREEN_ALERT, "  peer has finished");
	strip_add(strip, RANK_SINCE, SCREEN_DIM, " up since %s",
	    pane_status_since(since, sizeof(since), status));
	add_counts(strip, s, session_counts(session));
	add_trip(strip, s, rtt);
	add_reconnects(strip, status);
	if (columns >= WITH_MORE_FROM)
		add_more(strip, s, status, rtt);
	if (log != NULL)
		strip_add(strip, RANK_LOG, SCREEN_DIM, "  log");
}

/* A reason up to where it begins to tell whose, or what for. */
static void
reason_plain(char *buf, size_t size, const char *reason)
{
	static const char *const ends[] = {" by ", " from ", ": ", ", "};

	(void)snprintf(buf, size, "%s", reason);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *end = strstr(buf, ends[i]);

		if (end != NULL)
			*end = '\0';
	}
}

/* The longest way to tell why it is down, and until when, in these columns. */
static void
add_retry(struct strip *strip, const struct link_status *status, int columns)
{
	static const char subject[] = "connection ";
	unsigned seconds = pane_status_retry_s(status);
	char again[32], tries[32], plain[sizeof(status->reason)];
	const char *reasons[] = {status->reason, plain, plain, "down"};
	size_t i = 0;

	reason_plain(plain, sizeof(plain), status->reason);
	if (strncmp(plain, subject, strlen(subject)) == 0)
		reasons[2] += strlen(subject);
	(void)snprintf(again, sizeof(again), ", again in %u s", seconds);
	(void)snprintf(tries, sizeof(tries), " (try %u)", status->tries + 1);
	columns -= (int)strlen(again) + 1;
	while (i < 3 && columns_of(reasons[i]) > columns)
		i++;
	columns -= columns_of(reasons[i]);
	strip_add(strip, RANK_PLACE, SCREEN_STRONG, " %s", reasons[i]);
	strip_add(strip, RANK_PLACE, SCREEN_PLAIN, "%s%s", again,
	    (int)strlen(tries) <= columns ? tries : "");
}

static void
make_down(struct strip *strip, const struct screen *s,
    const struct session *session, const char *log, int columns)
{
	const struct link_status *status = session_status(session);
	struct strip waiting;

	strip_init(&waiting);
	add_waiting(&waiting, s, session_counts(session));
	if (waiting.count > 0)
		columns -= (int)waiting.fields[0].width;
	if (status->state == LINK_WAITING)
		add_retry(strip, status, columns);
	else {
		strip_add(strip, RANK_PLACE, SCREEN_STRONG, " %s",
		    link_state_name(status->state));
		strip_add(strip, RANK_TRIP, SCREEN_PLAIN, " %s", status->peer);
		if (*status->reason != '\0')
			strip_add(strip, RANK_END, SCREEN_DIM, "  last end: %s",
			    status->reason);
	}
	add_waiting(strip, s, session_counts(session));
	if (log != NULL)
		strip_add(strip, RANK_LOG, SCREEN_DIM, "  log");
}

void
pane_strip_draw(struct screen *s, const struct layout_pane *pane,
    const struct session *session, const char *log)
{
	const struct link_status *status = session_status(session);
	bool up = pane_status_is_up(status);
	struct strip strip;
	struct pen pen;
	int columns;

	pen_init(&pen, s, pane);
	pen.column++;
	pen_text(&pen, up ? SCREEN_ACCENT : SCREEN_ALERT,
	    pane_status_glyph(s, status));
	columns = pen_left(&pen);
	strip_init(&strip);
	if (up)
		make_up(&strip, s, session, log, columns);
	else
		make_down(&strip, s, session, log, columns);
	strip_fit(&strip, (unsigned)columns);
	for (size_t i = 0; i < strip.count; i++)
		if (strip.fields[i].shown)
			pen_text(&pen, (enum screen_style)strip.fields[i].style,
			    strip.fields[i].text);
}
