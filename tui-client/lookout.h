/*
 * lookout: says when something may have become of a file, or of its name.
 *
 * Files and the directories that they are named in are watched with
 * EVFILT_VNODE. Where the system watches no more of them, or may not be asked,
 * it says so once a second instead. What has happened is for the owner to find.
 *
 * A directory that is renamed, and another one in its place, is noticed, and so
 * is a link to a directory that comes to lead elsewhere. Those above have to
 * stay.
 */

#ifndef YODEL_LOOKOUT_H
#define YODEL_LOOKOUT_H

#include <stdbool.h>

struct lookout;
struct loop;

/* Two files may stand behind a name while the one takes the other's place. */
enum lookout_file {
	LOOKOUT_NOW,
	LOOKOUT_NEXT,
	LOOKOUT_FILES
};

/*
 * For this path; seen is called from the loop, once for all that a batch has
 * brought, and must not call lookout_free(). Watches the directory of the path
 * and, where it is a symbolic link, that of the file. Returns NULL with errno.
 */
struct lookout	*lookout_new(struct loop *, const char *path,
		    void (*seen)(void *arg), void *arg);
void		 lookout_free(struct lookout *); /* NULL is fine */

/*
 * The file to watch from now on, -1 for none; seen is called once as if
 * something had become of it. It stays the caller's, who closes it after it was
 * taken from here.
 */
void		 lookout_file(struct lookout *, enum lookout_file, int fd);

/*
 * Calls seen once more in a second: what could not be found out now may be
 * then, and nothing need happen to the file for that.
 */
void		 lookout_later(struct lookout *);

/*
 * The name leads to no file: where the next one appears, no directory that is
 * watched may tell. Until it does seen is called once a second as well.
 */
void		 lookout_missing(struct lookout *, bool missing);

/* Why it looks once a second: an errno, or 0 where it is told. */
int		 lookout_trouble(const struct lookout *);

#endif
