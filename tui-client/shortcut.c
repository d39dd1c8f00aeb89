#include <errno.h>
#include <string.h>

#include "editor.h"
#include "finder.h"
#include "frame.h"
#include "keys.h"
#include "paster.h"
#include "screen.h"
#include "session.h"
#include "shortcut.h"
#include "view.h"

#define WHEEL_ROWS 3

/* True where the finder is open and the key is its. */
static bool
shortcut_find(struct shortcut *s, const struct key *key)
{
	struct finder *finder = s->frame->finder;

	return finder_is_open(finder) && finder_take(finder, key);
}

/* ^C: lets a paste go, a search, or the line; twice in a row it quits. */
static bool
shortcut_interrupt(struct shortcut *s, struct key *key)
{
	bool again = s->interrupted;

	s->interrupted = false;
	if (paster_stop(s->paster) || shortcut_find(s, key))
		return true;
	if (again) {
		s->quit(s->arg);
		return true;
	}
	s->interrupted = true;
	editor_drop_line(s->editor);
	key->code = KEYS_UNKNOWN;
	return false;
}

/* False where the line can't take it: then that was said. */
static bool
shortcut_insert(struct shortcut *s, const char *text, size_t len)
{
	if (editor_insert(s->editor, text, len) == 0)
		return true;
	screen_bell(s->frame->screen);
	if (errno == ENOBUFS)
		session_notice(s->frame->session,
		    "paste: a line takes at most %d characters",
		    EDITOR_LINE_MAX);
	else
		session_notice(s->frame->session, "paste: %s", strerror(errno));
	return false;
}

/* A paste of one line is typed text, or a pattern; more are asked about. */
static bool
shortcut_paste(struct shortcut *s, struct key *key)
{
	size_t len = key->paste_len;

	if (shortcut_find(s, key))
		return true;
	if (paster_take(s->paster, key->paste, len, key->paste_cut))
		return true;
	while (len > 0 &&
	    (key->paste[len - 1] == '\r' || key->paste[len - 1] == '\n'))
		len--;
	if (!shortcut_insert(s, key->paste, len))
		return true;
	key->code = KEYS_UNKNOWN;
	return false;
}

/* Alt and a character. True where it was taken. */
static bool
shortcut_alt(struct shortcut *s, uint32_t ch)
{
	switch (ch) {
	case '<':
		frame_to_start(s->frame);
		return true;
	case '>':
		frame_to_end(s->frame);
		return true;
	case '/':
		/* A question comes first. */
		if (paster_asks(s->paster))
			return false;
		frame_help(s->frame, false);
		finder_open(s->frame->finder);
		return true;
	default:
		return false;
	}
}

/* A control character, or Alt and a character. True where it was taken. */
static bool
shortcut_char(struct shortcut *s, struct key *key)
{
	if (key->mods & KEYS_ALT)
		return shortcut_alt(s, key->ch);
	switch (key->ch) {
	case 'C' - '@':
		return shortcut_interrupt(s, key);
	case 'L' - '@':
		screen_repaint(s->frame->screen);
		return true;
	case 'Z' - '@':
		s->suspend(s->arg);
		return true;
	default:
		return false;
	}
}

/* No other key is typed into the line while the question is open. */
static void
shortcut_answer(struct shortcut *s, const struct key *key)
{
	if (key->code != KEYS_CHAR || key->mods != 0 ||
	    !paster_answer(s->paster, key->ch))
		screen_bell(s->frame->screen);
	s->fresh_line = editor_line_is_empty(s->editor);
}

/* Those that are the interface's whatever goes on. True where it was taken. */
static bool
shortcut_always(struct shortcut *s, struct key *key)
{
	switch (key->code) {
	case KEYS_CHAR:
		return shortcut_char(s, key);
	case KEYS_PAGE_UP:
		frame_turn(s->frame, -1);
		return true;
	case KEYS_PAGE_DOWN:
		frame_turn(s->frame, 1);
		return true;
	case KEYS_MOUSE_UP:
		frame_scroll(s->frame, -WHEEL_ROWS);
		return true;
	case KEYS_MOUSE_DOWN:
		frame_scroll(s->frame, WHEEL_ROWS);
		return true;
	case KEYS_PASTE:
		return shortcut_paste(s, key);
	case KEYS_F:
		if (key->ch == 1)
			frame_help(s->frame, !s->frame->help);
		return key->ch == 1;
	case KEYS_FOCUS:
		return true;
	default:
		return false;
	}
}

bool
shortcut_take(struct shortcut *s, struct key *key)
{
	if (key->code != KEYS_CHAR || key->ch != 'C' - '@')
		s->interrupted = false;
	if (shortcut_always(s, key))
		return true;
	/* What is unknown types nothing, but what it inserts is a paste. */
	if (!paster_asks(s->paster) || key->code == KEYS_UNKNOWN)
		return shortcut_find(s, key);
	shortcut_answer(s, key);
	return true;
}

void
shortcut_line_begins(struct shortcut *s)
{
	s->fresh_line = true;
}

bool
shortcut_make(struct shortcut *s, struct key *key)
{
	const char *line;
	size_t len;

	if (!s->fresh_line)
		return false;
	s->fresh_line = false;
	if (!paster_edit(s->paster, &line, &len))
		return false;
	memset(key, 0, sizeof(*key));
	key->code = KEYS_UNKNOWN;
	return shortcut_insert(s, line, len);
}
