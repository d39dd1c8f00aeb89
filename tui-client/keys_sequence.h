/*
 * keys_sequence: where a sequence of a terminal ends. Part of keys; only
 * keys.c uses it.
 *
 * Sources: ECMA-48 (5.4, 8.3), xterm's ctlseqs, console_codes(4).
 */

#ifndef YODEL_KEYS_SEQUENCE_H
#define YODEL_KEYS_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

struct key;

/* Longer is not a sequence of a terminal: it ends there. */
#define KEYS_SEQUENCE_MAX	4096u

/* Whether ESC and this byte introduce a sequence: [ O ] P. */
bool		 keys_sequence_begins(unsigned char c);

/*
 * Reads the sequence p[0..len) whose ESC stood before p, and whose p[0] begins
 * one. Returns the bytes it took and fills *key; or 0: more are needed, which
 * is never said with final. KEYS_PASTE: here a paste opens. A byte that cannot
 * be in a sequence ends it and is left; an introducer with nothing behind it
 * was Alt and that character.
 */
size_t		 keys_sequence_read(const unsigned char *p, size_t len,
		    bool final, struct key *);

#endif
