/* kev_source: all that a knote can watch, so that a rule is tried on each. */

#ifndef UNIT_KEV_SOURCE_H
#define UNIT_KEV_SOURCE_H

#include "kev.h"

#include <stdbool.h>
#include <stddef.h>

/* What a kind of source is like. */
#define KEV_FD		0x01u	/* its ident is a descriptor */
#define KEV_NO_PAST	0x02u	/* what was before the knote does not count */
#define KEV_NO_QUIET	0x04u	/* what has happened can't be taken back */
#define KEV_CLEARS	0x08u	/* the filter sets EV_CLEAR itself */
#define KEV_LATE	0x10u	/* the kernel may tell of it a little later */

/* One source that is open, and the queue of the test. */
struct kev_place {
	const struct kev_source *source;
	int	 kq;
	uintptr_t ident;
	int	 fd;		/* what is watched, or -1 */
	int	 peer;		/* the other end, or -1 */
	int	 guests[8];	/* those who connected */
	int	 nguests;
	int	 sent;		/* bytes that nobody has read */
	void	*udata;		/* of the last change */
};

struct kev_source {
	const char *name;
	int	 filter;
	unsigned fflags;	/* for EV_ADD */
	unsigned traits;
	void	 (*open)(struct kev_place *);
	void	 (*trigger)(struct kev_place *);
	void	 (*quiet)(struct kev_place *);
};

/* A sentence of the manual, and how it is tried on a source. */
struct kev_rule {
	const char *section;
	const char *name;
	void	 (*run)(struct kev_place *);
	unsigned unless;	/* traits that it does not hold for */
	unsigned only;		/* traits that it takes */
};

#define KEV_RULE(section, name, unless, only) {section, #name, name, unless, only}

/* Runs each rule on each source, as a test each. Returns what cmocka does. */
int		 kev_rules_run(const struct kev_rule *, size_t nrules);

/* Makes the event happen, or happen again; takes back that it has. */
void		 kev_trigger(struct kev_place *);
void		 kev_quiet(struct kev_place *);

/* A change of its knote, with EV_ADD's fflags; the errno, or 0. */
void		 kev_place_change(struct kev_place *, int flags);
int		 kev_place_error(struct kev_place *, int flags);
void		 kev_place_change_udata(struct kev_place *, int flags,
		    void *udata);
/* The same on another queue. */
void		 kev_place_change_on(struct kev_place *, int kq, int flags);
/* Waits for its event: the only one that is there. */
struct kevent	 kev_place_wait(struct kev_place *);

#endif
