#include "spot.h"
#include "transcript.h"

#define ROWS_MAX 512 /* of a pane */

void
spot_init(struct spot *s, const struct transcript *t, struct view *view)
{
	*s = (struct spot){.transcript = t, .view = view};
	view_mark(view, &s->origin);
}

static bool
is_shown(const struct spot *s)
{
	struct view_row rows[ROWS_MAX];
	size_t count = view_rows(s->view, s->transcript, rows, ROWS_MAX);

	for (size_t i = 0; i < count; i++)
		if (rows[i].id == s->id && !rows[i].hex &&
		    s->byte >= rows[i].start &&
		    s->byte - rows[i].start < rows[i].len)
			return true;
	return false;
}

void
spot_show(struct spot *s, uint64_t id, size_t byte)
{
	s->id = id;
	s->byte = byte;
	if (!is_shown(s))
		view_to_byte(s->view, s->transcript, id, byte);
	view_mark(s->view, &s->shown);
	s->width = s->view->width;
	s->height = s->view->height;
	s->seen_end = transcript_end(s->transcript);
	s->held = true;
}

static bool
is_left(const struct spot *s, bool resized)
{
	struct view_bookmark now;

	view_mark(s->view, &now);
	/* In a pane of another size it may follow by itself. */
	if (now.following != s->shown.following && !resized)
		return true;
	return !now.following &&
	    (now.id != s->shown.id || now.byte != s->shown.byte);
}

bool
spot_hold(struct spot *s)
{
	bool resized =
	    s->width != s->view->width || s->height != s->view->height;
	bool followed = s->shown.following;
	uint64_t seen_end = s->seen_end;

	if (!s->held || is_left(s, resized)) {
		s->held = false;
		return false;
	}
	if (!resized && !followed)
		return false;
	spot_show(s, s->id, s->byte);
	if (s->shown.following)
		return resized;
	/* What came since is below the pane, and nobody has seen it. */
	if (followed)
		s->view->seen_end = s->shown.seen_end = seen_end;
	return true;
}

void
spot_leave(struct spot *s)
{
	s->held = false;
}

void
spot_return(struct spot *s)
{
	s->held = false;
	view_return(s->view, s->transcript, &s->origin);
}
