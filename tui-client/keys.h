/*
 * keys: bytes from a terminal -> keys. Pure: no curses, clock or descriptor.
 *
 * Understands UTF-8 (a bad byte is U+FFFD), CSI and SS3 sequences as xterm,
 * tmux, screen, rxvt, the Linux console and vt100 send them, bracketed paste,
 * and SGR and X10 mouse reports. A sequence that is not known is one
 * KEYS_UNKNOWN, never text; so are the terminal's own answers (CSI, OSC, DCS).
 * The keys depend on the bytes and on where keys_expire() came, not on how the
 * bytes were split.
 */

#ifndef YODEL_KEYS_H
#define YODEL_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keys_code {
	KEYS_CHAR,		/* ch: a code point, controls included */
	KEYS_UP, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT,
	KEYS_HOME, KEYS_END, KEYS_INSERT, KEYS_DELETE, KEYS_PAGE_UP,
	KEYS_PAGE_DOWN, KEYS_BACKTAB,
	KEYS_F,			/* ch: 1..20 */
	KEYS_ESCAPE,		/* alone: nothing followed in time */
	/* The wheel; ch: the row that it is over, from 1 on, or 0. */
	KEYS_MOUSE_UP, KEYS_MOUSE_DOWN,
	KEYS_PASTE,		/* paste, paste_len: the whole of it */
	KEYS_FOCUS,		/* ch: 1 came, 0 went */
	KEYS_UNKNOWN
};

#define KEYS_SHIFT	0x1u
#define KEYS_ALT	0x2u	/* ESC before it, or the modifier */
#define KEYS_CTRL	0x4u	/* of keys that are not KEYS_CHAR */

struct key {
	enum keys_code code;
	uint32_t ch;
	unsigned mods;
	const char *paste;	/* KEYS_PASTE: raw bytes, until the next call */
	size_t	 paste_len;
	bool	 paste_cut;	/* it was longer than the bound */
};

#define KEYS_ESCAPE_MS	30u	/* how long a lone ESC may stay ambiguous */
/* What nobody types, as ESC [ 1 or half a character: the line may be slow. */
#define KEYS_SEQUENCE_MS 500u
#define KEYS_PASTE_MS	2000u	/* silence that ends a paste without its end */

struct keys;

/* A paste keeps at most paste_limit_bytes. Returns NULL with ENOMEM. */
struct keys	*keys_new(size_t paste_limit_bytes);
void		 keys_free(struct keys *); /* NULL is fine */

/*
 * Takes all bytes. Returns 0, or -1 with ENOMEM (none taken). They are kept
 * until keys_next() has turned them into keys: call it until it says false.
 */
int		 keys_feed(struct keys *, const void *p, size_t len);

/* The next key that is complete: true and *key, or false. Never fails. */
bool		 keys_next(struct keys *, struct key *);

/*
 * How long to wait for more bytes before keys_expire() is due, in ms; 0 where
 * nothing is ambiguous.
 */
unsigned	 keys_wait_ms(const struct keys *);

/* The wait passed in silence: what was ambiguous becomes what it can be. */
void		 keys_expire(struct keys *);

#endif
