#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "layout.h"
#include "link.h"
#include "pane_status.h"
#include "rtt.h"
#include "screen.h"
#include "session.h"
#include "units.h"
#include "visible.h"
#include "wrap.h"

#define SPARK_MAX    24
#define SPARK_LEVELS 8u

#define WITH_SINCE_FROM 60 /* columns from which on a strip has the time */

/* A pen that writes down a pane, or along a strip. */
struct pen {
	struct screen *screen;
	const struct layout_pane *pane;
	int row, column;
};

static int
pen_left(const struct pen *pen)
{
	return pen->pane->column + pen->pane->columns - pen->column;
}

static bool
pen_fits(const struct pen *pen)
{
	return pen->row < pen->pane->row + pen->pane->rows;
}

/* Leaves so many columns, at least, to what comes behind it. */
static void
pen_text_cut(
    struct pen *pen, enum screen_style style, const char *text, int reserved)
{
	int max = pen_left(pen) - reserved;

	/* The peer's name and the reasons come from elsewhere. */
	if (pen_fits(pen) && max > 0)
		pen->column = screen_puts(
		    pen->screen, pen->row, pen->column, max, style, text);
}

static void
pen_text(struct pen *pen, enum screen_style style, const char *text)
{
	pen_text_cut(pen, style, text, 0);
}

static void __attribute__((format(printf, 3, 4)))
pen_printf(struct pen *pen, enum screen_style style, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pen_text(pen, style, text);
}

static void
pen_newline(struct pen *pen)
{
	pen->row++;
	pen->column = pen->pane->column + 1;
}

static void
pen_spark(struct pen *pen, const struct rtt *rtt, size_t width)
{
	static const char *const blocks[SPARK_LEVELS] = {
	    "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[SPARK_LEVELS] = {
	    "_", ".", ",", "-", "~", "=", "*", "#"};
	unsigned char heights[SPARK_MAX];
	size_t n = rtt_spark(
	    rtt, heights, width < SPARK_MAX ? width : SPARK_MAX, SPARK_LEVELS);

	for (size_t i = 0; i < n; i++)
		pen_text(pen, SCREEN_ACCENT,
		    screen_glyph(
			pen->screen, blocks[heights[i]], ascii[heights[i]]));
}

static bool
is_up(const struct link_status *status)
{
	return status->state == LINK_CONNECTED;
}

static const char *
state_glyph(const struct screen *s, const struct link_status *status)
{
	return is_up(status) ? screen_glyph(s, "●", "*")
			     : screen_glyph(s, "○", "o");
}

static unsigned
seconds_to_retry(const struct link_status *status)
{
	uint64_t now = clock_now_ms();

	if (status->retry_at_ms <= now)
		return 0;
	return (unsigned)((status->retry_at_ms - now + 999) / 1000);
}

static void
format_since(char *buf, size_t size, const struct link_status *status)
{
	uint64_t wall_ms =
	    clock_wall_ms() - (clock_now_ms() - status->since_ms);
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(buf, size, "%H:%M:%S", &tm);
}

static void
side_state(struct pen *pen, const struct link_status *status)
{
	char since[16];

	pen_text(pen, is_up(status) ? SCREEN_ACCENT : SCREEN_ALERT,
	    state_glyph(pen->screen, status));
	pen_printf(pen, SCREEN_STRONG, " %s", link_state_name(status->state));
	pen_newline(pen);
	if (status->state == LINK_WAITING)
		pen_printf(pen, SCREEN_PLAIN, "  again in %u s (try %u)",
		    seconds_to_retry(status), status->tries + 1);
	else {
		format_since(since, sizeof(since), status);
		pen_printf(pen, SCREEN_DIM, "  since %s", since);
	}
	pen_newline(pen);
}

static void
side_field(struct pen *pen, const char *name, const char *value)
{
	pen_printf(pen, SCREEN_DIM, "%-7s", name);
	pen_text(pen, SCREEN_PLAIN, value);
	pen_newline(pen);
}

/* A reason is a sentence: it takes as many rows as it needs, up to three. */
static void
side_reason(struct pen *pen, const char *reason)
{
	unsigned width = (unsigned)pen->pane->columns - 4;
	size_t len = strlen(reason), start = 0;

	for (int i = 0; i < 3 && start < len; i++) {
		struct wrap_row row;

		start = wrap_next(reason, len, start, width, &row);
		pen_printf(pen, SCREEN_DIM, "  %.*s", (int)row.len,
		    reason + row.start);
		pen_newline(pen);
	}
}

static void
side_round_trip(struct pen *pen, const struct rtt *rtt)
{
	char last[16], p50[16], p99[16];

	if (rtt->count == 0) {
		side_field(pen, "trip", "none yet");
		pen_newline(pen);
		pen_newline(pen);
		return;
	}
	units_format_us(last, sizeof(last), rtt_last(rtt));
	units_format_us(p50, sizeof(p50), rtt_percentile(rtt, 500));
	units_format_us(p99, sizeof(p99), rtt_percentile(rtt, 990));
	side_field(pen, "trip", last);
	pen_printf(pen, SCREEN_DIM, "p50 %s  p99 %s", p50, p99);
	pen_newline(pen);
	pen_spark(pen, rtt, SPARK_MAX);
	pen_newline(pen);
}

static void
side_count(struct pen *pen, const char *name, uint64_t lines, uint64_t bytes)
{
	char text[16];

	units_format_bytes(text, sizeof(text), bytes);
	pen_printf(pen, SCREEN_DIM, "%-7s", name);
	pen_printf(pen, SCREEN_PLAIN, "%llu %s  %s", (unsigned long long)lines,
	    lines == 1 ? "line" : "lines", text);
	pen_newline(pen);
}

static void
side_counts(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);
	const struct session_counts *counts = session_counts(session);

	side_count(pen, "sent", counts->lines_out, status->bytes_out);
	side_count(pen, "back", counts->lines_in, status->bytes_in);
	pen_printf(pen, SCREEN_DIM, "%-7s", "echo");
	pen_printf(pen, SCREEN_PLAIN, "%llu verified",
	    (unsigned long long)counts->verified);
	pen_newline(pen);
	if (counts->mismatched > 0) {
		pen_printf(pen, SCREEN_ALERT, "       %llu differ",
		    (unsigned long long)counts->mismatched);
		pen_newline(pen);
	}
	if (counts->waiting + counts->held > 0) {
		pen_printf(pen, SCREEN_ALERT, "       %zu waiting",
		    counts->waiting + counts->held);
		pen_newline(pen);
	}
}

static void
draw_side(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);
	char again[32];

	pen->column++;
	side_state(pen, status);
	side_field(pen, "peer", status->peer);
	side_field(pen, "own", *status->own != '\0' ? status->own : "-");
	snprintf(again, sizeof(again), "%llu",
	    (unsigned long long)(status->connects > 0 ? status->connects - 1
						      : 0));
	side_field(pen, "again", again);
	if (*status->reason != '\0') {
		pen_text(pen, SCREEN_DIM, "last end:");
		pen_newline(pen);
		side_reason(pen, status->reason);
	}
	pen_newline(pen);
	side_round_trip(pen, session_rtt(session));
	pen_newline(pen);
	side_counts(pen, session);
}

/* The lines that wait, as the strip tells of them: "" where none does. */
static void
format_waiting(char *buf, size_t size, const struct screen *s,
    const struct session *session)
{
	const struct session_counts *counts = session_counts(session);
	size_t count = counts->waiting + counts->held;

	*buf = '\0';
	if (count > 0)
		snprintf(buf, size, " %s %zu waiting",
		    screen_glyph(s, "·", "-"), count);
}

static void
strip_up(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);
	const struct session_counts *counts = session_counts(session);
	const struct rtt *rtt = session_rtt(session);
	char text[16], waiting[48];

	pen_printf(pen, SCREEN_STRONG, " %s", status->peer);
	if (pen->pane->columns >= WITH_SINCE_FROM) {
		format_since(text, sizeof(text), status);
		pen_printf(pen, SCREEN_DIM, " up since %s", text);
	}
	pen_printf(pen, SCREEN_PLAIN, "  %llu%s %llu%s",
	    (unsigned long long)counts->lines_out,
	    screen_glyph(pen->screen, "↑", " out"),
	    (unsigned long long)counts->lines_in,
	    screen_glyph(pen->screen, "↓", " in"));
	if (counts->mismatched > 0)
		pen_printf(pen, SCREEN_ALERT, "  %llu differ",
		    (unsigned long long)counts->mismatched);
	format_waiting(waiting, sizeof(waiting), pen->screen, session);
	pen_text(pen, SCREEN_ALERT, waiting);
	if (rtt->count == 0)
		return;
	units_format_us(text, sizeof(text), rtt_last(rtt));
	pen_printf(pen, SCREEN_PLAIN, "  %s ", text);
	if (pen_left(pen) > 2)
		pen_spark(pen, rtt, (size_t)pen_left(pen) - 1);
}

static void
strip_down(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);
	char again[64], waiting[48];
	int reserved;

	format_waiting(waiting, sizeof(waiting), pen->screen, session);
	reserved = (int)visible_width(waiting, strlen(waiting));
	pen_text(pen, SCREEN_STRONG, " ");
	if (status->state == LINK_WAITING) {
		snprintf(again, sizeof(again), ", again in %u s (try %u)",
		    seconds_to_retry(status), status->tries + 1);
		pen_text_cut(pen, SCREEN_STRONG, status->reason,
		    reserved + (int)strlen(again));
		pen_text(pen, SCREEN_PLAIN, again);
	} else {
		pen_text(pen, SCREEN_STRONG, link_state_name(status->state));
		pen_text(pen, SCREEN_PLAIN, " ");
		pen_text_cut(pen, SCREEN_PLAIN, status->peer, reserved);
	}
	pen_text(pen, SCREEN_ALERT, waiting);
}

static void
draw_strip(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);

	pen->column++;
	pen_text(pen, is_up(status) ? SCREEN_ACCENT : SCREEN_ALERT,
	    state_glyph(pen->screen, status));
	if (is_up(status))
		strip_up(pen, session);
	else
		strip_down(pen, session);
}

void
pane_status_draw(struct screen *s, const struct layout_pane *pane, bool side,
    const struct session *session)
{
	struct pen pen = {s, pane, pane->row, pane->column};

	if (side)
		draw_side(&pen, session);
	else
		draw_strip(&pen, session);
}
