#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "harness.h"

#define CAPTURE_READ 65536

static void
capture_make_room(struct capture *c)
{
	char *more;

	if (c->room - c->len > CAPTURE_READ)
		return;
	c->room = c->room * 2 + CAPTURE_READ + 1;
	more = realloc(c->data, c->room);
	if (more == NULL)
		fail_msg("no memory");
	c->data = more;
}

size_t
capture_read(struct capture *c)
{
	ssize_t n;

	capture_make_room(c);
	n = read(c->fd, c->data + c->len, CAPTURE_READ);
	if (n > 0)
		c->len += (size_t)n;
	c->data[c->len] = '\0';
	/* a terminal whose other side is closed answers EIO instead of 0 */
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
		close(c->fd);
		c->fd = -1;
	}
	return n > 0 ? (size_t)n : 0;
}

const char *
capture_find(const struct capture *c, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; c->len >= len && i <= c->len - len; i++)
		if (memcmp(c->data + i, text, len) == 0)
			return c->data + i;
	return NULL;
}

void
capture_end(struct capture *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	free(c->data);
	c->data = NULL;
	c->len = c->room = 0;
}
