/*
 * reason: why a try or a connection ended, in words for a person. Each returns
 * buf, always terminated. Names and paths come out as they are: what shows the
 * text makes it visible first.
 */

#ifndef YODEL_REASON_H
#define YODEL_REASON_H

#include <stddef.h>
#include <stdint.h>

struct endpoint;

/* "no such host: foo.example"; error as from endpoint_resolve(). */
char		*reason_of_lookup(char *buf, size_t size,
		    const struct endpoint *, const char *error);

/* "connection refused by 127.0.0.1:8080"; error is an errno. */
char		*reason_of_connect(char *buf, size_t size,
		    const struct endpoint *, int error);

/* "timed out after 10 s: 127.0.0.1:8080". */
char		*reason_of_timeout(char *buf, size_t size,
		    const struct endpoint *, uint64_t ms);

/* "closed by peer" (0 and EPIPE), "reset by peer". */
char		*reason_of_end(char *buf, size_t size, int error);

/* The peer has shut its side, and then let what was sent to it lie. */
char		*reason_of_untaken(char *buf, size_t size);

/* What this machine did not do: "cannot go on: Cannot allocate memory". */
char		*reason_of_system(char *buf, size_t size, int error);

#endif
