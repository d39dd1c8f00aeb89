/*
 * logview: which lines of a log its pane shows, a row or, wrapped, some rows
 * each. Pure; holds about a screenful of line numbers, whatever the size of the
 * backlog.
 *
 * Either it follows the end, or it is anchored at a line and nothing moves
 * while lines arrive; when that line falls out the first one takes its place. A
 * filter leaves lines out. What fills the pane has to be looked for, which in a
 * long log takes a while: that is done in turns, from where one is, so that a
 * key never waits for it, and what is found shows at once. No line is skipped.
 *
 * A line longer than a block (backlog_lines.h) is in pieces that count as
 * lines. The last line shows before it has its newline, and grows.
 */

#ifndef YODEL_LOGVIEW_H
#define YODEL_LOGVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct backlog;
struct filter;
struct logview;
struct record;

#define LOGVIEW_WORK	((size_t)512 << 10) /* bytes looked through in a turn */
#define LOGVIEW_ROWS	512		    /* of the pane; what is below is empty */

/* The backlog is the caller's and outlives it. NULL with ENOMEM. */
struct logview	*logview_new(const struct backlog *, size_t work_bytes);
void		 logview_free(struct logview *); /* NULL is fine */

/* The pane's size in cells: as wide as the rows' text. */
void		 logview_resize(struct logview *, unsigned width,
		    unsigned height);

/* Whether lines have as many rows as they need, or one that is cut. */
void		 logview_set_wrap(struct logview *, bool);
bool		 logview_wraps(const struct logview *);

/*
 * Shows only lines that pass (see filter.h); of length 0, or one that asks for
 * nothing: all. Whoever has not moved since there was none goes back to where
 * they were, so that a filter can be typed. -1 with ENOMEM, nothing changed.
 */
int		 logview_set_filter(struct logview *, const char *text,
		    size_t len);

/* The filter, for what of a line it lights; NULL where there is none. */
const struct filter *logview_filter(const struct logview *);

/*
 * Up (rows < 0) or down. Down to the end follows again; so it does where all
 * of it fits into the pane.
 */
void		 logview_scroll(struct logview *, long rows);
void		 logview_to_start(struct logview *);
void		 logview_to_end(struct logview *);

/* Stays where it is, at the end too, until logview_to_end() or a way there. */
void		 logview_pause(struct logview *);

/*
 * Goes to the next line below (or above, up) at warning or error: from the one
 * that it went to before, as long as the pane shows that, else from the pane's
 * first (last) line on, which it may be. It does not go round the end. Any
 * other move gives it up.
 */
void		 logview_seek(struct logview *, bool up);

/*
 * Once a turn of the loop. Looks on, a bounded amount. Returns whether there
 * was anything to do: then draw, and call it again after a turn, which does not
 * wait.
 */
bool		 logview_work(struct logview *);

struct logview_status {
	bool	 following;
	bool	 searching;	/* more lines may be found, by logview_work() */
	bool	 none;		/* the last logview_seek() found none, nor came
				 * one since */
	uint64_t new_lines;	/* (anchored) that pass, came since, out of sight */
	int	 error;		/* errno of what could not be read, or 0 */
};
void		 logview_status(struct logview *,
		    struct logview_status *);

/* One row of the pane. */
struct logview_row {
	uint64_t line;		/* the line's offset */
	size_t	 row;		/* of the line: 0 is its first */
	size_t	 start, len;	/* of what is shown of it, record_text() */
	bool	 last;		/* of the line */
};

/*
 * Fills rows[0..height) (max at most) from the top and returns how many there
 * are: fewer only where there are no more, or none are found yet. Bounded work.
 */
size_t		 logview_rows(struct logview *, struct logview_row *rows,
		    size_t max);

/*
 * The line of a row, taken apart: good until the next call of anything here.
 * *sought says whether logview_seek() went to it.
 */
struct record	*logview_line(struct logview *, const struct logview_row *,
		    bool *sought);

#endif
