/*
 * pool: many small cells of one size, without a word of overhead for each.
 * Cells lie in slabs; a slab that is empty goes back to the system. From a cell
 * one finds the pool's owner, so the cell needs no pointer to it.
 */

#ifndef YODEL_POOL_H
#define YODEL_POOL_H

#include <stddef.h>

struct pool;

/* Cells of cell_bytes (64 to 4096). NULL with errno (EINVAL, ENOMEM). */
struct pool	*pool_new(size_t cell_bytes, void *owner);
void		 pool_free(struct pool *); /* NULL is fine; cells go along */

/* A cell of zeros, aligned for a pointer; NULL with ENOMEM. */
void		*pool_get(struct pool *);
void		 pool_put(void *cell); /* NULL is fine */

/* What pool_new() was given for the pool of this cell. */
void		*pool_owner(const void *cell);

/* Cells that are in use. */
size_t		 pool_count(const struct pool *);

/* Calls fn for each cell in use; fn may put the cell that it was given. */
void		 pool_each(struct pool *, void (*fn)(void *cell));
void		 pool_visit(struct pool *, void (*fn)(void *cell, void *arg),
		    void *arg);

#endif
