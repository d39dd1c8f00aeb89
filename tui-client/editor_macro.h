/*
 * editor_macro: which macros of a .editrc come to an end. libedit types what a
 * macro says before it asks for the next key: one that runs itself would never
 * ask again. Pure.
 */

#ifndef YODEL_EDITOR_MACRO_H
#define YODEL_EDITOR_MACRO_H

#include <wchar.h>

struct editor_macro;

/*
 * Adds a macro to those that are there, *macros, which begins as NULL; key and
 * text in the spelling of `bind -s`. Returns NULL, or a constant sentence: it
 * is not to be bound. A macro may use those that were added before it.
 */
const char	*editor_macro_add(struct editor_macro **macros,
		    const wchar_t *key, const wchar_t *text);

void		 editor_macro_free(struct editor_macro *macros);

#endif
