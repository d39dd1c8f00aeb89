#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eintr.h"
#include "entry_text.h"
#include "home.h"
#include "loop.h"
#include "tape.h"
#include "transcript.h"

/* A whole piece of a line fits in, even with each of its bytes as \xNN. */
#define BUFFER_BYTES (4u * 65536 + 512)

struct tape {
	struct loop *loop;
	struct tape_options options;
	struct entry_text text;
	struct loop_task turn;	  /* writes once the turn of the loop is over */
	struct loop_source ready; /* a FIFO that was full has room again */
	char *path;
	char *buffer;
	size_t len;
	uint64_t lost; /* lines that were not logged, and not told yet */
	int fd;	       /* -1: it has ended */
	bool whole;    /* (no plain file) a line goes in whole, or not at all */
	bool blocked;  /* ready is waited for */
};

const char *
tape_error(int error)
{
	switch (error) {
	case ENXIO:
	case EPIPE:
		return "nobody reads from it";
	case EAGAIN:
		return "its reader was too slow";
	case ELOOP:
	case EMLINK: /* FreeBSD */
#ifdef EFTYPE
	case EFTYPE: /* NetBSD */
#endif
		return "it is a symbolic link";
	default:
		return strerror(error);
	}
}

/* Writes what waits, as far as it goes without blocking. -1 with errno. */
static int
tape_flush(struct tape *t)
{
	size_t done = 0;

	while (done < t->len) {
		ssize_t n = write(t->fd, t->buffer + done, t->len - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN && t->whole)
			break;
		if (n == -1)
			return -1;
		done += (size_t)n;
	}
	t->len -= done;
	if (done > 0 && t->len > 0)
		memmove(t->buffer, t->buffer + done, t->len);
	t->blocked = t->len > 0;
	return loop_io_set(
	    t->loop, &t->ready, t->fd, t->blocked ? LOOP_WRITE : 0);
}

/* For entry_text. */
static int
tape_put(void *arg, const char *p, size_t len)
{
	struct tape *t = arg;

	while (len > BUFFER_BYTES - t->len) {
		size_t n = BUFFER_BYTES - t->len;

		if (t->whole) {
			errno = ENOBUFS;
			return -1;
		}
		memcpy(t->buffer + t->len, p, n);
		t->len += n;
		p += n;
		len -= n;
		if (tape_flush(t) == -1)
			return -1;
	}
	memcpy(t->buffer + t->len, p, len);
	t->len += len;
	return 0;
}

/* Nothing of it is kept where there is no room: -1 with ENOBUFS. */
static int
tape_try(struct tape *t, const struct transcript_entry *entry)
{
	struct entry_text before = t->text;
	size_t len = t->len;

	if (entry_text_add(&t->text, entry) == 0)
		return 0;
	if (t->whole) {
		t->text = before;
		t->len = len;
	}
	return -1;
}

static int
tape_take(struct tape *t, const struct transcript_entry *entry)
{
	if (tape_try(t, entry) == 0)
		return 0;
	if (!t->whole)
		return -1;
	if (!t->blocked && tape_flush(t) == -1)
		return -1;
	if (tape_try(t, entry) == -1)
		t->lost++;
	return 0;
}

static int
tape_shut(struct tape *t)
{
	int fd = t->fd;

	(void)loop_io_set(t->loop, &t->ready, fd, 0);
	loop_cancel(t->loop, &t->turn);
	t->blocked = false;
	t->fd = -1;
	return eintr_close(fd);
}

static void
tape_fail(struct tape *t, int error)
{
	char text[PATH_MAX + 128];

	/* Why it ends is known; that closing fails as well adds nothing. */
	if (t->fd != -1)
		(void)tape_shut(t);
	t->len = 0;
	(void)snprintf(text, sizeof(text), "the log has ended: %s: %s", t->path,
	    tape_error(error));
	t->options.failed(t->options.arg, text);
}

/* Once all before the gap is written, what tells of it stands in its place. */
static void
tape_tell_lost(struct tape *t)
{
	char text[64];

	(void)snprintf(text, sizeof(text),
	    t->lost == 1 ? "%llu line was not logged"
			 : "%llu lines were not logged",
	    (unsigned long long)t->lost);
	t->lost = 0;
	t->options.failed(t->options.arg, text);
}

static void
tape_work(struct tape *t)
{
	if (tape_flush(t) == -1)
		tape_fail(t, errno);
	else if (!t->blocked && t->lost > 0)
		tape_tell_lost(t);
}

static void
tape_turn(void *arg)
{
	tape_work(arg);
}

static void
tape_ready(void *arg, const struct loop_event *event)
{
	(void)event;
	tape_work(arg);
}

/* Sets whole as well. Returns the descriptor, or -1 with errno. */
static int
tape_open_file(struct tape *t)
{
	int fd = eintr_open(t->path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		O_NONBLOCK | O_NOCTTY,
	    0600);
	struct stat st;
	int error;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	t->whole = !S_ISREG(st.st_mode);
	return fd;
}

static void
tape_free(struct tape *t)
{
	free(t->buffer);
	free(t->path);
	free(t);
}

struct tape *
tape_open(struct loop *loop, const struct tape_options *options)
{
	struct tape *t = calloc(1, sizeof(*t));
	char path[PATH_MAX];
	int error;

	if (t == NULL)
		return NULL;
	t->loop = loop;
	t->options = *options;
	t->text.write = tape_put;
	t->text.arg = t;
	t->turn.fn = tape_turn;
	t->turn.arg = t;
	t->ready.fn = tape_ready;
	t->ready.arg = t;
	if (home_expand(path, sizeof(path), options->path) == -1 ||
	    (t->path = strdup(path)) == NULL ||
	    (t->buffer = malloc(BUFFER_BYTES)) == NULL ||
	    (t->fd = tape_open_file(t)) == -1)
		goto fail;
	t->options.path = t->path;
	return t;
fail:
	error = errno;
	tape_free(t);
	errno = error;
	return NULL;
}

/* What comes next is to begin a line. -1 with errno, EAGAIN for no room. */
static int
tape_settle(struct tape *t)
{
	if (tape_flush(t) == -1)
		return -1;
	if (entry_text_end(&t->text) == 0 && tape_flush(t) == -1)
		return -1;
	if (!t->blocked && t->lost == 0)
		return 0;
	errno = EAGAIN;
	return -1;
}

int
tape_close(struct tape *t)
{
	int error = 0;

	if (t == NULL)
		return 0;
	if (t->fd != -1) {
		if (tape_settle(t) == -1)
			error = errno;
		if (tape_shut(t) == -1 && error == 0)
			error = errno;
	}
	tape_free(t);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

void
tape_add(struct tape *t, uint64_t id)
{
	struct transcript_entry entry;

	if (t->fd == -1)
		return;
	/* In a gap all lines are lost, also those that would have fitted in. */
	if ((t->blocked && t->lost > 0) ||
	    !transcript_get(t->options.transcript, id, &entry))
		t->lost++;
	else if (tape_take(t, &entry) == -1) {
		tape_fail(t, errno);
		return;
	}
	if (!t->blocked)
		loop_defer(t->loop, &t->turn);
}

void
tape_reopen(struct tape *t)
{
	if (t->fd == -1)
		return;
	/* What a FIFO has no room for waits for the next one. */
	if ((tape_settle(t) == -1 && errno != EAGAIN) || tape_shut(t) == -1 ||
	    (t->fd = tape_open_file(t)) == -1) {
		tape_fail(t, errno);
		return;
	}
	loop_defer(t->loop, &t->turn);
}

bool
tape_is_running(const struct tape *t)
{
	return t->fd != -1;
}

const char *
tape_path(const struct tape *t)
{
	return t->path;
}
