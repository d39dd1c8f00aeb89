/*
 * gate: whether a newcomer may stay, before anything is allocated for it: the
 * rules of --allow and --deny, the number of clients, the number from one
 * address, and the descriptors of the process. Any thread may call it.
 */

#ifndef YODEL_GATE_H
#define YODEL_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct admit;
struct gate;
struct log;
struct remote;

#define GATE_ERROR_MAX	128

struct gate_options {
	const struct admit *rules;	/* the caller's */
	uint64_t max_clients;	/* 0: what the limit of descriptors allows */
	uint64_t max_per_ip;	/* 0: no such limit */
	unsigned fds;		/* that the process needs beside its clients' */
};

/*
 * Raises the soft limit of descriptors to the hard one, and keeps one
 * descriptor spare. A max_clients that the limit has no room for is cut to what
 * it has, with a warning in the log. Returns NULL with a text in
 * error[GATE_ERROR_MAX], which names the limit where that is too low for even
 * one client.
 */
struct gate	*gate_new(const struct gate_options *, struct log *,
		    char *error);
void		 gate_free(struct gate *); /* NULL is fine */

/*
 * Lets a newcomer in, or refuses it: who is refused is counted and logged as
 * "refuse", and fd is the caller's to close. Who is let in is counted as open
 * until gate_leave().
 */
bool		 gate_enter(struct gate *, int fd, const struct remote *);
void		 gate_leave(struct gate *);

/*
 * One place of those that an address may have, until gate_release(): false, and
 * a refusal as above, where it has them all.
 */
bool		 gate_claim(struct gate *, int fd, const struct remote *);
void		 gate_release(struct gate *, const struct remote *);

/*
 * Whether a client that a balancer speaks for may stay: false, and a refusal as
 * above, where the first rule that matches it is a --deny. (An --allow says who
 * may connect, and that is the balancer.) fd is the balancer's connection.
 */
bool		 gate_admit_source(struct gate *, int fd,
		    const struct remote *);

/*
 * For EMFILE and ENFILE: turns one newcomer of this listening socket away by
 * means of the spare descriptor. Returns 0, or -1 with errno when that could
 * not be done either. Only for the thread that accepts.
 */
int		 gate_turn_away(struct gate *, int listen_fd);

/* How many there are, and how many were refused. */
uint64_t	 gate_open(struct gate *);
uint64_t	 gate_refused(struct gate *);

#endif
