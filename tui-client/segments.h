/*
 * segments: files one after the other as one text, whose offsets only grow.
 *
 * The last one is the file that is written; those before it are as they were
 * when the next one was begun, whatever has become of their names. They are
 * kept open and never in memory. Where a file does not end with a newline the
 * text does before the next one begins: lines do not run together.
 */

#ifndef YODEL_SEGMENTS_H
#define YODEL_SEGMENTS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENTS_MAX	5	/* open at a time: the last, and 4 before it */
#define SEGMENTS_MARK	32	/* bytes before the end that are remembered */

struct segments {
	struct segment {
		int	 fd;
		uint64_t base;	/* of its first byte in the text */
		uint64_t size;
		bool	 unended; /* a newline of ours is at base + size */
	} list[SEGMENTS_MAX];
	size_t	 count;
	char	 mark[SEGMENTS_MARK];
	size_t	 mark_len;
};

void		 segments_init(struct segments *);
void		 segments_free(struct segments *); /* closes them all */

/*
 * Goes on with another file of this size, which is ours from now on; the oldest
 * is closed where there are too many.
 */
void		 segments_append(struct segments *, int fd, uint64_t size);

/*
 * The last one has this size now. Returns false, and does nothing, where it
 * must have been cut: it is shorter, or what was at its end is there no more.
 */
bool		 segments_grow(struct segments *, uint64_t size);

/*
 * The last one was cut, and is another text of this size now: its first byte is
 * the first of all. What was there is nowhere any more.
 */
void		 segments_cut(struct segments *, uint64_t size);

/* The file that is written, -1 if there is none. */
int		 segments_fd(const struct segments *);

/* The offsets of the first byte and behind the last one. */
uint64_t	 segments_first(const struct segments *);
uint64_t	 segments_end(const struct segments *);

/*
 * Copies up to len bytes from this offset on. Returns how many, > 0, or -1 with
 * ERANGE where nothing is, EIO where a file has less than it had, or pread(2)'s
 * errno.
 */
ssize_t		 segments_read(const struct segments *, uint64_t offset,
		    void *buf, size_t len);

#endif
