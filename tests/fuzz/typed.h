/* typed: an editor whose keys are bytes, as a terminal would send them. */

#ifndef FUZZ_TYPED_H
#define FUZZ_TYPED_H

#include <stddef.h>
#include <stdint.h>

#define TYPED_SILENCE	0xff	/* a wait that passed: ESC is a key */
#define TYPED_DROP	0xfe	/* ^C as the client does it */

/*
 * Types data[0..size) into an editor that has read a .editrc with this content
 * until there is nothing left, and checks each line that is entered.
 */
void		 typed_run(const void *editrc, size_t editrc_len,
		    const uint8_t *data, size_t size);

#endif
