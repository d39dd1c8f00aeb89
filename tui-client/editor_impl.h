/*
 * editor_impl: what the editor's files share, and no one else includes.
 *
 *   editor_feed      keys from the application -> what libedit reads next
 *   editor_cursor    where the cursor may stand, and steps by clusters
 *   editor_bind      libedit's key maps: what is ours, what is replaced, what is bound
 *   editor_command   our commands: paste, drop, complete...
 *   editor_recall    our commands: up and down in the history
 *   editor_search    our commands: incremental search
 *   editor_undo      our commands: undo
 *   editor_rc        .editrc, and with editor_macro what its macros do
 */

#ifndef YODEL_EDITOR_IMPL_H
#define YODEL_EDITOR_IMPL_H

#include <histedit.h>
#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "editor.h"
#include "editor_sink.h"
#include "keys.h"

/*
 * Private keys: nothing that is typed gets into U+0080..U+009F, so what is
 * bound there is run by us alone, at libedit's command level, where a line may
 * be changed.
 */
enum editor_private {
	EDITOR_PASTE = 0x80,	/* insert what editor_insert() left */
	EDITOR_ESCAPE = 0x81,	/* vi's ESC, without waiting for a sequence */
	EDITOR_DROP = 0x82,	/* empty the line, insert mode */
	EDITOR_TRIM = 0x83,	/* cut the line down to its bound */
	EDITOR_PROBE = 0x84,	/* tells which of vi's maps is in use */
	EDITOR_ACCEPT = 0x85,	/* ends a search; nothing elsewhere */
	EDITOR_DELETE = 0x86,	/* Delete and End as vi's insert mode wants them */
	EDITOR_END = 0x87,
	EDITOR_INSERT = 0x88,	/* vi's i */
	EDITOR_MEND = 0x89,	/* delete what a command has torn off a cluster */
	EDITOR_THIN = 0x8a	/* delete all of a cluster but its first */
};

/* What libedit would do with a key, as far as it matters to us. */
enum editor_kind {
	EDITOR_KIND_OTHER,
	EDITOR_KIND_UNBOUND,
	EDITOR_KIND_PREFIX,	/* of longer sequences */
	EDITOR_KIND_TEXT,	/* inserts itself */
	EDITOR_KIND_DIGIT,	/* of a count */
	EDITOR_KIND_QUOTE,	/* the next key is inserted, whatever it is */
	EDITOR_KIND_FIND,	/* the next key is what to look for */
	EDITOR_KIND_REPLACE,	/* the next key replaces */
	EDITOR_KIND_OPERATOR,	/* the next key is a movement: vi's d, c and y */
	EDITOR_KIND_RIGHT,
	EDITOR_KIND_LEFT,
	EDITOR_KIND_DELETE,
	EDITOR_KIND_DELETE_EOF,	/* or the end of input where the line is empty */
	EDITOR_KIND_SUBSTITUTE,	/* vi's s */
	EDITOR_KIND_BACKSPACE,
	EDITOR_KIND_END
};

struct editor_recall {
	size_t	 age;		/* 0: the line that is new, n: n-th newest entry */
	wchar_t	*draft;		/* the new line, while age is not 0; or NULL */
	wchar_t	*prefix;	/* what the entries must begin with, or NULL */
	wchar_t	*entry;		/* the last one that libedit asked for */
	size_t	 entry_age;
};

#define EDITOR_PATTERN_MAX	256

struct editor_search {
	bool	 active;
	bool	 failing, forward;
	bool	 stays;		/* Enter ends the search only: vi's / and ? */
	wchar_t	 key;		/* it was begun with */
	wchar_t	 pattern[EDITOR_PATTERN_MAX + 1];
	size_t	 len;
	wchar_t	 last[EDITOR_PATTERN_MAX + 1]; /* the pattern before this one */
	size_t	 age;		/* of the match; 0: there is none yet */
	wchar_t	*match;		/* the entry, and where in it */
	size_t	 match_len, at;
	wchar_t	 prompt[EDITOR_PATTERN_MAX + 64];
	size_t	 prompt_len;
};

#define EDITOR_UNDO_MAX		64

struct editor_undo {
	struct editor_undo_state {
		wchar_t	*text;
		size_t	 len, cursor;
	} states[EDITOR_UNDO_MAX];
	size_t	 count;
	size_t	 bytes;
	wchar_t	*now;		/* the line as it was last seen */
	size_t	 now_len, now_size, now_cursor;
	bool	 typing;	/* the last change was one more character */
};

/*
 * More than one key with its count, or a cluster's worth of them, ever takes.
 */
#define EDITOR_QUEUE_MAX	512

struct editor_feed {
	wchar_t	 queue[EDITOR_QUEUE_MAX];
	size_t	 head, tail;
	struct key held;	/* comes before the next one of the application */
	bool	 holds;
	bool	 quit;
	unsigned count;		/* that was typed for the next key; 0: none */
	bool	 counting;
	bool	 operator_count; /* vi: "2d" is waiting for its movement */
	enum editor_kind before; /* the kind of the last key that was fed */
	bool	 mode_known;	/* vi: vi_command is true of now */
	bool	 probed;
	bool	 vi_command;
	unsigned tries;		/* of delivering a private key */
	size_t	 cursor, len;	/* of the line when the last key was fed */
};

struct editor {
	EditLine *el;
	struct editor_sink *sink;
	struct editor_options options;
	bool	 vi;
	bool	 told;		/* that the history can't be written */
	bool	 reading;	/* in editor_read() */
	bool	 drop;
	wchar_t	*paste;		/* waits to be inserted, or NULL */
	size_t	 paste_len;
	char	*line;		/* what editor_read() returned */
	struct editor_feed feed;
	struct editor_recall recall;
	struct editor_search search;
	struct editor_undo undo;
};

/* What libedit calls for a command: returns a CC_ value. */
typedef unsigned char editor_command_fn(EditLine *, wint_t);

struct editor	*editor_of(EditLine *);

/* editor.c: to the application, where it wants to know. */
void		 editor_bell(struct editor *);
void		 editor_notice(struct editor *, const char *format, ...)
		    __attribute__((format(printf, 2, 3)));

/* The line, whatever state libedit is in: cursor <= len. */
void		 editor_line(const struct editor *, struct editor_view *);
/*
 * Puts text (terminated) in the place of the line, the cursor at its end or at
 * cursor. Only from a command, which returns what this returns.
 */
unsigned char	 editor_set_line(struct editor *, const wchar_t *text,
		    size_t cursor);

/* editor_feed.c: libedit's EL_GETCFN. */
int		 editor_feed_getc(EditLine *, wchar_t *);
/* Starts a line. */
void		 editor_feed_reset(struct editor *);
/* From a command that makes libedit start over. */
void		 editor_feed_restart(struct editor *, bool vi_command);

/*
 * editor_cursor.c: some of libedit's commands leave the cursor outside of the
 * line,
 */
void		 editor_cursor_clamp(struct editor *);
/* or, by words, within what is one character to a person. */
void		 editor_cursor_snap(struct editor *);
/*
 * How many of libedit's characters are count of a person's, where kind would
 * go.
 */
size_t		 editor_cursor_span(const struct editor *, enum editor_kind,
		    size_t count);
/*
 * How many of libedit's characters, at the cursor, a deletion by words has left
 * of what was one to a person.
 */
size_t		 editor_cursor_torn(const struct editor *);

/* editor_bind.c */
int		 editor_bind_setup(struct editor *);	/* once; 0 or -1 */
/* Our bindings over libedit's defaults: again whenever these come back. */
void		 editor_bind_defaults(struct editor *);
/* The ones that no .editrc may change. */
void		 editor_bind_private(struct editor *);
/* The command to be bound where libedit's is asked for. */
const wchar_t	*editor_bind_substitute(const wchar_t *command);
/* What the keys do: in vi's command map or the other one. */
enum editor_kind editor_bind_kind(struct editor *, bool vi_command,
		    const wchar_t *keys);

/* editor_rc.c */
void		 editor_rc_load(struct editor *);

/* editor_command.c */
editor_command_fn editor_command_paste;
editor_command_fn editor_command_drop;
editor_command_fn editor_command_trim;
editor_command_fn editor_command_is_insert;
editor_command_fn editor_command_is_command;
editor_command_fn editor_command_nothing;
editor_command_fn editor_command_delete;
editor_command_fn editor_command_mend;
editor_command_fn editor_command_thin;
editor_command_fn editor_command_end;
editor_command_fn editor_command_change_case;
editor_command_fn editor_command_complete;

/* editor_recall.c */
editor_command_fn editor_recall_older;
editor_command_fn editor_recall_newer;
editor_command_fn editor_recall_older_match;
editor_command_fn editor_recall_newer_match;
editor_command_fn editor_recall_oldest;
editor_command_fn editor_recall_restore;
/* Puts the entry of that age into the line; age 0 is the draft. */
unsigned char	 editor_recall_show(struct editor *, size_t age, size_t cursor);
void		 editor_recall_reset(struct editor *);
/*
 * What other clients have entered; not while one is in the middle of the
 * history.
 */
void		 editor_recall_refresh(struct editor *);
/* libedit's EL_HIST, for the commands that are still its own. */
int		 editor_recall_history(void *, HistEventW *, int, ...);

/* editor_search.c */
editor_command_fn editor_search_older;
editor_command_fn editor_search_newer;
editor_command_fn editor_search_vi_older;
editor_command_fn editor_search_vi_newer;
editor_command_fn editor_search_again;
editor_command_fn editor_search_again_back;
void		 editor_search_free(struct editor *);
/* Whether a search that is going on has a use for the key. */
bool		 editor_search_wants(const struct editor *, const struct key *);

/* editor_undo.c */
editor_command_fn editor_undo_last;
/* At command level, before a key is read: remembers what has changed. */
void		 editor_undo_watch(struct editor *);
void		 editor_undo_reset(struct editor *);

#endif
