#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>

#include "needle.h"
#include "visible.h"

#define BYTES	   256
#define CHAR_BYTES 4 /* of UTF-8, at most */

/*
 * Knuth, Morris and Pratt's way, since a pasted line of one letter is looked
 * for in megabytes of that letter without a key having to wait.
 */
struct needle {
	bool folds;	    /* case is ignored */
	bool begins[BYTES]; /* a match may begin with this byte */
	int32_t fold[0x80]; /* what an ASCII character is compared as */
	size_t len;
	size_t *border; /* of the first i + 1: where to go on after a misfit */
	int32_t chars[];
};

/* A bad byte is a number that no character has. */
static size_t
decode(const char *text, size_t len, int32_t *ch)
{
	size_t used;

	*ch = visible_decode(text, len, &used);
	if (*ch < 0)
		*ch = -(int32_t)(unsigned char)*text;
	return used;
}

static int32_t
lower(int32_t ch)
{
	return ch < 0 ? ch : (int32_t)towlower((wint_t)ch);
}

static size_t
next_char(const struct needle *n, const char *text, size_t len, int32_t *ch)
{
	unsigned char byte = (unsigned char)*text;
	size_t used;

	if (byte < 0x80) {
		*ch = n->fold[byte];
		return 1;
	}
	used = decode(text, len, ch);
	if (n->folds)
		*ch = lower(*ch);
	return used;
}

/* The bytes of the character that ends at text[end]. */
static size_t
last_char(const char *text, size_t end)
{
	for (size_t n = 2; n <= CHAR_BYTES && n <= end; n++) {
		size_t used;

		if (visible_decode(text + end - n, n, &used) >= 0 && used == n)
			return n;
	}
	return 1;
}

static void
fill_border(struct needle *n)
{
	size_t k = 0;

	n->border[0] = 0;
	for (size_t i = 1; i < n->len; i++) {
		while (k > 0 && n->chars[i] != n->chars[k])
			k = n->border[k - 1];
		if (n->chars[i] == n->chars[k])
			k++;
		n->border[i] = k;
	}
}

/*
 * Other than ASCII is decoded to be sure. What goes on a character begins none,
 * unless it is a bad byte: only where one is looked for does that matter.
 */
static void
fill_begins(struct needle *n)
{
	int32_t first = n->chars[0];

	for (int byte = 0; byte < 0x80; byte++)
		n->begins[byte] = n->fold[byte] == first;
	for (int byte = 0x80; byte < BYTES; byte++)
		n->begins[byte] =
		    first < 0 || (byte >= 0xc0 && (n->folds || first >= 0x80));
}

struct needle *
needle_new(const char *pattern, size_t len)
{
	struct needle *n;
	size_t at = 0;

	if (len > SIZE_MAX / 2 / sizeof(size_t) - sizeof(*n) ||
	    (n = calloc(1, sizeof(*n) + len * sizeof(n->chars[0]))) == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	n->border = calloc(len, sizeof(*n->border));
	if (n->border == NULL) {
		free(n);
		return NULL;
	}
	n->folds = true;
	while (at < len) {
		int32_t ch;

		at += decode(pattern + at, len - at, &ch);
		n->chars[n->len++] = ch;
		n->folds = n->folds && lower(ch) == ch;
	}
	for (int32_t ch = 0; ch < 0x80; ch++)
		n->fold[ch] = n->folds ? lower(ch) : ch;
	fill_border(n);
	fill_begins(n);
	return n;
}

void
needle_free(struct needle *n)
{
	if (n == NULL)
		return;
	free(n->border);
	free(n);
}

/* Where the match begins that ends at text[end]. */
static size_t
start_of(const struct needle *n, const char *text, size_t end)
{
	for (size_t i = 0; i < n->len; i++)
		end -= last_char(text, end);
	return end;
}

bool
needle_find(const struct needle *n, const char *text, size_t len, size_t from,
    struct needle_match *match)
{
	size_t at = from, matched = 0;

	while (at < len) {
		int32_t ch;

		if (matched == 0 && !n->begins[(unsigned char)text[at]]) {
			at++;
			continue;
		}
		at += next_char(n, text + at, len - at, &ch);
		while (matched > 0 && ch != n->chars[matched])
			matched = n->border[matched - 1];
		if (ch == n->chars[matched])
			matched++;
		if (matched == n->len) {
			match->start = start_of(n, text, at);
			match->len = at - match->start;
			return true;
		}
	}
	return false;
}
