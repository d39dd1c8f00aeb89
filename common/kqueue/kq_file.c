/*
 * kq_file: READ and WRITE knotes of what epoll refuses with EPERM: regular
 * files, directories, /dev/null and other devices that never block.
 *
 * They are looked at whenever kevent(2) is called. inotify(7) tells of a file
 * that has grown while it waits.
 */

#define _GNU_SOURCE
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kq.h"

struct kq_file {
	struct kq_file *next;
	void *udata;
	/* With EV_CLEAR: what it was when returned, so not again. */
	struct timespec mtime;
	off_t size;
	dev_t dev;
	ino_t ino;
	int fd;
	short filter;
	uint8_t state;
	bool returned;
};

enum file_verdict { FILE_GONE, FILE_WAIT, FILE_READY };

static struct kq_file **
file_find(struct kq *q, int fd, short filter)
{
	struct kq_file **at;

	for (at = &q->file_head; *at != NULL; at = &(*at)->next)
		if ((*at)->fd == fd && (*at)->filter == filter)
			return at;
	return NULL;
}

static struct kq_file *
file_unlink(struct kq *q, struct kq_file **at)
{
	struct kq_file *file = *at;

	*at = file->next;
	if (file->next == NULL)
		q->file_end = at;
	atomic_fetch_sub(&q->files, 1);
	return file;
}

static void
file_append(struct kq *q, struct kq_file *file)
{
	file->next = NULL;
	*q->file_end = file;
	q->file_end = &file->next;
	atomic_fetch_add(&q->files, 1);
}

/* Best effort: without it a file's growth is seen at the next kevent(2). */
static void
file_watch_growth(struct kq *q, int fd)
{
	char path[32];

	if (q->inotifyfd == -1) {
		q->inotifyfd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (q->inotifyfd == -1)
			return;
		if (kq_core_watch(q, q->inotifyfd, KQ_OWN_INOTIFY) == -1) {
			(void)close(q->inotifyfd);
			q->inotifyfd = -1;
			return;
		}
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	(void)inotify_add_watch(q->inotifyfd, path, IN_MODIFY);
}

static void
file_unwatch_all(struct kq *q)
{
	if (atomic_load(&q->files) != 0 || q->inotifyfd == -1)
		return;
	(void)close(q->inotifyfd);
	q->inotifyfd = -1;
}

void
kq_file_drain(struct kq *q)
{
	char buf[4096];

	while (q->inotifyfd != -1 && read(q->inotifyfd, buf, sizeof(buf)) > 0)
		continue;
}

static void
file_forget(struct kq *q, int fd)
{
	struct kq_file **at = &q->file_head;
	const int saved_errno = errno;

	while (*at != NULL)
		if ((*at)->fd == fd)
			free(file_unlink(q, at));
		else
			at = &(*at)->next;
	file_unwatch_all(q);
	errno = saved_errno;
}

/* Whether the number still is the file that it was. */
static bool
file_is_same(const struct kq_file *file, const struct stat *st)
{
	return st->st_dev == file->dev && st->st_ino == file->ino;
}

static struct kq_file *
file_add(struct kq *q, const struct kevent *kev, const struct stat *st)
{
	struct kq_file *file;

	file = calloc(1, sizeof(*file));
	if (file == NULL)
		return NULL;
	file->fd = (int)kev->ident;
	file->filter = kev->filter;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	file->udata = kev->udata;
	file_append(q, file);
	if (kev->filter == EVFILT_READ && S_ISREG(st->st_mode))
		file_watch_growth(q, file->fd);
	return file;
}

static bool
file_is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static bool
file_is_data(const struct kq_file *file, const struct stat *st)
{
	return file->filter == EVFILT_READ && S_ISREG(st->st_mode);
}

/* Whether it has been written to since it was returned. */
static bool
file_is_news(const struct kq_file *file, const struct stat *st)
{
	return file_is_data(file, st) &&
	    (st->st_size != file->size ||
		st->st_mtim.tv_sec != file->mtime.tv_sec ||
		st->st_mtim.tv_nsec != file->mtime.tv_nsec);
}

static enum file_verdict
file_look(const struct kq_file *file, struct stat *st, int64_t *data)
{
	off_t at;

	*data = 0;
	/* What can't be asked, as where the network is, may be later. */
	if (fstat(file->fd, st) == -1)
		return errno == EBADF ? FILE_GONE : FILE_WAIT;
	if (!file_is_same(file, st))
		return FILE_GONE;
	if (file_is_data(file, st)) {
		at = lseek(file->fd, 0, SEEK_CUR);
		*data = (int64_t)st->st_size - (int64_t)at;
		if (at == -1 || *data == 0)
			return FILE_WAIT;
	}
	if ((file->state & KQ_CLEAR) && file->returned &&
	    !file_is_news(file, st))
		return FILE_WAIT;
	return FILE_READY;
}

static void
file_modify(struct kq *q, struct kq_file *file, const struct kevent *kev)
{
	struct stat st;
	int64_t data;

	file->udata = kq_core_udata(file->udata, kev);
	file->state = kq_core_state(file->state, kev->flags);
	file->returned = false;
	if ((file->state & KQ_ENABLED) &&
	    file_look(file, &st, &data) == FILE_READY)
		kq_core_raise(q);
}

int
kq_file_change(struct kq *q, const struct kevent *kev)
{
	const int fd = (int)kev->ident;
	struct kq_file *file, **at;
	struct stat st;

	if (fstat(fd, &st) == -1) {
		if (errno == EBADF)
			file_forget(q, fd);
		return -1;
	}
	at = file_find(q, fd, kev->filter);
	if (at != NULL && !file_is_same(*at, &st)) {
		file_forget(q, fd);
		at = NULL;
	}
	if (at != NULL && (kev->flags & EV_DELETE)) {
		free(file_unlink(q, at));
		file_unwatch_all(q);
		return 0;
	}
	if (at == NULL && (kev->flags & EV_ADD) == 0) {
		errno = ENOENT;
		return -1;
	}
	file = at != NULL ? *at : file_add(q, kev, &st);
	if (file == NULL)
		return -1;
	file_modify(q, file, kev);
	return 0;
}

/* Returns whether the knote is, or may be, ready still. */
static bool
file_emit(struct kq_file *file, const struct stat *st, int64_t data,
    struct kq_out *out)
{
	struct kevent *ev;

	ev = kq_core_emit(
	    out, (uintptr_t)file->fd, file->filter, file->state, file->udata);
	ev->data = data;
	if (file->filter == EVFILT_READ && file_is_null(st))
		ev->flags |= EV_EOF;
	file->size = st->st_size;
	file->mtime = st->st_mtim;
	file->returned = true;
	file->state = kq_core_returned(file->state);
	return (file->state & KQ_ENABLED) && (file->state & KQ_CLEAR) == 0;
}

bool
kq_file_report(struct kq *q, struct kq_out *out)
{
	struct kq_file *file;
	unsigned n;
	struct stat st;
	int64_t data;
	bool left = false;

	for (n = atomic_load(&q->files); n > 0; n--) {
		if (out->n == out->max)
			return true;
		file = file_unlink(q, &q->file_head);
		if (file->state & KQ_ENABLED) {
			switch (file_look(file, &st, &data)) {
			case FILE_GONE:
				file->state = 0;
				break;
			case FILE_READY:
				left |= file_emit(file, &st, data, out);
				break;
			case FILE_WAIT:
				break;
			}
		}
		if (file->state == 0)
			free(file);
		else
			file_append(q, file);
	}
	file_unwatch_all(q);
	return left;
}

void
kq_file_clear(struct kq *q)
{
	struct kq_file *file;

	while ((file = q->file_head) != NULL) {
		q->file_head = file->next;
		free(file);
	}
	q->file_end = &q->file_head;
	atomic_store(&q->files, 0);
}
