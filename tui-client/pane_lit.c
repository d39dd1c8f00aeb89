#include "pane_lit.h"
#include "pane_text.h"
#include "transcript.h"
#include "view.h"

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

/* An entry, and how what of it does not stand out is drawn. */
struct lit_entry {
	struct pane_lit *lit;
	const struct transcript_entry *entry;
	enum screen_style style;
};

static enum screen_style
unit_style(void *arg, size_t at, size_t end, bool spelt)
{
	const struct lit_entry *e = arg;
	struct pane_lit *lit = e->lit;

	lit_seek(lit, e->entry->id, at);
	if (lit_reaches(lit, end))
		return lit->ranges[lit->next].here ? SCREEN_MATCH_HERE
						   : SCREEN_MATCH;
	if (differs(e->entry, end))
		return SCREEN_ALERT;
	return spelt ? SCREEN_SPELT : e->style;
}

void
pane_lit_draw(struct pane_lit *lit, struct screen *s, int row, int column,
    int max, enum screen_style style, const struct view_row *r,
    const struct transcript_entry *entry)
{
	struct lit_entry arg = {lit, entry, style};

	(void)pane_text_draw(s, row, column, max, entry->text, r->start, r->len,
	    unit_style, &arg);
}
