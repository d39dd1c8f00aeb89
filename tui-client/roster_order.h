/* roster_order: rows of a roster in the order of one of their columns. Pure. */

#ifndef YODEL_ROSTER_ORDER_H
#define YODEL_ROSTER_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "roster.h"

/*
 * Sorts order[0..count), stably in either direction; spare has room for as
 * many. Peers are compared as people do: host:9 comes before host:10.
 */
void		 roster_order(const struct roster_row **order,
		    const struct roster_row **spare, size_t count,
		    enum roster_column, bool descending);

#endif
