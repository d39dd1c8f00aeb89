/* listeners: all the sockets of a server, on one port. */

#ifndef YODEL_LISTENERS_H
#define YODEL_LISTENERS_H

#include <stddef.h>
#include <stdint.h>

#include "addresses.h"
#include "listener.h"

struct listeners;

/* What each is called, as listener_text() says: a copy, which outlives them. */
struct listeners_names {
	size_t	 count;
	char	 texts[ADDRESSES_MAX][ENDPOINT_TEXT_MAX];
};

/*
 * Listens at all of them. Where addresses have port 0, the system chooses one
 * port for all of these. Returns NULL with a text in error[ADDRESSES_ERROR_MAX]
 * that names the address: "127.0.0.1:8080: Address already in use". What is
 * optional and was left out is told to the log, at debug.
 */
struct listeners *listeners_new(const struct addresses *, struct log *,
		    char *error);

/*
 * The same for sockets that listen already: count descriptors from fd on, which
 * inherit_check() has passed, and which are its own from now on.
 */
struct listeners *listeners_inherit(int fd, int count, struct log *,
		    char *error);

/* Closes them. NULL is fine. */
void		 listeners_free(struct listeners *);

size_t		 listeners_count(const struct listeners *);

/* One of them, i counting from 0. */
const struct listener *listeners_at(const struct listeners *, size_t i);

void		 listeners_name(const struct listeners *,
		    struct listeners_names *);

/*
 * All of them in one line that is safe to show: "127.0.0.1:8080 [::1]:8080".
 * Those that buf has no room for are left out. Returns buf.
 */
char		*listeners_format(char *buf, size_t size,
		    const struct listeners *);

/*
 * Begins to accept, each with its number in the handler, and logs a "listen"
 * event for each. Returns 0, or -1 with errno.
 */
int		 listeners_start(struct listeners *, struct loop *,
		    const struct listener_handler *);

#endif
