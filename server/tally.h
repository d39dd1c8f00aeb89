/* tally: how many clients there are from each address. */

#ifndef YODEL_TALLY_H
#define YODEL_TALLY_H

#include <stdint.h>

struct remote;
struct tally;

/* Nobody yet. Returns NULL with ENOMEM. */
struct tally	*tally_new(void);
void		 tally_free(struct tally *); /* NULL is fine */

/*
 * One more from this address, whatever its port. Returns how many there are
 * then, or 0 with ENOMEM.
 */
uint64_t	 tally_add(struct tally *, const struct remote *);

/* One less; nothing where there is none. */
void		 tally_remove(struct tally *, const struct remote *);

#endif
