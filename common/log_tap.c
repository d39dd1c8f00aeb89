#include "log_tap.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "log_quota.h"
#include "log_shared.h"

struct log_tap {
	struct log *log;
	struct log_queue queue;
};

static enum log_level
log_tap_level(enum log_level file)
{
	return file < LOG_LEVEL_INFO ? file : LOG_LEVEL_INFO;
}

struct log_tap *
log_tap_new(
    struct log *log, size_t limit_bytes, void (*wake)(void *arg), void *arg)
{
	struct log_tap *tap;

	tap = calloc(1, sizeof(*tap));
	if (tap == NULL)
		return NULL;
	tap->log = log;
	tap->queue.json = true;
	tap->queue.level = log_tap_level(log->file.level);
	tap->queue.idle = true;
	tap->queue.wake = wake;
	tap->queue.arg = arg;
	if (log_queue_init(&tap->queue, limit_bytes) == -1) {
		free(tap);
		errno = ENOMEM;
		return NULL;
	}
	(void)pthread_mutex_lock(&log->mutex);
	/* What was withheld before is not missing here. */
	log_quota_collect(log->quotas, clock_now_ms(), true);
	log_shared_add(log, &tap->queue);
	(void)pthread_mutex_unlock(&log->mutex);
	return tap;
}

void
log_tap_free(struct log_tap *tap)
{
	if (tap == NULL)
		return;
	(void)pthread_mutex_lock(&tap->log->mutex);
	log_shared_remove(tap->log, &tap->queue);
	(void)pthread_mutex_unlock(&tap->log->mutex);
	log_queue_end(&tap->queue);
	free(tap);
}

/* The log's thread may hang in write(2): quotas are not left to it alone. */
size_t
log_tap_take(struct log_tap *tap, char *buf, size_t size)
{
	struct log *log = tap->log;
	size_t len;

	(void)pthread_mutex_lock(&log->mutex);
	log_quota_collect(log->quotas, clock_now_ms(), false);
	log_shared_tell(log, &tap->queue);
	len = log_ring_take(&tap->queue.ring, buf, size, UINT64_MAX);
	tap->queue.idle = len == 0;
	(void)pthread_mutex_unlock(&log->mutex);
	return len;
}
