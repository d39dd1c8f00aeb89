/* kq_collect: from what epoll_wait(2) returned to events. */

#define _GNU_SOURCE
#include <sys/epoll.h>

#include <errno.h>

#include "kq.h"

/*
 * An entry that nobody knows may be on its way out: another thread has just
 * deleted it. One that keeps coming is of a file that was closed under this
 * number and lives on under another one.
 */
#define COLLECT_STALE_MAX 8

static void
collect_fd(
    struct kq *q, const struct epoll_event *ev, struct kq_out *out, int room)
{
	const int fd = (int)(uint32_t)ev->data.u64;
	const uint32_t gen = (uint32_t)(ev->data.u64 >> 32);
	struct kq_fd *f;

	f = fd < 0 ? NULL : kq_fd_find(q, fd);
	if (f != NULL && f->gen == gen && (f->bits & KQ_FD_ATTACHED))
		kq_ready_report(q, fd, f, ev->events, out, room);
	else if (q->stale < COLLECT_STALE_MAX)
		q->stale++;
}

static void
collect_own(struct kq *q, uint32_t own, struct kq_out *out)
{
	switch (own) {
	case KQ_OWN_TIMER:
		kq_timer_expire(q);
		break;
	case KQ_OWN_INOTIFY:
		kq_file_drain(q);
		break;
	case KQ_OWN_VNODE:
		kq_watch_drain(q);
		break;
	case KQ_OWN_SIGNAL:
		out->signals = true;
		break;
	default:
		break;
	}
}

/* What does not come from epoll itself; no kind is always the first. */
static void
collect_soft(struct kq *q, struct kq_out *out)
{
	bool files = false;
	unsigned k;

	for (k = 0; k < 3; k++) {
		switch ((q->turn + k) % 3) {
		case 0:
			kq_note_report(q, out);
			break;
		case 1:
			kq_ready_recheck(q, out);
			break;
		case 2:
			files = kq_file_report(q, out);
			break;
		}
	}
	q->turn++;
	if (files || q->queue_head != NULL || q->listed_head != -1)
		kq_core_raise(q);
	else
		kq_core_lower(q);
}

static int
collect_rebuild(struct kq *q, struct kq_out *out)
{
	if (!kq_table_check(q)) {
		errno = EBADF;
		return -1;
	}
	out->rebuilt = kq_core_rebuild(q) == 0;
	return 0;
}

int
kq_collect(
    struct kq *q, const struct epoll_event *batch, int n, struct kq_out *out)
{
	bool soft = false;
	int i;

	for (i = 0; i < n; i++) {
		if ((uint32_t)batch[i].data.u64 == KQ_OWN) {
			collect_own(
			    q, (uint32_t)(batch[i].data.u64 >> 32), out);
			soft = true;
			continue;
		}
		/* Each of those that follow must find room for one. */
		collect_fd(q, &batch[i], out,
		    out->max - out->n - (n - i - 1) - (soft ? 1 : 0));
	}
	if (soft)
		collect_soft(q, out);
	return q->stale >= COLLECT_STALE_MAX ? collect_rebuild(q, out) : 0;
}
