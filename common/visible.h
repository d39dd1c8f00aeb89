/*
 * visible: text that came from elsewhere -> text that is safe to show.
 *
 * Bytes of a peer, a file, a host name, an error or a paste pass here before a
 * terminal or a log sees them. UTF-8 is decoded strictly (RFC 3629). What would
 * act on a terminal, hide, or reorder is spelt out: a bad byte as \xNN, C0 and
 * DEL as ^X, C1 as \xNN, the characters that DESIGN lists as <U+XXXX>.
 */

#ifndef YODEL_VISIBLE_H
#define YODEL_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VISIBLE_MARKS_MAX	4	/* combining marks kept on one character */
/* The longest unit: base, marks, each at most 4 bytes; terminator. */
#define VISIBLE_TEXT_MAX	((1 + VISIBLE_MARKS_MAX) * 4 + 1)

/* One unit of display: a character with its marks, or something spelt out. */
struct visible {
	char	 text[VISIBLE_TEXT_MAX]; /* safe UTF-8, terminated */
	unsigned char text_len;		 /* bytes of text */
	unsigned char width;		 /* columns: 1, 2, or those of the spelling */
	bool	 escaped;		 /* spelt out: show it in another shade */
};

/*
 * Reads the unit at p[0..len) (len > 0) and returns how many bytes it spans (>=
 * 1). A mark with nothing before it stands on U+25CC, the dotted circle, and so
 * do the marks beyond VISIBLE_MARKS_MAX, as many again on each: none is lost.
 * C1 is \xNN both as a raw byte and as U+0080..U+009F. U+200D stays at the end
 * of a unit where it joins two emoji. Tabs are spelt out as ^I: who wants
 * columns handles them before. Widths are wcwidth(3)'s: setlocale() first;
 * without a UTF-8 locale everything that is not ASCII is spelt out.
 */
size_t		 visible_next(const void *p, size_t len, struct visible *);

/* The columns that visible_text() of all of p[0..len) would take. */
size_t		 visible_width(const void *p, size_t len);

/*
 * Spells p[0..len) into buf, cut at max_columns with "..." as their last three
 * columns (0: no limit) and always terminated. With VISIBLE_QUOTE, for logs and
 * JSON: \n \r \t \\ \" as in C, other controls as \xNN. Returns the bytes
 * written, without the terminator; text that does not fit size is cut at a
 * whole unit. It needs no locale with VISIBLE_QUOTE: widths then are 1, or 2
 * for wide ones.
 */
#define VISIBLE_QUOTE	0x1u
size_t		 visible_text(char *buf, size_t size, const void *p,
		    size_t len, size_t max_columns, unsigned flags);

/*
 * The code point at p[0..len) (len > 0), strictly decoded, and its bytes in
 * *used (1..4). A byte that begins none gives -1 with *used = 1.
 */
int32_t		 visible_decode(const void *p, size_t len, size_t *used);

#endif
