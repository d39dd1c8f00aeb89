/* kev_watched: a queue, and two sockets, one of which it watches. */

#ifndef UNIT_KEV_WATCHED_H
#define UNIT_KEV_WATCHED_H

struct kev_watched {
	int	 kq;
	int	 fd;	/* the one that is watched */
	int	 peer;
};

/* The queue is the fixture's; the sockets are the caller's to close. */
struct kev_watched kev_watched_of(void **state);
void		 kev_watched_close(struct kev_watched);

/* A change of the filter for reading, or for writing. */
void		 kev_watched_read(struct kev_watched, int flags);
void		 kev_watched_write(struct kev_watched, int flags);

/* The next event is this one. */
void		 kev_watched_expect_read(struct kev_watched);
void		 kev_watched_expect_write(struct kev_watched);

#endif
