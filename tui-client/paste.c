#include <stdlib.h>
#include <string.h>

#include "paste.h"

struct paste {
	size_t len, at, before;
	size_t lines, taken;
	char text[];
};

static size_t
paste_line_end(const struct paste *p, size_t at)
{
	while (at < p->len && p->text[at] != '\r' && p->text[at] != '\n')
		at++;
	return at;
}

static size_t
paste_after_end(const struct paste *p, size_t end)
{
	if (end < p->len && p->text[end] == '\r' && end + 1 < p->len &&
	    p->text[end + 1] == '\n')
		return end + 2;
	return end < p->len ? end + 1 : end;
}

struct paste *
paste_new(const char *text, size_t len)
{
	struct paste *p = malloc(sizeof(*p) + len);

	if (p == NULL)
		return NULL;
	memset(p, 0, sizeof(*p));
	p->len = len;
	if (len > 0)
		memcpy(p->text, text, len);
	for (size_t at = 0; at < len; p->lines++)
		at = paste_after_end(p, paste_line_end(p, at));
	return p;
}

void
paste_free(struct paste *p)
{
	free(p);
}

bool
paste_next(struct paste *p, const char **line, size_t *len)
{
	size_t end;

	if (p->at >= p->len)
		return false;
	end = paste_line_end(p, p->at);
	*line = p->text + p->at;
	*len = end - p->at;
	p->before = p->at;
	p->at = paste_after_end(p, end);
	p->taken++;
	return true;
}

void
paste_back(struct paste *p)
{
	p->at = p->before;
	p->taken--;
}

size_t
paste_lines(const struct paste *p)
{
	return p->lines;
}

size_t
paste_taken(const struct paste *p)
{
	return p->taken;
}
