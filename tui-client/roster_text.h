/* roster_text: a row of a roster as the cells of a table. Pure. */

#ifndef YODEL_ROSTER_TEXT_H
#define YODEL_ROSTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "roster.h"

#define ROSTER_TEXT_BYTES	(ROSTER_PEER_BYTES + 32)

struct roster_heading {
	const char *name;
	int	 columns;	/* enough for each cell; of a peer, for IPv4 */
	unsigned rank;		/* 0: the last one to be left out */
	bool	 left;		/* flush left: a name, not a number */
};

const struct roster_heading *roster_text_heading(enum roster_column);

/* Not made visible. Returns buf. */
char		*roster_text_cell(char buf[ROSTER_TEXT_BYTES],
		    const struct roster_row *, enum roster_column);

#endif
