/*
 * typist: an editor, and someone who types into it. A script is text; what is in
 * braces is a key or an act:
 *   {^A} {M-b} {enter} {esc} {bs} {tab} {left} {c-left} {m-right} {f5} {nul} ...
 *   {paste:text} {drop} {see} {empty} {other:text}
 * Where the script ends, so does the input.
 */

#ifndef UNIT_TYPIST_H
#define UNIT_TYPIST_H

#include <stdbool.h>
#include <stddef.h>

#include "editor.h"
#include "harness.h"
#include "history.h"
#include "keys.h"

#define TYPIST_SEEN_MAX		32
#define TYPIST_TEXT_MAX		512
#define TYPIST_NOTICES_MAX	4

struct typist {
	struct editor *editor;
	struct history *history;
	struct history *other;	/* another client's: {other:} enters a line there */
	const char *script;	/* what is left of it */
	unsigned asked_after_end;
	unsigned bells;
	/* What {see} saw, "prompt a|b", and {empty}. */
	char	 seen[TYPIST_SEEN_MAX][TYPIST_TEXT_MAX];
	size_t	 seen_count;
	bool	 vi_command;	/* at the last {see} */
	char	 notices[TYPIST_NOTICES_MAX][TYPIST_TEXT_MAX];
	size_t	 notice_count;
	/* What the completion says, and what it was asked. */
	const char *completion;
	size_t	 candidates;
	char	 completed[TYPIST_TEXT_MAX];
	const char *line;	/* the last one that was entered */
	size_t	 len;
};

/* editrc is the content of a file, or NULL for none. */
struct typist	*typist_new(const char *editrc);
void		 typist_free(struct typist *);

/* The same with a few lines in the history, Hangul and an emoji among them. */
struct typist	*typist_new_with_history(const char *editrc);
void		 typist_add(struct typist *, const char *entry);

/* The first one with a history at path, and another client that has it, too. */
struct typist	*typist_new_with_other(const char *editrc, const char *path);

/* Reads one line while the script is typed. */
enum editor_result typist_type(struct typist *, const char *script);

/* A script that enters this line, in an editor of its own: emacs, vi, any. */
void		 typist_expect(const char *script, const char *line);
void		 typist_expect_vi(const char *script, const char *line);
void		 typist_expect_with(const char *editrc, const char *script,
		    const char *line);

/* Any special key: i counts from 0, false behind the last one. */
bool		 typist_special_key(size_t i, struct key *);

/* For editor_options: arg is a struct typist. */
bool		 typist_next_key(void *arg, struct key *);
void		 typist_notice(void *arg, const char *text);

#endif
