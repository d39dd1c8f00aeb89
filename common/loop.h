/*
 * loop: one kqueue(2), the sources that it watches, and what to call.
 *
 * A loop belongs to one thread; only loop_wake_send() may be called from
 * another one. A source is embedded in its owner and must stay where it is
 * while it is watched. Once a source has been stopped its callback is not
 * called again, not even for an event that the same kevent(2) had already
 * returned: a descriptor may be closed, and its number come back, in the middle
 * of a batch. Memory that callers further up the stack may still hold goes
 * through loop_defer().
 */

#ifndef YODEL_LOOP_H
#define YODEL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* What happened to a source. */
struct loop_event {
	int64_t	 data;	/* kevent's: bytes, backlog, expirations; NOTE_* */
	int	 filter; /* EVFILT_READ, WRITE, VNODE, TIMER, SIGNAL, USER */
	int	 error;	/* with eof: the socket's (or watching's) error, or 0 */
	bool	 eof;	/* the peer will send no more, or is gone */
};

/* fn and arg are the owner's to set; the rest is the loop's. Zero it first. */
struct loop_source {
	void	(*fn)(void *arg, const struct loop_event *);
	void	*arg;
	int	 fd;
	unsigned watched;
};

/* A callback for the end of a batch; next and queued are the loop's. */
struct loop_task {
	void	(*fn)(void *arg);
	void	*arg;
	struct loop_task *next;
	bool	 queued;
};

#define LOOP_READ	0x1u
#define LOOP_WRITE	0x2u
#define LOOP_NODATA	0x4u /* leave loop_event.data at 0 where that is cheaper */

/*
 * Returns NULL with errno. All descriptors that timers take are taken here: a
 * time-out is wanted most when there are none left. What loop_free() finds still
 * watched or deferred is forgotten and not called.
 */
struct loop	*loop_new(void);
void		 loop_free(struct loop *); /* NULL is fine */

/*
 * Waits for at most timeout_ms (-1: for ever), calls back for one batch of
 * events and then runs the deferred tasks; while tasks wait it does not sleep.
 * Returns the number of events, or -1 with errno; EINTR comes out as 0. A
 * callback or task that calls it again gets EBUSY.
 */
int		 loop_once(struct loop *, int timeout_ms);

/*
 * loop_once() until loop_stop(), which lets the current batch end and may also
 * come before loop_run(). Returns 0, or -1 with errno.
 */
int		 loop_run(struct loop *);
void		 loop_stop(struct loop *);

/*
 * From now on, asks again and again for spin_us microseconds after the last
 * event, or task, before it sleeps: a processor's time for a shorter reaction.
 * 0, as at the start: sleeps at once.
 */
void		 loop_set_spin(struct loop *, uint64_t spin_us);

/*
 * clock_now_ms(), asked for at most once in a batch: cheap enough for each
 * message. Only from the loop's callbacks and tasks is it the present.
 */
uint64_t	 loop_now_ms(struct loop *);

/*
 * Level-triggered interest of src in fd: LOOP_READ, LOOP_WRITE, both, or 0 for
 * none. Call it again to change it: what is already so costs nothing. Set it to
 * 0, which can't fail, before closing fd or watching another one (else EBUSY).
 * Returns 0, or -1 with errno and nothing changed.
 */
int		 loop_io_set(struct loop *, struct loop_source *, int fd,
		    unsigned want);

/*
 * What becomes of the file that fd is, until loop_vnode_stop(), which comes
 * before closing fd. fflags: NOTE_WRITE, EXTEND, DELETE, RENAME, ATTRIB, LINK
 * as in kqueue(2); loop_event.data has those that have happened since the last
 * call. Starting again changes fflags; for another fd, also that of
 * loop_io_set(), it is EBUSY. Returns 0, or -1 with errno: EINVAL when fd is no
 * file or directory; on Linux EACCES when it may not be read, EMFILE or ENOSPC
 * when the system watches no more.
 */
int		 loop_vnode_start(struct loop *, struct loop_source *, int fd,
		    unsigned fflags);
void		 loop_vnode_stop(struct loop *, struct loop_source *);

/*
 * A one-shot timer, armed (again) to fire once in ms milliseconds: 0 is the
 * next batch, more than a year is a year. Stopping one not armed is fine.
 * Returns 0, or -1 with errno.
 */
int		 loop_timer_start(struct loop *, struct loop_source *,
		    uint64_t ms);
void		 loop_timer_stop(struct loop *, struct loop_source *);

/*
 * The same, but it fires every ms milliseconds (at least 1) until it is
 * stopped, once for several that were missed. What fires again needs no memory:
 * only the first call can fail.
 */
int		 loop_timer_repeat(struct loop *, struct loop_source *,
		    uint64_t ms);

/*
 * A signal, which is taken away from its default action while it is watched
 * (ignored in the sense of signal(3), blocked in this thread where the kqueue
 * needs that: so start before the first pthread_create()). loop_event.data
 * counts the deliveries. A signal has one source; stopping it brings the
 * default action back. SIGCHLD is watched but not ignored: ignoring it would
 * lose the children's exit statuses. Returns 0, or -1 with errno.
 */
int		 loop_signal_start(struct loop *, struct loop_source *,
		    int signo);
void		 loop_signal_stop(struct loop *, struct loop_source *,
		    int signo);

/*
 * A call from another thread; several sends may arrive as one event. Sending to
 * what is not started is ENOENT. Returns 0, or -1 with errno.
 */
int		 loop_wake_start(struct loop *, struct loop_source *);
void		 loop_wake_stop(struct loop *, struct loop_source *);
int		 loop_wake_send(struct loop *, struct loop_source *);

/*
 * Runs task once, after the current batch (or the next), in the order of the
 * calls. A task that waits already stays where it is; what a task defers runs
 * after the next batch. The task may free or defer itself. It can't fail.
 */
void		 loop_defer(struct loop *, struct loop_task *);

/* Takes it back: it is not run, and may be freed. One not deferred is fine. */
void		 loop_cancel(struct loop *, struct loop_task *);

#endif
