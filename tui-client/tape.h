/*
 * tape: the conversation, appended to a file as it happens (--log, /log): a
 * line an entry, as entry_text has it and /save writes it.
 *
 * Lines wait in memory, bounded, and are written when the turn of the loop is
 * over. A file that can't be written ends the tape, and never the client; a
 * FIFO whose reader is slow loses lines, which are counted.
 */

#ifndef YODEL_TAPE_H
#define YODEL_TAPE_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct tape;
struct transcript;

struct tape_options {
	const char *path;	/* copied; "~/" stands for the home */
	const struct transcript *transcript; /* the caller's; outlives it */
	/*
	 * A sentence for the user: it has ended, and why, or goes on and lines
	 * were left out. May add to the tape; must not close it.
	 */
	void	(*failed)(void *arg, const char *text);
	void	*arg;
};

/*
 * Appends to the file, or makes it, 0600; never through a symlink, never
 * waiting for a FIFO's reader. PIPE and XFSZ have to be ignored (signals.h).
 * NULL with errno: see tape_error().
 */
struct tape	*tape_open(struct loop *, const struct tape_options *);

/*
 * Writes what waits, and closes, without a call of failed. Returns 0, or -1
 * with errno where not all of it could be written. NULL is fine.
 */
int		 tape_close(struct tape *);

/* Once for each entry, when nothing of it will change any more. */
void		 tape_add(struct tape *, uint64_t id);

/* Opens the path again (after a rotation). Where that fails it ends. */
void		 tape_reopen(struct tape *);

/* False once it has failed; the owner closes it then. */
bool		 tape_is_running(const struct tape *);

/* The file, with the home in place of "~". */
const char	*tape_path(const struct tape *);

/* What tape_open() or tape_close() failed with, for a person. */
const char	*tape_error(int error);

#endif
