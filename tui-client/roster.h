/*
 * roster: who is connected to a yodeld, as its answers to `clients` tell it, in
 * the order that is asked for. Pure.
 *
 * A new answer is collected apart and takes the place of the last one when it
 * is whole: half of one never shows.
 */

#ifndef YODEL_ROSTER_H
#define YODEL_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROSTER_MAX		100000	/* rows; of more it is told how many */
#define ROSTER_PEER_BYTES	64	/* an IPv6 address and its port; a name is cut */

struct roster;

struct roster_row {
	uint64_t id;			/* (nameless) the roster's own */
	bool	 nameless;		/* what it is called is no number */
	uint64_t age_ms, idle_ms;	/* by the server's clock */
	uint64_t in, out, queued;	/* bytes */
	uint64_t rate;			/* bytes a second, the busier direction */
	char	 peer[ROSTER_PEER_BYTES]; /* as it came: to be made visible */
};

enum roster_column {
	ROSTER_ID,
	ROSTER_PEER,
	ROSTER_AGE,
	ROSTER_IDLE,
	ROSTER_IN,
	ROSTER_OUT,
	ROSTER_RATE,
	ROSTER_QUEUED,
	ROSTER_COLUMNS
};

/* By id, nobody selected. NULL with ENOMEM. */
struct roster	*roster_new(void);
void		 roster_free(struct roster *); /* NULL is fine */

/*
 * A row of an answer, whose rate is reckoned here: from the row of the same
 * client in the last answer. Of those that are nameless the nth is taken for the
 * nth of the last one. What there is no room or memory for is counted.
 */
void		 roster_add(struct roster *, const struct roster_row *);

/* That was all of it: now it shows. */
void		 roster_complete(struct roster *);

/* The rest of the answer will not come. */
void		 roster_abandon(struct roster *);

size_t		 roster_count(const struct roster *);
uint64_t	 roster_left_out(const struct roster *);

/* The bytes of the longest peer that was ever in a whole answer. */
size_t		 roster_longest_peer(const struct roster *);

/* The same of ids. */
uint64_t	 roster_highest_id(const struct roster *);

/* By this column; those that are equal, by id. */
void		 roster_sort(struct roster *, enum roster_column,
		    bool descending);
enum roster_column roster_column(const struct roster *);
bool		 roster_descends(const struct roster *);

/* The nth in that order, n < roster_count(). Sorts where that is due. */
const struct roster_row *roster_row(struct roster *, size_t n);

/* The one with this id, or NULL. */
const struct roster_row *roster_find(const struct roster *, uint64_t id);

/*
 * The selection stays on its client wherever that goes; when the client leaves
 * it is on the one that was next to it. NULL where nobody is selected.
 */
const struct roster_row *roster_selected(struct roster *, size_t *n);

/*
 * Moves it by so many rows, no further than the ends. Where nobody is selected,
 * the first (rows > 0) or the last one is now.
 */
void		 roster_select(struct roster *, long rows);
void		 roster_select_none(struct roster *);

#endif
