/*
 * gate: whether a newcomer may stay, before anything is allocated for it: the
 * rules of --allow and --deny, the number of clients, and the descriptors of
 * the process.
 */

#ifndef YODEL_GATE_H
#define YODEL_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct admit;
struct gate;
struct log;
struct remote;

/*
 * Raises the soft limit of descriptors to the hard one, and keeps one
 * descriptor spare. max_clients is what may be open at once; 0: what the limit
 * of descriptors allows less a reserve. Rules and log stay the caller's.
 * Returns NULL with errno.
 */
struct gate	*gate_new(const struct admit *, struct log *,
		    uint64_t max_clients);
void		 gate_free(struct gate *); /* NULL is fine */

/*
 * Whether a newcomer may stay where open clients are there already. One who may
 * not is counted and logged as "refuse"; fd is the caller's to close.
 */
bool		 gate_check(struct gate *, int fd, const struct remote *,
		    uint64_t open);

/*
 * For EMFILE and ENFILE: turns one newcomer of this listening socket away by
 * means of the spare descriptor. Returns 0, or -1 with errno when that could
 * not be done either.
 */
int		 gate_turn_away(struct gate *, int listen_fd);

/* How many were refused. */
uint64_t	 gate_refused(const struct gate *);

#endif
