/*
 * kq_watch: what inotify(7) watches for VNODE knotes, one watch a file.
 *
 * The watches are sorted by the number that inotify gave them. It counts up, so
 * a new one nearly always is the last.
 */

#define _GNU_SOURCE
#include <sys/inotify.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kq.h"

/* A drain ends, whoever goes on writing; what is left wakes the queue again. */
#define WATCH_READS  16
#define WATCH_BUFFER 4096

_Static_assert(WATCH_BUFFER >= sizeof(struct inotify_event) + NAME_MAX + 1, "");

/* Where the watch of this number is, or belongs. */
static size_t
watch_place(const struct kq *q, int wd)
{
	size_t low = 0, high = q->nwatches, mid;

	if (high > 0 && q->watches[high - 1]->wd < wd)
		return high;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (q->watches[mid]->wd < wd)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct kq_watch *
watch_find(const struct kq *q, int wd)
{
	const size_t at = watch_place(q, wd);

	if (at == q->nwatches || q->watches[at]->wd != wd)
		return NULL;
	return q->watches[at];
}

static int
watch_reserve(struct kq *q)
{
	struct kq_watch **watches;
	size_t max;

	if (q->nwatches < q->watches_max)
		return 0;
	max = q->watches_max == 0 ? 16 : 2 * q->watches_max;
	watches = realloc(q->watches, max * sizeof(struct kq_watch *));
	if (watches == NULL)
		return -1;
	q->watches = watches;
	q->watches_max = max;
	return 0;
}

static void
watch_insert(struct kq *q, struct kq_watch *watch)
{
	const size_t at = watch_place(q, watch->wd);

	memmove(&q->watches[at + 1], &q->watches[at],
	    (q->nwatches - at) * sizeof(struct kq_watch *));
	q->watches[at] = watch;
	q->nwatches++;
}

static void
watch_remove(struct kq *q, const struct kq_watch *watch)
{
	const size_t at = watch_place(q, watch->wd);

	q->nwatches--;
	memmove(&q->watches[at], &q->watches[at + 1],
	    (q->nwatches - at) * sizeof(struct kq_watch *));
}

static int
watch_open(struct kq *q)
{
	int fd, saved_errno;

	if (q->vnodefd != -1)
		return 0;
	fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd == -1)
		return -1;
	if (kq_core_watch(q, fd, KQ_OWN_VNODE) == -1) {
		saved_errno = errno;
		(void)close(fd);
		errno = saved_errno;
		return -1;
	}
	q->vnodefd = fd;
	return 0;
}

/* A user has few instances of inotify: none is kept that watches nothing. */
static void
watch_close_unused(struct kq *q)
{
	int saved_errno;

	if (q->nwatches > 0 || q->vnodefd == -1)
		return;
	saved_errno = errno;
	(void)close(q->vnodefd);
	q->vnodefd = -1;
	errno = saved_errno;
}

/* The name leads to the file itself, whatever has become of its own names. */
static int
watch_add(const struct kq *q, int fd, uint32_t events)
{
	char path[32];
	int wd;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	wd = inotify_add_watch(q->vnodefd, path, events | IN_MASK_ADD);
	/* Without /proc. ENOENT would say that there is no such knote. */
	if (wd == -1 && errno == ENOENT)
		errno = ENOTSUP;
	return wd;
}

static struct kq_watch *
watch_new(struct kq *q, int wd, const struct stat *st)
{
	struct kq_watch *watch;

	watch = watch_reserve(q) == -1 ? NULL : calloc(1, sizeof(*watch));
	if (watch == NULL) {
		(void)inotify_rm_watch(q->vnodefd, wd);
		errno = ENOMEM;
		return NULL;
	}
	watch->wd = wd;
	watch->st = *st;
	watch_insert(q, watch);
	return watch;
}

struct kq_watch *
kq_watch_get(struct kq *q, int fd, uint32_t events, const struct stat *st)
{
	struct kq_watch *watch = NULL;
	int wd;

	if (watch_open(q) == -1)
		return NULL;
	wd = watch_add(q, fd, events);
	if (wd != -1) {
		watch = watch_find(q, wd);
		if (watch == NULL)
			watch = watch_new(q, wd, st);
	}
	watch_close_unused(q);
	return watch;
}

void
kq_watch_put(struct kq *q, struct kq_watch *watch)
{
	watch_remove(q, watch);
	/* It fails where the file has gone, and the kernel's watch with it. */
	(void)inotify_rm_watch(q->vnodefd, watch->wd);
	free(watch);
	watch_close_unused(q);
}

/*
 * The kernel has let go of the file. It does so when its last name goes, and
 * does not look whether it is open under another one that went before.
 */
static void
watch_renew(struct kq *q, struct kq_watch *watch)
{
	const int fd = kq_vnode_ignored(q, watch);
	int wd;

	if (fd == -1)
		return;
	wd = watch_add(q, fd, KQ_VNODE_EVENTS);
	/* Else it hears no more; the old number is nobody's, and in no way. */
	if (wd == -1 || watch_find(q, wd) != NULL)
		return;
	watch_remove(q, watch);
	watch->wd = wd;
	watch_insert(q, watch);
}

/* Events were lost: anything may have happened, to any file. */
static void
watch_overflow(struct kq *q)
{
	size_t i;

	/* From the end: a watch may go when it is looked at. */
	for (i = q->nwatches; i > 0; i--)
		kq_vnode_happened(q, q->watches[i - 1], KQ_VNODE_EVENTS, false);
}

static void
watch_event(struct kq *q, const struct inotify_event *ev)
{
	struct kq_watch *watch;

	if (ev->mask & IN_Q_OVERFLOW) {
		watch_overflow(q);
		return;
	}
	watch = watch_find(q, ev->wd);
	if (watch == NULL)
		return;
	if (ev->mask & IN_IGNORED)
		watch_renew(q, watch);
	else
		kq_vnode_happened(q, watch, ev->mask, ev->len > 0);
}

void
kq_watch_drain(struct kq *q)
{
	_Alignas(struct inotify_event) char buf[WATCH_BUFFER];
	struct inotify_event ev;
	size_t at, len;
	ssize_t got;
	int i;

	for (i = 0; i < WATCH_READS && q->vnodefd != -1; i++) {
		got = read(q->vnodefd, buf, sizeof(buf));
		if (got <= 0)
			return;
		len = (size_t)got;
		for (at = 0; at + sizeof(ev) <= len;
		     at += sizeof(ev) + ev.len) {
			memcpy(&ev, &buf[at], sizeof(ev));
			watch_event(q, &ev);
		}
	}
}

void
kq_watch_clear(struct kq *q)
{
	size_t i;

	for (i = 0; i < q->nwatches; i++)
		free(q->watches[i]);
	free(q->watches);
	q->watches = NULL;
	q->nwatches = q->watches_max = 0;
}
