#include "log.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log_format.h"
#include "log_ring.h"
#include "log_sink.h"

#define LOG_LIMIT_DEFAULT (256 * 1024)
#define LOG_LIMIT_MIN	  (4 * LOG_LINE_MAX)
#define LOG_RETRY_MS	  500 /* after an error of the file's */
#define LOG_REASON_MAX	  512

_Static_assert(LOG_BATCH_MAX >= LOG_LINE_MAX, "a line fits a batch");

/*
 * The two ends of wake: a byte from a caller to the thread says "look again",
 * the end of file from the thread to log_close() says "done".
 */
enum { LOG_CALLERS, LOG_THREAD };

struct log {
	pthread_t thread;
	int wake[2];
	enum log_level level;
	bool json;
	bool terminal;
	struct log_sink sink; /* the thread's own */

	pthread_mutex_t mutex; /* for what follows */
	struct log_ring ring;
	struct log_stamp stamp;
	uint64_t dropped;   /* events since the last "dropped" */
	uint64_t reopen_at; /* with reopen: behind what is for the old file */
	bool reopen;
	bool idle; /* the thread waits for an event */
	bool closing;
	bool orphaned; /* log_close() waits no more: the thread frees all */
	bool ended;    /* the thread is done with all of this */
};

static bool
log_is_important(enum log_level level, const char *event)
{
	return level >= LOG_LEVEL_WARNING || strcmp(event, "connect") == 0 ||
	    strcmp(event, "close") == 0 || strcmp(event, "refuse") == 0;
}

/* Under the mutex. Puts one line into the ring, or counts it as dropped. */
static void
log_put(struct log *log, bool important, const char *body, size_t len)
{
	log_format_stamp(&log->stamp, log->json, clock_wall_ms());
	/*
	 * Once something was dropped, what is ordinary stays out until that has
	 * been told: one gap, and not a sieve.
	 */
	if ((log->dropped > 0 && !important) ||
	    !log_ring_fits(&log->ring, log->stamp.len + len, important)) {
		log->dropped++;
		return;
	}
	log_ring_append(&log->ring, log->stamp.text, log->stamp.len);
	log_ring_append(&log->ring, body, len);
}

/* A full socket has bytes enough to wake the thread; so all errors are fine. */
static void
log_wake(struct log *log)
{
	int saved_errno;

	saved_errno = errno;
	if (write(log->wake[LOG_CALLERS], "", 1) == -1)
		errno = saved_errno;
}

void
log_event(struct log *log, enum log_level level, const char *event,
    const struct log_field *fields, size_t nfields)
{
	char body[LOG_BODY_MAX];
	int saved_errno;
	size_t len;
	bool idle;

	if (!log_wants(log, level))
		return;
	saved_errno = errno;
	len = log_format_body(body, log->json, level, event, fields, nfields);
	(void)pthread_mutex_lock(&log->mutex);
	log_put(log, log_is_important(level, event), body, len);
	idle = log->idle;
	log->idle = false;
	(void)pthread_mutex_unlock(&log->mutex);
	if (idle)
		log_wake(log);
	errno = saved_errno;
}

/* As log_event(), from the thread and under the mutex. */
static void
log_put_own(struct log *log, enum log_level level, const char *event,
    const struct log_field *field)
{
	char body[LOG_BODY_MAX];
	size_t len;

	len = log_format_body(body, log->json, level, event, field, 1);
	log_put(log, true, body, len);
}

/* Waits until half the ring is free: more than a line comes after this one. */
static void
log_put_dropped(struct log *log)
{
	struct log_field field;

	if (log->dropped == 0 || log->ring.used > log->ring.size / 2)
		return;
	field = log_number("events", log->dropped);
	log->dropped = 0;
	log_put_own(log, LOG_LEVEL_WARNING, "dropped", &field);
}

static void
log_put_reopen_error(struct log *log, int error)
{
	char reason[LOG_REASON_MAX], text[LOG_REASON_MAX];
	struct log_field field;

	if (strerror_r(error, reason, sizeof(reason)) != 0)
		(void)snprintf(reason, sizeof(reason), "error %d", error);
	(void)snprintf(text, sizeof(text), "cannot reopen the log: %.*s",
	    (int)sizeof(text) / 2, reason);
	field = log_text("error", text);
	log_put_own(log, LOG_LEVEL_ERROR, "error", &field);
}

/* Under the mutex, which it lets go while the system is asked. */
static void
log_switch(struct log *log)
{
	int error;

	log->reopen = false;
	(void)pthread_mutex_unlock(&log->mutex);
	error = log_sink_reopen(&log->sink) == -1 ? errno : 0;
	(void)pthread_mutex_lock(&log->mutex);
	if (error != 0)
		log_put_reopen_error(log, error);
}

/*
 * Under the mutex, which it lets go meanwhile: waits for a byte from a caller,
 * for the time to pass, or until fd (-1: none) takes something.
 */
static void
log_wait(struct log *log, int fd, int timeout_ms)
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

/* Fetches the next batch. Returns false when there is nothing left to do. */
static bool
log_fetch(struct log *log)
{
	struct log_sink *sink = &log->sink;

	log_put_dropped(log);
	if (log->reopen && log->ring.taken >= log->reopen_at)
		log_switch(log);
	sink->written = 0;
	sink->len = log_ring_take(&log->ring, sink->batch, sizeof(sink->batch),
	    log->reopen ? log->reopen_at : UINT64_MAX);
	if (sink->len > 0)
		return true;
	if (log->reopen || log->dropped > 0)
		return true;
	if (log->closing)
		return false;
	log->idle = true;
	log_wait(log, -1, -1);
	log->idle = false;
	return true;
}

/* After an error of the file's. Returns false when there is no point left. */
static bool
log_recover(struct log *log, int error)
{
	if (error == EAGAIN || error == EWOULDBLOCK) {
		log_wait(log, log->sink.fd, -1);
		return true;
	}
	if (log->reopen) {
		log_switch(log);
		return true;
	}
	if (log->closing)
		return false;
	log_wait(log, -1, LOG_RETRY_MS);
	return true;
}

static void
log_destroy(struct log *log)
{
	int i;

	log_sink_close(&log->sink);
	log_ring_end(&log->ring);
	for (i = 0; i < 2; i++)
		if (log->wake[i] != -1)
			(void)close(log->wake[i]);
	(void)pthread_mutex_destroy(&log->mutex);
	free(log);
}

/* Under the mutex. Returns whether the log is the thread's to free. */
static bool
log_write_all(struct log *log)
{
	bool go_on = true;
	int error;

	while (go_on && !log->orphaned) {
		if (!log_sink_pending(&log->sink)) {
			go_on = log_fetch(log);
			continue;
		}
		(void)pthread_mutex_unlock(&log->mutex);
		error = log_sink_flush(&log->sink) == -1 ? errno : 0;
		(void)pthread_mutex_lock(&log->mutex);
		if (error != 0)
			go_on = log_recover(log, error);
	}
	log->ended = true;
	return log->orphaned;
}

static void *
log_run(void *arg)
{
	struct log *log = arg;
	bool orphaned;
	int wake;

	(void)pthread_mutex_lock(&log->mutex);
	orphaned = log_write_all(log);
	wake = log->wake[LOG_THREAD];
	if (!orphaned)
		log->wake[LOG_THREAD] = -1;
	(void)pthread_mutex_unlock(&log->mutex);
	if (orphaned)
		log_destroy(log);
	else
		(void)close(wake);
	return NULL;
}

/* The thread that asked for log_open() gets the signals, this one none. */
static int
log_start(struct log *log)
{
	sigset_t all, before;
	int error;

	(void)sigfillset(&all);
	error = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (error == 0) {
		error = pthread_create(&log->thread, NULL, log_run, log);
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	errno = error;
	return error == 0 ? 0 : -1;
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

static size_t
log_limit(size_t limit_bytes)
{
	if (limit_bytes == 0)
		return LOG_LIMIT_DEFAULT;
	return limit_bytes < LOG_LIMIT_MIN ? LOG_LIMIT_MIN : limit_bytes;
}

struct log *
log_open(const struct log_options *options)
{
	struct log *log;
	int error;

	log = calloc(1, sizeof(*log));
	if (log == NULL)
		return NULL;
	log->level = options->level;
	log->json = options->json;
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
	if (log_ring_init(&log->ring, log_limit(options->limit_bytes)) == -1 ||
	    log_open_wake(log->wake) == -1 ||
	    log_sink_open(&log->sink, options->path) == -1)
		goto fail;
	log->terminal = isatty(log->sink.fd) == 1;
	if (log_start(log) == -1)
		goto fail;
	return log;

fail:
	error = errno;
	log_destroy(log);
	errno = error;
	return NULL;
}

/* Waits for the thread's end of file, which is never a byte. */
static void
log_wait_end(struct log *log, unsigned wait_ms)
{
	struct pollfd fd = {.fd = log->wake[LOG_CALLERS], .events = POLLIN};
	const uint64_t end_ms = clock_now_ms() + wait_ms;
	uint64_t now_ms, left_ms;

	do {
		now_ms = clock_now_ms();
		left_ms = now_ms < end_ms ? end_ms - now_ms : 0;
		if (left_ms > INT_MAX)
			left_ms = INT_MAX;
	} while (poll(&fd, 1, (int)left_ms) != 1 && left_ms > 0);
}

void
log_close(struct log *log, unsigned wait_ms)
{
	bool ended;

	if (log == NULL)
		return;
	/*
	 * The thread is woken under the mutex: it closes its end of the socket
	 * as soon as it may, and a byte sent after that would raise SIGPIPE.
	 */
	(void)pthread_mutex_lock(&log->mutex);
	log->closing = true;
	if (!log->ended)
		log_wake(log);
	(void)pthread_mutex_unlock(&log->mutex);
	log_wait_end(log, wait_ms);
	(void)pthread_mutex_lock(&log->mutex);
	ended = log->ended;
	if (!ended) {
		log->orphaned = true;
		log_wake(log);
		(void)pthread_detach(log->thread);
	}
	(void)pthread_mutex_unlock(&log->mutex);
	if (ended) {
		(void)pthread_join(log->thread, NULL);
		log_destroy(log);
	}
}

void
log_reopen(struct log *log)
{
	(void)pthread_mutex_lock(&log->mutex);
	log->reopen = log->sink.path != NULL;
	log->reopen_at = log->ring.appended;
	(void)pthread_mutex_unlock(&log->mutex);
	log_wake(log);
}

bool
log_wants(const struct log *log, enum log_level level)
{
	return level >= log->level;
}

bool
log_is_terminal(const struct log *log)
{
	return log->terminal;
}
