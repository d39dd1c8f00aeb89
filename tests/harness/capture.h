/* capture: all that came out of a descriptor, kept. */

#ifndef HARNESS_CAPTURE_H
#define HARNESS_CAPTURE_H

#include <stddef.h>

/* Zeroed but for fd it is ready; fd is -1 once the other end has closed. */
struct capture {
	char	*data;		/* NUL-terminated, NULL as long as it is empty */
	size_t	 len;
	size_t	 room;
	int	 fd;
};

/* Reads what is there. Returns how much that was; 0 when nothing or the end. */
size_t		 capture_read(struct capture *);

/* Where text stands in it, whatever bytes stand before it; else NULL. */
const char	*capture_find(const struct capture *, const char *text);

/* Closes and frees. */
void		 capture_end(struct capture *);

#endif
