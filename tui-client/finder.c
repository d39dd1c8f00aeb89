#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor_text.h"
#include "field.h"
#include "finder.h"
#include "keys.h"
#include "search.h"
#include "spot.h"

#define CONTROL(letter) ((letter) - '@')

struct finder {
	const struct transcript *transcript;
	struct view *view;
	struct search *search;
	enum { FINDER_CLOSED, FINDER_TYPING, FINDER_WALKING } phase;
	/* Where a key has sent it, until that is found. */
	enum { FINDER_STAY, FINDER_UP, FINDER_DOWN } wish;
	struct spot spot; /* (not closed) */
	bool offered;	  /* the pattern is that of the last time */
	struct field pattern;
};

struct finder *
finder_new(const struct transcript *t, struct view *view)
{
	struct finder *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->transcript = t;
	f->view = view;
	f->search = search_new(t);
	if (f->search == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

void
finder_free(struct finder *f)
{
	if (f == NULL)
		return;
	search_free(f->search);
	free(f);
}

/* Looks for nothing; what is shown stays. */
static void
let_go(struct finder *f)
{
	/* No pattern needs no memory. */
	(void)search_set(f->search, "", 0);
	f->wish = FINDER_STAY;
	spot_leave(&f->spot);
}

/* Goes where it is wished, unless that was not counted yet. */
static void
try_to_go(struct finder *f)
{
	struct search_place place;
	bool whole;
	size_t count;

	if (f->wish == FINDER_STAY)
		return;
	if (search_step(f->search, f->wish == FINDER_UP, &place)) {
		f->wish = FINDER_STAY;
		spot_show(&f->spot, place.id, place.start);
		return;
	}
	count = search_count(f->search, &whole);
	if (!whole)
		return;
	f->wish = FINDER_STAY;
	if (count == 0)
		spot_return(&f->spot);
}

static void
walk(struct finder *f, bool up)
{
	f->wish = up ? FINDER_UP : FINDER_DOWN;
	(void)search_work(f->search);
	try_to_go(f);
}

/* The pattern is another one: to its newest match. */
static void
look(struct finder *f)
{
	f->offered = false;
	let_go(f);
	if (f->pattern.len == 0 ||
	    search_set(f->search, f->pattern.text, f->pattern.len) == -1)
		spot_return(&f->spot);
	else
		walk(f, true);
}

void
finder_open(struct finder *f)
{
	if (f->phase == FINDER_CLOSED)
		spot_init(&f->spot, f->transcript, f->view);
	let_go(f);
	f->phase = FINDER_TYPING;
	f->offered = f->pattern.len > 0;
}

static void
finder_close(struct finder *f)
{
	let_go(f);
	f->phase = FINDER_CLOSED;
}

static void
finder_cancel(struct finder *f)
{
	spot_return(&f->spot);
	finder_close(f);
}

/* Enter: the pattern is whole. */
static void
keep(struct finder *f)
{
	if (f->phase == FINDER_WALKING || f->pattern.len == 0) {
		finder_close(f);
		return;
	}
	if (f->offered)
		look(f);
	f->phase = FINDER_WALKING;
}

static void
again(struct finder *f, bool up)
{
	if (f->offered)
		look(f);
	else if (f->pattern.len > 0)
		walk(f, up);
}

static void
replace_offer(struct finder *f)
{
	if (f->offered)
		field_clear(&f->pattern);
}

/* Of several lines it is nothing to look for. */
static bool
take_paste(struct finder *f, const struct key *key)
{
	size_t len = key->paste_len;

	while (len > 0 &&
	    (key->paste[len - 1] == '\r' || key->paste[len - 1] == '\n'))
		len--;
	if (len == 0)
		return true;
	if (memchr(key->paste, '\r', len) != NULL ||
	    memchr(key->paste, '\n', len) != NULL)
		return false;
	replace_offer(f);
	field_append(&f->pattern, key->paste, len);
	look(f);
	return true;
}

/* Keys that edit the pattern. True where it was one. */
static bool
take_typed(struct finder *f, const struct key *key)
{
	if (key->code == KEYS_PASTE)
		return take_paste(f, key);
	if (key->code == KEYS_CHAR && !(key->mods & KEYS_ALT) &&
	    !editor_text_is_control((wchar_t)key->ch))
		replace_offer(f);
	if (!field_take(&f->pattern, key))
		return false;
	look(f);
	return true;
}

/* Keys between matches, while there is nothing to be typed. */
static bool
take_walking(struct finder *f, const struct key *key)
{
	if (key->code != KEYS_CHAR || key->mods & KEYS_ALT)
		return false;
	switch (key->ch) {
	case 'n':
	case 'N':
		walk(f, key->ch == 'n');
		return true;
	case '/':
		finder_open(f);
		return true;
	case CONTROL('D'):
		/* A page down to whom less(1) is in the fingers; not the end. */
		finder_close(f);
		return true;
	default:
		return false;
	}
}

/* Keys that mean the same all the time. */
static bool
take_always(struct finder *f, const struct key *key)
{
	switch (key->code) {
	case KEYS_UP:
	case KEYS_DOWN:
		again(f, key->code == KEYS_UP);
		return true;
	case KEYS_ESCAPE:
		finder_cancel(f);
		return true;
	case KEYS_UNKNOWN:
	case KEYS_FOCUS:
		return true;
	case KEYS_CHAR:
		break;
	default:
		return false;
	}
	if (key->mods & KEYS_ALT)
		return false;
	switch (key->ch) {
	case CONTROL('M'):
	case CONTROL('J'):
		keep(f);
		return true;
	case CONTROL('R'):
	case CONTROL('S'):
		again(f, key->ch == CONTROL('R'));
		return true;
	case CONTROL('C'):
	case CONTROL('G'):
		finder_cancel(f);
		return true;
	default:
		return false;
	}
}

bool
finder_take(struct finder *f, const struct key *key)
{
	if (take_always(f, key))
		return true;
	if (f->phase == FINDER_WALKING ? take_walking(f, key)
				       : take_typed(f, key))
		return true;
	/* What would edit a line is not let through to the one behind. */
	if (f->phase == FINDER_TYPING && key->code != KEYS_PASTE)
		return true;
	finder_close(f);
	return false;
}

bool
finder_is_open(const struct finder *f)
{
	return f->phase != FINDER_CLOSED;
}

bool
finder_work(struct finder *f)
{
	bool worked;

	if (f->phase == FINDER_CLOSED)
		return false;
	worked = search_work(f->search);
	try_to_go(f);
	return spot_hold(&f->spot) || worked;
}

void
finder_line(const struct finder *f, struct finder_line *line)
{
	bool whole;
	size_t count = search_count(f->search, &whole);
	size_t number = search_number(f->search);

	*line = (struct finder_line){
	    .pattern = f->pattern.text,
	    .len = f->pattern.len,
	    .typing = f->phase == FINDER_TYPING,
	    .offered = f->offered,
	};
	if (f->pattern.len == 0 || f->offered)
		return;
	if (!search_is_set(f->search))
		(void)snprintf(line->count, sizeof(line->count), "no memory");
	else if (count > 0)
		(void)snprintf(line->count, sizeof(line->count), "%zu/%zu%s",
		    number, count, whole ? "" : "+");
	else
		(void)snprintf(line->count, sizeof(line->count), "%s",
		    whole ? "no match" : "counting");
}

const struct search *
finder_search(const struct finder *f)
{
	return f->search;
}
