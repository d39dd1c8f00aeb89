/* control_clients: the answer to "clients": a line for each. */

#ifndef YODEL_CONTROL_CLIENTS_H
#define YODEL_CONTROL_CLIENTS_H

#include <stddef.h>

struct census;
struct census_row;
struct control_answer;
struct listeners_names;

/*
 * Takes the census over, also where it fails: NULL with ENOMEM. The names are
 * the caller's and have to outlive it.
 */
struct control_answer *control_clients_new(struct census *,
		    const struct listeners_names *);

/*
 * One client into line[LOG_LINE_MAX]; that of a Unix socket is called as its
 * listener. Returns the bytes.
 */
size_t		 control_clients_format(const struct census_row *,
		    unsigned worker, const struct listeners_names *,
		    char *line);

#endif
