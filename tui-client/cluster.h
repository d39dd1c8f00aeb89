/*
 * cluster: what a person takes for one character: a base with its marks, a
 * syllable of Devanagari or Hangul, an emoji sequence, a flag. The extended
 * grapheme clusters of Unicode's UAX #29, as utf8proc has them. Pure.
 */

#ifndef YODEL_CLUSTER_H
#define YODEL_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* A longer run of marks is gone through in steps of this size. */
#define CLUSTER_MAX	32

/* A text, gone through from its start or from behind an ASCII control. */
struct cluster {
	int32_t	 before, state;	/* zeroed: nothing yet */
};

/* The next code point: whether it belongs to the one before it. */
bool		 cluster_add(struct cluster *, int32_t code);

/* Whether they belong to two, whatever comes before them. Cheap. */
bool		 cluster_always_breaks(int32_t before, int32_t code);

/* Where the cluster that begins at text[at] (at < len) ends. */
size_t		 cluster_next(const wchar_t *text, size_t len, size_t at);

/*
 * Where the cluster that ends before text[at] (0 < at), or is cut there,
 * begins.
 */
size_t		 cluster_prev(const wchar_t *text, size_t at);

/* Whether text[at - 1] and text[at] are of the same one (0 < at). */
bool		 cluster_joins(const wchar_t *text, size_t at);

#endif
