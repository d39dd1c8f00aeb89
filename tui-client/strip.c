#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "strip.h"
#include "visible.h"

void
strip_init(struct strip *strip)
{
	strip->count = 0;
}

void
strip_add(struct strip *strip, unsigned rank, int style, const char *fmt, ...)
{
	struct strip_field *f = &strip->fields[strip->count];
	va_list ap;
	int len;

	if (strip->count == STRIP_FIELDS)
		return;
	va_start(ap, fmt);
	len = vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(f->text))
		return;
	f->width = (unsigned)visible_width(f->text, (size_t)len);
	f->rank = rank;
	f->style = style;
	f->shown = false;
	strip->count++;
}

/* The most important field behind this rank, or NULL. */
static struct strip_field *
strip_next(struct strip *strip, const struct strip_field *last)
{
	struct strip_field *next = NULL;

	for (size_t i = 0; i < strip->count; i++) {
		struct strip_field *f = &strip->fields[i];
		bool behind = last == NULL || f->rank > last->rank ||
		    (f->rank == last->rank && f > last);

		if (behind && (next == NULL || f->rank < next->rank))
			next = f;
	}
	return next;
}

void
strip_fit(struct strip *strip, unsigned columns)
{
	struct strip_field *f = NULL;

	while ((f = strip_next(strip, f)) != NULL) {
		f->shown = f->width <= columns;
		if (f->shown)
			columns -= f->width;
	}
}
