#include <stdlib.h>
#include <string.h>

#include "editor_impl.h"
#include "editor_keys.h"
#include "editor_text.h"

/* A larger count only makes libedit take memory and time. */
#define COUNT_MAX 9999u
/* libedit's inner loops may eat a private key; then it is sent again. */
#define TRIES_MAX 4u

static void
push(struct editor *ed, wchar_t c)
{
	struct editor_feed *feed = &ed->feed;

	if (feed->tail < EDITOR_QUEUE_MAX)
		feed->queue[feed->tail++] = c;
}

static void
push_keys(struct editor *ed, const wchar_t *keys)
{
	/* Only the first character can be a NUL: ^@. */
	push(ed, *keys);
	while (*keys != L'\0' && *++keys != L'\0')
		push(ed, *keys);
}

/* emacs has its digits behind ESC, vi's command mode as they are. */
static void
push_count(struct editor *ed, size_t count)
{
	wchar_t digits[24];
	size_t n = sizeof(digits) / sizeof(digits[0]);

	do {
		digits[--n] = (wchar_t)(L'0' + count % 10);
		count /= 10;
	} while (count > 0);
	if (!ed->vi)
		push(ed, L'\033');
	for (; n < sizeof(digits) / sizeof(digits[0]); n++)
		push(ed, digits[n]);
}

static void
hold(struct editor *ed, const struct key *key)
{
	ed->feed.held = *key;
	ed->feed.holds = true;
}

static bool
next_key(struct editor *ed, struct key *key)
{
	struct editor_feed *feed = &ed->feed;

	if (feed->holds) {
		*key = feed->held;
		feed->holds = false;
		return true;
	}
	if (editor_sink_bells(ed->sink) > 0)
		editor_bell(ed);
	memset(key, 0, sizeof(*key));
	if (!ed->options.next_key(ed->options.arg, key))
		feed->quit = true;
	else if (key->code == KEYS_CHAR && key->ch == '\033')
		key->code = KEYS_ESCAPE;
	return !feed->quit;
}

static bool
is_plain_char(const struct key *key)
{
	return key->code == KEYS_CHAR && !(key->mods & KEYS_ALT) &&
	    (key->ch < 0x80 || !editor_text_is_control((wchar_t)key->ch));
}

/*
 * Whether libedit is in the middle of a command, and the next key is its
 * operand.
 */
static bool
wants_operand(const struct editor *ed)
{
	enum editor_kind kind = ed->feed.before;

	return kind == EDITOR_KIND_QUOTE || kind == EDITOR_KIND_FIND ||
	    kind == EDITOR_KIND_PREFIX;
}

/* A NUL is found nowhere, can't be inserted and continues no sequence. */
static void
cancel_operand(struct editor *ed)
{
	if (wants_operand(ed))
		push(ed, L'\0');
	ed->feed.before = EDITOR_KIND_OTHER;
	ed->feed.mode_known = ed->feed.probed = false;
}

static bool
push_private(struct editor *ed)
{
	struct editor_feed *feed = &ed->feed;

	if (!ed->drop && ed->paste == NULL) {
		feed->tries = 0;
		return false;
	}
	if (feed->tries++ >= TRIES_MAX) {
		free(ed->paste);
		ed->paste = NULL;
		ed->paste_len = 0;
		ed->drop = false;
		editor_bell(ed);
		return false;
	}
	cancel_operand(ed);
	feed->count = 0;
	feed->counting = false;
	push(ed, ed->drop ? EDITOR_DROP : EDITOR_PASTE);
	return true;
}

/* True where something has to run at command level before the next key. */
static bool
settle(struct editor *ed)
{
	struct editor_feed *feed = &ed->feed;
	struct editor_view line;

	editor_cursor_clamp(ed);
	editor_line(ed, &line);
	if (line.len > EDITOR_LINE_MAX) {
		push(ed, EDITOR_TRIM);
		return true;
	}
	if (ed->vi && !feed->mode_known && !feed->probed) {
		feed->probed = true;
		push(ed, EDITOR_PROBE);
		return true;
	}
	if (editor_cursor_torn(ed) > 0) {
		push(ed, EDITOR_MEND);
		return true;
	}
	editor_cursor_snap(ed);
	editor_undo_watch(ed);
	return false;
}

static bool
take_digit(struct editor *ed, const struct key *key, const wchar_t *keys)
{
	struct editor_feed *feed = &ed->feed;
	unsigned digit;

	if (key->code != KEYS_CHAR || key->ch < '0' || key->ch > '9')
		return false;
	if (!feed->counting &&
	    (editor_bind_kind(ed, feed->vi_command, keys) !=
		    EDITOR_KIND_DIGIT ||
		(ed->vi && key->ch == '0')))
		return false;
	digit = key->ch - '0';
	if (feed->count * 10 + digit > COUNT_MAX)
		editor_bell(ed);
	else
		feed->count = feed->count * 10 + digit;
	feed->counting = true;
	return true;
}

static void
push_counted(struct editor *ed, const wchar_t *keys, enum editor_kind kind)
{
	struct editor_feed *feed = &ed->feed;
	size_t total = 1;

	/* "2dl": libedit has the count already. */
	if (!feed->operator_count)
		total = editor_cursor_span(
		    ed, kind, feed->count > 0 ? feed->count : 1);
	if (feed->count > 0 || (feed->vi_command && total > 1)) {
		push_count(ed, total);
		total = 1;
	}
	while (total-- > 0)
		push_keys(ed, keys);
}

/* Whether the line may take what the key would insert. */
static bool
has_room(struct editor *ed)
{
	struct editor_view line;

	editor_line(ed, &line);
	return line.len + (ed->feed.count > 0 ? ed->feed.count : 1) <=
	    EDITOR_LINE_MAX;
}

static bool
is_refused(struct editor *ed, const wchar_t *keys, enum editor_kind kind)
{
	switch (kind) {
	case EDITOR_KIND_UNBOUND:
		return true;
	case EDITOR_KIND_PREFIX:
		/*
		 * Alt-[: it would take the next key for the end of a sequence.
		 */
		return keys[0] != L'\0' && keys[1] != L'\0';
	case EDITOR_KIND_TEXT:
		return !has_room(ed);
	case EDITOR_KIND_DELETE:
		/* On an empty line vi's x is libedit's end of input. */
		return editor_line_is_empty(ed);
	default:
		return false;
	}
}

static void
feed_command(struct editor *ed, const wchar_t *keys)
{
	struct editor_feed *feed = &ed->feed;
	enum editor_kind kind = editor_bind_kind(ed, feed->vi_command, keys);
	bool inserting = ed->vi && !feed->vi_command;

	feed->counting = false;
	if (is_refused(ed, keys, kind)) {
		editor_bell(ed);
		return;
	}
	if (inserting && kind == EDITOR_KIND_DELETE)
		push(ed, EDITOR_DELETE);
	else if (inserting && kind == EDITOR_KIND_END)
		push(ed, EDITOR_END);
	else {
		if (feed->before == EDITOR_KIND_REPLACE &&
		    kind == EDITOR_KIND_TEXT)
			push(ed, EDITOR_THIN);
		push_counted(ed, keys, kind);
	}
	/* Text keeps vi in insert mode, unless it was for r. */
	if (kind != EDITOR_KIND_TEXT || feed->before == EDITOR_KIND_REPLACE)
		feed->mode_known = feed->probed = false;
	feed->operator_count = kind == EDITOR_KIND_OPERATOR && feed->count > 0;
	feed->before = kind;
}

static void
feed_escape(struct editor *ed)
{
	ed->feed.counting = false;
	ed->feed.operator_count = false;
	ed->feed.before = EDITOR_KIND_OTHER;
	if (!ed->vi)
		return;
	push(ed, EDITOR_ESCAPE);
	ed->feed.mode_known = ed->feed.probed = false;
}

static void
feed_key(struct editor *ed, const struct key *key)
{
	struct editor_feed *feed = &ed->feed;
	wchar_t keys[EDITOR_KEYS_MAX];
	struct editor_view line;

	editor_line(ed, &line);
	feed->cursor = line.cursor;
	feed->len = line.len;
	if (!feed->counting)
		feed->count = 0;
	if (key->code == KEYS_ESCAPE) {
		feed_escape(ed);
		return;
	}
	if (!editor_keys_sequence(key, keys) || take_digit(ed, key, keys))
		return;
	/* In vi, Alt-x is more often ESC and x, come in one read. */
	if (ed->vi && key->code == KEYS_CHAR && (key->mods & KEYS_ALT) &&
	    editor_bind_kind(ed, feed->vi_command, keys) ==
		EDITOR_KIND_UNBOUND) {
		struct key plain = *key;

		plain.mods &= ~KEYS_ALT;
		hold(ed, &plain);
		feed_escape(ed);
		return;
	}
	feed_command(ed, keys);
}

static void
feed_operand(struct editor *ed, const struct key *key)
{
	enum editor_kind kind = ed->feed.before;
	wchar_t keys[EDITOR_KEYS_MAX];

	if (key->code == KEYS_UNKNOWN)
		return;
	if (kind == EDITOR_KIND_QUOTE && key->code == KEYS_ESCAPE)
		push(ed, L'\033');
	else if (kind == EDITOR_KIND_QUOTE &&
	    (!has_room(ed) || (key->ch == '\n' || key->ch == '\r')))
		push(ed, L'\0'); /* it is one line */
	else if (kind == EDITOR_KIND_PREFIX && key->code == KEYS_CHAR &&
	    editor_keys_sequence(key, keys))
		push_keys(ed, keys);
	else if (is_plain_char(key))
		push(ed, (wchar_t)key->ch);
	else {
		if (key->code != KEYS_ESCAPE)
			hold(ed, key);
		cancel_operand(ed);
	}
	ed->feed.before = EDITOR_KIND_OTHER;
	ed->feed.mode_known = ed->feed.probed = false;
}

static void
feed_search(struct editor *ed, const struct key *key)
{
	wchar_t keys[EDITOR_KEYS_MAX];

	if (editor_search_wants(ed, key))
		push(ed, (wchar_t)key->ch);
	else if (key->code == KEYS_ESCAPE)
		push(ed, EDITOR_ACCEPT);
	else if (editor_keys_sequence(key, keys)) {
		/* Enter, an arrow: it ends the search, and then acts. */
		if (!ed->search.stays || key->code != KEYS_CHAR ||
		    (key->ch != '\r' && key->ch != '\n'))
			hold(ed, key);
		push(ed, EDITOR_ACCEPT);
	}
}

static void
refill_search(struct editor *ed)
{
	struct key key;

	if (ed->drop || ed->paste != NULL)
		push(ed, EDITOR_ACCEPT);
	else if (next_key(ed, &key))
		feed_search(ed, &key);
}

static void
refill(struct editor *ed)
{
	struct key key;
	bool operand;

	if (ed->search.active) {
		refill_search(ed);
		return;
	}
	if (push_private(ed))
		return;
	operand = wants_operand(ed);
	if ((!operand && settle(ed)) || !next_key(ed, &key))
		return;
	if (operand)
		feed_operand(ed, &key);
	else
		feed_key(ed, &key);
}

int
editor_feed_getc(EditLine *el, wchar_t *c)
{
	struct editor *ed = editor_of(el);
	struct editor_feed *feed = &ed->feed;

	while (!feed->quit && feed->head == feed->tail) {
		feed->head = feed->tail = 0;
		refill(ed);
	}
	*c = L'\0';
	/* libedit's inner loops ask again, and are told again. */
	if (feed->quit)
		return 0;
	*c = feed->queue[feed->head++];
	return 1;
}

void
editor_feed_restart(struct editor *ed, bool vi_command)
{
	if (!ed->vi)
		return;
	/*
	 * vi's dot repeats all since the last command that began a change.
	 * Without one now, that would be what was typed into the lines before
	 * this, too: it would enter them again.
	 */
	push(ed, EDITOR_INSERT);
	if (vi_command)
		push(ed, EDITOR_ESCAPE);
	ed->feed.mode_known = ed->feed.probed = false;
}

void
editor_feed_reset(struct editor *ed)
{
	struct editor_feed *feed = &ed->feed;

	editor_feed_restart(ed, false);
	feed->count = 0;
	feed->counting = feed->operator_count = false;
	feed->before = EDITOR_KIND_OTHER;
	/* libedit begins a line in insert mode. */
	feed->mode_known = true;
	feed->vi_command = feed->probed = false;
	feed->cursor = feed->len = 0;
}
