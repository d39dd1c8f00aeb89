/*
 * backlog: one long text that is read by offset: a log, as far as there is one.
 * Offsets only grow; what has fallen out lies below first. first is where a
 * line begins. What is there never changes: what came later is at another
 * offset.
 */

#ifndef YODEL_BACKLOG_H
#define YODEL_BACKLOG_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct backlog {
	/*
	 * Copies up to len (> 0) bytes from offset (first <= offset < end) on.
	 * Returns how many (> 0), or -1 with errno. Never waits for more.
	 */
	ssize_t	(*read)(void *self, uint64_t offset, void *buf, size_t len);
	void	*self;
	uint64_t first, end;	/* kept up to date by whoever owns it */
};

#endif
