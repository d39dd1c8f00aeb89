/*
 * control_peer: one connection to the control socket: commands come in, answers
 * go out, and between their lines, once it watches, the log's events. All of it
 * is bounded: no further command is read while an answer is going out, an answer
 * is made as it is taken, and events wait in a tap that drops and counts.
 */

#ifndef YODEL_CONTROL_PEER_H
#define YODEL_CONTROL_PEER_H

#include <stdbool.h>

struct control_answer;
struct control_command;
struct control_peer;
struct log;
struct loop;

struct control_peer_context {
	struct loop *loop;
	struct log *log;
	/*
	 * A command: exactly one of control_peer_answer(), _agree() and
	 * _refuse() has to follow, at once or later. CONTROL_WATCH never comes.
	 */
	void	(*asked)(void *arg, struct control_peer *,
		    const struct control_command *);
	/* Its connection has ended, and it is freed after the call. */
	void	(*closed)(void *arg, struct control_peer *);
	/* There are events for who watches, as in log_tap_new(). */
	void	(*woken)(void *arg);
	void	*arg;
};

/*
 * Serves fd, which is non-blocking, and owns it from now on, also where it
 * fails: NULL with errno. The context is the caller's and has to outlive it.
 */
struct control_peer *control_peer_new(const struct control_peer_context *,
		    int fd);

/* Ends it without a call; NULL is fine. Not from one of its own calls. */
void		 control_peer_free(struct control_peer *);

/* Sends these lines and {"ok":true}. The answer is freed in the end. */
void		 control_peer_answer(struct control_peer *,
		    struct control_answer *);

/* {"ok":true}, or the error, which is safe to show. */
void		 control_peer_agree(struct control_peer *);
void		 control_peer_refuse(struct control_peer *, const char *error);

/* For woken, in the loop's thread: looks for events. May close the peer. */
void		 control_peer_wake(struct control_peer *);

/*
 * At the end of all: sends what waits as far as it is taken at once, and no
 * further. May close the peer.
 */
void		 control_peer_finish(struct control_peer *);

/*
 * Whether it has gone although nothing has told so: who watches and has ended
 * its own side is not heard of before the next event.
 */
bool		 control_peer_is_gone(const struct control_peer *);

#endif
