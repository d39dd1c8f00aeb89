/*
 * log_sink: the file that the log's lines go to, and the batch on its way to
 * it. Only the log's thread uses it, once that runs.
 */

#ifndef YODEL_LOG_SINK_H
#define YODEL_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>

#define LOG_BATCH_MAX	16384

struct log_sink {
	int	 fd;
	char	*path;		/* NULL: stderr */
	size_t	 len;		/* bytes in batch: whole lines */
	size_t	 written;	/* bytes of them that are out */
	char	 batch[LOG_BATCH_MAX];
	bool	 refusing;	/* the file has refused the last write */
	/* The owner's to set, or NULL. */
	void	(*refused)(const char *path, int error);
};

/*
 * path is copied; NULL is stderr, which is used as it is: its O_NONBLOCK, or
 * the lack of it, is shared with other processes. Returns 0, or -1 with errno.
 */
int		 log_sink_open(struct log_sink *, const char *path);
void		 log_sink_close(struct log_sink *);

/*
 * Opens the path again. A line that was half out is begun anew in another file,
 * and goes on in the same one. Returns 0, or -1 with errno and the old file.
 */
int		 log_sink_reopen(struct log_sink *);

/*
 * Writes until the batch is out. Returns 0, or -1 with errno: called again, it
 * goes on at the right byte. EINTR never comes out. The first of a row of
 * errors of a file with a path is told to refused.
 */
int		 log_sink_flush(struct log_sink *);

/* Whether the batch still holds something. */
bool		 log_sink_pending(const struct log_sink *);

#endif
