/* endpoint: "host:port", "[::1]:8080" or "unix:/path" <-> socket addresses. */

#ifndef YODEL_ENDPOINT_H
#define YODEL_ENDPOINT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ENDPOINT_HOST_MAX	256	/* a DNS name, or a Unix socket's path */
#define ENDPOINT_TEXT_MAX	(ENDPOINT_HOST_MAX + 16)

/* A place as it was named: not resolved yet. */
struct endpoint {
	char	 host[ENDPOINT_HOST_MAX]; /* no brackets; the path of a Unix one */
	uint16_t port;			  /* host order; 0 for a Unix socket */
	int	 family;		  /* AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX */
};

/* A place that the kernel understands. */
struct endpoint_addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/*
 * Takes "127.0.0.1:8080", "localhost:80", "::1", "[::1]", "[::1]:8080", "host",
 * "host%eth0", "unix:/path"; where no port is named it is default_port. family
 * is AF_UNIX, or AF_INET/AF_INET6 for a literal, else AF_UNSPEC. Returns 0, or
 * -1 with EINVAL (empty host, bad port, a bare IPv6 address with something
 * behind it) or ENAMETOOLONG.
 */
int		 endpoint_parse(struct endpoint *, const char *text,
		    uint16_t default_port);

/*
 * Writes it as INTERFACE says: "127.0.0.1:8080", "[::1]:8080", "unix:/path".
 * Returns buf, always terminated; ENDPOINT_TEXT_MAX is enough.
 */
char		*endpoint_format(char *buf, size_t size,
		    const struct endpoint *);

/*
 * The same for a socket address; IPv4-mapped IPv6 as IPv4; an unnamed Unix
 * socket as "unix:", an abstract one as "unix:@name", any other family as
 * "unknown". A path may hold any bytes: make it visible before it is shown.
 */
char		*endpoint_addr_format(char *buf, size_t size,
		    const struct sockaddr *, socklen_t);

/*
 * Resolves with getaddrinfo(3): BLOCKS for a name, never for a literal or a
 * Unix socket. family narrows it down (AF_UNSPEC: any) unless it is a Unix
 * socket. Fills up to max (>= 1) different addresses in the resolver's order.
 * Returns how many (>= 1), or -1 with *error pointing at a constant sentence
 * that says why.
 */
int		 endpoint_resolve(const struct endpoint *, int family,
		    struct endpoint_addr *addrs, int max, const char **error);

/*
 * A non-blocking, close-on-exec socket that listens at addr (SO_REUSEADDR;
 * IPV6_V6ONLY). An AF_UNIX socket that nobody answers at is replaced, a live
 * one is EADDRINUSE, and whatever else is at its path stays there and is
 * EEXIST. Returns the descriptor, or -1 with errno.
 */
int		 endpoint_listen(const struct endpoint_addr *, int backlog);

/*
 * A non-blocking, close-on-exec socket with TCP_NODELAY that is connected or
 * connecting to addr: when it is writable, ask endpoint_connect_result().
 * Returns the descriptor, or -1 with errno.
 */
int		 endpoint_connect(const struct endpoint_addr *);

/*
 * 0 when fd is connected, else the errno of the failed connect: ENOTCONN when
 * it was told before (or too early), ECONNREFUSED also for a socket that has
 * met itself, as TCP does when it picks the free port it connects to as its
 * own.
 */
int		 endpoint_connect_result(int fd);

/* O_NONBLOCK and FD_CLOEXEC, added to the flags that are there. 0 or -1. */
int		 endpoint_set_nonblocking(int fd);

#endif
