#include "log_thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "log_quota.h"
#include "log_shared.h"
#include "thread.h"

#define LOG_RETRY_MS 500 /* after an error of the file's */

_Static_assert(LOG_BATCH_MAX >= LOG_LINE_MAX, "a line fits a batch");

/* Tells all readers what is missing, where there is room for that. */
static void
thread_tell(struct log *log)
{
	struct log_queue *queue;

	log_quota_collect(log->quotas, clock_now_ms(), log->closing);
	for (queue = &log->file; queue != NULL; queue = queue->next)
		log_shared_tell(log, queue);
}

static void
thread_log_reopen_error(struct log *log, int error)
{
	char reason[LOG_ERROR_MAX], text[2 * LOG_ERROR_MAX];
	struct log_field field;

	(void)snprintf(text, sizeof(text), "cannot reopen the log: %s",
	    log_format_error(reason, error));
	field = log_text("error", text);
	log_event(log, LOG_LEVEL_ERROR, "error", &field, 1);
}

/* Under the mutex, which it lets go while the system is asked. */
static void
thread_switch(struct log *log)
{
	int error;

	log->reopen = false;
	(void)pthread_mutex_unlock(&log->mutex);
	error = log_sink_reopen(&log->sink) == -1 ? errno : 0;
	if (error != 0)
		thread_log_reopen_error(log, error);
	(void)pthread_mutex_lock(&log->mutex);
}

/*
 * Under the mutex, which it lets go meanwhile: waits for a byte from a caller,
 * for the time to pass, or until fd (-1: none) takes something.
 */
static void
thread_wait(struct log *log, int fd, int timeout_ms)
{
	struct pollfd fds[] = {
	    {.fd = log->wake[LOG_THREAD], .events = POLLIN},
	    {.fd = fd, .events = POLLOUT},
	};
	char bytes[64];

	(void)pthread_mutex_unlock(&log->mutex);
	/* Whatever poll(2) and read(2) say, the caller looks for itself. */
	if (poll(fds, 2, timeout_ms) > 0 && fds[0].revents != 0)
		while (read(log->wake[LOG_THREAD], bytes, sizeof(bytes)) > 0)
			;
	(void)pthread_mutex_lock(&log->mutex);
}

/* Until an event comes, or a second ends that a quota has to tell of. */
static void
thread_idle(struct log *log)
{
	const int wait_ms = log_quota_wait_ms(log->quotas, clock_now_ms());

	log->file.idle = true;
	thread_wait(log, -1, wait_ms);
	log->file.idle = false;
}

/* Fetches the next batch. Returns false when there is nothing left to do. */
static bool
thread_fetch(struct log *log)
{
	struct log_sink *sink = &log->sink;

	if (log->reopen && log->file.ring.taken >= log->reopen_at)
		thread_switch(log);
	thread_tell(log);
	sink->written = 0;
	sink->len = log_ring_take(&log->file.ring, sink->batch,
	    sizeof(sink->batch), log->reopen ? log->reopen_at : UINT64_MAX);
	if (sink->len > 0 || log->reopen || log_queue_lacks(&log->file))
		return true;
	if (log->closing)
		return false;
	thread_idle(log);
	return true;
}

/* After an error of the file's. Returns false when there is no point left. */
static bool
thread_recover(struct log *log, int error)
{
	if (error == EAGAIN || error == EWOULDBLOCK) {
		thread_wait(log, log->sink.fd, -1);
		return true;
	}
	if (log->reopen) {
		thread_switch(log);
		return true;
	}
	if (log->closing)
		return false;
	thread_wait(log, -1, LOG_RETRY_MS);
	return true;
}

/* Under the mutex. Returns whether the log is the thread's to free. */
static bool
thread_write_all(struct log *log)
{
	bool go_on = true;
	int error;

	while (go_on && !log->orphaned) {
		if (!log_sink_pending(&log->sink)) {
			go_on = thread_fetch(log);
			continue;
		}
		(void)pthread_mutex_unlock(&log->mutex);
		error = log_sink_flush(&log->sink) == -1 ? errno : 0;
		(void)pthread_mutex_lock(&log->mutex);
		if (error != 0)
			go_on = thread_recover(log, error);
	}
	log->ended = true;
	return log->orphaned;
}

static void *
thread_run(void *arg)
{
	struct log *log = arg;
	bool orphaned;
	int wake;

	(void)pthread_mutex_lock(&log->mutex);
	orphaned = thread_write_all(log);
	wake = log->wake[LOG_THREAD];
	if (!orphaned)
		log->wake[LOG_THREAD] = -1;
	(void)pthread_mutex_unlock(&log->mutex);
	if (orphaned)
		log_shared_free(log);
	else
		(void)close(wake);
	return NULL;
}

int
log_thread_start(struct log *log)
{
	return thread_start(&log->thread, thread_run, log);
}
