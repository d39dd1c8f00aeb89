/*
 * tail: the last lines of a backlog, and then what comes, one after the other.
 *
 * It keeps its place and no more: what its owner does not want yet stays where
 * it is.
 */

#ifndef YODEL_TAIL_H
#define YODEL_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct backlog;
struct lines;

#define TAIL_READ_MAX	65536	/* bytes of a step */
#define TAIL_LOOK_MAX	((uint64_t)1024 * 1024)	/* how far back it begins */

struct tail {
	const struct backlog *backlog;
	struct lines *lines;
	uint64_t at;
	char	 buf[TAIL_READ_MAX];
};

/*
 * Begins before the last count (> 0) lines, or TAIL_LOOK_MAX bytes before the end.
 * Returns 0, or -1 with ENOMEM.
 */
int		 tail_init(struct tail *, const struct backlog *, unsigned count);
void		 tail_free(struct tail *);

/*
 * Calls fn for each line, or piece of one, in the next TAIL_READ_MAX bytes. A
 * line that has not ended waits for its end. Returns whether there is more now:
 * not at the end, and not where reading failed. What has fallen out before it
 * was read is added to *lost.
 */
bool		 tail_step(struct tail *, uint64_t *lost,
		    void (*fn)(void *arg, const char *line, size_t len,
			bool last), void *arg);

/* Whether a line waits for its end; takes it as ended where it is. */
bool		 tail_is_waiting(const struct tail *);
void		 tail_finish(struct tail *,
		    void (*fn)(void *arg, const char *line, size_t len,
			bool last), void *arg);

#endif
