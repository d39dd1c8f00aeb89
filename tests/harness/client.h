/* client: a full-screen yodel in a terminal of its own. */

#ifndef HARNESS_CLIENT_H
#define HARNESS_CLIENT_H

#include <stdint.h>

struct term;
struct term_options;

/*
 * Starts yodel for 127.0.0.1:port with these further arguments
 * (NULL-terminated; NULL for none) and waits until it shows its prompt.
 */
struct term	*client_start(uint16_t port, const char *const *args,
		    const struct term_options *);

/* The same, and waits until it is connected. */
struct term	*client_connect(uint16_t port, const char *const *args,
		    const struct term_options *);

/* Types a line and Enter. */
void		 client_say(struct term *, const char *line);

/* Says it and waits until its echo is shown as verified. */
void		 client_say_verified(struct term *, const char *line);

/* Leaves with ^D: exit status 0, and the terminal as it was. Frees it. */
void		 client_quit(struct term *);

/* The same where a line has been begun: ^C first. */
void		 client_drop_and_quit(struct term *);

#endif
