/* hexdump: bytes as rows of hex and characters. Pure. */

#ifndef YODEL_HEXDUMP_H
#define YODEL_HEXDUMP_H

#include <stddef.h>

#define HEXDUMP_TEXT_MAX	96	/* of a row, terminated */

/*
 * The bytes of a row in a pane of so many columns, a blank before it: 16, 8 or
 * 4, or 0: no room.
 */
size_t		 hexdump_bytes(unsigned columns);

/* The columns that the longest row of so many bytes takes. */
unsigned	 hexdump_columns(size_t per_row);

/*
 * A row: the offset, the bytes in hex, in two halves where they are 16, and as
 * they are where they are printable ASCII, a dot where not:
 * "0010  68 65 6c 6c 6f 0a        hello.". len is at most per_row. Returns buf.
 */
char		*hexdump_format(char buf[HEXDUMP_TEXT_MAX], size_t offset,
		    const void *p, size_t len, size_t per_row);

/* Where in that text the hex and the character of byte n of the row stand. */
size_t		 hexdump_hex_at(size_t n);
size_t		 hexdump_character_at(size_t n, size_t per_row);

#endif
