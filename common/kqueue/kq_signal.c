/*
 * kq_signal: EVFILT_SIGNAL, one signalfd for all kqueues of the process.
 *
 * A signal can be read from a signalfd once, by one reader: whoever reads it
 * counts it for every queue that watches it. For that it has to be blocked,
 * which EV_ADD does for the thread that calls it.
 */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "kq.h"

#define SIGNAL_MAX   64
#define SIGNAL_BATCH 16
#define SIGNAL_READS 16 /* a pump ends, whoever goes on sending */

/* As the signals themselves, this is the process's; under the table's lock. */
static struct {
	int fd;
	uint64_t mask; /* bit n: signal n + 1 */
	unsigned users[SIGNAL_MAX];
} signals = {.fd = -1};

/* The signals that this thread did not block itself: EV_ADD did. */
static _Thread_local uint64_t signal_blocked;

static uint64_t
signal_bit(int signo)
{
	return (uint64_t)1 << (signo - 1);
}

static sigset_t
signal_set(uint64_t mask)
{
	sigset_t set;
	int signo;

	(void)sigemptyset(&set);
	for (signo = 1; signo <= SIGNAL_MAX; signo++)
		if (mask & signal_bit(signo))
			(void)sigaddset(&set, signo);
	return set;
}

static int
signal_block(int signo)
{
	const sigset_t set = signal_set(signal_bit(signo));
	sigset_t before;

	errno = pthread_sigmask(SIG_BLOCK, &set, &before);
	if (errno != 0)
		return -1;
	if (!sigismember(&before, signo))
		signal_blocked |= signal_bit(signo);
	return 0;
}

/* What was sent while the knote was there must not act now that it is gone. */
static void
signal_unblock(int signo)
{
	const sigset_t set = signal_set(signal_bit(signo));
	const struct timespec now = {0};

	if ((signal_blocked & signal_bit(signo)) == 0)
		return;
	while (sigtimedwait(&set, NULL, &now) > 0)
		continue;
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	signal_blocked &= ~signal_bit(signo);
}

static int
signal_set_mask(uint64_t mask)
{
	const sigset_t set = signal_set(mask);
	int fd;

	fd = signalfd(signals.fd, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd == -1)
		return -1;
	signals.fd = fd;
	signals.mask = mask;
	return 0;
}

static void
signal_release(int signo)
{
	if (--signals.users[signo - 1] > 0)
		return;
	signal_unblock(signo);
	(void)signal_set_mask(signals.mask & ~signal_bit(signo));
}

/* The signalfd goes with its last user. */
static void
signal_close_unused(void)
{
	if (signals.mask != 0 || signals.fd == -1)
		return;
	(void)close(signals.fd);
	signals.fd = -1;
}

/* q watches one signal less. */
static void
signal_leave(struct kq *q, int signo)
{
	if (--q->nsignals == 0) {
		(void)epoll_ctl(
		    atomic_load(&q->fd), EPOLL_CTL_DEL, q->signalfd, NULL);
		q->signalfd = -1;
	}
	signal_release(signo);
	signal_close_unused();
}

static int
signal_join(struct kq *q, int signo)
{
	int saved_errno;

	signals.users[signo - 1]++;
	if (signal_set_mask(signals.mask | signal_bit(signo)) == -1)
		goto fail;
	if (q->nsignals == 0) {
		if (kq_core_watch(q, signals.fd, KQ_OWN_SIGNAL) == -1)
			goto fail;
		q->signalfd = signals.fd;
	}
	q->nsignals++;
	return 0;

fail:
	saved_errno = errno;
	signal_release(signo);
	signal_close_unused();
	errno = saved_errno;
	return -1;
}

static struct kq_note *
signal_add(struct kq *q, const struct kevent *kev)
{
	const int signo = (int)kev->ident;
	struct kq_note *note;

	if (signal_block(signo) == -1)
		return NULL;
	note = kq_note_find(q, EVFILT_SIGNAL, kev->ident);
	if (note != NULL)
		return note;
	if (signal_join(q, signo) == -1)
		return NULL;
	note = kq_note_add(q, kev);
	if (note == NULL)
		signal_leave(q, signo);
	return note;
}

/* The knotes with EV_ONESHOT that have been returned. */
static void
signal_reap(struct kq *q)
{
	int signo;

	for (signo = 1; q->signals_gone != 0; signo++) {
		if ((q->signals_gone & signal_bit(signo)) == 0)
			continue;
		q->signals_gone &= ~signal_bit(signo);
		signal_leave(q, signo);
	}
}

static int
signal_change(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;

	note = kq_note_find(q, EVFILT_SIGNAL, kev->ident);
	if (note == NULL && (kev->flags & EV_ADD) == 0) {
		errno = ENOENT;
		return -1;
	}
	if (note != NULL && (kev->flags & EV_DELETE)) {
		kq_note_free(q, note);
		signal_leave(q, (int)kev->ident);
		return 0;
	}
	if (kev->flags & EV_ADD) {
		note = signal_add(q, kev);
		if (note == NULL)
			return -1;
	}
	note->udata = kq_core_udata(note->udata, kev);
	/* The manual: the filter sets EV_CLEAR itself. */
	note->state =
	    (uint8_t)(kq_core_state(note->state, kev->flags) | KQ_CLEAR);
	kq_note_settle(q, note);
	return 0;
}

int
kq_signal_change(struct kq *q, const struct kevent *kev)
{
	int result;

	if (kev->ident < 1 || kev->ident > SIGNAL_MAX) {
		errno = EINVAL;
		return -1;
	}
	kq_table_lock();
	(void)pthread_mutex_lock(&q->lock);
	signal_reap(q);
	result = signal_change(q, kev);
	(void)pthread_mutex_unlock(&q->lock);
	kq_table_unlock();
	return result;
}

static void
signal_count(struct kq *q, void *arg)
{
	const struct signalfd_siginfo *info =
	    (const struct signalfd_siginfo *)arg;
	struct kq_note *note;

	note = kq_note_find(q, EVFILT_SIGNAL, info->ssi_signo);
	if (note == NULL)
		return;
	note->data++;
	note->fired = true;
	kq_note_settle(q, note);
}

void
kq_signal_pump(struct kq *q)
{
	struct signalfd_siginfo batch[SIGNAL_BATCH];
	ssize_t got;
	size_t i;
	int reads;

	kq_table_lock();
	(void)pthread_mutex_lock(&q->lock);
	signal_reap(q);
	(void)pthread_mutex_unlock(&q->lock);
	for (reads = 0; reads < SIGNAL_READS; reads++) {
		got = read(signals.fd, batch, sizeof(batch));
		if (got <= 0)
			break;
		for (i = 0; i < (size_t)got / sizeof(batch[0]); i++)
			kq_table_each(signal_count, &batch[i]);
	}
	kq_table_unlock();
}

void
kq_signal_clear(struct kq *q)
{
	int signo;

	if (q->nsignals == 0)
		return;
	signal_reap(q);
	for (signo = 1; signo <= SIGNAL_MAX; signo++)
		if (kq_note_find(q, EVFILT_SIGNAL, (uintptr_t)signo) != NULL)
			signal_leave(q, signo);
}

/*
 * The child watches nothing, and a signal that only the layer has blocked must
 * be able to end it, and what it executes.
 */
void
kq_signal_forget(void)
{
	const sigset_t set = signal_set(signal_blocked);
	size_t i;

	if (signals.fd != -1)
		(void)close(signals.fd);
	signals.fd = -1;
	signals.mask = 0;
	for (i = 0; i < SIGNAL_MAX; i++)
		signals.users[i] = 0;
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	signal_blocked = 0;
}
