/*
 * link_probe: a link in a loop of its own, with all that it said kept; and
 * places to connect to that behave badly.
 */

#ifndef UNIT_LINK_PROBE_H
#define UNIT_LINK_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "link.h"

#define LINK_PROBE_STATES	64

struct loop;

struct link_probe {
	struct loop *loop;
	struct link *link;
	enum link_state states[LINK_PROBE_STATES]; /* each change, in order */
	unsigned changes;
	unsigned drained;
	char	*received;	/* all of it */
	size_t	 received_len;
	/* Called after the probe has noted a change, or bytes; may be NULL. */
	void	(*on_changed)(struct link_probe *);
	void	(*on_received)(struct link_probe *);
};

/* Options that suit a test: waits of a few milliseconds. */
struct link_options link_probe_options(void);

struct link_probe *link_probe_new(const struct link_options *);

/* Nothing must be called back while it ends. */
void		 link_probe_free(struct link_probe *);

/* Connects to 127.0.0.1:port. */
void		 link_probe_connect(struct link_probe *, uint16_t port);

/* Turns the loop until holds(arg) is true; fails the test at the deadline. */
void		 link_probe_until(struct link_probe *,
		    bool (*holds)(const struct link_probe *, uint64_t),
		    uint64_t arg);

/* Turns the loop until the link is in this state. */
void		 link_probe_until_state(struct link_probe *, enum link_state);

/* Turns the loop until so many bytes came in since the start. */
void		 link_probe_until_received(struct link_probe *, size_t len);

/* Turns the loop as often as something is ready. */
void		 link_probe_settle(struct link_probe *);

/* A port of 127.0.0.1 where nobody listens, and nobody else will soon. */
uint16_t	 link_probe_free_port(void);

/* A listener that lets every further connect hang. */
struct link_probe_hole {
	int	 listener;
	int	 filling[64];
	int	 count;
	struct endpoint_addr addr;
};

void		 link_probe_hole_open(struct link_probe_hole *);
void		 link_probe_hole_close(struct link_probe_hole *);

#endif
