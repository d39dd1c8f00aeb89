/*
 * network: a network of the test's own, with nothing in it but a loopback
 * interface, where nobody else is counted or disturbed (Linux).
 */

#ifndef HARNESS_NETWORK_H
#define HARNESS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Moves this process, and what it starts from now on, into such a network. To be
 * called before there are sockets or threads. Returns false, and nothing has
 * changed, where that is not permitted or does not exist.
 */
bool		 network_enter(void);

/* Cuts that network's only link, or puts it up again. */
void		 network_set_link(bool up);

/* So many may wait for a listener; false where that may not be chosen. */
bool		 network_set_somaxconn(unsigned count);

/* How many newcomers a listener's full queue has cost so far. */
uint64_t	 network_listen_overflows(void);

#endif
