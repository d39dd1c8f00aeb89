/*
 * history_mark: how far a history file has been read, and reading on from
 * there. Below history; no one else needs it.
 */

#ifndef YODEL_HISTORY_MARK_H
#define YODEL_HISTORY_MARK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct history_mark {		/* zeroed: of no file yet */
	dev_t	 dev;
	ino_t	 ino;
	off_t	 size;		/* of the file when it was looked at */
	off_t	 end;		/* of the last whole line in it */
	bool	 middle;	/* end is somewhere in a line */
};

enum history_change {
	HISTORY_SAME,		/* nothing has changed */
	HISTORY_LONGER,		/* it was added to */
	HISTORY_OTHER		/* another file, or written anew */
};

/*
 * Whether the regular file at path is another one or has another size. One
 * lstat(2).
 */
bool		 history_mark_is_stale(const struct history_mark *,
		    const char *path);

/*
 * What has become of the file. The mark of another one is put before its first
 * entry, where that is a history file or an empty one. Returns enum
 * history_change, or -1 with errno: EILSEQ for a file of something else.
 */
int		 history_mark_look(struct history_mark *, int fd);

/*
 * Calls fn for each entry behind the mark, the oldest first, and moves it; lines
 * that are no entries are skipped, *lines counts both. Returns 0, or -1 with
 * errno and the mark behind what has been read.
 */
int		 history_mark_read(struct history_mark *, int fd,
		    void (*fn)(void *arg, const char *entry, size_t len),
		    void *arg, size_t *lines);

/* Moves the mark to the end of fd. Returns 0, or -1 with errno. */
int		 history_mark_set(struct history_mark *, int fd);

#endif
