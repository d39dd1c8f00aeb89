/*
 * editor: the line that is being typed. The only module that knows libedit.
 *
 * libedit owns the line and reads its own keys; the application owns the loop:
 * the editor asks for a key with a callback, which runs the event loop until
 * there is one. libedit draws nothing: the application draws editor_view()
 * before it waits.
 */

#ifndef YODEL_EDITOR_H
#define YODEL_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct editor;
struct history;
struct key;

enum editor_result {
	EDITOR_LINE,	/* a line was entered */
	EDITOR_EOF,	/* ^D on an empty line */
	EDITOR_QUIT	/* the key callback returned false */
};

struct editor_options {
	const char *program;	/* the name .editrc lines may begin with */
	const char *editrc;	/* NULL: $EDITRC, else ~/.editrc; "" for none */
	struct history *history; /* the caller's; must outlive the editor */
	/*
	 * Blocks, running the loop, until a key for the editor is there. False:
	 * quit, and it will be asked no more than a few times.
	 */
	bool	(*next_key)(void *arg, struct key *);
	/*
	 * A sentence for the user: a bad line of .editrc, no match. May be
	 * NULL.
	 */
	void	(*notice)(void *arg, const char *text);
	/* The bell. May be NULL. */
	void	(*bell)(void *arg);
	/*
	 * Completes line[0..cursor): fills out (UTF-8) with what to append at
	 * the cursor and returns the number of candidates (0: none). May be
	 * NULL.
	 */
	size_t	(*complete)(void *arg, const char *line, size_t cursor,
		    char *out, size_t out_size);
	void	*arg;
};

/* What to draw. Valid until the editor runs on. */
struct editor_view {
	const wchar_t *text;	/* the line */
	size_t	 len, cursor;	/* in wide characters; cursor <= len */
	const wchar_t *search;	/* NULL, or the prompt of ^R, ^S, vi / and : */
	size_t	 search_len;
	bool	 vi_command;	/* vi keys, command mode */
};

#define EDITOR_LINE_MAX	65536	/* code points in a line; more rings the bell */

/*
 * Must come before the screen is opened: libedit's terminal set-up would
 * replace curses' one. Returns NULL with errno.
 */
struct editor	*editor_new(const struct editor_options *);
void		 editor_free(struct editor *); /* NULL is fine */

/*
 * One line, from an empty or a preset start. For EDITOR_LINE *line is UTF-8,
 * owned by the editor and valid until the next call, and was added to the
 * history unless it begins with a space.
 */
enum editor_result editor_read(struct editor *, const char **line, size_t *len);

/* Only meaningful inside next_key. */
void		 editor_view(struct editor *, struct editor_view *);

/*
 * Text to be inserted at the cursor as soon as next_key returns with a key of
 * code KEYS_UNKNOWN (which does nothing else): what a paste is. UTF-8; bad
 * bytes become U+FFFD, controls but tab are dropped, an end of line becomes a
 * space. Returns 0, or -1 with ENOMEM or ENOBUFS (longer than EDITOR_LINE_MAX).
 */
int		 editor_insert(struct editor *, const char *text, size_t len);

/* Empties the line the same way (^C), whatever mode or search it is in. */
void		 editor_drop_line(struct editor *);

/* For ^C: drop the line, or quit. Only meaningful inside next_key. */
bool		 editor_line_is_empty(struct editor *);

#endif
