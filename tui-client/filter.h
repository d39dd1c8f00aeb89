/*
 * filter: which lines of a log one wants to see. Pure.
 *
 * A filter is terms with blanks between them; a line passes where all hold:
 *
 *   word        stands in the line as it is shown (record_text())
 *   key=text    stands in the value of that key: peer=127, ts=2026-11-22;
 *               a whole number is all of it: client=3 is neither 13 nor 30
 *   level=warn  the level begins with it
 *   !term       does not hold
 *
 * Quotes keep blanks together, and have no other meaning: "by peer", or
 * error="no such". Case is ignored in a term without a capital letter, but not
 * in a key. What is not complete yet, "!" or "peer=", asks for nothing.
 */

#ifndef YODEL_FILTER_H
#define YODEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct filter;
struct record;

struct filter_range {
	size_t	 start, len;	/* of record_text(), in bytes */
};

/* Of text[0..len). Any text is a filter. NULL with ENOMEM. */
struct filter	*filter_new(const char *text, size_t len);
void		 filter_free(struct filter *); /* NULL is fine */

/* Whether it asks for anything; if not, all lines pass. */
bool		 filter_asks(const struct filter *);

bool		 filter_passes(const struct filter *, struct record *);

/*
 * False where line[0..len) does not pass: much cheaper than to take it apart.
 * True says nothing.
 */
bool		 filter_may_pass(const struct filter *, const char *line,
		    size_t len);

/*
 * What of a line that passes is the reason for it: max ranges at most, those
 * that end behind byte from, by their starts; they may overlap. Returns how
 * many.
 */
size_t		 filter_ranges(const struct filter *, struct record *,
		    size_t from, struct filter_range *ranges, size_t max);

#endif
