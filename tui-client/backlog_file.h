/*
 * backlog_file: a log file, and those it was before, as a backlog.
 *
 * It is followed by its name, as tail -F does. A file that takes the place of
 * another begins behind it as soon as it has a first byte: until then it is the
 * old one that is written, as logrotate's create leaves it. A file that is cut
 * begins anew, and what was in it is gone. A file that is missing is waited for.
 *
 * What falls out: more than four files ago, and what was in a file that came
 * and went before the loop has turned. Its directory may be replaced as well;
 * those above that have to stay.
 */

#ifndef YODEL_BACKLOG_FILE_H
#define YODEL_BACKLOG_FILE_H

#include "backlog.h"

struct backlog_file;
struct loop;

/* Called from the loop; neither may call backlog_file_free(). NULL is fine. */
struct backlog_file_handler {
	/* The backlog's end or first, or the status, is another. */
	void	(*changed)(void *arg);
	/* Something has happened, in a word or two: "rotated", "truncated". */
	void	(*noticed)(void *arg, const char *what);
	void	*arg;
};

/*
 * Opens the file at path, at once whatever its size, and follows it. Returns
 * NULL with errno: EINVAL where it is no regular file.
 */
struct backlog_file *backlog_file_open(struct loop *, const char *path,
		    const struct backlog_file_handler *);
void		 backlog_file_free(struct backlog_file *); /* NULL is fine */

/* Kept up to date; read(2)ing where a file was cut just now fails with EIO. */
const struct backlog *backlog_file_backlog(const struct backlog_file *);

/*
 * What is out of the ordinary: "deleted, waiting for it"; or that it can be
 * looked at once a second only, and why. Empty where all is well.
 */
const char	*backlog_file_status(const struct backlog_file *);

#endif
