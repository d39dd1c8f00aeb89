/* datalog: a "data" event for what each client says, so many a second. */

#ifndef YODEL_DATALOG_H
#define YODEL_DATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"

/* What of a message is looked at, at most: 120 columns of it are shown. */
#define DATALOG_PREVIEW_MAX	1024

struct datalog;

/*
 * It is off at first. At most per_second events reach the log, from all threads together; how many
 * did not is told in a "dropped" event. Returns NULL with ENOMEM. The log is
 * closed after the datalog is freed.
 */
struct datalog	*datalog_new(struct log *, unsigned per_second);
void		 datalog_free(struct datalog *); /* NULL is fine */

/* Any thread. */
void		 datalog_set(struct datalog *, bool on);
bool		 datalog_is_on(const struct datalog *);

/*
 * Whether the next message is to be logged at this level: then, and only then,
 * follows datalog_write(). Any thread.
 */
bool		 datalog_take(struct datalog *, enum log_level);

/* bytes is the message's length; p[0..len) its beginning, or all of it. */
void		 datalog_write(struct datalog *, enum log_level,
		    uint64_t client, uint64_t bytes, const void *p,
		    size_t len);

#endif
