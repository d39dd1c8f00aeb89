#include <inttypes.h>
#include <stdio.h>

#include "keys.h"
#include "link.h"
#include "logview.h"
#include "roster.h"
#include "screen.h"
#include "watch_impl.h"

#define CONTROL(letter) ((letter) - '@')
#define ANY		0 /* any row of the mouse, or a key without a ch */

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

/* A connection that stands is let stand. */
static void
key_connect(struct watch *w, const struct key *key)
{
	enum link_state state = feed_status(w->feed)->state;

	(void)key;
	if (state == LINK_WAITING || state == LINK_CLOSED)
		feed_reconnect(w->feed);
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

/* When a key does what it does. */
enum {
	WITH_TABLE = 1, /* it is of no use without one */
	IN_PAGE = 2,	/* in the help page as well; all others close that */
	IN_ALL = 4	/* whatever is open: a question, the filter */
};

struct watch_key {
	enum keys_code code;
	uint32_t ch;
	unsigned mods; /* KEYS_ALT, or 0 */
	unsigned when; /* of the above */
	void (*take)(struct watch *, const struct key *);
	const char *names, *help; /* for the page; NULL: the row above has it */
	struct watch_hint hint;
};

static const struct watch_key keys[] = {
    {KEYS_F, 1, 0, 0, key_help, "F1, ?", "this page",
	{"F1 help", NULL, 1, false}},
    {KEYS_CHAR, '?', 0, 0, key_help, NULL, NULL, {0}},
    {KEYS_UP, ANY, 0, IN_PAGE, watch_up, "up, down",
	"select a client; in a file scroll",
	{"↑↓ select", "up down select", 5, true}},
    {KEYS_DOWN, ANY, 0, IN_PAGE, watch_down, NULL, NULL, {0}},
    {KEYS_CHAR, 'k', 0, WITH_TABLE, key_kick, "k",
	"kick the selected one; asks", {"k kick", NULL, 6, true}},
    {KEYS_CHAR, 's', 0, WITH_TABLE, key_sort, "s", "sort by the next column",
	{"s sort", NULL, 7, true}},
    {KEYS_CHAR, 'r', 0, WITH_TABLE, key_reverse, "r",
	"sort the other way round", {0}},
    {KEYS_CHAR, 'd', 0, WITH_TABLE, key_data, "d", "data events on, off", {0}},
    {KEYS_CHAR, CONTROL('M'), 0, WITH_TABLE, key_connect, "Enter",
	"(no server) try at once", {0}},
    {KEYS_CHAR, CONTROL('J'), 0, WITH_TABLE, key_connect, NULL, NULL, {0}},
    {KEYS_PAGE_UP, ANY, 0, IN_PAGE, watch_page_up, "PgUp PgDn, wheel",
	"scroll the log", {0}},
    {KEYS_PAGE_DOWN, ANY, 0, IN_PAGE, watch_page_down, NULL, NULL, {0}},
    {KEYS_MOUSE_UP, ANY, 0, IN_ALL, watch_wheel, NULL, NULL, {0}},
    {KEYS_MOUSE_DOWN, ANY, 0, IN_ALL, watch_wheel, NULL, NULL, {0}},
    {KEYS_HOME, ANY, 0, IN_PAGE, watch_to_start, "Home End, M-< M->",
	"its beginning, its end", {0}},
    {KEYS_END, ANY, 0, IN_PAGE, watch_to_end, NULL, NULL, {0}},
    {KEYS_CHAR, '<', KEYS_ALT, IN_PAGE, watch_to_start, NULL, NULL, {0}},
    {KEYS_CHAR, '>', KEYS_ALT, IN_PAGE, watch_to_end, NULL, NULL, {0}},
    {KEYS_CHAR, '/', 0, 0, key_filter, "/", "filter the log",
	{"/ filter", NULL, 2, false}},
    {KEYS_ESCAPE, ANY, 0, 0, key_escape, "Esc",
	"drop the filter, or the selection", {0}},
    {KEYS_CHAR, 'e', 0, 0, key_error, "e E",
	"the next, previous warning, error", {"e next error", NULL, 4, false}},
    {KEYS_CHAR, 'E', 0, 0, key_error, NULL, NULL, {0}},
    {KEYS_CHAR, ' ', 0, 0, watch_pause, "Space", "stand still; go on",
	{"Space pause", NULL, 3, false}},
    {KEYS_CHAR, 'w', 0, 0, key_wrap, "w", "wrap long lines, or cut them",
	{"w wrap", NULL, 8, false}},
    {KEYS_CHAR, CONTROL('L'), 0, IN_ALL, key_repaint, "^L",
	"paint the screen again", {0}},
    {KEYS_CHAR, CONTROL('Z'), 0, IN_ALL, key_suspend, "^Z", "suspend", {0}},
    {KEYS_CHAR, 'q', 0, 0, key_quit, "q, ^C, ^D", "quit",
	{"q quit", NULL, 0, false}},
    {KEYS_CHAR, CONTROL('C'), 0, 0, key_quit, NULL, NULL, {0}},
    {KEYS_CHAR, CONTROL('D'), 0, 0, key_quit, NULL, NULL, {0}},
    {KEYS_FOCUS, ANY, 0, IN_ALL, key_nothing, NULL, NULL, {0}},
    {KEYS_UNKNOWN, ANY, 0, IN_ALL, key_nothing, NULL, NULL, {0}},
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
		    !((k->when & WITH_TABLE) && w->feed == NULL))
			return k;
	}
	return NULL;
}

/* Whatever is pressed, only y is a yes, to a question that is seen. */
static void
answer(struct watch *w, const struct key *key)
{
	struct watch_layout l;

	watch_layout(w, &l);
	w->asks = false;
	if (key->code != KEYS_CHAR || key->mods != 0 || key->ch != 'y' ||
	    l.too_small)
		watch_say(w, false, "nobody was kicked");
	else if (feed_ask(w->feed, FEED_KICK, w->victim) == -1)
		watch_say(w, true, "the server is not there");
}

void
watch_take(struct watch *w, const struct key *key)
{
	const struct watch_key *k = find(w, key);

	if (k == NULL || k->take != key_nothing)
		*w->notice = '\0';
	if (k != NULL && (k->when & IN_ALL))
		k->take(w, key);
	else if (w->asks)
		answer(w, key);
	else if (w->filtering)
		watch_filter_take(w, key);
	else if (w->help && (k == NULL || !(k->when & IN_PAGE)))
		w->help = false;
	else if (k != NULL)
		k->take(w, key);
	else
		screen_bell(w->stage.screen);
}
