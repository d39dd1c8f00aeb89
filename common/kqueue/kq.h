/*
 * kq: what the files of the kqueue layer share. README.md explains the whole.
 *
 * Locks: the table's (kq_table.c) before a queue's own. Neither is held while a
 * thread waits. Functions that take a struct kq expect its lock to be held
 * unless they say otherwise, and return 0, or -1 with errno.
 */

#ifndef KQ_H
#define KQ_H

#include <sys/event.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct epoll_event;

/* The state of any knote: what EV_* said of it. 0: there is none. */
#define KQ_USED		0x01u
#define KQ_ENABLED	0x02u
#define KQ_CLEAR	0x04u
#define KQ_ONESHOT	0x08u
#define KQ_DISPATCH	0x10u
#define KQ_NODATA	0x20u
#define KQ_LOWAT	0x40u
#define KQ_PENDING	0x80u	/* may be ready though epoll will not say so */

#define KQ_READ		0
#define KQ_WRITE	1

/* What epoll has been told of a descriptor, and how it stands in here. */
#define KQ_FD_ATTACHED	0x01u	/* it has an entry in the epoll set */
#define KQ_FD_IN	0x02u
#define KQ_FD_OUT	0x04u
#define KQ_FD_EDGE	0x08u	/* EPOLLET */
#define KQ_FD_ONCE	0x10u	/* EPOLLONESHOT, until it has fired */
#define KQ_FD_ARMED	(KQ_FD_IN | KQ_FD_OUT | KQ_FD_EDGE | KQ_FD_ONCE)
#define KQ_FD_LISTED	0x20u	/* in the list of those to be looked at again */
#define KQ_FD_TURN	0x40u	/* the WRITE knote was left out: it is next */

/* The READ and the WRITE knote of one descriptor: 32 bytes each, so packed. */
struct kq_fd {
	void	*udata[2];	/* by KQ_READ, KQ_WRITE; so is state */
	int32_t	 lowat;		/* bytes, of the READ knote */
	int32_t	 next;		/* the next descriptor of the list, or -1 */
	uint32_t gen;		/* of the epoll entry */
	uint8_t	 state[2];
	uint8_t	 bits;		/* KQ_FD_* */
	uint8_t	 error;		/* the last SO_ERROR: asking for it clears it */
};

_Static_assert(sizeof(struct kq_fd) <= 32, "a descriptor has a budget");

#define KQ_CHUNK	64	/* descriptors in one piece of the table */

/* A SIGNAL, TIMER, USER or VNODE knote. */
struct kq_note {
	struct kq_note *chain;	/* in its bucket */
	struct kq_note *prev;	/* in the queue of those to be returned */
	struct kq_note *next;
	void	*udata;
	uintptr_t ident;
	int64_t	 data;		/* deliveries, or what EVFILT_USER was given */
	uint64_t deadline_ns;	/* monotonic; UINT64_MAX: never (again) */
	uint64_t period_ns;	/* 0: fires once */
	size_t	 heap;		/* place in the heap of timers, from 1; or 0 */
	unsigned fflags;
	unsigned wanted;	/* fflags that a VNODE knote is asked for */
	struct kq_watch *watch;	/* of a VNODE knote, */
	struct kq_note *sibling;	/* and the next one of the same file */
	short	 filter;
	uint8_t	 state;
	bool	 fired;
	bool	 queued;
};

struct kq_file;

/* A file that VNODE knotes are about, as it was when it was last looked at. */
struct kq_watch {
	struct kq_note *notes;	/* at least one */
	struct stat st;
	int	 wd;		/* inotify's number for it */
};

/* One kqueue: its descriptor is an epoll instance's. */
struct kq {
	/* Read without a lock. */
	struct kq *next;	/* in its bucket of the table, for ever */
	atomic_int fd;		/* -1: closed */
	atomic_uint refs;
	atomic_uint files;	/* knotes that epoll can't carry */
	/* Under the table's lock. */
	bool	 used;
	struct kq *doomed;
	/* Under lock. */
	pthread_mutex_t lock;
	int	 wakefd;	/* eventfd: readable while raised */
	int	 timerfd;	/* these are -1 until they are needed */
	int	 inotifyfd;
	int	 vnodefd;	/* another inotify */
	int	 signalfd;	/* a borrowed one: kq_signal.c's */
	int	 retiredfd;
	bool	 raised;
	unsigned turn;		/* which kind of soft event comes first */
	unsigned stale;		/* events of entries that are no longer known */
	uint32_t gen;
	struct kq_fd **chunks;
	size_t	 nchunks;
	int	 listed_head;	/* descriptors, or -1 */
	int	 listed_tail;
	struct kq_note **buckets;
	size_t	 nbuckets;	/* 0 or a power of 2 */
	size_t	 nnotes;
	struct kq_note *queue_head;
	struct kq_note *queue_tail;
	size_t	 queue_len;
	struct kq_note **heap;
	size_t	 heap_len;
	size_t	 heap_max;
	size_t	 ntimers;
	uint64_t armed_ns;	/* when timerfd fires; UINT64_MAX: never */
	struct kq_file *file_head;
	struct kq_file **file_end;
	struct kq_watch **watches;	/* sorted by wd */
	size_t	 nwatches;
	size_t	 watches_max;
	unsigned nsignals;	/* SIGNAL knotes */
	uint64_t signals_gone;	/* bit n: the knote of signal n + 1 is gone */
};

/* Where events go: n of max are filled; and what is left to do, unlocked. */
struct kq_out {
	struct kevent *events;
	int	 max;
	int	 n;
	bool	 signals;	/* call kq_signal_pump() */
	bool	 rebuilt;	/* call kq_fd_renew_all() */
};

/* data.u64 of an epoll entry: a descriptor and its gen, or one of ours. */
#define KQ_OWN		UINT32_MAX
enum kq_own {
	KQ_OWN_WAKE,
	KQ_OWN_TIMER,
	KQ_OWN_INOTIFY,
	KQ_OWN_VNODE,
	KQ_OWN_SIGNAL,
	KQ_OWN_RETIRED,
};

static inline uint64_t
kq_tag(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

/* kq_table.c: the kqueues of the process. No locks held, but for the last. */

/* Makes fd, an epoll instance, a kqueue. */
int		 kq_table_add(int fd);
/* The queue behind a descriptor, or NULL with EBADF; kq_table_put() it. */
struct kq	*kq_table_get(int fd);
void		 kq_table_put(struct kq *);
/* Whether q's descriptor still is q, not closed and reused. */
bool		 kq_table_check(const struct kq *);
void		 kq_table_lock(void);
void		 kq_table_unlock(void);
/* Calls fn for each queue, locked; the table must be locked. */
void		 kq_table_each(void (*fn)(struct kq *, void *), void *arg);

/* kq_core.c: birth and death of a queue, and what all filters share. */

int		 kq_core_init(struct kq *, int fd);
void		 kq_core_clear(struct kq *);
/* Adds one of our own descriptors. */
int		 kq_core_watch(struct kq *, int fd, enum kq_own);
/* Makes the kqueue's descriptor readable, or no longer so. */
void		 kq_core_raise(struct kq *);
void		 kq_core_lower(struct kq *);
/* A fresh epoll set instead of one with entries that nobody can delete. */
int		 kq_core_rebuild(struct kq *);
uint64_t	 kq_core_now_ns(void);
/* The state that flags lead to from state; and what a return leads to. */
uint8_t		 kq_core_state(uint8_t state, unsigned short flags);
uint8_t		 kq_core_returned(uint8_t state);
/* The udata that a change leads to: its own, or what it was. */
void		*kq_core_udata(void *udata, const struct kevent *);
/* The next free event, filled; there must be one. */
struct kevent	*kq_core_emit(struct kq_out *, uintptr_t ident, short filter,
		    uint8_t state, void *udata);

/* kq_collect.c: from what epoll_wait(2) returned to events. */

/* -1 with EBADF when the descriptor is no longer the queue's. */
int		 kq_collect(struct kq *, const struct epoll_event *, int n,
		    struct kq_out *);

/* kq_fd.c: READ and WRITE. */

int		 kq_fd_change(struct kq *, const struct kevent *);
struct kq_fd	*kq_fd_find(struct kq *, int fd);
/* Forgets both knotes; the epoll entry is gone, or left behind. */
void		 kq_fd_reset(struct kq_fd *);
/* Tells epoll what the knotes want now, if that is news. */
void		 kq_fd_settle(struct kq *, int fd, struct kq_fd *);
/* Whether fd still is the file that was attached. */
bool		 kq_fd_check(struct kq *, int fd);
/* Moves all entries into another epoll instance. */
int		 kq_fd_move(struct kq *, int epfd);
/* fd, a kqueue, was rebuilt: who watches it must do so anew. No lock held. */
void		 kq_fd_renew_all(int fd);
void		 kq_fd_clear(struct kq *);

/* kq_ready.c: from readiness to READ and WRITE events. */

/* Takes at most room events, which is 1 or more. */
void		 kq_ready_report(struct kq *, int fd, struct kq_fd *,
		    uint32_t events, struct kq_out *, int room);
/* Looks again at what is listed, until the room is used up. */
void		 kq_ready_recheck(struct kq *, struct kq_out *);

/* kq_data.c: what the kernel knows of a descriptor. */

/* Bytes, or connections, to read; -1 with EBADF when fd is closed. */
int64_t		 kq_data_readable(int fd);
int64_t		 kq_data_writable(int fd);
bool		 kq_data_is_pipe(int fd);
int		 kq_data_take_error(int fd);

/* kq_file.c: READ and WRITE where epoll_ctl(2) says EPERM. */

int		 kq_file_change(struct kq *, const struct kevent *);
/* Returns whether any of them is, or may be, ready still. */
bool		 kq_file_report(struct kq *, struct kq_out *);
void		 kq_file_drain(struct kq *);
void		 kq_file_clear(struct kq *);

/* kq_note.c: the table and the queue of all other knotes. */

struct kq_note	*kq_note_find(struct kq *, short filter, uintptr_t ident);
/* A new one, in the table; NULL with ENOMEM. */
struct kq_note	*kq_note_add(struct kq *, const struct kevent *);
void		 kq_note_free(struct kq *, struct kq_note *);
/* Puts it into the queue, or takes it out, as its state and fired say. */
void		 kq_note_settle(struct kq *, struct kq_note *);
void		 kq_note_report(struct kq *, struct kq_out *);
void		 kq_note_clear(struct kq *);

/* kq_timer.c, kq_user.c */

int		 kq_timer_change(struct kq *, const struct kevent *);
void		 kq_timer_expire(struct kq *);
void		 kq_timer_return(struct kq *, struct kq_note *, struct kevent *);
void		 kq_timer_remove(struct kq *, struct kq_note *);
int		 kq_user_change(struct kq *, const struct kevent *);

/* kq_vnode.c */

/* All of inotify's events that matter: IN_*, which kq_vnode.c compares. */
#define KQ_VNODE_EVENTS	0xfc6u

int		 kq_vnode_change(struct kq *, const struct kevent *);
/* Events of a watch; entry: of what is in that directory. It may go. */
void		 kq_vnode_happened(struct kq *, struct kq_watch *,
		    uint32_t events, bool entry);
/* The kernel's watch is gone. A descriptor to renew it with; -1: it went. */
int		 kq_vnode_ignored(struct kq *, struct kq_watch *);
/* Whether the knote's number still is its file. */
bool		 kq_vnode_check(const struct kq_note *);
void		 kq_vnode_return(struct kq_note *, struct kevent *);
void		 kq_vnode_remove(struct kq *, struct kq_note *);

/* kq_watch.c: what inotify watches for them. */

/*
 * The watch of the file that fd is, which tells of these events, too; st is
 * what a new one compares with. NULL with errno: EMFILE or ENOSPC when inotify
 * has no more, EACCES when the file may not be read.
 */
struct kq_watch	*kq_watch_get(struct kq *, int fd, uint32_t events,
		    const struct stat *);
/* Its last knote has gone. */
void		 kq_watch_put(struct kq *, struct kq_watch *);
void		 kq_watch_drain(struct kq *);
void		 kq_watch_clear(struct kq *);

/* kq_signal.c: the first two are called with no lock held. */

int		 kq_signal_change(struct kq *, const struct kevent *);
/* Reads the signals that wait, and tells all queues that watch them. */
void		 kq_signal_pump(struct kq *);
/* Gives up q's signals; the table and q are locked. */
void		 kq_signal_clear(struct kq *);
/* In the child of fork(2), the table locked: as if there never was one. */
void		 kq_signal_forget(void);

#endif
