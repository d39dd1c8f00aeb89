/* kev: short forms of kevent(2) for its tests. What fails, fails the test. */

#ifndef UNIT_KEV_H
#define UNIT_KEV_H

#include <sys/types.h>
#include <sys/event.h>

#include <stdint.h>

#ifndef NOTE_NODATA
#define NOTE_NODATA 0
#endif

/* For fixtures: *state becomes a new kqueue, and is closed. */
int		 kev_setup(void **state);
int		 kev_teardown(void **state);
int		 kev_queue(void **state);

/* One change, with data 0 and the ident as udata. */
void		 kev_change(int kq, uintptr_t ident, int filter, int flags,
		    unsigned fflags);
void		 kev_change_data(int kq, uintptr_t ident, int filter, int flags,
		    unsigned fflags, int64_t data);
/* The errno of a change that is refused, or 0. */
int		 kev_change_error(int kq, uintptr_t ident, int filter,
		    int flags, unsigned fflags);

/* Waits for one event; takes one that is there; there must be none. */
struct kevent	 kev_wait(int kq);
int		 kev_poll(int kq, struct kevent *events, int nevents);
void		 kev_none(int kq);

/* Waits for the event of this ident and filter, and drops others. */
struct kevent	 kev_wait_for(int kq, uintptr_t ident, int filter);

/* Two connected non-blocking sockets: of the Unix domain, over TCP. */
void		 kev_pair(int fds[2]);
void		 kev_pair_tcp(int fds[2]);
void		 kev_pair_close(int fds[2]);
/* A TCP socket that listens on the loopback address. */
int		 kev_listen(void);
int		 kev_connect(int listener);
void		 kev_send(int fd, const char *text);
/* Reads all that is there, at least one byte. */
void		 kev_drain(int fd);
/* Writes until no more is taken. */
void		 kev_fill(int fd);

#endif
