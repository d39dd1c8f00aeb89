/* frame: one picture of everything: the panes, the rules between them, the hint. */

#ifndef YODEL_FRAME_H
#define YODEL_FRAME_H

#include <stdbool.h>

struct editor_view;
struct screen;
struct session;
struct transcript;
struct view;

/* What there is to show; nothing is owned. */
struct frame {
	struct screen *screen;
	struct view *view;
	const struct transcript *transcript;
	const struct session *session;
	const struct editor_view *line;
	const char *hint;	/* a question or a word of advice, or NULL */
	bool	 help;
	int	 help_from;	/* the help page's first line; kept in its bounds */
};

void		 frame_draw(struct frame *);

/* Rows of the transcript pane on this screen: what PgUp moves by. */
int		 frame_page_rows(const struct screen *);

#endif
