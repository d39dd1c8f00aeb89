/* remote: who is at the other end of a connection, in 18 bytes. */

#ifndef YODEL_REMOTE_H
#define YODEL_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * IPv4 stands as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2), whichever socket it came
 * through; all zeros is the peer of a Unix socket. A link-local address loses
 * its scope.
 */
struct remote {
	uint8_t	 address[16];	/* network order */
	uint16_t port;		/* host order; of a Unix one: its listener's number */
};

/* Any family that is not IPv4 or IPv6 counts as a Unix socket. */
void		 remote_set(struct remote *, const struct sockaddr *);

bool		 remote_is_unix(const struct remote *);
bool		 remote_is_ipv4(const struct remote *);

/* 127.0.0.0/8, ::1, or a Unix socket: it can't come from another machine. */
bool		 remote_is_local(const struct remote *);

/*
 * Takes one connection from a listening socket and says who it is. Returns a
 * non-blocking, close-on-exec descriptor, or -1 with accept(2)'s errno.
 */
int		 remote_accept(int listen_fd, struct remote *);

/*
 * Writes it as INTERFACE says: "127.0.0.1:53122", "[::1]:53122", and for a Unix
 * socket the path that fd was accepted at: "unix:/path". Returns buf, always
 * terminated; ENDPOINT_TEXT_MAX is enough.
 */
char		*remote_format(char *buf, size_t size, const struct remote *,
		    int fd);

#endif
