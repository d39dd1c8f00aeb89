/*
 * control_action: what a control client's commands do. Those about clients are
 * asked of the workers, which answer when they get to it; the others are done
 * at once.
 */

#ifndef YODEL_CONTROL_ACTION_H
#define YODEL_CONTROL_ACTION_H

#include <stdint.h>

struct control_action;
struct control_command;
struct control_peer;
struct crew;
struct datalog;
struct inbox;
struct listeners_names;
struct sampler;
struct stats;

/* What there is to act upon; all is the caller's and has to outlive it. */
struct control_scope {
	struct crew *crew;
	struct datalog *datalog;
	const struct listeners_names *names; /* where it listens */
	const char *addrs;	/* "127.0.0.1:8080 [::1]:8080", safe to show */
	/* Adds to a view. Any thread. */
	void	(*collect)(void *arg, struct stats *);
	/* Passes on that the server is to drain. Any thread. */
	void	(*drain)(void *arg);
	void	*arg;
};

/* The inbox is that of the peers' loop. Returns NULL with ENOMEM. */
struct control_action *control_action_new(const struct control_scope *,
		    struct inbox *, const struct sampler *);

/*
 * When the workers have answered, which they do at their end at the latest.
 * NULL is fine.
 */
void		 control_action_free(struct control_action *);

/* Does it, and answers the peer, now or later. */
void		 control_action_do(struct control_action *,
		    struct control_peer *, const struct control_command *);

/* The peer has gone: what it still has asked for is answered to nobody. */
void		 control_action_forget(struct control_action *,
		    const struct control_peer *);

#endif
