/*
 * editor_sink: a terminal for libedit to be happy with: a private pty, which
 * keeps its hands off the real one, and a stream that goes nowhere but counts
 * the bells.
 */

#ifndef YODEL_EDITOR_SINK_H
#define YODEL_EDITOR_SINK_H

#include <stddef.h>
#include <stdio.h>

struct editor_sink;

/* NULL with errno. */
struct editor_sink *editor_sink_new(void);
void		 editor_sink_free(struct editor_sink *); /* NULL is fine */

int		 editor_sink_fd(const struct editor_sink *); /* the pty */
FILE		*editor_sink_stream(const struct editor_sink *);

/* Bells since the last call. */
unsigned	 editor_sink_bells(struct editor_sink *);

/*
 * Between these two, what is written is kept, as much of it as fits buf; the
 * second terminates it, and counts no bell of it.
 */
void		 editor_sink_capture(struct editor_sink *, char *buf, size_t size);
void		 editor_sink_release(struct editor_sink *);

#endif
