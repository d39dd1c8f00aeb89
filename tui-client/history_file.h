/*
 * history_file: the file that keeps the history: opened, locked, added to,
 * written anew. Below history; no one else needs it.
 */

#ifndef YODEL_HISTORY_FILE_H
#define YODEL_HISTORY_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct history_mark;

/* Its first line, by which libedit knows its own. */
#define HISTORY_FILE_HEADER	"_HiStOrY_V2_\n"

/*
 * Of an entry, decoded: 64 Ki characters. Longer ones are neither read nor
 * kept.
 */
#define HISTORY_FILE_ENTRY_MAX	(64u * 1024 * 4)
/* Of the file: what lies before its last bytes is not read. */
#define HISTORY_FILE_MAX	(16u * 1024 * 1024)

/*
 * Opens path, making it (0600) and the folders above it (0700) where they are
 * missing, and locks it. *writable is false where it can only be read: *why is
 * the errno of that, and it is not locked. Returns a descriptor, or -1 with
 * errno; ELOOP for a symbolic link, EINVAL for what is no regular file, EAGAIN
 * where another program keeps it locked. Closing the descriptor unlocks.
 */
int		 history_file_open(const char *path, bool *writable, int *why);

/* The same for a file that was opened before, to be read and written. */
int		 history_file_lock(const char *path);

/*
 * Appends an entry to a file that is locked, whole, or nothing of it. Returns
 * 0, or -1 with the errno of write(2).
 */
int		 history_file_append(int fd, const char *entry);

/*
 * Puts a new file in the place of the one that fd has locked: entry(arg, i) for
 * i from 0 to count. A file that belongs to someone else stays as it is: EPERM.
 * Returns 0 and *mark at the end of the new one, or -1 with errno and the old
 * file untouched.
 */
int		 history_file_replace(const char *path, int fd, size_t count,
		    const char *(*entry)(const void *arg, size_t i),
		    const void *arg, struct history_mark *mark);

#endif
