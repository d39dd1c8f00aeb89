/*
 * complete: what Tab does: the names of commands, their arguments (switches,
 * settings, files, places), and words already seen.
 */

#ifndef YODEL_COMPLETE_H
#define YODEL_COMPLETE_H

#include <stddef.h>

struct complete;
struct words;

/* The words are the caller's and outlive it. NULL with ENOMEM. */
struct complete	*complete_new(struct words *);
void		 complete_free(struct complete *); /* NULL is fine */

/* A place that was connected to, for /connect: the latest comes first. */
void		 complete_learn_place(struct complete *, const char *place);

/*
 * Completes line[0..cursor): what to append goes to out, terminated; returns
 * how many candidates there are. As editor_options.complete wants it.
 */
size_t		 complete_line(struct complete *, const char *line,
		    size_t cursor, char *out, size_t size);

/*
 * The candidates of the last Tab, where there was more than one and nothing
 * more to append (or one that can't be typed), as one line of at most so many
 * columns for the hint row; NULL else. complete_forget() with any other key.
 */
const char	*complete_hint(struct complete *, size_t columns);
void		 complete_forget(struct complete *);

#endif
