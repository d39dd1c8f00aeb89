/*
 * pattern: the bytes that are sent. Every client sends one endless stream whose
 * period is a prime that no message size divides, so that a byte that is lost,
 * doubled, out of place or another client's shows. Nothing is copied: any run
 * of it lies in memory already.
 */

#ifndef BENCH_PATTERN_H
#define BENCH_PATTERN_H

#include <stddef.h>
#include <stdint.h>

struct pattern;

/* NULL with ENOMEM. run_bytes: the longest that pattern_at() is used for. */
struct pattern	*pattern_new(size_t run_bytes);
void		 pattern_free(struct pattern *);	/* NULL is fine */

/* What client's stream has from offset on, run_bytes of it. */
const unsigned char *pattern_at(const struct pattern *, unsigned client,
		    uint64_t offset);

#endif
