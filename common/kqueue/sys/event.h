/*
 * <sys/event.h> for Linux: kqueue(2) over epoll(7).
 *
 * Names and meanings are those of FreeBSD's kqueue(2), which is the manual for
 * what stands here; README.md in the folder above lists what differs. Found
 * through -Icommon/kqueue, on Linux only: everywhere else the system's own
 * header of this name is used and nothing of this folder is compiled.
 *
 * Link with -pthread. All functions are safe to call from any thread.
 */

#ifndef _SYS_EVENT_H_
#define _SYS_EVENT_H_

#ifndef __linux__
#error "use the <sys/event.h> of the system: drop -Icommon/kqueue"
#endif

#include <stdint.h>
#include <time.h>

/* Filters */
#define EVFILT_READ	(-1)	/* ident: a descriptor */
#define EVFILT_WRITE	(-2)	/* ident: a descriptor */
#define EVFILT_VNODE	(-4)	/* ident: a descriptor of a file or directory */
#define EVFILT_SIGNAL	(-6)	/* ident: a signal number */
#define EVFILT_TIMER	(-7)	/* ident: any number */
#define EVFILT_USER	(-11)	/* ident: any number */
#define EVFILT_SYSCOUNT	13

/* flags: actions */
#define EV_ADD		0x0001	/* adds or changes a knote, enables it */
#define EV_DELETE	0x0002
#define EV_ENABLE	0x0004
#define EV_DISABLE	0x0008

/* flags: how a knote behaves */
#define EV_ONESHOT	0x0010	/* deleted once it has been returned */
#define EV_CLEAR	0x0020	/* state is reset once it has been returned */
#define EV_RECEIPT	0x0040	/* answers EV_ERROR with data 0, no event */
#define EV_DISPATCH	0x0080	/* disabled once it has been returned */
#define EV_KEEPUDATA	0x0100	/* leaves udata as it is; not with EV_ADD */

/* flags: returned */
#define EV_ERROR	0x4000	/* data is an errno value, or 0 (receipt) */
#define EV_EOF		0x8000	/* no more will come, or can be written */

/* fflags of EVFILT_READ and EVFILT_WRITE */
#define NOTE_LOWAT	0x0001	/* data is the low-water mark in bytes */
/*
 * Linux only; elsewhere callers define it as 0. The caller does not look at
 * data, which stays 0: this saves a system call per event.
 */
#define NOTE_NODATA	0x1000

/* fflags of EVFILT_VNODE: what to tell of; what has happened */
#define NOTE_DELETE	0x0001	/* it lost a name */
#define NOTE_WRITE	0x0002	/* a directory: its entries changed */
#define NOTE_EXTEND	0x0004	/* it has grown */
#define NOTE_ATTRIB	0x0008	/* mode, owner, times; truncated */
#define NOTE_LINK	0x0010	/* its link count changed */
#define NOTE_RENAME	0x0020
#define NOTE_REVOKE	0x0040	/* never comes, see README.md */

/* fflags of EVFILT_TIMER: the unit of data; milliseconds when there is none */
#define NOTE_SECONDS	0x0001
#define NOTE_MSECONDS	0x0002
#define NOTE_USECONDS	0x0004
#define NOTE_NSECONDS	0x0008
#define NOTE_ABSTIME	0x0010	/* data is a time since the Epoch; one-shot */

/* fflags of EVFILT_USER: what a change does with the low 24 bits, or event */
#define NOTE_FFNOP	0x00000000u	/* leaves them */
#define NOTE_FFAND	0x40000000u
#define NOTE_FFOR	0x80000000u
#define NOTE_FFCOPY	0xc0000000u
#define NOTE_FFCTRLMASK	0xc0000000u
#define NOTE_FFLAGSMASK	0x00ffffffu
#define NOTE_TRIGGER	0x01000000u	/* makes the event active */

/* A change (what to watch) or an event (what happened). */
struct kevent {
	uintptr_t	 ident;
	short		 filter;
	unsigned short	 flags;
	unsigned int	 fflags;
	int64_t		 data;
	void		*udata;
};

#define EV_SET(kevp, a, b, c, d, e, f) do {				\
	struct kevent *ev_set_p_ = (kevp);				\
	ev_set_p_->ident = (uintptr_t)(a);				\
	ev_set_p_->filter = (short)(b);					\
	ev_set_p_->flags = (unsigned short)(c);				\
	ev_set_p_->fflags = (unsigned int)(d);				\
	ev_set_p_->data = (int64_t)(e);					\
	ev_set_p_->udata = (f);						\
} while (0)

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A new queue: a descriptor, close-on-exec, that poll(2) and other queues can
 * watch for reading; close(2) ends it. A child of fork(2) does not have it.
 * Returns -1 with errno EMFILE, ENFILE or ENOMEM.
 */
int	kqueue(void);

/*
 * Applies nchanges changes, then returns at most nevents events, waiting for
 * the first one for ever (timeout NULL) or for the time given. With nevents 0
 * it never waits. changelist and eventlist may be the same array. A change
 * that fails is returned as an event with EV_ERROR as long as there is room;
 * without room it ends the call. Returns the number of events, 0 when the time
 * is up, or -1 with errno EBADF, EFAULT, EINTR, EINVAL, ENOENT, ENOMEM, ...
 */
int	kevent(int kq, const struct kevent *changelist, int nchanges,
	    struct kevent *eventlist, int nevents,
	    const struct timespec *timeout);

#ifdef __cplusplus
}
#endif

#endif
