#include "log_shared.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "log_quota.h"

/* For log_wants(), which does not wait for the mutex. */
static void
log_shared_note_levels(struct log *log)
{
	int least[2] = {LOG_LEVEL_NONE, LOG_LEVEL_NONE};
	const struct log_queue *queue;
	int i;

	for (queue = &log->file; queue != NULL; queue = queue->next)
		if ((int)queue->level < least[queue->json])
			least[queue->json] = (int)queue->level;
	for (i = 0; i < 2; i++)
		atomic_store_explicit(
		    &log->least[i], least[i], memory_order_relaxed);
}

void
log_shared_add(struct log *log, struct log_queue *queue)
{
	if (queue != &log->file) {
		queue->next = log->file.next;
		log->file.next = queue;
	}
	log_shared_note_levels(log);
}

void
log_shared_remove(struct log *log, struct log_queue *queue)
{
	struct log_queue **at;

	for (at = &log->file.next; *at != queue; at = &(*at)->next)
		continue;
	*at = queue->next;
	log_shared_note_levels(log);
}

void
log_shared_put(struct log *log, struct log_queue *queue, bool important,
    const char *body, size_t len)
{
	struct log_stamp *stamp = &log->stamps[queue->json];

	log_format_stamp(stamp, queue->json, clock_wall_ms());
	log_queue_put(queue, important, stamp, body, len);
	if (queue->idle && queue->wake != NULL) {
		queue->idle = false;
		queue->wake(queue->arg);
	}
}

void
log_shared_tell(struct log *log, struct log_queue *queue)
{
	const uint64_t count = log_queue_settle(queue);
	char body[LOG_BODY_MAX];
	struct log_field field;
	size_t len;

	if (count == 0)
		return;
	field = log_number("events", count);
	len = log_format_body(
	    body, queue->json, LOG_LEVEL_WARNING, "dropped", &field, 1);
	log_shared_put(log, queue, true, body, len);
}

void
log_shared_withhold(struct log *log, enum log_level level, uint64_t count)
{
	struct log_queue *queue;

	for (queue = &log->file; queue != NULL; queue = queue->next)
		if (level >= queue->level)
			queue->withheld += count;
	(void)log_shared_wake(log);
}

bool
log_shared_wake(struct log *log)
{
	const int saved_errno = errno;
	ssize_t n;
	bool woken;

	do
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no NULL */
		n = write(log->wake[LOG_CALLERS], "", 1);
	while (n == -1 && errno == EINTR);
	/* A full socket has bytes enough to wake the thread. */
	woken = n != -1 || errno == EAGAIN || errno == EWOULDBLOCK;
	errno = saved_errno;
	return woken;
}

void
log_shared_free(struct log *log)
{
	int i;

	log_sink_close(&log->sink);
	log_queue_end(&log->file);
	log_quota_free(log->quotas);
	for (i = 0; i < 2; i++)
		if (log->wake[i] != -1)
			(void)close(log->wake[i]);
	(void)pthread_mutex_destroy(&log->mutex);
	free(log);
}
