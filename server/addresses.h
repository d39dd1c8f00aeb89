/*
 * addresses: where to listen, from what was named to what the kernel
 * understands.
 */

#ifndef YODEL_ADDRESSES_H
#define YODEL_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"

#define ADDRESSES_MAX		64
#define ADDRESSES_ERROR_MAX	(ENDPOINT_TEXT_MAX + 128)

struct address {
	struct endpoint_addr addr;
	bool	 optional;	/* may fail where the machine lacks the family */
};

struct addresses {
	struct address list[ADDRESSES_MAX];
	size_t	 count;
};

/* 127.0.0.1 and ::1, both optional. */
void		 addresses_default(struct addresses *, uint16_t port);

/*
 * Resolves name and adds all that it stands for: BLOCKS for a host name.
 * Returns 0, or -1 with a text in error[ADDRESSES_ERROR_MAX] that names it:
 * "nowhere.test: Name or service not known".
 */
int		 addresses_add(struct addresses *, const char *name,
		    uint16_t port, char *error);

/*
 * Adds where an inherited socket listens, once inherit_check() has passed it.
 * Returns 0, or -1 with a text that names the descriptor.
 */
int		 addresses_inherit(struct addresses *, int fd, char *error);

/* The first one that other machines can reach, or NULL. */
const struct address *addresses_find_remote(const struct addresses *);

/* INTERFACE's form; returns buf, always terminated. */
char		*address_format(char *buf, size_t size, const struct address *);

/* Whether the system is to choose its port: IPv4 or IPv6, and port 0. */
bool		 address_is_free(const struct address *);
void		 address_set_port(struct address *, uint16_t port);

#endif
