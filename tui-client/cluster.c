#include <utf8proc.h>

#include "cluster.h"

bool
cluster_add(struct cluster *c, int32_t code)
{
	/*
	 * The first pair begins with a NUL, which joins nothing: utf8proc's
	 * state only counts what came second in a pair.
	 */
	bool joins =
	    !utf8proc_grapheme_break_stateful(c->before, code, &c->state);

	c->before = code;
	return joins;
}

bool
cluster_always_breaks(int32_t before, int32_t code)
{
	int class;

	if (before < 0x80 && code >= 0x20 && code < 0x80)
		return true;
	/* Some rules look through marks and joiners at what is before them. */
	class = utf8proc_get_property(before)->boundclass;
	return class != UTF8PROC_BOUNDCLASS_EXTEND &&
	    class != UTF8PROC_BOUNDCLASS_ZWJ &&
	    utf8proc_grapheme_break(before, code);
}

/*
 * The start of some cluster at or before text[at]: of a row of flags that is
 * the first one, of most other text a character or two back.
 */
static size_t
find_start(const wchar_t *text, size_t at)
{
	size_t start = at;

	while (
	    start > 0 && !cluster_always_breaks(text[start - 1], text[start]))
		start--;
	return start;
}

size_t
cluster_next(const wchar_t *text, size_t len, size_t at)
{
	struct cluster c = {0};
	size_t end = at + 1;

	(void)cluster_add(&c, text[at]);
	while (
	    end < len && end - at < CLUSTER_MAX && cluster_add(&c, text[end]))
		end++;
	return end;
}

size_t
cluster_prev(const wchar_t *text, size_t at)
{
	size_t start, next = find_start(text, at - 1);

	do {
		start = next;
		next = cluster_next(text, at, start);
	} while (next < at);
	return start;
}

bool
cluster_joins(const wchar_t *text, size_t at)
{
	return cluster_prev(text, at + 1) < at;
}
