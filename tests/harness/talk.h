/* talk: a full-screen yodel whose server is the test. */

#ifndef HARNESS_TALK_H
#define HARNESS_TALK_H

struct peer;
struct peer_listener;
struct term;
struct term_options;

struct talk {
	struct peer_listener *listener;
	struct peer *peer;
	struct term *term;
};

/* Arguments and options as client_start() takes them; waits for both ends. */
struct talk	 talk_start(const char *const *args,
		    const struct term_options *);

/* The client leaves as client_quit() has it; then all is freed. */
void		 talk_end(struct talk *);

#endif
