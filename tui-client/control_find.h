/* control_find: which yodeld of this user are running: their control sockets. */

#ifndef YODEL_CONTROL_FIND_H
#define YODEL_CONTROL_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control_path.h"
#include "endpoint.h"

#define CONTROL_FIND_MAX	64	/* of them; more are not looked at */

struct control_found {
	char	 path[CONTROL_PATH_MAX];
	bool	 answers;	/* else it hangs, and that is all there is */
	char	 addr[ENDPOINT_TEXT_MAX]; /* where it listens, as it says */
	uint64_t clients;
	uint64_t pid;
};

/*
 * Asks all in dir at the same time, for timeout_ms at most, and sorts them by
 * path. Sockets where nobody is, or somebody else, are not among them. Returns
 * how many, or -1 with errno.
 */
int		 control_find(struct control_found found[CONTROL_FIND_MAX],
		    const char *dir, unsigned timeout_ms);

#endif
