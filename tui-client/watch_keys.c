#include <inttypes.h>
#include <stdio.h>

#include "keys.h"
#include "logview.h"
#include "roster.h"
#include "screen.h"
#include "watch_impl.h"

#define CONTROL(letter) ((letter) - '@')
#define WHEEL_ROWS	3
#define ANY		0 /* any row of the mouse, or a key without a ch */
#define HELP_END	(1 << 16) /* rows: beyond any page; drawing knows its end */

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

static void
key_up(struct watch *w, const struct key *key)
{
	(void)key;
	move(w, -1);
}

static void
key_down(struct watch *w, const struct key *key)
{
	(void)key;
	move(w, 1);
}

static void
key_page_up(struct watch *w, const struct key *key)
{
	(void)key;
	turn(w, -1);
}

static void
key_page_down(struct watch *w, const struct key *key)
{
	(void)key;
	turn(w, 1);
}

/* Over the table it moves that, and the selection stays where it is. */
static void
key_wheel(struct watch *w, const struct key *key)
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

static void
key_start(struct watch *w, const struct key *key)
{
	(void)key;
	if (w->help)
		w->help_from = 0;
	else
		logview_to_start(w->log);
}

static void
key_end(struct watch *w, const struct key *key)
{
	(void)key;
	if (w->help)
		w->help_from = HELP_END;
	else
		to_end(w);
}

static void
key_pause(struct watch *w, const struct key *key)
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

static void
key_filter(struct watch *w, const struct key *key)
{
	(void)key;
	watch_filter_open(w);
}

static void
key_error(struct watch *w, const struct key *key)
{
	logview_seek(w->log, key->ch == 'E');
}

static void
key_wrap(struct watch *w, const struct key *key)
{
	(void)key;
	logview_set_wrap(w->log, !logview_wraps(w->log));
}

/* Numbers begin with the largest, names with the first. */
static void
key_sort(struct watch *w, const struct key *key)
{
	enum roster_column next = (enum roster_column)(
	    (roster_column(w->roster) + 1) % ROSTER_COLUMNS);

	(void)key;
	roster_sort(w->roster, next, next != ROSTER_ID && next != ROSTER_PEER);
}

static void
key_reverse(struct watch *w, const struct key *key)
{
	(void)key;
	roster_sort(
	    w->roster, roster_column(w->roster), !roster_descends(w->roster));
}

static void
key_kick(struct watch *w, const struct key *key)
{
	const struct roster_row *row;
	size_t n;

	(void)key;
	row = roster_selected(w->roster, &n);
	if (row == NULL) {
		watch_say(w, false, "the arrows select whom");
		return;
	}
	if (row->nameless) {
		watch_say(w, true, "no number to kick it by");
		return;
	}
	w->victim = row->id;
	w->asks = true;
}

static void
key_data(struct watch *w, const struct key *key)
{
	(void)key;
	if (feed_ask(w->feed,
		w->summary.log_data ? FEED_DATA_OFF : FEED_DATA_ON, 0) == -1)
		watch_say(w, true, "the server is not there");
}

static void
key_escape(struct watch *w, const struct key *key)
{
	(void)key;
	if (w->filter.len > 0)
		watch_filter_drop(w);
	else if (w->roster != NULL)
		roster_select_none(w->roster);
}

static void
key_help(struct watch *w, const struct key *key)
{
	(void)key;
	w->help = true;
	w->help_from = 0;
}

static void
key_repaint(struct watch *w, const struct key *key)
{
	(void)key;
	screen_repaint(w->stage.screen);
}

static void
key_suspend(struct watch *w, const struct key *key)
{
	(void)key;
	stage_suspend(&w->stage);
}

static void
key_quit(struct watch *w, const struct key *key)
{
	(void)key;
	w->stage.quit = true;
}

static void
key_nothing(struct watch *w, const struct key *key)
{
	(void)w;
	(void)key;
}

struct watch_key {
	enum keys_code code;
	uint32_t ch;
	unsigned mods; /* KEYS_ALT, or 0 */
	bool table;    /* of no use without one */
	void (*take)(struct watch *, const struct key *);
	const char *names, *help; /* for the page; NULL: the row above has it */
	struct watch_hint hint;
};

static const struct watch_key keys[] = {
    {KEYS_F, 1, 0, false, key_help, "F1, ?", "this page",
	{"F1 help", NULL, 1, false}},
    {KEYS_CHAR, '?', 0, false, key_help, NULL, NULL, {0}},
    {KEYS_UP, ANY, 0, false, key_up, "up, down",
	"select a client; in a file scroll",
	{"↑↓ select", "up down select", 5, true}},
    {KEYS_DOWN, ANY, 0, false, key_down, NULL, NULL, {0}},
    {KEYS_CHAR, 'k', 0, true, key_kick, "k", "kick the selected one; asks",
	{"k kick", NULL, 6, true}},
    {KEYS_CHAR, 's', 0, true, key_sort, "s", "sort by the next column",
	{"s sort", NULL, 7, true}},
    {KEYS_CHAR, 'r', 0, true, key_reverse, "r", "sort the other way round",
	{0}},
    {KEYS_CHAR, 'd', 0, true, key_data, "d", "data events on, off", {0}},
    {KEYS_PAGE_UP, ANY, 0, false, key_page_up, "PgUp PgDn, wheel",
	"scroll the log", {0}},
    {KEYS_PAGE_DOWN, ANY, 0, false, key_page_down, NULL, NULL, {0}},
    {KEYS_MOUSE_UP, ANY, 0, false, key_wheel, NULL, NULL, {0}},
    {KEYS_MOUSE_DOWN, ANY, 0, false, key_wheel, NULL, NULL, {0}},
    {KEYS_HOME, ANY, 0, false, key_start, "Home End, M-< M->",
	"its beginning, its end", {0}},
    {KEYS_END, ANY, 0, false, key_end, NULL, NULL, {0}},
    {KEYS_CHAR, '<', KEYS_ALT, false, key_start, NULL, NULL, {0}},
    {KEYS_CHAR, '>', KEYS_ALT, false, key_end, NULL, NULL, {0}},
    {KEYS_CHAR, '/', 0, false, key_filter, "/", "filter the log",
	{"/ filter", NULL, 2, false}},
    {KEYS_ESCAPE, ANY, 0, false, key_escape, "Esc",
	"drop the filter, or the selection", {0}},
    {KEYS_CHAR, 'e', 0, false, key_error, "e E",
	"the next, previous warning, error", {"e next error", NULL, 4, false}},
    {KEYS_CHAR, 'E', 0, false, key_error, NULL, NULL, {0}},
    {KEYS_CHAR, ' ', 0, false, key_pause, "Space", "stand still; go on",
	{"Space pause", NULL, 3, false}},
    {KEYS_CHAR, 'w', 0, false, key_wrap, "w", "wrap long lines, or cut them",
	{"w wrap", NULL, 8, false}},
    {KEYS_CHAR, CONTROL('L'), 0, false, key_repaint, "^L",
	"paint the screen again", {0}},
    {KEYS_CHAR, CONTROL('Z'), 0, false, key_suspend, "^Z", "suspend", {0}},
    {KEYS_CHAR, 'q', 0, false, key_quit, "q, ^C, ^D", "quit",
	{"q quit", NULL, 0, false}},
    {KEYS_CHAR, CONTROL('C'), 0, false, key_quit, NULL, NULL, {0}},
    {KEYS_CHAR, CONTROL('D'), 0, false, key_quit, NULL, NULL, {0}},
    {KEYS_FOCUS, ANY, 0, false, key_nothing, NULL, NULL, {0}},
    {KEYS_UNKNOWN, ANY, 0, false, key_nothing, NULL, NULL, {0}},
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

const struct watch_hint *
watch_hint(size_t nth)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].hint.text != NULL && nth-- == 0)
			return &keys[i].hint;
	return NULL;
}

size_t
watch_page_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < KEYS; i++)
		count += keys[i].names != NULL;
	return count;
}

struct page_line
watch_page_line(size_t nth)
{
	struct page_line line = {.text = ""};

	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].names != NULL && nth-- == 0) {
			(void)snprintf(
			    line.name, sizeof(line.name), "%s", keys[i].names);
			line.text = keys[i].help;
			break;
		}
	return line;
}

static const struct watch_key *
find(const struct watch *w, const struct key *key)
{
	for (size_t i = 0; i < KEYS; i++) {
		const struct watch_key *k = &keys[i];
		bool character = k->code == KEYS_CHAR || k->code == KEYS_F;

		if (k->code == key->code &&
		    (!character ||
			(k->ch == key->ch &&
			    k->mods == (key->mods & KEYS_ALT))) &&
		    !(k->table && w->feed == NULL))
			return k;
	}
	return NULL;
}

/* Whatever is pressed, only y is a yes. */
static void
answer(struct watch *w, const struct key *key)
{
	w->asks = false;
	if (key->code != KEYS_CHAR || key->mods != 0 || key->ch != 'y')
		watch_say(w, false, "nobody was kicked");
	else if (feed_ask(w->feed, FEED_KICK, w->victim) == -1)
		watch_say(w, true, "the server is not there");
}

/* What it does is right whatever is open. */
static bool
is_for_all(const struct watch_key *k)
{
	return k->take == key_suspend || k->take == key_repaint ||
	    k->take == key_wheel || k->take == key_nothing;
}

/* With the help page open these move it; all others close it. */
static bool
turns_page(const struct watch_key *k)
{
	return k->take == key_up || k->take == key_down ||
	    k->take == key_page_up || k->take == key_page_down ||
	    k->take == key_start || k->take == key_end;
}

void
watch_take(struct watch *w, const struct key *key)
{
	const struct watch_key *k = find(w, key);

	if (k == NULL || k->take != key_nothing)
		*w->notice = '\0';
	if (k != NULL && is_for_all(k))
		k->take(w, key);
	else if (w->asks)
		answer(w, key);
	else if (w->filtering)
		watch_filter_take(w, key);
	else if (w->help && (k == NULL || !turns_page(k)))
		w->help = false;
	else if (k != NULL)
		k->take(w, key);
	else
		screen_bell(w->stage.screen);
}
