/*
 * control_input: what a control client sends -> its commands, a line each, in
 * any split. Pure, and bounded whatever arrives.
 */

#ifndef YODEL_CONTROL_INPUT_H
#define YODEL_CONTROL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_LINE_MAX	255	/* bytes of a command */

/* Zero it first. */
struct control_input {
	char	 bytes[2 * CONTROL_LINE_MAX];
	size_t	 len;
	bool	 skips;		/* the rest of a line that was too long */
};

enum control_input_kind {
	CONTROL_INPUT_NONE,	/* no further line so far */
	CONTROL_INPUT_LINE,
	CONTROL_INPUT_LONG,	/* told once, as soon as that is certain */
	CONTROL_INPUT_NUL	/* it has a byte that no text has */
};

/*
 * Where to put what comes next, and how much: never 0 once all lines have been
 * taken. Then says how much it was.
 */
char		*control_input_room(struct control_input *, size_t *size);
void		 control_input_add(struct control_input *, size_t len);

/* The next line, terminated, without its LF or CR LF. */
enum control_input_kind control_input_next(struct control_input *,
		    char line[CONTROL_LINE_MAX + 1]);

/* Whether a line has begun that has no end yet. */
bool		 control_input_is_torn(const struct control_input *);

#endif
