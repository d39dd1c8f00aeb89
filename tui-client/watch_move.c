#include "keys.h"
#include "logview.h"
#include "roster.h"
#include "watch_impl.h"

#define WHEEL_ROWS 3
#define HELP_END   (1 << 16) /* rows: beyond any page; drawing knows its end */

static void
to_end(struct watch *w)
{
	w->paused = false;
	logview_to_end(w->log);
}

static void
scroll(struct watch *w, long rows)
{
	struct logview_status status;

	if (w->help) {
		w->help_from += (int)rows;
		if (w->help_from < 0)
			w->help_from = 0;
		return;
	}
	logview_scroll(w->log, rows);
	logview_status(w->log, &status);
	w->paused = w->paused && !status.following;
}

/* A page, less a row that stays in sight. */
static void
turn(struct watch *w, int pages)
{
	struct watch_layout l;
	int rows;

	watch_layout(w, &l);
	rows = w->help ? l.keys.row - 1 : l.log.rows;
	scroll(w, (long)pages * (rows > 1 ? rows - 1 : 1));
}

/* Of a file there is no table: then it is the log that moves. */
static void
move(struct watch *w, long rows)
{
	if (w->feed == NULL || w->help) {
		scroll(w, rows);
		return;
	}
	roster_select(w->roster, rows);
	w->follow = true;
}

void
watch_up(struct watch *w, const struct key *key)
{
	(void)key;
	move(w, -1);
}

void
watch_down(struct watch *w, const struct key *key)
{
	(void)key;
	move(w, 1);
}

void
watch_page_up(struct watch *w, const struct key *key)
{
	(void)key;
	turn(w, -1);
}

void
watch_page_down(struct watch *w, const struct key *key)
{
	(void)key;
	turn(w, 1);
}

/* Over the table it moves that, and the selection stays where it is. */
void
watch_wheel(struct watch *w, const struct key *key)
{
	long rows = key->code == KEYS_MOUSE_UP ? -WHEEL_ROWS : WHEEL_ROWS;
	int row = (int)key->ch - 1;
	struct watch_layout l;

	watch_layout(w, &l);
	if (w->help || row < l.table.row || row >= l.table.row + l.table.rows) {
		scroll(w, rows);
		return;
	}
	w->follow = false;
	if (rows > 0)
		w->table_from += WHEEL_ROWS;
	else
		w->table_from -=
		    w->table_from < WHEEL_ROWS ? w->table_from : WHEEL_ROWS;
}

void
watch_to_start(struct watch *w, const struct key *key)
{
	(void)key;
	if (w->help)
		w->help_from = 0;
	else
		logview_to_start(w->log);
}

void
watch_to_end(struct watch *w, const struct key *key)
{
	(void)key;
	if (w->help)
		w->help_from = HELP_END;
	else
		to_end(w);
}

void
watch_pause(struct watch *w, const struct key *key)
{
	struct logview_status status;

	(void)key;
	logview_status(w->log, &status);
	if (!status.following) {
		to_end(w);
		return;
	}
	logview_pause(w->log);
	w->paused = true;
}
