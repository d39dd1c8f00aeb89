/*
 * shortcut: the keys that are the interface's, taken before the editor sees
 * them.
 */

#ifndef YODEL_SHORTCUT_H
#define YODEL_SHORTCUT_H

#include <stdbool.h>

struct editor;
struct frame;
struct key;
struct paster;

/* What the keys act on; nothing is owned. Zero it first. */
struct shortcut {
	struct frame *frame;	/* and its screen, view, session and finder */
	struct editor *editor;
	struct paster *paster;
	void	(*suspend)(void *arg);
	void	(*quit)(void *arg);
	void	*arg;
	bool	 interrupted;	/* the last key was ^C: the next one quits */
	bool	 fresh_line;	/* the next line of a paste may be begun */
};

/*
 * True where the key was the interface's. Else it, as it is now, is the
 * editor's: a paste, say, has become a key that inserts it.
 */
bool		 shortcut_take(struct shortcut *, struct key *);

/* The editor begins a line. */
void		 shortcut_line_begins(struct shortcut *);

/*
 * Whether there is a key for the editor that nobody pressed: the next line of a
 * paste that is edited line by line.
 */
bool		 shortcut_make(struct shortcut *, struct key *);

#endif
