/*
 * editor_keys: a struct key -> the wide characters that libedit binds it by.
 * Pure.
 */

#ifndef YODEL_EDITOR_KEYS_H
#define YODEL_EDITOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct key;

/* The longest sequence, and its terminator. */
#define EDITOR_KEYS_MAX	12

/* A key that has a sequence, and what it does unless .editrc says otherwise. */
struct editor_keys_entry {
	wchar_t	 sequence[EDITOR_KEYS_MAX];
	const wchar_t *command;	/* NULL: nothing */
	const wchar_t *name;	/* what `bind -k` calls it, or NULL */
};

/* The table's i-th entry, or NULL behind the last one. */
const struct editor_keys_entry *editor_keys_entry(size_t i);

/*
 * The one sequence of a key, whatever the terminal sent for it: Home is ESC [ H
 * here. Shift means nothing. Returns false for a key that no one could bind.
 */
bool		 editor_keys_sequence(const struct key *,
		    wchar_t out[EDITOR_KEYS_MAX]);

#endif
