#include "log.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log_format.h"
#include "log_shared.h"
#include "log_thread.h"

#define LOG_TELL_MS 10 /* between the tries to tell of the end */

static bool
log_is_important(enum log_level level, const char *event)
{
	return level >= LOG_LEVEL_WARNING || strcmp(event, "connect") == 0 ||
	    strcmp(event, "close") == 0 || strcmp(event, "refuse") == 0;
}

/*
 * Whether the event is dropped, and counted, by all who take it in this form
 * without a line being made.
 */
static bool
log_skip(struct log *log, bool json, enum log_level level)
{
	struct log_queue *queue;
	bool skip = true;

	(void)pthread_mutex_lock(&log->mutex);
	for (queue = &log->file; queue != NULL; queue = queue->next)
		if (log_queue_takes(queue, json, level))
			skip = skip && log_queue_has_gap(queue);
	for (queue = &log->file; skip && queue != NULL; queue = queue->next)
		if (log_queue_takes(queue, json, level))
			queue->dropped++;
	(void)pthread_mutex_unlock(&log->mutex);
	return skip;
}

/* Where it sleeps on, whoever logs next tries again. */
static void
log_wake(struct log *log)
{
	if (log_shared_wake(log))
		return;
	(void)pthread_mutex_lock(&log->mutex);
	log->file.idle = true;
	(void)pthread_mutex_unlock(&log->mutex);
}

/* Puts the line where it is wanted, and lets its readers know. */
static void
log_put(struct log *log, bool json, enum log_level level, bool important,
    const char *body, size_t len)
{
	struct log_queue *queue;
	bool idle = false;

	(void)pthread_mutex_lock(&log->mutex);
	for (queue = &log->file; queue != NULL; queue = queue->next)
		if (log_queue_takes(queue, json, level))
			log_shared_put(log, queue, important, body, len);
	if (log_queue_takes(&log->file, json, level)) {
		idle = log->file.idle;
		log->file.idle = false;
	}
	(void)pthread_mutex_unlock(&log->mutex);
	if (idle)
		log_wake(log);
}

static bool
log_wants_form(const struct log *log, bool json, enum log_level level)
{
	return (int)level >=
	    atomic_load_explicit(&log->least[json], memory_order_relaxed);
}

/* A form that nobody takes costs no more than the question. */
static void
log_event_as(struct log *log, bool json, enum log_level level,
    const char *event, const struct log_field *fields, size_t nfields)
{
	const bool important = log_is_important(level, event);
	char body[LOG_BODY_MAX];
	size_t len;

	if (!important && log_skip(log, json, level))
		return;
	len = log_format_body(body, json, level, event, fields, nfields);
	log_put(log, json, level, important, body, len);
}

void
log_event(struct log *log, enum log_level level, const char *event,
    const struct log_field *fields, size_t nfields)
{
	const int saved_errno = errno;

	if (log_wants_form(log, false, level))
		log_event_as(log, false, level, event, fields, nfields);
	if (log_wants_form(log, true, level))
		log_event_as(log, true, level, event, fields, nfields);
	errno = saved_errno;
}

static int
log_open_wake(int wake[2])
{
	int error, i;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, wake) == -1)
		return -1;
	for (i = 0; i < 2; i++)
		if (fcntl(wake[i], F_SETFL, O_NONBLOCK) == -1 ||
		    fcntl(wake[i], F_SETFD, FD_CLOEXEC) == -1)
			goto fail;
	return 0;

fail:
	error = errno;
	(void)close(wake[0]);
	(void)close(wake[1]);
	errno = error;
	return -1;
}

struct log *
log_open(const struct log_options *options)
{
	struct log *log;
	int error;

	log = calloc(1, sizeof(*log));
	if (log == NULL)
		return NULL;
	log->file.level = options->level;
	log->file.json = options->json;
	log->sink.refused = options->refused;
	log->wake[LOG_CALLERS] = log->wake[LOG_THREAD] = -1;
	log->sink.fd = -1;
	error = pthread_mutex_init(&log->mutex, NULL);
	if (error != 0) {
		free(log);
		errno = error;
		return NULL;
	}
	/* localtime_r(3), unlike localtime(3), need not look at TZ. */
	tzset();
	if (log_queue_init(&log->file, options->limit_bytes) == -1 ||
	    log_open_wake(log->wake) == -1 ||
	    log_sink_open(&log->sink, options->path) == -1)
		goto fail;
	log_shared_add(log, &log->file);
	log->terminal = isatty(log->sink.fd) == 1;
	if (log_thread_start(log) == -1)
		goto fail;
	return log;

fail:
	error = errno;
	log_shared_free(log);
	errno = error;
	return NULL;
}

/*
 * Under the mutex: the thread closes its end of the socket as soon as it may,
 * and a byte sent after that would raise SIGPIPE.
 */
static bool
log_tell_end(struct log *log)
{
	bool told;

	(void)pthread_mutex_lock(&log->mutex);
	log->closing = true;
	told = log->ended || log_shared_wake(log);
	(void)pthread_mutex_unlock(&log->mutex);
	return told;
}

/* Waits for the thread's end of file, which is never a byte. */
static void
log_wait_end(struct log *log, unsigned wait_ms)
{
	struct pollfd fd = {.fd = log->wake[LOG_CALLERS], .events = POLLIN};
	const uint64_t end_ms = clock_now_ms() + wait_ms;
	uint64_t now_ms, left_ms, most_ms;
	bool told = false;

	do {
		told = told || log_tell_end(log);
		now_ms = clock_now_ms();
		left_ms = now_ms < end_ms ? end_ms - now_ms : 0;
		most_ms = told ? INT_MAX : LOG_TELL_MS;
		if (most_ms > left_ms)
			most_ms = left_ms;
	} while (poll(&fd, 1, (int)most_ms) != 1 && left_ms > 0);
}

void
log_close(struct log *log, unsigned wait_ms)
{
	bool ended;

	if (log == NULL)
		return;
	log_wait_end(log, wait_ms);
	(void)pthread_mutex_lock(&log->mutex);
	ended = log->ended;
	if (!ended) {
		log->orphaned = true;
		(void)log_shared_wake(log);
		(void)pthread_detach(log->thread);
	}
	(void)pthread_mutex_unlock(&log->mutex);
	if (ended) {
		(void)pthread_join(log->thread, NULL);
		log_shared_free(log);
	}
}

void
log_reopen(struct log *log)
{
	(void)pthread_mutex_lock(&log->mutex);
	log->reopen = log->sink.path != NULL;
	log->reopen_at = log->file.ring.appended;
	(void)pthread_mutex_unlock(&log->mutex);
	log_wake(log);
}

bool
log_wants(const struct log *log, enum log_level level)
{
	return log_wants_form(log, false, level) ||
	    log_wants_form(log, true, level);
}

bool
log_is_terminal(const struct log *log)
{
	return log->terminal;
}
