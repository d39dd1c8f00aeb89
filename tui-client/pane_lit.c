#include "pane_lit.h"
#include "transcript.h"
#include "view.h"
#include "visible.h"
#include "wrap.h"

void
pane_lit_init(struct pane_lit *lit, const struct search *search)
{
	*lit = (struct pane_lit){.search = search, .id = UINT64_MAX};
}

/* Goes to the first match that ends behind byte `at` of the entry. */
static void
lit_seek(struct pane_lit *lit, uint64_t id, size_t at)
{
	bool all = lit->count < PANE_LIT_RANGES;
	size_t begin = 0;

	if (lit->search == NULL)
		return;
	if (lit->id == id) {
		const struct search_range *range = &lit->ranges[lit->next];

		for (; lit->next < lit->count; lit->next++, range++)
			if (range->start + range->len > at)
				return;
		if (all)
			return;
		range--;
		begin = range->start + range->len;
	}
	lit->id = id;
	lit->next = 0;
	lit->count = search_ranges(
	    lit->search, id, begin, at, lit->ranges, PANE_LIT_RANGES);
}

/* Whether there is a match before `end`, where lit_seek() went to. */
static bool
lit_reaches(const struct pane_lit *lit, size_t end)
{
	return lit->next < lit->count && lit->ranges[lit->next].start < end;
}

static bool
differs(const struct transcript_entry *entry, size_t end)
{
	return entry->mark == TRANSCRIPT_MISMATCH && entry->value < end;
}

bool
pane_lit_wanted(struct pane_lit *lit, const struct view_row *r,
    const struct transcript_entry *entry)
{
	size_t end = r->start + r->len;

	lit_seek(lit, entry->id, r->start);
	return lit_reaches(lit, end) || differs(entry, end);
}

/* Of the unit that ends before byte `end`, and begins where it was sought. */
static enum screen_style
unit_style(const struct pane_lit *lit, const struct transcript_entry *entry,
    size_t end, enum screen_style other)
{
	if (lit_reaches(lit, end))
		return lit->ranges[lit->next].here ? SCREEN_MATCH_HERE
						   : SCREEN_MATCH;
	return differs(entry, end) ? SCREEN_ALERT : other;
}

void
pane_lit_draw(struct pane_lit *lit, struct screen *s, int row, int column,
    int max, enum screen_style style, const struct view_row *r,
    const struct transcript_entry *entry)
{
	size_t at = r->start, end = r->start + r->len;
	int done = 0;

	while (at < end && done < max) {
		const char *text = entry->text + at;
		struct visible unit;
		size_t used = wrap_unit(text, end - at, (unsigned)done, &unit);
		int room = unit.width < max - done ? unit.width : max - done;
		enum screen_style shown;

		lit_seek(lit, entry->id, at);
		shown = unit_style(
		    lit, entry, at + used, unit.escaped ? SCREEN_SPELT : style);
		/* What is as it came is drawn with what a joiner looks at. */
		if (unit.escaped || *text == '\t')
			screen_put(s, row, column + done, room, shown,
			    unit.text, unit.text_len);
		else
			screen_put(
			    s, row, column + done, room, shown, text, end - at);
		done += unit.width;
		at += used;
	}
}
