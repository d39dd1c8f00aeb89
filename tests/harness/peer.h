/*
 * peer: the other end of a TCP connection, as blocking calls with a deadline.
 * All of them fail the test when they cannot do it within DEADLINE_MS.
 */

#ifndef HARNESS_PEER_H
#define HARNESS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;
struct peer_listener;

/* Connects to the loopback address, IPv4, IPv6, or to a Unix socket. */
struct peer	*peer_connect(uint16_t port);
struct peer	*peer_connect6(uint16_t port);
struct peer	*peer_connect_unix(const char *path);

/*
 * Connects (IPv4) with a receive buffer of this size, for a reader that is
 * slow: it has to be set before the connection is made.
 */
struct peer	*peer_connect_rcvbuf(uint16_t port, int bytes);

/* Connects from another address (IPv4) of this machine. */
struct peer	*peer_connect_from(uint16_t port, const char *address);

/* Connects to an address (IPv4) other than loopback. */
struct peer	*peer_connect_at(const char *address, uint16_t port);

/* Closes it; NULL is fine. */
void		 peer_free(struct peer *);

/* Ends it with a reset instead of a FIN, and frees it. */
void		 peer_reset(struct peer *);

/* The descriptor (non-blocking), still the peer's. */
int		 peer_fd(const struct peer *);

/* The local port, as in the server's log. */
uint16_t	 peer_port(const struct peer *);

void		 peer_send(struct peer *, const void *data, size_t len);
void		 peer_send_text(struct peer *, const char *text);

/* Sends what the socket takes at once. Returns how much: 0 when it is full. */
size_t		 peer_send_some(struct peer *, const void *data, size_t len);

/* Sends no more: a FIN. */
void		 peer_shutdown(struct peer *);

/* Exactly len bytes; an early end fails the test. */
void		 peer_recv(struct peer *, void *buf, size_t len);

/* Receives strlen(text) bytes that have to be these. */
void		 peer_expect(struct peer *, const char *text);

/* Says hello, which has to come back. */
void		 peer_greet(struct peer *);

/* The same by a new one (IPv4), which then goes. */
void		 peer_visit(uint16_t port);

/* Whether the other end has closed it. What waits to be received comes first. */
bool		 peer_is_closed(const struct peer *);

/* Waits for at least a byte. Returns how many, 0 at the end, as read(2). */
size_t		 peer_recv_some(struct peer *, void *buf, size_t size);

/*
 * All until the end, NUL-terminated, the caller frees it; len may be NULL. A
 * reset fails the test.
 */
char		*peer_recv_all(struct peer *, size_t *len);

/* Waits for the end: no byte may come before it. */
void		 peer_expect_eof(struct peer *);

/* Waits for the end or a reset, dropping what comes. True for a reset. */
bool		 peer_wait_gone(struct peer *);

/*
 * Sends all and receives as much at the same time, so that neither side can
 * block the other; what comes back has to be the same bytes.
 */
void		 peer_echo(struct peer *, const void *data, size_t len);

/*
 * A listener at 127.0.0.1, for clients under test; port 0 lets the system
 * choose.
 */
struct peer_listener *peer_listen(uint16_t port);
uint16_t	 peer_listener_port(const struct peer_listener *);
struct peer	*peer_accept(struct peer_listener *);
void		 peer_listener_free(struct peer_listener *); /* NULL is fine */

#endif
