/* client_parts: what the files of client share, and nobody else. */

#ifndef YODEL_CLIENT_PARTS_H
#define YODEL_CLIENT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "log.h"
#include "loop.h"
#include "remote.h"

struct bytes;

enum client_state {
	CLIENT_HEADER,	/* watches READ, for a PROXY header */
	CLIENT_ECHO,	/* watches READ; nothing is queued */
	CLIENT_FLUSH,	/* watches WRITE; the queue has something */
	CLIENT_LINGER	/* watches READ; all is sent, the stream is ended */
};

enum client_reason { CLIENT_PEER, CLIENT_RESET, CLIENT_IDLE, CLIENT_STALL,
	CLIENT_KICKED, CLIENT_DRAIN, CLIENT_ERROR };

#define CLIENT_CLAIMED	0x1u	/* has one of its address's places */
#define CLIENT_OWN	0x2u	/* the balancer's own: only for debugging */
#define CLIENT_BULK	0x4u	/* speaks in bulk: goes through the pipe */
#define CLIENT_COPY	0x8u	/* can't go through the pipe */

/*
 * Ordered for size: 10,000 of these wait most of the time. How much has gone
 * out needs no counter: it is what came in less what waits.
 */
struct client {
	struct loop_source source;
	struct bytes *queue;	/* CLIENT_FLUSH; the part of a header so far */
	uint64_t id;
	uint64_t in_bytes;
	uint32_t opened_cs;	/* 10 ms each: right for 497 days */
	uint32_t moved_cs;	/* when it last sent, or took, something */
	struct remote remote;
	uint8_t	 state;
	uint8_t	 flags;
	uint8_t	 small_events;	/* in a row, while CLIENT_BULK */
	uint16_t untaken;	/* what the last sweep found, folded */
};

_Static_assert(sizeof(struct client) <= 80 || sizeof(void *) > 8,
    "an idle client has a budget");

/* In loop_now_ms()'s time. */
uint32_t	 client_now_cs(struct client_context *);

/* Not an error: the socket has, or takes, nothing at the moment. */
bool		 client_must_wait(void);

/* Whether something has come that was not read yet. */
bool		 client_has_more(const struct client *);

/* Of its events. */
enum log_level	 client_level(const struct client *);

/* Logs that it has come. */
void		 client_log_connect(const struct client *,
		    struct client_context *);

/* The end, for lost_bytes that were read but neither sent nor queued. */
void		 client_close(struct client *, struct client_context *,
		    enum client_reason, size_t lost_bytes);

/* The end for the reason in errno. */
void		 client_fail(struct client *, struct client_context *,
		    size_t lost_bytes);

/* client_echo: what an event means in CLIENT_ECHO and in CLIENT_FLUSH. */
void		 client_echo(struct client *, struct client_context *);
void		 client_flush(struct client *, struct client_context *);

/* client_header: what an event means in CLIENT_HEADER, and the time's end. */
void		 client_read_header(struct client *, struct client_context *);
void		 client_end_header(struct client *, struct client_context *);

/* Everything is sent: says so to the peer, then waits for it to leave. */
void		 client_linger(struct client *, struct client_context *);

#endif
