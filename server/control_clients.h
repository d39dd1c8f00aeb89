/* control_clients: the answer to "clients": a line for each. */

#ifndef YODEL_CONTROL_CLIENTS_H
#define YODEL_CONTROL_CLIENTS_H

#include <stddef.h>

struct census;
struct census_row;
struct control_answer;

/* Takes the census over, also where it fails: NULL with ENOMEM. */
struct control_answer *control_clients_new(struct census *);

/*
 * One client into line[LOG_LINE_MAX]. Where memory lacked for the path of a
 * Unix one, it is "unix:". Returns the bytes.
 */
size_t		 control_clients_format(const struct census_row *,
		    unsigned worker, char *line);

#endif
