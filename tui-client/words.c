#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "visible.h"
#include "words.h"

#define WORDS_MAX	 4096
#define WORDS_BYTES	 (64u << 10) /* of their texts */
#define WORDS_TEXT_BYTES 4096	     /* of what words are learnt from */
#define WORD_MIN	 3
#define WORD_MAX	 64
#define WORD_BYTES	 (WORD_MAX * VISIBLE_TEXT_MAX) /* more than any has */
#define BUCKETS		 4096u
#define PENDING_BYTES	 (16u << 10)
#define BUDGET_BYTES	 (1u << 20) /* looked at between two matches */

/* A word, in the list of all and in the chain of its bucket. */
struct word {
	struct word *newer, *older, *next;
	uint32_t hash;
	uint16_t len;
	char text[];
};

struct words {
	struct word *newest, *oldest;
	struct word *buckets[BUCKETS];
	size_t count, bytes;
	/*
	 * Texts that are still to be looked at, a newline behind each. When the
	 * half that is filled is full, and the budget is spent, the other half
	 * gives way: a flood costs no more than its copy.
	 */
	char pending[2][PENDING_BYTES];
	size_t pending_len[2];
	unsigned filled;
	size_t budget;
};

/* What a character is to a word. */
enum part {
	PART_NONE,
	PART_LETTER,
	PART_JOINT /* inside only: of a name, an address, a path */
};

static enum part
part_ascii(unsigned char c)
{
	if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return PART_LETTER;
	switch (c) {
	case '-':
	case '.':
	case '/':
	case ':':
	case '@':
	case '_':
	case '%':
	case '+':
		return PART_JOINT;
	default:
		return PART_NONE;
	}
}

/* A character outside of ASCII with its marks; *used are its bytes. */
static enum part
part_wide(const char *text, size_t len, size_t *used)
{
	struct visible v;
	size_t first;
	int32_t c = visible_decode(text, len, &first);

	*used = visible_next(text, len, &v);
	return c != -1 && !v.escaped && iswalnum((wint_t)c) ? PART_LETTER
							    : PART_NONE;
}

static enum part
part_next(const char *text, size_t len, size_t *used)
{
	unsigned char c = (unsigned char)*text;

	/* ASCII alone has no marks: this is what a flood mostly is. */
	if (c < 0x80 && (len == 1 || (unsigned char)text[1] < 0x80)) {
		*used = 1;
		return part_ascii(c);
	}
	if (c < 0x80 && part_ascii(c) != PART_LETTER) {
		*used = 1;
		return part_ascii(c);
	}
	return part_wide(text, len, used);
}

struct words *
words_new(void)
{
	struct words *w = calloc(1, sizeof(*w));

	if (w != NULL)
		w->budget = BUDGET_BYTES;
	return w;
}

void
words_free(struct words *w)
{
	struct word *word, *older;

	if (w == NULL)
		return;
	for (word = w->newest; word != NULL; word = older) {
		older = word->older;
		free(word);
	}
	free(w);
}

/* FNV-1a */
static uint32_t
words_hash(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

static struct word **
words_find(struct words *w, uint32_t hash, const char *text, size_t len)
{
	struct word **at = &w->buckets[hash % BUCKETS];

	while (*at != NULL &&
	    ((*at)->hash != hash || (*at)->len != len ||
		memcmp((*at)->text, text, len) != 0))
		at = &(*at)->next;
	return at;
}

static void
words_unlink(struct words *w, struct word *word)
{
	if (word->newer != NULL)
		word->newer->older = word->older;
	else
		w->newest = word->older;
	if (word->older != NULL)
		word->older->newer = word->newer;
	else
		w->oldest = word->newer;
}

static void
words_link(struct words *w, struct word *word)
{
	word->newer = NULL;
	word->older = w->newest;
	if (w->newest != NULL)
		w->newest->newer = word;
	else
		w->oldest = word;
	w->newest = word;
}

static void
words_forget(struct words *w, struct word *word)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): w has words */
	struct word **at = words_find(w, word->hash, word->text, word->len);

	*at = word->next;
	words_unlink(w, word);
	w->count--;
	w->bytes -= word->len;
	free(word);
}

static void
words_add(struct words *w, const char *text, size_t len)
{
	uint32_t hash = words_hash(text, len);
	struct word **at = words_find(w, hash, text, len), *word = *at;

	if (word != NULL) {
		words_unlink(w, word);
		words_link(w, word);
		return;
	}
	/* Without memory for it the word is not learnt, and nothing else. */
	word = malloc(sizeof(*word) + len + 1);
	if (word == NULL)
		return;
	word->hash = hash;
	word->len = (uint16_t)len;
	memcpy(word->text, text, len);
	word->text[len] = '\0';
	word->next = NULL;
	*at = word;
	words_link(w, word);
	w->count++;
	w->bytes += len;
	while (w->count > WORDS_MAX || w->bytes > WORDS_BYTES)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): not the last one */
		words_forget(w, w->oldest);
}

/*
 * The word that begins at text, which is a letter: its bytes without the joints
 * at its end, *chars of them; *span with those.
 */
static size_t
words_measure(const char *text, size_t len, size_t *chars, size_t *span)
{
	size_t end = 0, seen = 0, at = 0;

	*chars = 0;
	while (at < len) {
		size_t used;
		enum part part = part_next(text + at, len - at, &used);

		if (part == PART_NONE)
			break;
		at += used;
		seen++;
		if (part == PART_LETTER) {
			end = at;
			*chars = seen;
		}
	}
	*span = at;
	return end;
}

static void
words_scan(struct words *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t used, chars, bytes;

		if (part_next(text + at, len - at, &used) != PART_LETTER) {
			at += used;
			continue;
		}
		bytes = words_measure(text + at, len - at, &chars, &used);
		if (chars >= WORD_MIN && chars <= WORD_MAX)
			words_add(w, text + at, bytes);
		at += used;
	}
}

static void
words_digest(struct words *w, unsigned half)
{
	words_scan(w, w->pending[half], w->pending_len[half]);
	w->pending_len[half] = 0;
}

static void
words_make_room(struct words *w)
{
	if (w->budget >= PENDING_BYTES) {
		w->budget -= PENDING_BYTES;
		words_digest(w, w->filled);
		return;
	}
	w->filled ^= 1;
	w->pending_len[w->filled] = 0;
}

void
words_learn(struct words *w, const char *text, size_t len)
{
	char *to;

	if (len < WORD_MIN || len > WORDS_TEXT_BYTES)
		return;
	if (len >= PENDING_BYTES - w->pending_len[w->filled])
		words_make_room(w);
	to = w->pending[w->filled] + w->pending_len[w->filled];
	memcpy(to, text, len);
	to[len] = '\n';
	w->pending_len[w->filled] += len + 1;
}

/* The list's next one behind the word of this text. */
static const struct word *
words_behind(const struct words *w, const char *text)
{
	const char *word = text;

	if (text == NULL)
		return w->newest;
	word -= offsetof(struct word, text);
	return ((const struct word *)(const void *)word)->older;
}

const char *
words_match(struct words *w, const char *prefix, size_t len, const char *after)
{
	const struct word *word;

	if (after == NULL) {
		words_digest(w, w->filled ^ 1);
		words_digest(w, w->filled);
		w->budget = BUDGET_BYTES;
	}
	for (word = words_behind(w, after); word != NULL; word = word->older)
		if (word->len > len && memcmp(word->text, prefix, len) == 0)
			return word->text;
	return NULL;
}

size_t
words_begin(const char *line, size_t len, size_t nth)
{
	/* What is longer than any word is the beginning of none. */
	size_t at = len > WORD_BYTES ? len - WORD_BYTES : 0;
	size_t found = len, count = 0, used;
	enum part before = PART_NONE;

	while (at < len) {
		enum part part = part_next(line + at, len - at, &used);

		if (part == PART_NONE) {
			found = len;
			count = 0;
		} else if (part == PART_LETTER && before != PART_LETTER &&
		    count++ == nth)
			found = at;
		before = part;
		at += used;
	}
	return found;
}
