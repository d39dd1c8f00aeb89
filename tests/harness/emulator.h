/* emulator: what a terminal shows after the bytes it was sent (libvterm). */

#ifndef HARNESS_EMULATOR_H
#define HARNESS_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMULATOR_DEFAULT	(-1)		/* the terminal's own colour */
#define EMULATOR_RGB		0x1000000	/* or'ed to 0xRRGGBB */

struct emulator;

enum emulator_key {
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PGUP,
	KEY_PGDN,
	KEY_INSERT,
	KEY_DELETE,
	KEY_ENTER,
	KEY_TAB,
	KEY_BACKSPACE,
	KEY_ESCAPE,
	KEY_F1,
	KEY_F2,
	KEY_F3,
	KEY_F4
};

/* What a key is pressed together with, to be or'ed. */
#define KEY_SHIFT	1
#define KEY_ALT		2
#define KEY_CTRL	4

/* One place of the screen. */
struct emulator_cell {
	char	 text[32];	/* UTF-8, "" where nothing was ever written */
	int	 width;		/* columns; 0: the right half of a wide one */
	int	 colour;	/* EMULATOR_DEFAULT, 0..255, or EMULATOR_RGB */
	int	 background;
	bool	 bold;
	bool	 underline;
	bool	 italic;
	bool	 blink;
	bool	 reverse;
};

/* What else a program has set. */
struct emulator_modes {
	bool	 alternate;	/* the alternate screen */
	bool	 cursor_shown;
	bool	 mouse;		/* some mouse reporting is on */
	bool	 bracketed_paste;
	unsigned bells;		/* rung so far */
};

/*
 * reply(arg) gets what a terminal answers: keys, pasted text and reports. Fails
 * the test without memory; free with emulator_free(), NULL is fine.
 */
struct emulator	*emulator_new(int rows, int columns,
		    void (*reply)(void *arg, const char *data, size_t len),
		    void *arg);
void		 emulator_free(struct emulator *);

void		 emulator_write(struct emulator *, const char *data, size_t len);
void		 emulator_resize(struct emulator *, int rows, int columns);
void		 emulator_size(const struct emulator *, int *rows,
		    int *columns);

/* What the keyboard and mouse of such a terminal send in its present modes. */
void		 emulator_key(struct emulator *, enum emulator_key,
		    int modifiers);
void		 emulator_wheel(struct emulator *, int row, int column, bool up);
void		 emulator_paste(struct emulator *, const char *text);

/* A row as UTF-8 without the blanks at its end; the caller frees it. */
char		*emulator_row(const struct emulator *, int row);

struct emulator_cell emulator_cell(const struct emulator *, int row,
		    int column);
void		 emulator_cursor(const struct emulator *, int *row, int *column);
struct emulator_modes emulator_modes(const struct emulator *);

#endif
