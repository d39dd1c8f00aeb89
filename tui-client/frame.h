/*
 * frame: one picture of everything: the panes, the rules between them, the
 * hint.
 */

#ifndef YODEL_FRAME_H
#define YODEL_FRAME_H

#include <stdbool.h>

struct editor_view;
struct finder;
struct prefs;
struct screen;
struct session;
struct transcript;
struct view;

/* What there is to show; nothing is owned. */
struct frame {
	struct screen *screen;
	struct view *view;
	const struct transcript *transcript;
	struct session *session;
	const struct editor_view *line;
	const struct prefs *prefs;
	struct finder *finder;
	const char *log;	/* the file that a log is written to, or NULL */
	const char *hint;	/* a question or a word of advice, or NULL */
	bool	 help;
	int	 help_from;	/* the help page's first line; kept in its bounds */
};

void		 frame_draw(struct frame *);

/* Gives the view the size that it is going to be drawn in. */
void		 frame_fit(const struct frame *);

/* Opens the help page at its beginning, or closes it. */
void		 frame_help(struct frame *, bool open);

/*
 * Moves what is in the large pane by rows, or by pages less a row; down if > 0;
 * or to one of its ends.
 */
void		 frame_scroll(struct frame *, long rows);
void		 frame_turn(struct frame *, int pages);
void		 frame_to_start(struct frame *);
void		 frame_to_end(struct frame *);

#endif
