/*
 * kq_table: from the descriptor of a kqueue to its state.
 *
 * A program ends a kqueue with close(2), which this layer does not see, and the
 * kernel gives the number to the next open(2). So a queue is found by number,
 * known to be alive by a proof (only its own epoll instance has its eventfd in
 * it), and its state is recycled, never freed: a look-up needs no lock.
 */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "kq.h"

#define TABLE_BUCKETS 64u

/*
 * A kqueue belongs to the process, as its descriptor does: kevent(2) has no
 * other argument in which a context could be passed.
 */
static struct {
	pthread_mutex_t lock;
	pthread_once_t once;
	int once_error;
	_Atomic(struct kq *) buckets[TABLE_BUCKETS];
} table = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

void
kq_table_lock(void)
{
	(void)pthread_mutex_lock(&table.lock);
}

void
kq_table_unlock(void)
{
	(void)pthread_mutex_unlock(&table.lock);
}

static _Atomic(struct kq *) *
table_bucket(int fd)
{
	return &table.buckets[(unsigned)fd % TABLE_BUCKETS];
}

static void
table_each_slot(void (*fn)(struct kq *, void *), void *arg)
{
	struct kq *q;
	unsigned i;

	for (i = 0; i < TABLE_BUCKETS; i++)
		for (q = atomic_load(&table.buckets[i]); q != NULL; q = q->next)
			if (q->used)
				fn(q, arg);
}

void
kq_table_each(void (*fn)(struct kq *, void *), void *arg)
{
	struct kq *q;
	unsigned i;

	for (i = 0; i < TABLE_BUCKETS; i++)
		for (q = atomic_load(&table.buckets[i]); q != NULL;
		     q = q->next) {
			if (!q->used || atomic_load(&q->fd) == -1)
				continue;
			(void)pthread_mutex_lock(&q->lock);
			fn(q, arg);
			(void)pthread_mutex_unlock(&q->lock);
		}
}

/*
 * Another thread may close the number at this very moment, or have it reused:
 * the answer is right either way. Race detectors watch epoll_ctl(2) for just
 * that and cannot know, so the system call is made directly.
 */
bool
kq_table_check(const struct kq *q)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ev.data.u64 = kq_tag(KQ_OWN, KQ_OWN_WAKE);
	return syscall(SYS_epoll_ctl, atomic_load(&q->fd), EPOLL_CTL_MOD,
		   q->wakefd, &ev) == 0;
}

/* No reference is given out any more once the last one has been dropped. */
static bool
table_ref(struct kq *q)
{
	unsigned refs;

	refs = atomic_load(&q->refs);
	while (refs != 0)
		if (atomic_compare_exchange_weak(&q->refs, &refs, refs + 1))
			return true;
	return false;
}

struct kq *
kq_table_get(int fd)
{
	struct kq *q;

	if (fd < 0) {
		errno = EBADF;
		return NULL;
	}
	for (q = atomic_load(table_bucket(fd)); q != NULL; q = q->next) {
		if (atomic_load(&q->fd) != fd || !table_ref(q))
			continue;
		if (atomic_load(&q->fd) == fd)
			return q;
		kq_table_put(q);
	}
	errno = EBADF;
	return NULL;
}

void
kq_table_put(struct kq *q)
{
	int saved_errno;

	if (atomic_fetch_sub(&q->refs, 1) != 1)
		return;
	saved_errno = errno;
	kq_table_lock();
	(void)pthread_mutex_lock(&q->lock);
	kq_core_clear(q);
	(void)pthread_mutex_unlock(&q->lock);
	q->used = false;
	kq_table_unlock();
	errno = saved_errno;
}

static void
table_doom(struct kq *q, void *arg)
{
	struct kq **doomed = (struct kq **)arg;

	if (atomic_load(&q->fd) == -1 || kq_table_check(q))
		return;
	atomic_store(&q->fd, -1);
	q->doomed = *doomed;
	*doomed = q;
}

/* Who waits in a queue that has been closed returns, and finds out. */
static void
table_wake(struct kq *q)
{
	(void)pthread_mutex_lock(&q->lock);
	kq_core_raise(q);
	(void)pthread_mutex_unlock(&q->lock);
}

/* Lets go of the queues that have been closed. */
static void
table_sweep(void)
{
	struct kq *doomed = NULL, *q;

	kq_table_lock();
	table_each_slot(table_doom, &doomed);
	kq_table_unlock();
	while ((q = doomed) != NULL) {
		doomed = q->doomed;
		table_wake(q);
		kq_table_put(q);
	}
}

static struct kq *
table_slot(int fd)
{
	struct kq *q;

	for (q = atomic_load(table_bucket(fd)); q != NULL; q = q->next)
		if (!q->used)
			return q;
	q = calloc(1, sizeof(*q));
	if (q == NULL)
		return NULL;
	if ((errno = pthread_mutex_init(&q->lock, NULL)) != 0) {
		free(q);
		return NULL;
	}
	atomic_init(&q->fd, -1);
	q->next = atomic_load(table_bucket(fd));
	atomic_store(table_bucket(fd), q);
	return q;
}

static void
table_fork_lock(struct kq *q, void *arg)
{
	(void)arg;
	(void)pthread_mutex_lock(&q->lock);
}

static void
table_fork_unlock(struct kq *q, void *arg)
{
	(void)arg;
	(void)pthread_mutex_unlock(&q->lock);
}

/* close(2) of an epoll instance that the parent shares leaves it as it is. */
static void
table_fork_drop(struct kq *q, void *arg)
{
	(void)arg;
	if (atomic_load(&q->fd) != -1 && kq_table_check(q))
		(void)close(atomic_load(&q->fd));
	atomic_store(&q->fd, -1);
	q->nsignals = 0;
	kq_core_clear(q);
	atomic_store(&q->refs, 0);
	q->used = false;
	(void)pthread_mutex_unlock(&q->lock);
}

static void
table_before_fork(void)
{
	kq_table_lock();
	table_each_slot(table_fork_lock, NULL);
}

static void
table_in_parent(void)
{
	table_each_slot(table_fork_unlock, NULL);
	kq_table_unlock();
}

static void
table_in_child(void)
{
	table_each_slot(table_fork_drop, NULL);
	kq_signal_forget();
	kq_table_unlock();
}

static void
table_init(void)
{
	table.once_error =
	    pthread_atfork(table_before_fork, table_in_parent, table_in_child);
}

int
kq_table_add(int fd)
{
	struct kq *q;
	int result = -1;

	(void)pthread_once(&table.once, table_init);
	if ((errno = table.once_error) != 0)
		return -1;
	table_sweep();
	kq_table_lock();
	q = table_slot(fd);
	if (q == NULL)
		goto done;
	(void)pthread_mutex_lock(&q->lock);
	result = kq_core_init(q, fd);
	(void)pthread_mutex_unlock(&q->lock);
	if (result == -1)
		goto done;
	q->used = true;
	atomic_store(&q->refs, 1);
	atomic_store(&q->fd, fd);
done:
	kq_table_unlock();
	return result;
}
