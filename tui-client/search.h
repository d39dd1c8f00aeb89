/*
 * search: a text in the transcript: where it stands, and which of how many it
 * is. Pure: no screen, no keys. Case is ignored as long as the pattern has no
 * capital letter. Matches never overlap, nor go beyond an entry.
 *
 * Counting a long transcript takes a while: it is done in turns, from the
 * newest entry up, so that a key never waits for it.
 */

#ifndef YODEL_SEARCH_H
#define YODEL_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search;
struct transcript;

struct search_range {
	size_t	 start, len;	/* of the entry's text, in bytes */
	bool	 here;		/* the match that the search stands at */
};

struct search_place {
	uint64_t id;
	size_t	 start, len;
};

/* The transcript is the caller's and outlives it. NULL with ENOMEM. */
struct search	*search_new(const struct transcript *);
void		 search_free(struct search *); /* NULL is fine */

/*
 * Looks for pattern (UTF-8; a copy) from now on; of length 0: for nothing. The
 * match that it stood at is given up. Returns 0, or -1 with ENOMEM.
 */
int		 search_set(struct search *, const char *pattern, size_t len);
bool		 search_is_set(const struct search *);

/*
 * The next match above (up) or below the one it stands at; to begin with, the
 * newest one. Round the end it goes on at the other one. False where there is
 * none, or none was counted yet and search_count() is not whole: then ask again
 * after search_work().
 */
bool		 search_step(struct search *, bool up,
		    struct search_place *place);

/*
 * Counts on, a bounded amount (about 1 MiB of text), and forgets what has
 * fallen out. Returns whether there was anything to do: then call it again
 * after a turn of the loop. New entries are counted as they come.
 */
bool		 search_work(struct search *);

/* Of the last search_work(); whole says whether that was all. */
size_t		 search_count(const struct search *, bool *whole);

/* Which of these it stands at, from the oldest, 1 to count; 0: none. */
size_t		 search_number(const struct search *);

/*
 * The matches in an entry that end behind byte from of its text, in order: max
 * at most. They are looked for from byte begin on: 0, or where one has ended.
 * Returns how many.
 */
size_t		 search_ranges(const struct search *, uint64_t id, size_t begin,
		    size_t from, struct search_range *ranges, size_t max);

#endif
