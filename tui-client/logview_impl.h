/* logview_impl: what the files of logview share; for them alone. */

#ifndef YODEL_LOGVIEW_IMPL_H
#define YODEL_LOGVIEW_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backlog.h"
#include "backlog_lines.h"
#include "filter.h"
#include "logview.h"
#include "record.h"

/* More than twice what a pane shows: what falls out at one end is not shown. */
#define LOGVIEW_ENTRIES		1280
#define LOGVIEW_NOWHERE		UINT64_MAX

/* A line that passes. */
struct logview_entry {
	uint64_t start;
	size_t	 rows;		/* 0: not counted in this width */
};

/* All those of the lines lo..hi that pass, as far as there is room. */
struct logview_list {
	struct logview_entry entries[LOGVIEW_ENTRIES];	/* a ring */
	size_t	 head, count;
	uint64_t lo, hi;	/* where lines begin */
	uint64_t open;		/* the last line before hi, if it may grow */
};

/* Where one is. */
struct logview_place {
	bool	 following;
	bool	 paused;	/* (anchored) though nothing is below */
	uint64_t top;		/* (anchored) the first line at or below it */
	size_t	 top_byte;	/* ... and the byte of it in the first row */
	uint64_t left_end;	/* (anchored) the backlog's end when left ... */
	uint64_t left_line;	/* ... and the line that goes on there */
};

struct logview {
	const struct backlog *backlog;
	struct backlog_lines *lines;
	struct record *record;
	struct filter *filter;		/* NULL: all lines pass */
	struct filter *alerts[2];	/* the levels to be sought */
	size_t	 work_bytes, budget;	/* budget: of it, what is left */
	unsigned width, height;
	bool	 wrap;
	struct logview_place place;
	struct logview_place origin;	/* (filtered) where one came from ... */
	bool	 moved;			/* ... but was it left since? */
	long	 pending;		/* (anchored) rows still to be scrolled */
	bool	 hungry;		/* the budget was spent before all was found */
	struct logview_list list;
	uint64_t count_at, count_end;	/* (anchored) counted up to this line */
	uint64_t new_lines;
	bool	 seeking, seek_up, none;
	uint64_t seek_at;
	uint64_t sought;		/* the line it went to, or NOWHERE */
};

/* list: */

/* Empty, at this offset (first <= at <= end): where that line begins. */
void		 logview_list_reset(struct logview *, uint64_t at);

/* After the backlog changed: what has fallen out, a last line that grew. */
void		 logview_list_sync(struct logview *);

struct logview_entry *logview_list_at(struct logview *, size_t i);

/* The first one that begins at or behind an offset; count if there is none. */
size_t		 logview_list_find(struct logview *, uint64_t offset);

/*
 * Looks for one more above or below. False where the budget was spent before
 * it was found; true also where there are no more.
 */
bool		 logview_list_look(struct logview *, bool up);

bool		 logview_list_is_whole(const struct logview *, bool up);

/* Rows of the ith, and which has a byte, and the other way round. */
size_t		 logview_list_rows(struct logview *, size_t i);
size_t		 logview_list_row(struct logview *, size_t i, size_t byte);
size_t		 logview_list_byte(struct logview *, size_t i, size_t row);

/* Reads a line at the budget's cost. */
void		 logview_read(struct logview *, uint64_t offset,
		    struct backlog_line *);
/* Parses it, which JSON makes dearer. */
void		 logview_take_apart(struct logview *,
		    const struct backlog_line *);
bool		 logview_passes(struct logview *, const struct backlog_line *);

/* What is shown of the ith: it is taken apart. */
const char	*logview_list_text(struct logview *, size_t i, size_t *len);

/* move: */

/* Moves and fills the pane, as far as the budget goes. */
void		 logview_advance(struct logview *);

/* Anchors, where one is; nothing to do where it is anchored. */
void		 logview_leave(struct logview *);

/* The entry and the row of it that the pane begins with; count: none. */
size_t		 logview_first_shown(struct logview *, size_t *row);

bool		 logview_is_shown(const struct logview *);

/* seek: */

void		 logview_seek_work(struct logview *);
void		 logview_count_work(struct logview *);

/* Counts anew what came since one left. */
void		 logview_count_restart(struct logview *);

#endif
