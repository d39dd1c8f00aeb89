/*
 * wire: two networks of the test's own, near and far, with a cable between them
 * (Linux; wants the rights of root, and ip(8)). Nothing of it has a name: it is
 * gone when the test and what it has started are, however they end.
 */

#ifndef HARNESS_WIRE_H
#define HARNESS_WIRE_H

#include <stdbool.h>

/* The cable's ends, in both networks: "wire", with these addresses (/24). */
#define WIRE_NEAR_ADDRESS	"10.77.0.1"
#define WIRE_FAR_ADDRESS	"10.77.0.2"

/* A second cable's, through a relay of the test's: "relay". */
#define WIRE_RELAY_NEAR		"10.78.0.1"
#define WIRE_RELAY_FAR		"10.78.0.2"

enum wire_end {
	WIRE_NEAR,
	WIRE_FAR
};

/*
 * Lays the cable, and takes this process to its near end. To be called before
 * there are sockets or threads. Returns false where that can't be, and says on
 * stderr what is missing; the tests are to be skipped then.
 */
bool		 wire_lay(void);

/*
 * Whether what is done with this command can be done here: a word on stderr
 * says when not.
 */
bool		 wire_can(enum wire_end, const char *command);

/* Sockets and programs from now on are at that end. */
void		 wire_go(enum wire_end);

/* A command of the shell's at that end, which has to end well. */
void		 wire_run(enum wire_end, const char *command);

/*
 * The cable as it was laid: up, with its addresses, as fast as it can, no
 * firewall at either end; this process at the near end.
 */
void		 wire_mend(void);

/*
 * Lays the other cable, whose relay loses, doubles and delays some packets,
 * always the same ones for the same seed. False where there is no tun(4).
 */
bool		 wire_lay_relay(unsigned seed);

#endif
