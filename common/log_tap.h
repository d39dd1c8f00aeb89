/*
 * log_tap: a second reader of a log, beside its file: the events from now on,
 * as lines of JSON whatever the form of the file is. At level info and above,
 * also where the file has less, and at debug where the file has that.
 *
 * A tap never holds up who logs: what it has no room for is counted, and told
 * by a "dropped" event in this tap once there is room. So is what a quota kept
 * from it.
 */

#ifndef YODEL_LOG_TAP_H
#define YODEL_LOG_TAP_H

#include <stddef.h>

struct log;
struct log_tap;

/*
 * limit_bytes as in log_options. wake is called when there is something to take
 * again after log_tap_take() has returned 0, and for the first event; by any
 * thread, under the log's lock: it only passes the word on, and does not log.
 * Returns NULL with errno.
 */
struct log_tap	*log_tap_new(struct log *, size_t limit_bytes,
		    void (*wake)(void *arg), void *arg);

/* Before the log is closed. From then on wake is not called. NULL is fine. */
void		 log_tap_free(struct log_tap *);

/*
 * Moves whole lines into buf, at most size bytes, which has to be LOG_LINE_MAX
 * at least. Returns the bytes: 0 when nothing waits.
 */
size_t		 log_tap_take(struct log_tap *, char *buf, size_t size);

#endif
