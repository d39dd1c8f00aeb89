#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "keys.h"
#include "loop.h"
#include "tty.h"

struct tty {
	struct loop *loop;
	struct keys *keys;
	struct loop_source input, ambiguity;
	void (*gone)(void *arg);
	void *arg;
	int fd;
};

static void
tty_lost(struct tty *t)
{
	(void)loop_io_set(t->loop, &t->input, t->fd, 0);
	t->gone(t->arg);
}

static void
tty_readable(void *arg, const struct loop_event *event)
{
	struct tty *t = arg;
	char bytes[4096];
	ssize_t n = read(t->fd, bytes, sizeof(bytes));

	(void)event;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	/*
	 * With no memory for what was typed it can only be told apart as gone.
	 */
	if (n <= 0 || keys_feed(t->keys, bytes, (size_t)n) == -1) {
		tty_lost(t);
		return;
	}
	loop_timer_stop(t->loop, &t->ambiguity);
	if (keys_wait_ms(t->keys) > 0 &&
	    loop_timer_start(t->loop, &t->ambiguity, keys_wait_ms(t->keys)) ==
		-1)
		keys_expire(t->keys);
}

static void
tty_silent(void *arg, const struct loop_event *event)
{
	struct tty *t = arg;

	(void)event;
	keys_expire(t->keys);
}

struct tty *
tty_new(struct loop *loop, int fd, size_t paste_limit_bytes,
    void (*gone)(void *arg), void *arg)
{
	struct tty *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->loop = loop;
	t->fd = fd;
	t->gone = gone;
	t->arg = arg;
	t->input.fn = tty_readable;
	t->input.arg = t;
	t->ambiguity.fn = tty_silent;
	t->ambiguity.arg = t;
	t->keys = keys_new(paste_limit_bytes);
	if (t->keys == NULL ||
	    loop_io_set(loop, &t->input, fd, LOOP_READ) == -1) {
		keys_free(t->keys);
		free(t);
		return NULL;
	}
	return t;
}

void
tty_free(struct tty *t)
{
	if (t == NULL)
		return;
	loop_timer_stop(t->loop, &t->ambiguity);
	(void)loop_io_set(t->loop, &t->input, t->fd, 0);
	keys_free(t->keys);
	free(t);
}

bool
tty_is_there(const struct tty *t)
{
	struct pollfd pfd = {.fd = t->fd, .events = POLLIN};
	struct termios termios;

	if (tcgetattr(t->fd, &termios) == -1 || poll(&pfd, 1, 0) == -1)
		return false;
	/* Not POLLNVAL, which is what macOS always says of /dev/tty. */
	return (pfd.revents & (POLLHUP | POLLERR)) == 0;
}

bool
tty_next_key(struct tty *t, struct key *key)
{
	return keys_next(t->keys, key);
}
