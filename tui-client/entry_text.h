/*
 * entry_text: entries of the transcript as lines of a text file:
 *
 *     2026-11-22 14:02:11.123 > hello
 *     2026-11-22 14:02:11.124 < hello<TAB>(0.21 ms)
 *
 * The local time, > < or -, the text made visible, and what is said of it: its
 * round trip, (differs at byte 3), (unanswered), (waiting) or (not sent). No
 * text has a tab of its own: nobody can forge that.
 */

#ifndef YODEL_ENTRY_TEXT_H
#define YODEL_ENTRY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transcript.h"

/* write and arg are the owner's to set; zero the rest. May be copied. */
struct entry_text {
	/* Takes the next piece. 0, or -1 with errno: then all stops. */
	int	(*write)(void *arg, const char *p, size_t len);
	void	*arg;
	char	 stamp[32];	/* of this second */
	uint64_t second;
	size_t	 stamp_len;	/* 0: of none yet */
	enum transcript_kind kind;
	bool	 open;		/* of this kind, a line still goes on */
};

/*
 * Writes the entry: as a line of its own, or, where the one before was
 * continued and is of the same kind, as what follows in its line. Returns 0, or
 * -1 as write did; what of it was written is the caller's to know.
 */
int		 entry_text_add(struct entry_text *,
		    const struct transcript_entry *);

/* Ends a line that is still open. Returns as entry_text_add(). */
int		 entry_text_end(struct entry_text *);

#endif
