/*
 * watch_impl: what watch's files share, and no one else includes.
 *
 *   watch        all made in its order, the loop, and closed again
 *   watch_event  what calls back: the feed, the file; asking every second
 *   watch_keys   the keys: what they do, and what is said of them
 *   watch_move   those that move what is in sight: the log, the table, the page
 *   watch_filter the line in which a filter is typed
 *   watch_draw   one picture of everything
 */

#ifndef YODEL_WATCH_IMPL_H
#define YODEL_WATCH_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed.h"
#include "field.h"
#include "loop.h"
#include "pane_page.h"
#include "stage.h"
#include "summary.h"
#include "watch_layout.h"

struct backlog;
struct backlog_file;
struct backlog_ring;
struct key;
struct logview;
struct roster;
struct settings;
struct target;

struct watch {
	const struct settings *settings;
	const struct target *target;
	struct stage stage;
	/* Of a yodeld; NULL where it is a file. */
	struct feed *feed;
	struct backlog_ring *ring;
	struct roster *roster;
	struct summary summary;
	struct loop_source poll;	/* when it is asked next */
	uint64_t asked_ms;		/* when it was asked last */
	/* Of a file; NULL where it is a yodeld. */
	struct backlog_file *file;
	const struct backlog *backlog;	/* of either */
	struct logview *log;
	/* What is shown of it. */
	long	 table_rows;		/* rows that the table would like */
	unsigned roomy;			/* answers in a row that needed fewer */
	size_t	 table_from;
	bool	 follow;		/* the table goes where the selection is */
	bool	 paused;		/* by Space: a way back to the end ends it */
	bool	 help;
	int	 help_from;
	/* The last row, when it is not the keys'. */
	char	 notice[256];		/* what became of a key; until the next */
	bool	 notice_alert;
	bool	 asks;			/* whether to kick this one */
	uint64_t victim;
	bool	 filtering;		/* the filter is being typed */
	struct field filter;
};

/* What calls back. */
extern const struct feed_handler watch_feed_handler;
void		 watch_file_changed(void *watch);
void		 watch_file_noticed(void *watch, const char *what);
void		 watch_poll_due(void *watch, const struct loop_event *);

/* Says it in the last row, until the next key. */
void		 watch_say(struct watch *, bool alert, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

/* A key, whatever is open. */
void		 watch_take(struct watch *, const struct key *);

/* What is said of a key in the last row. */
struct watch_hint {
	const char *text;		/* "k kick" */
	const char *ascii;		/* where that is not UTF-8; NULL: as it is */
	unsigned rank;			/* 0 is the most important one */
	bool	 table;			/* only where there is one */
};

/* The nth hint of the keys, from left to right, or NULL; and their page. */
const struct watch_hint *watch_hint(size_t nth);
size_t		 watch_page_count(void);
struct page_line watch_page_line(size_t nth);

/* What such a key does; of which only the wheel asks which one it was. */
void		 watch_up(struct watch *, const struct key *);
void		 watch_down(struct watch *, const struct key *);
void		 watch_page_up(struct watch *, const struct key *);
void		 watch_page_down(struct watch *, const struct key *);
void		 watch_wheel(struct watch *, const struct key *);
void		 watch_to_start(struct watch *, const struct key *);
void		 watch_to_end(struct watch *, const struct key *);
void		 watch_pause(struct watch *, const struct key *);

/* Opens the line; a key while it is open. */
void		 watch_filter_open(struct watch *);
void		 watch_filter_take(struct watch *, const struct key *);
void		 watch_filter_drop(struct watch *);

void		 watch_layout(const struct watch *, struct watch_layout *);
void		 watch_fit(struct watch *);
void		 watch_draw(struct watch *);

#endif
