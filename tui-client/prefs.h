/*
 * prefs: what can be switched while the client runs: the table behind /set,
 * /time, /hex and /crlf.
 */

#ifndef YODEL_PREFS_H
#define YODEL_PREFS_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* Read by whoever draws, at each frame. */
struct prefs {
	bool	 times;	/* each entry has its time */
	bool	 hex;	/* what came back is shown as a hex dump too */
	bool	 mouse;	/* the wheel scrolls; off: the terminal's own selection */
};

/* Whom a change reaches; nothing is owned. */
struct prefs_target {
	struct prefs *prefs;
	struct session *session; /* crlf, resend */
};

struct prefs_entry {
	const char *name;	/* "resend" */
	const char *values;	/* "ask|always|never" */
	const char *help;	/* of at most 34 columns, for the help page */
};

void		 prefs_init(struct prefs *, bool hex);

/* The table, in alphabetical order; *count entries. */
const struct prefs_entry *prefs_table(size_t *count);

/* The value as it is now, one of the entry's; NULL for a name that is none. */
const char	*prefs_get(const struct prefs_target *, const char *name);

/* What that means, for a person: "lines end with LF". NULL as above. */
const char	*prefs_meaning(const struct prefs_target *, const char *name);

/*
 * Returns NULL, or a constant sentence that says what is wanted: "on or off is
 * wanted", "no such setting".
 */
const char	*prefs_set(struct prefs_target *, const char *name,
		    const char *value);

#endif
