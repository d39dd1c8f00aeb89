/* outbox: lines that could not be sent yet, in order. Pure. */

#ifndef YODEL_OUTBOX_H
#define YODEL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox;

struct outbox_line {
	uint64_t id;		/* of its transcript entry */
	const char *text;	/* no end of line */
	size_t	 len;
};

/* Its owner keeps the bound, with outbox_bytes(). NULL with ENOMEM. */
struct outbox	*outbox_new(void);
void		 outbox_free(struct outbox *); /* NULL is fine */

/* Copies the line behind the last one. -1 with ENOMEM. */
int		 outbox_add(struct outbox *, const struct outbox_line *);

/* The first line: false where there is none. Valid until it is removed. */
bool		 outbox_first(const struct outbox *, struct outbox_line *);
void		 outbox_remove_first(struct outbox *);

/*
 * Moves all lines of `from` to `to`, each to its place in the order of the ids.
 */
void		 outbox_move(struct outbox *to, struct outbox *from);

size_t		 outbox_count(const struct outbox *);

/* The memory that the lines take: text and book-keeping. */
size_t		 outbox_bytes(const struct outbox *);

#endif
