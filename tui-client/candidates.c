#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candidates.h"
#include "visible.h"

#define ROOM_FIRST  16
#define MORE_BYTES  16 /* "  +4095" */
#define ONE_COLUMNS 40 /* of a single candidate */

static size_t
common_bytes(const char *a, const char *b, size_t most)
{
	size_t n = 0;

	while (n < most && a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

static int
candidates_grow(struct candidates *c)
{
	size_t room = c->room == 0 ? ROOM_FIRST : 2 * c->room;
	char **texts = realloc(c->texts, room * sizeof(*texts));

	if (texts == NULL)
		return -1;
	c->texts = texts;
	c->room = room;
	return 0;
}

void
candidates_add(struct candidates *c, const char *text)
{
	char *copy;

	if (c->count == CANDIDATES_MAX ||
	    (c->count == c->room && candidates_grow(c) == -1))
		return;
	copy = strdup(text);
	if (copy == NULL)
		return;
	c->common = c->count == 0 ? strlen(copy)
				  : common_bytes(c->texts[0], copy, c->common);
	c->texts[c->count++] = copy;
}

void
candidates_clear(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->texts[i]);
	free(c->texts);
	memset(c, 0, sizeof(*c));
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
candidates_sort(struct candidates *c)
{
	if (c->count > 1)
		qsort(c->texts, c->count, sizeof(*c->texts), compare);
}

size_t
candidates_extend(
    const struct candidates *c, size_t typed, char *out, size_t size)
{
	size_t at = typed, len;

	out[0] = '\0';
	if (c->count == 0 || c->common <= typed)
		return 0;
	len = strlen(c->texts[0]);
	while (at < c->common) {
		struct visible v;
		size_t used = visible_next(c->texts[0] + at, len - at, &v);

		if (v.escaped || at + used > c->common ||
		    at + used - typed >= size)
			break;
		at += used;
	}
	memcpy(out, c->texts[0] + typed, at - typed);
	out[at - typed] = '\0';
	return at - typed;
}

/* Returns how many of them fit. */
static size_t
fill_line(const struct candidates *c, size_t columns, char *out, size_t size)
{
	char one[ONE_COLUMNS * VISIBLE_TEXT_MAX];
	size_t most = columns < ONE_COLUMNS ? columns : ONE_COLUMNS;
	size_t used = 0, width = 0, i;

	for (i = 0; i < c->count && most > 0; i++) {
		size_t len = visible_text(one, sizeof(one), c->texts[i],
		    strlen(c->texts[i]), most, 0);
		size_t gap = i > 0 ? 2 : 0, more = visible_width(one, len);

		if (width + gap + more > columns || used + gap + len >= size)
			break;
		memcpy(out + used, "  ", gap);
		memcpy(out + used + gap, one, len);
		used += gap + len;
		width += gap + more;
	}
	out[used] = '\0';
	return i;
}

char *
candidates_line(
    const struct candidates *c, size_t columns, char *out, size_t size)
{
	char more[MORE_BYTES];
	size_t shown = fill_line(c, columns, out, size), len;

	if (shown == c->count)
		return out;
	/* Again, with room for the number of those that are left out. */
	len = (size_t)snprintf(more, sizeof(more), "  +%zu", c->count);
	shown = fill_line(
	    c, columns > len ? columns - len : 0, out, size - sizeof(more));
	len = strlen(out);
	(void)snprintf(out + len, size - len, "%s+%zu", shown > 0 ? "  " : "",
	    c->count - shown);
	return out;
}
