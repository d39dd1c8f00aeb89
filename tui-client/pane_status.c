#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "link.h"
#include "pane_status.h"
#include "pane_status_text.h"
#include "pane_strip.h"
#include "pen.h"
#include "rtt.h"
#include "session.h"
#include "units.h"

#define LOOSE_FROM 20 /* rows from which on there are empty ones between */

static void
draw_gap(struct pen *pen)
{
	if (pen->pane->rows >= LOOSE_FROM)
		pen_newline(pen);
}

static void
draw_state(struct pen *pen, const struct link_status *status)
{
	char since[16];

	pen_text(pen, pane_status_is_up(status) ? SCREEN_ACCENT : SCREEN_ALERT,
	    pane_status_glyph(pen->screen, status));
	pen_printf(pen, SCREEN_STRONG, " %s", link_state_name(status->state));
	pen_newline(pen);
	if (status->state == LINK_WAITING)
		pen_printf(pen, SCREEN_PLAIN, "  again in %u s (try %u)",
		    pane_status_retry_s(status), status->tries + 1);
	else
		pen_printf(pen, SCREEN_DIM, "  %ssince %s",
		    pane_status_is_up(status) ? "up " : "",
		    pane_status_since(since, sizeof(since), status));
	pen_newline(pen);
	if (pane_status_is_up(status) && status->peer_finished) {
		pen_text(pen, SCREEN_ALERT, "  peer has finished");
		pen_newline(pen);
	}
}

/* A long name takes a second row. */
static void
draw_field(struct pen *pen, const char *name, const char *value)
{
	pen_printf(pen, SCREEN_DIM, "%-6s ", name);
	pen_wrapped(pen, SCREEN_PLAIN, value, 2);
	pen_newline(pen);
}

static void
draw_place(struct pen *pen, const struct link_status *status)
{
	char count[24];

	draw_field(pen, "peer", status->peer);
	draw_field(pen, "own", *status->own != '\0' ? status->own : "-");
	(void)snprintf(
	    count, sizeof(count), "%llu", pane_status_reconnects(status));
	draw_field(pen, "reconnects", count);
	if (*status->reason == '\0')
		return;
	pen_text(pen, SCREEN_DIM, "last end:");
	pen_newline(pen);
	pen->column += 2;
	/* It is a sentence. */
	pen_wrapped(pen, SCREEN_DIM, status->reason, 3);
	pen_newline(pen);
}

static void
draw_round_trip(struct pen *pen, const struct rtt *rtt)
{
	char last[16], p50[16], p99[16], spark[BARS_BYTES];

	if (rtt->count == 0) {
		draw_field(pen, "round trip", "none yet");
		return;
	}
	units_format_us(last, sizeof(last), rtt_last(rtt));
	units_format_us(p50, sizeof(p50), rtt_percentile(rtt, 500));
	units_format_us(p99, sizeof(p99), rtt_percentile(rtt, 990));
	draw_field(pen, "round trip", last);
	pen_printf(pen, SCREEN_DIM, "p50 %s  p99 %s", p50, p99);
	pen_newline(pen);
	pen_text(pen, SCREEN_ACCENT,
	    rtt_bars(spark, rtt, BARS_MAX, screen_is_utf8(pen->screen)));
	pen_newline(pen);
}

static void
draw_traffic(struct pen *pen, const char *name, uint64_t lines, uint64_t bytes)
{
	char size[16], text[64];

	(void)snprintf(text, sizeof(text), "%llu %s  %s",
	    (unsigned long long)lines, lines == 1 ? "line" : "lines",
	    units_format_bytes(size, sizeof(size), bytes));
	draw_field(pen, name, text);
}

/* What is not as it should be has a row only where there is any. */
static void
draw_trouble(struct pen *pen, uint64_t count, const char *what)
{
	if (count == 0)
		return;
	pen_printf(pen, SCREEN_ALERT, "       %llu %s",
	    (unsigned long long)count, what);
	pen_newline(pen);
}

static void
draw_counts(struct pen *pen, const struct session *session)
{
	const struct link_status *status = session_status(session);
	const struct session_counts *counts = session_counts(session);
	char verified[48];

	draw_traffic(pen, "sent", counts->lines_out, status->bytes_out);
	draw_traffic(pen, "back", counts->lines_in, status->bytes_in);
	(void)snprintf(verified, sizeof(verified), "%llu verified",
	    (unsigned long long)counts->verified);
	draw_field(pen, "echo", verified);
	draw_trouble(pen, counts->mismatched, "differ");
	draw_trouble(pen, counts->unanswered, "unanswered");
	draw_trouble(pen, counts->waiting + counts->held, "waiting");
}

/* The name says more than the folders before it. */
static void
draw_log(struct pen *pen, const char *path)
{
	const char *name = strrchr(path, '/');

	draw_field(
	    pen, "log", name != NULL && name[1] != '\0' ? name + 1 : path);
}

static void
draw_side(struct pen *pen, const struct session *session, const char *log)
{
	pen->column++;
	draw_state(pen, session_status(session));
	draw_place(pen, session_status(session));
	draw_gap(pen);
	draw_round_trip(pen, session_rtt(session));
	draw_gap(pen);
	draw_counts(pen, session);
	if (log != NULL)
		draw_log(pen, log);
}

void
pane_status_draw(struct screen *s, const struct layout_pane *pane, bool side,
    const struct session *session, const char *log)
{
	struct pen pen;

	if (!side) {
		pane_strip_draw(s, pane, session, log);
		return;
	}
	pen_init(&pen, s, pane);
	draw_side(&pen, session, log);
}
