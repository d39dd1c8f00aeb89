/* listener: one socket that newcomers arrive at. */

#ifndef YODEL_LISTENER_H
#define YODEL_LISTENER_H

#include <stdint.h>
#include <sys/types.h>

struct endpoint_addr;
struct listener;
struct log;
struct loop;
struct remote;

struct listener_handler {
	/* A newcomer; fd belongs to the callee. */
	void	(*arrived)(void *arg, int fd, const struct remote *);
	/*
	 * No descriptor is left to accept one with. Returns 0 when a newcomer
	 * was turned away nevertheless, or -1: the listener then rests for a
	 * moment.
	 */
	int	(*crowded)(void *arg, int listen_fd);
	void	*arg;
	uint16_t number; /* its own, as a Unix socket's peer has for a port */
};

/*
 * Binds and listens; nobody is accepted before listener_start(). Accepted
 * sockets have TCP_NODELAY and keepalive. Returns NULL with errno.
 */
struct listener	*listener_new(const struct endpoint_addr *);

/*
 * The same for a socket that is bound and listens already (inherit_check() has
 * said so), and that the listener owns from now on, also when it fails. The
 * path of a Unix socket is not its to remove then.
 */
struct listener	*listener_inherit(int fd);

/* Closes it; a Unix socket's path goes, unless another one took it. */
void		 listener_free(struct listener *); /* NULL is fine */

/*
 * Gives a Unix socket's path to this user; what has taken its place, a link
 * too, is left alone. Returns 0, or -1 with errno.
 */
int		 listener_give_path(const struct listener *, uid_t, gid_t);

/* Returns 0, or -1 with errno. The handler is copied. */
int		 listener_start(struct listener *, struct loop *, struct log *,
		    const struct listener_handler *);

/* The port that it got, in host order; 0 for a Unix socket. */
uint16_t	 listener_port(const struct listener *);

/* The path that goes with it, or "". */
const char	*listener_path(const struct listener *);

/* "127.0.0.1:8080", with the port that it got; lives as long as it. */
const char	*listener_text(const struct listener *);

#endif
