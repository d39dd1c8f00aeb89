/* kev_model_state: what the files of kev_model share. */

#ifndef UNIT_KEV_MODEL_STATE_H
#define UNIT_KEV_MODEL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "kev.h"
#include "kev_model.h"
#include "kev_model_ends.h"

#define USERS		3
#define TIMERS		3
#define SIGNALS		2
#define FD_KNOTES	(2 * MODEL_ENDS)	/* READ and WRITE of each end */
#define KNOTES		(FD_KNOTES + USERS + TIMERS + SIGNALS)

struct knote {
	bool	 used;
	bool	 enabled;
	int	 kind;		/* 0, EV_CLEAR, EV_ONESHOT or EV_DISPATCH */
	void	*udata;
	/* READ and WRITE */
	bool	 must;		/* (EV_CLEAR) it has to come, */
	bool	 may;		/* or may, as epoll has one edge for both */
	bool	 nodata;
	int	 lowat;
	/* USER */
	bool	 triggered;
	unsigned fflags;
	int64_t	 data;
	/* TIMER: when it was added, not before and not after */
	int64_t	 from_ns;
	int64_t	 to_ns;
	int64_t	 period_ns;
	/* TIMER: what was returned; SIGNAL: how many were sent */
	int64_t	 count;
};

struct kev_model {
	int	 kq;
	uintptr_t stamps;	/* udata of the last change */
	struct model_ends ends;
	struct knote knotes[KNOTES];
};

int64_t		 model_now_ns(void);
int		 model_filter(int k);
uintptr_t	 model_ident(const struct kev_model *, int k);

/*
 * Takes the events that are there, room at once, and compares. Returns NULL or
 * what is wrong.
 */
const char	*model_check(struct kev_model *, int room);

#endif
