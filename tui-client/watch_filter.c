#include <string.h>

#include "keys.h"
#include "logview.h"
#include "screen.h"
#include "watch_impl.h"

#define CONTROL(letter) ((letter) - '@')

static void
watch_filter_apply(struct watch *w)
{
	if (logview_set_filter(w->log, w->filter.text, w->filter.len) == -1)
		watch_say(w, true, "no memory for the filter");
}

void
watch_filter_open(struct watch *w)
{
	w->filtering = true;
}

void
watch_filter_drop(struct watch *w)
{
	w->filtering = false;
	field_clear(&w->filter);
	watch_filter_apply(w);
}

/* A paste of several lines is no filter. */
static void
watch_filter_paste(struct watch *w, const struct key *key)
{
	size_t len = key->paste_len;

	while (len > 0 && strchr("\r\n", key->paste[len - 1]) != NULL)
		len--;
	if (memchr(key->paste, '\n', len) != NULL ||
	    memchr(key->paste, '\r', len) != NULL) {
		screen_bell(w->stage.screen);
		return;
	}
	field_append(&w->filter, key->paste, len);
	watch_filter_apply(w);
}

/* What ends it. */
static bool
watch_filter_ends(struct watch *w, const struct key *key)
{
	bool plain = key->code == KEYS_CHAR && !(key->mods & KEYS_ALT);

	if (plain && (key->ch == CONTROL('M') || key->ch == CONTROL('J'))) {
		w->filtering = false;
		return true;
	}
	if (key->code == KEYS_ESCAPE ||
	    (plain && (key->ch == CONTROL('C') || key->ch == CONTROL('G')))) {
		watch_filter_drop(w);
		return true;
	}
	return false;
}

void
watch_filter_take(struct watch *w, const struct key *key)
{
	if (watch_filter_ends(w, key))
		return;
	if (key->code == KEYS_PASTE)
		watch_filter_paste(w, key);
	else if (field_take(&w->filter, key))
		watch_filter_apply(w);
}
