/*
 * editor_cluster: what a person takes for one character: a base with its marks,
 * an emoji sequence, a flag, a Hangul syllable spelt in jamo. After Unicode's
 * UAX #29, as far as wcwidth(3) goes. Pure.
 */

#ifndef YODEL_EDITOR_CLUSTER_H
#define YODEL_EDITOR_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/*
 * Of one cluster: a longer run of marks is gone through in steps of this size.
 */
#define EDITOR_CLUSTER_MAX	32

/* Where the cluster that begins at text[at] (at < len) ends. */
size_t		 editor_cluster_next(const wchar_t *text, size_t len, size_t at);

/* Where the cluster that ends before text[at] (0 < at <= len) begins. */
size_t		 editor_cluster_prev(const wchar_t *text, size_t at);

/* Whether text[at - 1] and text[at] belong together (0 < at). */
bool		 editor_cluster_joins(const wchar_t *text, size_t at);

#endif
