#include "log_shared.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "log_quota.h"

void
log_shared_put(struct log *log, bool important, const char *body, size_t len)
{
	log_format_stamp(&log->stamp, log->json, clock_wall_ms());
	if ((!important && log_shared_has_gap(log)) ||
	    !log_ring_fits(&log->ring, log->stamp.len + len, important)) {
		log->dropped++;
		return;
	}
	log_ring_append(&log->ring, log->stamp.text, log->stamp.len);
	log_ring_append(&log->ring, body, len);
}

bool
log_shared_has_gap(const struct log *log)
{
	return log->dropped > 0;
}

/* A full socket has bytes enough to wake the thread; so all errors are fine. */
void
log_shared_wake(struct log *log)
{
	int saved_errno;

	saved_errno = errno;
	if (write(log->wake[LOG_CALLERS], "", 1) == -1)
		errno = saved_errno;
}

void
log_shared_free(struct log *log)
{
	int i;

	log_sink_close(&log->sink);
	log_ring_end(&log->ring);
	log_quota_free(log->quotas);
	for (i = 0; i < 2; i++)
		if (log->wake[i] != -1)
			(void)close(log->wake[i]);
	(void)pthread_mutex_destroy(&log->mutex);
	free(log);
}
