/* echoer: a server for a client under test, in a thread that stays out. */

#ifndef ECHOER_H
#define ECHOER_H

#include <stdint.h>

struct echoer;

/* At a port of 127.0.0.1. Aborts where that can't be. */
struct echoer	*echoer_start(void);
uint16_t	 echoer_port(const struct echoer *);

/* Closes whoever is there; who comes later is served again. */
void		 echoer_kick(struct echoer *);
void		 echoer_stop(struct echoer *);

#endif
