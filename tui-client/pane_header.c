#include <inttypes.h>
#include <string.h>

#include "layout.h"
#include "link.h"
#include "pane_header.h"
#include "pane_status_text.h"
#include "pen.h"
#include "strip.h"
#include "summary.h"
#include "units.h"
#include "visible.h"

#define SPARK_BARS   12
#define REASON_LEAST 12 /* columns: fewer say nothing */

/* What is left out first comes last. */
enum rank {
	RANK_PLACE,
	RANK_REASON,
	RANK_STATE,
	RANK_CLIENTS,
	RANK_MESSAGES,
	RANK_BYTES,
	RANK_REFUSED,
	RANK_UPTIME,
	RANK_DATA,
	RANK_MESSAGES_SPARK,
	RANK_BYTES_SPARK,
	RANK_KEY
};

/* Its name, without the folders where those do not fit. */
static const char *
name_of(const char *path, int columns)
{
	const char *slash = strrchr(path, '/');

	if ((int)visible_width(path, strlen(path)) <= columns ||
	    slash == NULL || slash[1] == '\0')
		return path;
	return slash + 1;
}

/* In as many columns from the beginning as at the end. */
static void
add_spark(struct strip *strip, const struct screen *s, unsigned rank,
    const struct series *series)
{
	char bars[BARS_BYTES];
	int width;

	(void)series_bars(series, bars, SPARK_BARS, screen_is_utf8(s));
	width = (int)visible_width(bars, strlen(bars));
	strip_add(
	    strip, rank, SCREEN_ACCENT, " %*s%s", SPARK_BARS - width, "", bars);
}

/* Numbers have their places: what is behind them does not move. */
static void
make_up(struct strip *strip, const struct screen *s, const struct summary *sum)
{
	char text[24];

	strip_add(strip, RANK_PLACE, SCREEN_STRONG, " yodeld %s", sum->addr);
	strip_add(strip, RANK_UPTIME, SCREEN_DIM, "  up %s",
	    units_format_age(text, sizeof(text), sum->uptime_ms));
	strip_add(strip, RANK_CLIENTS, SCREEN_PLAIN, "  %" PRIu64 " %s",
	    sum->open, sum->open == 1 ? "client" : "clients");
	strip_add(strip, RANK_MESSAGES, SCREEN_PLAIN, "  %6s msg/s",
	    units_format_count(text, sizeof(text), sum->messages));
	add_spark(strip, s, RANK_MESSAGES_SPARK, &sum->messages_minute);
	strip_add(strip, RANK_BYTES, SCREEN_PLAIN, "  %8s/s",
	    units_format_bytes(text, sizeof(text), sum->bytes));
	add_spark(strip, s, RANK_BYTES_SPARK, &sum->bytes_minute);
	if (sum->log_data)
		strip_add(strip, RANK_DATA, SCREEN_DIM, "  data on");
	strip_add(strip, RANK_REFUSED,
	    sum->refused > 0 ? SCREEN_STRONG : SCREEN_DIM, "  refused %" PRIu64,
	    sum->refused);
}

/* What is not there; answered: there was a yodeld before. */
static const char *
absent(const struct link_status *status, bool answered)
{
	if (answered)
		return "the server is gone";
	return status->connects > 0 ? "no yodeld there" : "no server there";
}

/* Of words, other than of numbers, a part is better than nothing. */
static void
add_reason(struct strip *strip, const char *reason, int columns)
{
	char text[200];

	if (*reason == '\0' || columns < REASON_LEAST)
		return;
	(void)visible_text(
	    text, sizeof(text), reason, strlen(reason), (size_t)columns, 0);
	strip_add(strip, RANK_REASON, SCREEN_DIM, "  %s", text);
}

static void
make_down(struct strip *strip, const struct link_status *status, bool answered,
    int columns)
{
	bool waits = status->state == LINK_WAITING;

	if (waits)
		strip_add(strip, RANK_PLACE, SCREEN_STRONG,
		    " %s, again in %u s", absent(status, answered),
		    pane_status_retry_s(status));
	else
		strip_add(strip, RANK_PLACE, SCREEN_STRONG, " %s%s",
		    link_state_name(status->state),
		    pane_status_is_up(status) ? ", no answer yet" : "");
	if (waits || status->state == LINK_CLOSED)
		strip_add(strip, RANK_KEY, SCREEN_DIM, " (Enter: now)");
	add_reason(
	    strip, status->reason, columns - (int)strip->fields[0].width - 2);
	strip_add(strip, RANK_STATE, SCREEN_DIM, "  %s",
	    name_of(status->peer, columns / 2));
}

static void
draw_strip(struct pen *pen, struct strip *strip)
{
	strip_fit(strip, (unsigned)pen_left(pen));
	for (size_t i = 0; i < strip->count; i++)
		if (strip->fields[i].shown)
			pen_text(pen, (enum screen_style)strip->fields[i].style,
			    strip->fields[i].text);
}

void
pane_header_draw(struct screen *s, const struct layout_pane *pane,
    const struct link_status *status, bool ready, const struct summary *sum)
{
	struct strip strip;
	struct pen pen;

	pen_init(&pen, s, pane);
	pen.column++;
	pen_text(&pen, ready ? SCREEN_ACCENT : SCREEN_ALERT,
	    ready ? screen_glyph(s, "●", "*") : screen_glyph(s, "○", "o"));
	strip_init(&strip);
	if (ready && sum->known)
		make_up(&strip, s, sum);
	else
		make_down(&strip, status, sum->known, pen_left(&pen));
	draw_strip(&pen, &strip);
}

void
pane_header_draw_file(struct screen *s, const struct layout_pane *pane,
    const char *path, uint64_t bytes, const char *status)
{
	const char *place = name_of(path, pane->columns / 2);
	struct strip strip;
	struct pen pen;
	char name[256], text[24];

	/* Some of a name is better than none of it. */
	(void)visible_text(name, sizeof(name), place, strlen(place),
	    (size_t)pane->columns - 1, 0);
	pen_init(&pen, s, pane);
	strip_init(&strip);
	strip_add(&strip, RANK_PLACE, SCREEN_STRONG, " %s", name);
	strip_add(&strip, RANK_CLIENTS, SCREEN_DIM, "  %s",
	    units_format_bytes(text, sizeof(text), bytes));
	if (*status != '\0')
		strip_add(&strip, RANK_STATE, SCREEN_ALERT, "  %s", status);
	draw_strip(&pen, &strip);
}
