/*
 * log_quota: how many events of a kind may be logged in a second; log.h has
 * what its callers need. The rest is the log's, which keeps its quotas in a
 * list: NULL is an empty one. Times are those of clock_now_ms().
 */

#ifndef YODEL_LOG_QUOTA_H
#define YODEL_LOG_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct log_quota;

/*
 * Hands what the list has kept from the log in seconds that are over (all: in
 * this one too), and what was not handed on yet, to log_shared_withhold(). Under
 * the log's mutex; who logs may go on.
 */
void		 log_quota_collect(struct log_quota *, uint64_t now_ms,
		    bool all);

/*
 * How long until log_quota_collect() has something to say: ms as poll(2) takes
 * them, -1 when nothing was kept from the log. Who changes that wakes the log.
 */
int		 log_quota_wait_ms(struct log_quota *, uint64_t now_ms);

/* Frees the list. */
void		 log_quota_free(struct log_quota *);

#endif
