/*
 * history: the lines a person typed, in memory and on disk.
 *
 * The file is libedit's own format: first line "_HiStOrY_V2_", then one line an
 * entry in UTF-8, with \ooo for white space, controls and the backslash. Mode
 * 0600, never through a symlink. Entries are appended under a lock as they are
 * made, so clients that run at once add to each other's and kill -9 loses
 * nothing; a file far past its bound is written anew beside it and renamed. No
 * libedit here: the editor hands the entries on.
 */

#ifndef YODEL_HISTORY_H
#define YODEL_HISTORY_H

#include <stddef.h>

struct history;

/*
 * Reads path (NULL: memory only), keeping the last max_entries. Folders that
 * are missing are made, 0700. Never NULL but for ENOMEM: where the file can't
 * be read or written, history_error() says why and the history lives in memory.
 */
struct history	*history_open(const char *path, size_t max_entries);
void		 history_close(struct history *); /* NULL is fine */

/*
 * Takes in what other clients have added to the file since it was last read; a
 * file that was written anew is read anew. Only when nobody is in the middle of
 * the entries: their numbers change. One lstat(2) where nothing has changed. An
 * error leaves the entries as they are, and is history_add()'s to tell.
 */
void		 history_refresh(struct history *);

/* NULL, or a sentence that names the file and what is wrong with it. */
const char	*history_error(const struct history *);

/* 0 is the oldest. Valid until the next history_add() or history_refresh(). */
size_t		 history_count(const struct history *);
const char	*history_entry(const struct history *, size_t index);

/*
 * Adds a line (UTF-8, one line) behind what others have added, unless it is
 * empty or equals the last one, and appends it to the file. Returns 1 added, 0
 * not, or -1 with errno (in memory it is).
 */
int		 history_add(struct history *, const char *line);

/*
 * The default path: $XDG_STATE_HOME/yodel/history, else
 * $HOME/.local/state/yodel/history. Returns 0, or -1 with ENOENT (no home) or
 * ENAMETOOLONG.
 */
int		 history_default_path(char *buf, size_t size);

#endif
