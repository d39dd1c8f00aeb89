/*
 * paster: what becomes of a paste. One line goes into the editor; several lines
 * wait for an answer (send all, edit, drop) and are then sent as fast as the
 * session takes them, or handed to the editor one after the other.
 */

#ifndef YODEL_PASTER_H
#define YODEL_PASTER_H

#include <stdbool.h>
#include <stddef.h>

struct paster;
struct session;

struct paster	*paster_new(struct session *);
void		 paster_free(struct paster *); /* NULL is fine */

/*
 * Takes a paste of several lines (a copy), instead of one that is asked about;
 * while one is sent or edited it is dropped, and that is said. Returns false
 * where it is a single line, which is the editor's, or with no memory.
 */
bool		 paster_take(struct paster *, const char *text, size_t len,
		    bool cut);

/* Whether the question is open: then keys are answers. */
bool		 paster_asks(const struct paster *);

/* An answer: true where it was one. */
bool		 paster_answer(struct paster *, unsigned ch);

/*
 * Sends some of the lines, if that is what was answered. Returns true where
 * there is more to send at once: call it again after a turn of the loop.
 */
bool		 paster_work(struct paster *);

/* The next line to be edited, once: false where there is none. */
bool		 paster_edit(struct paster *, const char **line, size_t *len);

/* Lets the rest go (^C). Returns whether there was any. */
bool		 paster_stop(struct paster *);

/* The question, or the progress, for a person; NULL where there is nothing. */
const char	*paster_hint(struct paster *);

#endif
