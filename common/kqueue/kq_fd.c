/*
 * kq_fd: the READ and WRITE knotes of what epoll can watch.
 *
 * An epoll entry belongs to an open file under a number; a knote belongs to a
 * number. So when the number has been closed and reused, epoll_ctl(2) answers
 * ENOENT to a change of the old entry: that is how it is found out here, and
 * the knotes of the old file go then.
 */

#define _GNU_SOURCE
#include <sys/epoll.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "kq.h"

struct kq_fd *
kq_fd_find(struct kq *q, int fd)
{
	size_t chunk = (size_t)fd / KQ_CHUNK;

	if (chunk >= q->nchunks || q->chunks[chunk] == NULL)
		return NULL;
	return &q->chunks[chunk][(size_t)fd % KQ_CHUNK];
}

static int
fd_grow_index(struct kq *q, size_t need)
{
	struct kq_fd **chunks;
	size_t i, n;

	n = q->nchunks == 0 ? 16 : q->nchunks;
	while (n < need)
		n *= 2;
	chunks = realloc(q->chunks, n * sizeof(struct kq_fd *));
	if (chunks == NULL)
		return -1;
	for (i = q->nchunks; i < n; i++)
		chunks[i] = NULL;
	q->chunks = chunks;
	q->nchunks = n;
	return 0;
}

static struct kq_fd *
fd_get(struct kq *q, int fd)
{
	const size_t i = (size_t)fd / KQ_CHUNK;
	struct kq_fd *chunk;

	if (i < q->nchunks && q->chunks[i] != NULL)
		return &q->chunks[i][(size_t)fd % KQ_CHUNK];
	/* The index must not grow up to a number that is no descriptor. */
	if (fcntl(fd, F_GETFD) == -1)
		return NULL;
	if (i >= q->nchunks && fd_grow_index(q, i + 1) == -1)
		return NULL;
	chunk = calloc(KQ_CHUNK, sizeof(*chunk));
	if (chunk == NULL)
		return NULL;
	q->chunks[i] = chunk;
	return &chunk[(size_t)fd % KQ_CHUNK];
}

void
kq_fd_reset(struct kq_fd *f)
{
	f->state[KQ_READ] = f->state[KQ_WRITE] = 0;
	/* The list is kept: recheck takes out what has no knote. */
	f->bits &= KQ_FD_LISTED;
	f->error = 0;
}

static bool
fd_is_edge(uint8_t state)
{
	return (state & KQ_ENABLED) && (state & (KQ_CLEAR | KQ_LOWAT));
}

static bool
fd_is_once(uint8_t state)
{
	return (state & KQ_ENABLED) && (state & (KQ_ONESHOT | KQ_DISPATCH)) &&
	    (state & KQ_LOWAT) == 0;
}

/*
 * One edge-triggered knote makes the entry edge-triggered; a level-triggered
 * one beside it is listed then. An entry of which nothing is wanted stays, as
 * it knows its file: it is edge-triggered so that EPOLLHUP comes at most once.
 */
static unsigned
fd_wanted(const struct kq_fd *f)
{
	uint8_t r = f->state[KQ_READ], w = f->state[KQ_WRITE];
	unsigned want = 0;

	if (r & KQ_ENABLED)
		want |= KQ_FD_IN;
	if (w & KQ_ENABLED)
		want |= KQ_FD_OUT;
	if (want == 0)
		return KQ_FD_EDGE;
	if (fd_is_edge(r) || fd_is_edge(w))
		want |= KQ_FD_EDGE;
	if ((want & (KQ_FD_IN | KQ_FD_OUT)) != (KQ_FD_IN | KQ_FD_OUT) &&
	    (fd_is_once(r) || fd_is_once(w)))
		want |= KQ_FD_ONCE;
	return want;
}

static struct epoll_event
fd_event(int fd, const struct kq_fd *f, unsigned want)
{
	struct epoll_event ev = {0};

	ev.events |= (want & KQ_FD_IN) ? EPOLLIN | EPOLLRDHUP : 0u;
	ev.events |= (want & KQ_FD_OUT) ? EPOLLOUT : 0u;
	ev.events |= (want & KQ_FD_EDGE) ? EPOLLET : 0u;
	ev.events |= (want & KQ_FD_ONCE) ? EPOLLONESHOT : 0u;
	ev.data.u64 = kq_tag((uint32_t)fd, f->gen);
	return ev;
}

static void
fd_set_armed(struct kq_fd *f, unsigned want)
{
	f->bits = (uint8_t)((f->bits & ~KQ_FD_ARMED) | KQ_FD_ATTACHED | want);
}

static int
fd_attach(struct kq *q, int fd, struct kq_fd *f)
{
	const unsigned want = fd_wanted(f);
	const int epfd = atomic_load(&q->fd);
	struct epoll_event ev;

	f->gen = ++q->gen;
	ev = fd_event(fd, f, want);
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) == -1) {
		/* Closed, and now it is back: dup2(2) of a dup that lived. */
		if (errno != EEXIST)
			return -1;
		if (epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &ev) == -1)
			return -1;
	}
	fd_set_armed(f, want);
	return 0;
}

/*
 * Fails with ENOENT when fd is another file by now, EBADF when it is none. It
 * may be one from before that is back, as a dup of it lived: so that the entry
 * of the one in between is not taken for it, each change has its own gen.
 */
static int
fd_modify(struct kq *q, int fd, struct kq_fd *f)
{
	const unsigned want = fd_wanted(f);
	const uint32_t before = f->gen;
	struct epoll_event ev;

	f->gen = ++q->gen;
	ev = fd_event(fd, f, want);
	if (epoll_ctl(atomic_load(&q->fd), EPOLL_CTL_MOD, fd, &ev) == -1) {
		f->gen = before;
		return -1;
	}
	fd_set_armed(f, want);
	return 0;
}

void
kq_fd_settle(struct kq *q, int fd, struct kq_fd *f)
{
	if ((f->bits & KQ_FD_ATTACHED) == 0 ||
	    fd_wanted(f) == (f->bits & KQ_FD_ARMED))
		return;
	if (fd_modify(q, fd, f) == -1 && (errno == ENOENT || errno == EBADF))
		kq_fd_reset(f);
}

static int
fd_index(short filter)
{
	return filter == EVFILT_READ ? KQ_READ : KQ_WRITE;
}

/* 0 and less hold nothing back, and no buffer is larger than the other end. */
static int32_t
fd_lowat(int64_t data)
{
	return data < 0 ? 0 : data > INT32_MAX ? INT32_MAX : (int32_t)data;
}

static void
fd_set_knote(struct kq_fd *f, const struct kevent *kev)
{
	const int i = fd_index(kev->filter);
	const bool lowat = i == KQ_READ && (kev->fflags & NOTE_LOWAT);
	unsigned state;

	state = kq_core_state(f->state[i], kev->flags);
	state |= (kev->fflags & NOTE_NODATA) ? KQ_NODATA : 0;
	state |= lowat ? KQ_LOWAT : 0;
	f->udata[i] = kev->udata;
	if (lowat)
		f->lowat = fd_lowat(kev->data);
	f->state[i] = (uint8_t)state;
}

static int
fd_add(struct kq *q, int fd, const struct kevent *kev)
{
	struct kq_fd *f, before;

	f = fd_get(q, fd);
	if (f == NULL)
		return -1;
	before = *f;
	fd_set_knote(f, kev);
	if (f->bits & KQ_FD_ATTACHED) {
		if (fd_modify(q, fd, f) == 0)
			return 0;
		if (errno != ENOENT && errno != EPERM && errno != EBADF)
			goto fail;
		/* What was known is of a file that had this number before. */
		kq_fd_reset(f);
		fd_set_knote(f, kev);
		before = (struct kq_fd){.next = f->next, .bits = f->bits};
	}
	if (fd_attach(q, fd, f) == 0)
		return 0;
	if (errno == EPERM) {
		*f = before;
		return kq_file_change(q, kev);
	}
fail:
	*f = before;
	return -1;
}

static int
fd_delete(struct kq *q, int fd, struct kq_fd *f, int i)
{
	const uint8_t other = f->state[1 - i];

	f->state[i] = 0;
	if ((f->bits & KQ_FD_ATTACHED) == 0)
		return 0;
	if (other & KQ_USED) {
		if (fd_modify(q, fd, f) == 0)
			return 0;
	} else {
		if (epoll_ctl(atomic_load(&q->fd), EPOLL_CTL_DEL, fd, NULL) ==
		    0) {
			kq_fd_reset(f);
			return 0;
		}
	}
	if (errno == ENOENT || errno == EBADF || errno == EPERM)
		kq_fd_reset(f);
	return -1;
}

static int
fd_enable(struct kq *q, int fd, struct kq_fd *f, const struct kevent *kev)
{
	const int i = fd_index(kev->filter);
	const uint8_t before = f->state[i];

	/* Epoll is asked even if nothing changes: the number may be reused. */
	f->state[i] = kq_core_state(before, kev->flags);
	if (fd_modify(q, fd, f) == 0) {
		f->udata[i] = kq_core_udata(f->udata[i], kev);
		return 0;
	}
	if (errno == ENOENT || errno == EBADF || errno == EPERM)
		kq_fd_reset(f);
	else
		f->state[i] = before;
	return -1;
}

int
kq_fd_change(struct kq *q, const struct kevent *kev)
{
	const int i = fd_index(kev->filter);
	struct kq_fd *f;
	int fd;

	if (kev->ident > INT_MAX) {
		errno = EBADF;
		return -1;
	}
	fd = (int)kev->ident;
	f = kq_fd_find(q, fd);
	if (f == NULL || (f->state[i] & KQ_USED) == 0) {
		if (kev->flags & EV_ADD)
			return fd_add(q, fd, kev);
		return kq_file_change(q, kev);
	}
	if (kev->flags & EV_DELETE)
		return fd_delete(q, fd, f, i);
	if (kev->flags & EV_ADD)
		return fd_add(q, fd, kev);
	return fd_enable(q, fd, f, kev);
}

/*
 * EEXIST tells, without touching the entry, that fd still is the file that was
 * attached. Where it is another one it must not stay attached.
 */
bool
kq_fd_check(struct kq *q, int fd)
{
	struct epoll_event ev = {.events = EPOLLET};
	const int epfd = atomic_load(&q->fd);

	ev.data.u64 = kq_tag((uint32_t)fd, 0);
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) == -1)
		return errno == EEXIST;
	(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL);
	return false;
}

static int
fd_move(struct kq *q, int epfd, int fd, struct kq_fd *f)
{
	struct epoll_event ev;

	if (!kq_fd_check(q, fd)) {
		kq_fd_reset(f);
		return 0;
	}
	ev = fd_event(fd, f, f->bits & KQ_FD_ARMED);
	return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
}

int
kq_fd_move(struct kq *q, int epfd)
{
	struct kq_fd *f;
	size_t i, j;

	for (i = 0; i < q->nchunks; i++) {
		for (j = 0; q->chunks[i] != NULL && j < KQ_CHUNK; j++) {
			f = &q->chunks[i][j];
			if ((f->bits & KQ_FD_ATTACHED) &&
			    fd_move(q, epfd, (int)(i * KQ_CHUNK + j), f) == -1)
				return -1;
		}
	}
	return 0;
}

static void
fd_renew(struct kq *q, void *arg)
{
	const int fd = *(const int *)arg;
	struct kq_fd *f = kq_fd_find(q, fd);
	struct epoll_event ev;

	if (f == NULL || (f->bits & KQ_FD_ATTACHED) == 0)
		return;
	ev = fd_event(fd, f, f->bits & KQ_FD_ARMED);
	(void)epoll_ctl(atomic_load(&q->fd), EPOLL_CTL_ADD, fd, &ev);
}

void
kq_fd_renew_all(int fd)
{
	kq_table_lock();
	kq_table_each(fd_renew, &fd);
	kq_table_unlock();
}

void
kq_fd_clear(struct kq *q)
{
	size_t i;

	for (i = 0; i < q->nchunks; i++)
		free(q->chunks[i]);
	free(q->chunks);
	q->chunks = NULL;
	q->nchunks = 0;
}
