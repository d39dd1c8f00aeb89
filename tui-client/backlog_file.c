#include "backlog_file.h"

#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eintr.h"
#include "lookout.h"
#include "loop.h"
#include "segments.h"

/* What the name leads to. */
enum backlog_file_name {
	NAME_THERE,   /* the file that is read */
	NAME_NEXT,    /* another one, which is empty yet */
	NAME_MOVED,   /* nothing; the file is somewhere else */
	NAME_DELETED, /* nothing, nor is the file anywhere */
	NAME_OTHER,   /* a directory or the like */
	NAME_BARRED   /* what may not be read */
};

struct backlog_file {
	struct backlog_file_handler handler;
	struct backlog backlog;
	struct segments segments;
	struct lookout *lookout;
	char *path;
	int next; /* the file that will take the place of the last, or -1 */
	enum backlog_file_name name;
	bool changed;
	bool unsure; /* something could not be asked for */
	char status[128];
};

static const char *
name_text(enum backlog_file_name name)
{
	static const char *const texts[] = {
	    [NAME_THERE] = "",
	    [NAME_NEXT] = "the new file is still empty",
	    [NAME_MOVED] = "moved away, waiting for a new one",
	    [NAME_DELETED] = "deleted, waiting for it",
	    [NAME_OTHER] = "no file any more, waiting for one",
	    [NAME_BARRED] = "can't be read any more",
	};

	return texts[name];
}

/* Never waits, as for the writer of a FIFO. */
static int
backlog_file_open_regular(const char *path, struct stat *st)
{
	int fd, error;

	fd = eintr_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	error = fstat(fd, st) == -1 ? errno : 0;
	if (error == 0 && S_ISREG(st->st_mode))
		return fd;
	(void)close(fd);
	errno = error != 0 ? error : EINVAL;
	return -1;
}

static bool
backlog_file_ask(struct backlog_file *f, int fd, struct stat *st)
{
	if (fstat(fd, st) == 0)
		return true;
	f->unsure = true;
	return false;
}

static void
backlog_file_notice(struct backlog_file *f, const char *what)
{
	if (f->handler.noticed != NULL)
		f->handler.noticed(f->handler.arg, what);
}

/* Brings what others see in line with the segments. */
static void
backlog_file_sync(struct backlog_file *f)
{
	uint64_t first = segments_first(&f->segments);
	uint64_t end = segments_end(&f->segments);

	if (f->backlog.first == first && f->backlog.end == end)
		return;
	f->backlog.first = first;
	f->backlog.end = end;
	f->changed = true;
}

static void
backlog_file_status_set(struct backlog_file *f)
{
	char status[sizeof(f->status)];
	int trouble = lookout_trouble(f->lookout);
	const char *name = name_text(f->name);

	if (trouble == 0)
		(void)snprintf(status, sizeof(status), "%s", name);
	else
		(void)snprintf(status, sizeof(status),
		    "%s%slooked at once a second: %s", name,
		    *name != '\0' ? "; " : "", strerror(trouble));
	if (strcmp(status, f->status) == 0)
		return;
	memcpy(f->status, status, sizeof(status));
	f->changed = true;
}

/* How much the last file has now. */
static void
backlog_file_grow(struct backlog_file *f)
{
	struct stat st;

	if (!backlog_file_ask(f, segments_fd(&f->segments), &st))
		return;
	if (segments_grow(&f->segments, (uint64_t)st.st_size))
		return;
	segments_cut(&f->segments, (uint64_t)st.st_size);
	backlog_file_sync(f);
	backlog_file_notice(f, "truncated");
}

static void
backlog_file_next_close(struct backlog_file *f)
{
	lookout_file(f->lookout, LOOKOUT_NEXT, -1);
	(void)close(f->next);
	f->next = -1;
}

/*
 * Goes on with the next file where that has something: whoever writes has
 * opened it, and writes no more to the one before.
 */
static void
backlog_file_switch(struct backlog_file *f)
{
	struct stat st;
	int fd = f->next;

	if (fd == -1 || !backlog_file_ask(f, fd, &st) || st.st_size == 0)
		return;
	backlog_file_grow(f);
	lookout_file(f->lookout, LOOKOUT_NEXT, -1);
	lookout_file(f->lookout, LOOKOUT_NOW, fd);
	f->next = -1;
	segments_append(&f->segments, fd, (uint64_t)st.st_size);
}

/* One that can't be asked is taken for what it was. */
static bool
backlog_file_is(struct backlog_file *f, int fd, const struct stat *st)
{
	struct stat now;

	if (fd == -1)
		return false;
	if (!backlog_file_ask(f, fd, &now))
		return true;
	return now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

/* Nothing is there, for this errno. */
static enum backlog_file_name
backlog_file_missing(struct backlog_file *f, int error)
{
	struct stat st;

	if (error != ENOENT && error != ENOTDIR) {
		f->unsure = true;
		return NAME_BARRED;
	}
	if (backlog_file_ask(f, segments_fd(&f->segments), &st) &&
	    st.st_nlink > 0)
		return NAME_MOVED;
	return NAME_DELETED;
}

/* Another file is there: it waits for its first byte. */
static enum backlog_file_name
backlog_file_found(struct backlog_file *f)
{
	struct stat st;
	int fd = backlog_file_open_regular(f->path, &st);

	if (fd == -1 && errno == EINVAL)
		return NAME_OTHER;
	if (fd == -1)
		return backlog_file_missing(f, errno);
	f->next = fd;
	lookout_file(f->lookout, LOOKOUT_NEXT, fd);
	backlog_file_notice(
	    f, f->name == NAME_DELETED ? "there again" : "rotated");
	return NAME_NEXT;
}

static enum backlog_file_name
backlog_file_look_up(struct backlog_file *f)
{
	struct stat st;
	int error = stat(f->path, &st) == 0 ? 0 : errno;

	if (error == 0 && backlog_file_is(f, f->next, &st))
		return NAME_NEXT;
	/* It was empty, and has lost its name. */
	if (f->next != -1)
		backlog_file_next_close(f);
	if (error != 0)
		return backlog_file_missing(f, error);
	if (backlog_file_is(f, segments_fd(&f->segments), &st))
		return NAME_THERE;
	return backlog_file_found(f);
}

static void
backlog_file_name_set(struct backlog_file *f, enum backlog_file_name name)
{
	if (name == f->name)
		return;
	f->name = name;
	if (name != NAME_THERE && name != NAME_NEXT)
		backlog_file_notice(f, name_text(name));
}

static void
backlog_file_seen(void *arg)
{
	struct backlog_file *f = arg;

	f->unsure = false;
	backlog_file_grow(f);
	backlog_file_switch(f);
	backlog_file_name_set(f, backlog_file_look_up(f));
	backlog_file_switch(f);
	if (f->name == NAME_NEXT && f->next == -1)
		f->name = NAME_THERE;
	lookout_missing(
	    f->lookout, f->name != NAME_THERE && f->name != NAME_NEXT);
	backlog_file_sync(f);
	backlog_file_status_set(f);
	if (f->changed && f->handler.changed != NULL)
		f->handler.changed(f->handler.arg);
	f->changed = false;
	if (f->unsure)
		lookout_later(f->lookout);
}

static ssize_t
backlog_file_read(void *self, uint64_t offset, void *buf, size_t len)
{
	const struct backlog_file *f = self;

	return segments_read(&f->segments, offset, buf, len);
}

static int
backlog_file_start(struct backlog_file *f, struct loop *loop, const char *path)
{
	struct stat st;
	int fd = backlog_file_open_regular(path, &st);

	if (fd == -1)
		return -1;
	segments_append(&f->segments, fd, (uint64_t)st.st_size);
	f->path = strdup(path);
	f->lookout = lookout_new(loop, path, backlog_file_seen, f);
	if (f->path == NULL || f->lookout == NULL)
		return -1;
	lookout_file(f->lookout, LOOKOUT_NOW, fd);
	backlog_file_sync(f);
	backlog_file_status_set(f);
	f->changed = false;
	return 0;
}

struct backlog_file *
backlog_file_open(struct loop *loop, const char *path,
    const struct backlog_file_handler *handler)
{
	struct backlog_file *f = calloc(1, sizeof(*f));
	int error;

	if (f == NULL)
		return NULL;
	f->handler = *handler;
	f->next = -1;
	f->backlog.read = backlog_file_read;
	f->backlog.self = f;
	segments_init(&f->segments);
	if (backlog_file_start(f, loop, path) == -1) {
		error = errno;
		backlog_file_free(f);
		errno = error;
		return NULL;
	}
	return f;
}

void
backlog_file_free(struct backlog_file *f)
{
	if (f == NULL)
		return;
	lookout_free(f->lookout);
	if (f->next != -1)
		(void)close(f->next);
	segments_free(&f->segments);
	free(f->path);
	free(f);
}

const struct backlog *
backlog_file_backlog(const struct backlog_file *f)
{
	return &f->backlog;
}

const char *
backlog_file_status(const struct backlog_file *f)
{
	return f->status;
}
