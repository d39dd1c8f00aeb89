/*
 * keys_table: which sequence is which key. Part of keys; only keys_sequence.c
 * uses it.
 *
 * Sources: xterm's ctlseqs, console_codes(4), the terminfo entries of tmux,
 * screen, rxvt and vt100.
 */

#ifndef YODEL_KEYS_TABLE_H
#define YODEL_KEYS_TABLE_H

#include <stddef.h>

struct key;

#define KEYS_PARAMS_MAX	3

struct keys_params {
	unsigned value[KEYS_PARAMS_MAX]; /* 0: left out */
	size_t	 count;
};

/*
 * The key of the sequence ESC intro params last, where intro is [ or O;
 * KEYS_UNKNOWN where there is none, KEYS_PASTE where a paste opens.
 */
void		 keys_table_find(char intro, const struct keys_params *,
		    unsigned char last, struct key *);

#endif
