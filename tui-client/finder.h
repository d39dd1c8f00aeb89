/*
 * finder: searching the transcript at the keyboard. M-/ opens a line for the
 * pattern, and the newest match shows as it is typed. Enter ends the pattern:
 * then n walks up, to what is older, and N down; so do the arrows and ^R, ^S at
 * any time. / or M-/ begin a new pattern. Esc and ^C go back to where one was,
 * Enter stays; any other key that is typed stays as well and is the editor's.
 * libedit and its line know nothing of it.
 */

#ifndef YODEL_FINDER_H
#define YODEL_FINDER_H

#include <stdbool.h>
#include <stddef.h>

struct finder;
struct key;
struct search;
struct transcript;
struct view;

/* Both are the caller's and outlive it. NULL with ENOMEM. */
struct finder	*finder_new(const struct transcript *, struct view *);
void		 finder_free(struct finder *); /* NULL is fine */

/*
 * M-/: opens the line, or begins a new pattern in it. The last one is offered:
 * Enter takes it, what is typed replaces it.
 */
void		 finder_open(struct finder *);

/*
 * A key while it is open. False where the key is none of its: it has closed
 * then, and the key is the editor's.
 */
bool		 finder_take(struct finder *, const struct key *);

bool		 finder_is_open(const struct finder *);

/*
 * Once a turn of the loop, behind the drawing: only that learns of another size
 * of the pane. Counts on (see search_work()), goes where a key has sent it as
 * soon as that is found, and keeps the match that it stands at on the screen
 * when the end or the size moves. Returns whether there was anything to do:
 * then draw, and call it again after the next turn, which does not wait.
 */
bool		 finder_work(struct finder *);

/* What the input row shows instead of the line while it is open. */
struct finder_line {
	const char *pattern;	/* UTF-8 */
	size_t	 len;
	char	 count[48];	/* "3/17", "3/17+" so far, "no match", or "" */
	bool	 typing;	/* the cursor is behind the pattern; or nowhere */
	bool	 offered;	/* the last pattern: the cursor is before it */
};
void		 finder_line(const struct finder *, struct finder_line *);

/* For the pane: search_ranges() of it. */
const struct search *finder_search(const struct finder *);

#endif
