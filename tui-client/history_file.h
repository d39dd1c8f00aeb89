/*
 * history_file: entries <-> the file that keeps them, in libedit's own format.
 * Below history; no one else needs it.
 */

#ifndef YODEL_HISTORY_FILE_H
#define YODEL_HISTORY_FILE_H

#include <stdbool.h>
#include <stddef.h>

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

/*
 * Calls fn for each entry, the oldest first; lines that are none are skipped.
 * *lines counts both. Returns 0, or -1 with errno: EILSEQ for a file of
 * something else.
 */
int		 history_file_read(int fd,
		    void (*fn)(void *arg, const char *entry, size_t len),
		    void *arg, size_t *lines);

/*
 * Appends an entry in one write, or nothing. Returns 0, or -1 with the errno of
 * history_file_open() or write(2).
 */
int		 history_file_append(const char *path, const char *entry);

/*
 * Puts a new file in the place of the one that fd has locked: entry(arg, i) for
 * i from 0 to count. A file that belongs to someone else stays as it is: EPERM.
 * Returns 0, or -1 with errno and the old file untouched.
 */
int		 history_file_replace(const char *path, int fd, size_t count,
		    const char *(*entry)(const void *arg, size_t i),
		    const void *arg);

#endif
