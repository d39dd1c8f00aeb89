/* place: where to connect, as a person says it. */

#ifndef YODEL_PLACE_H
#define YODEL_PLACE_H

#include <stdint.h>

struct endpoint;

#define PLACE_HOST	"127.0.0.1"
#define PLACE_PORT	8080

/*
 * Takes "HOST", "HOST:PORT", "unix:/path", or HOST with its port apart (else
 * NULL). Returns NULL, or a constant text that says what is wrong with it.
 */
const char	*place_parse(struct endpoint *, const char *host,
		    const char *port);

/* The same for one text, "HOST PORT" among others, as /connect takes it. */
const char	*place_parse_line(struct endpoint *, const char *text);

#endif
