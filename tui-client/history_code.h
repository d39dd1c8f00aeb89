/*
 * history_code: the spelling of an entry in libedit's history files: white
 * space, controls and the backslash as \ooo, all else as it is. Pure.
 */

#ifndef YODEL_HISTORY_CODE_H
#define YODEL_HISTORY_CODE_H

#include <stddef.h>

/* A byte takes at most as many, spelt out. */
#define HISTORY_CODE_FACTOR	4u

/*
 * Spells p[0..len); out has room for HISTORY_CODE_FACTOR * len. Returns the
 * bytes.
 */
size_t		 history_code_encode(char *out, const char *p, size_t len);

/*
 * The other way, and terminates it. Also takes what vis(3) writes for libedit:
 * \\ and \^X. Returns 0, or -1 for what is no entry: empty, a NUL, an unknown
 * spelling, or out of size.
 */
int		 history_code_decode(char *out, size_t size, const char *p,
		    size_t len, size_t *out_len);

#endif
