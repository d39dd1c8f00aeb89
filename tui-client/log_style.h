/*
 * log_style: how the parts of a log's line look. Time and level are quiet; at
 * warning and error level and event stand out, as their words say too; what a
 * filter asks for is lit. Pure.
 */

#ifndef YODEL_LOG_STYLE_H
#define YODEL_LOG_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "filter.h"
#include "screen.h"

struct record;

#define LOG_STYLE_RANGES	32

/* Offsets are into record_text(). */
struct log_style {
	size_t	 quiet_end;		/* time and quiet level end here */
	size_t	 loud_start, loud_end;	/* what stands out ... */
	enum screen_style loud;		/* ... and how */
	struct filter_range ranges[LOG_STYLE_RANGES];
	size_t	 count, next;
};

/*
 * Of a line, from byte from on. filter may be NULL. Only the first
 * LOG_STYLE_RANGES of what it asks for are lit.
 */
void		 log_style_init(struct log_style *, struct record *,
		    const struct filter *, size_t from);

/* For pane_text_draw(): offsets may only grow. */
enum screen_style log_style_of(void *style, size_t at, size_t end, bool spelt);

#endif
