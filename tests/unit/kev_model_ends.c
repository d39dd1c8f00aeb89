#define _GNU_SOURCE /* POLLRDHUP */

#include "kev_model_ends.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#define BLOCK 65536

enum { TYPE_SOCKET, TYPE_PIPE_READER, TYPE_PIPE_WRITER, TYPES };

static char block[BLOCK];

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct model_source *
source_free(struct model_ends *ends)
{
	int i = 0;

	while (ends->sources[i].users > 0)
		i++;
	return &ends->sources[i];
}

static void
end_open(struct model_ends *ends, struct model_end *end, int type)
{
	int fds[2], i;

	end->source = source_free(ends);
	if (type == TYPE_SOCKET)
		must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	else
		must(pipe(fds) == 0);
	for (i = 0; i < 2; i++)
		must(fds[i] < MODEL_NUMBERS &&
		    fcntl(fds[i], F_SETFL, O_NONBLOCK) == 0);
	end->fd = fds[type == TYPE_PIPE_WRITER];
	*end->source = (struct model_source){
	    .type = type, .users = 1, .peer = fds[type != TYPE_PIPE_WRITER]};
}

static void
source_leave(struct model_source *source)
{
	if (source->peer != -1)
		(void)close(source->peer);
	source->peer = -1;
}

static void
end_close(struct model_ends *ends, struct model_end *end)
{
	(void)close(end->fd);
	if (--end->source->users == 0)
		source_leave(end->source);
	else
		ends->haunted = true;
	/* The number may become that of a copy of an older file again. */
	if (ends->haunted)
		ends->ghosts[end->fd] = 3;
}

void
model_ends_open(struct model_ends *ends)
{
	int i;

	memset(ends, 0, sizeof(*ends));
	for (i = 0; i < MODEL_ENDS; i++)
		end_open(ends, &ends->ends[i], i % TYPES);
}

void
model_ends_close(struct model_ends *ends)
{
	int i;

	for (i = 0; i < MODEL_ENDS; i++)
		end_close(ends, &ends->ends[i]);
}

static bool
end_has_room(const struct model_end *end)
{
	struct pollfd p = {.fd = end->fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

static unsigned
end_receive(const struct model_end *end)
{
	const bool before = end_has_room(end);

	if (end->source->peer == -1)
		return 0;
	while (read(end->source->peer, block, BLOCK) > 0)
		continue;
	return !before && end_has_room(end) ? MODEL_ROOM : MODEL_STIR;
}

static unsigned
end_send(const struct model_end *end, unsigned how)
{
	if (end->source->peer == -1 ||
	    write(end->source->peer, block, 1 + how % 2000) <= 0)
		return 0;
	return MODEL_DATA;
}

static unsigned
end_shut(const struct model_end *end)
{
	if (end->source->type != TYPE_SOCKET || end->source->peer == -1)
		return 0;
	(void)shutdown(end->source->peer, SHUT_WR);
	return MODEL_DATA | MODEL_STIR;
}

static unsigned
end_leave(const struct model_end *end)
{
	if (end->source->peer == -1)
		return 0;
	source_leave(end->source);
	return MODEL_DATA | MODEL_ROOM;
}

static void
end_reopen(struct model_ends *ends, struct model_end *end, unsigned how)
{
	end_close(ends, end);
	end_open(ends, end, (int)(how % TYPES));
}

static void
end_copy(struct model_ends *ends, struct model_end *end,
    const struct model_end *from)
{
	end_close(ends, end);
	end->source = from->source;
	end->source->users++;
	end->fd = dup(from->fd);
	must(end->fd != -1 && end->fd < MODEL_NUMBERS);
}

/* What is new for one end is for all of its copies. */
static void
spread(const struct model_ends *ends, int who, unsigned what,
    unsigned news[MODEL_ENDS])
{
	int i;

	for (i = 0; i < MODEL_ENDS; i++)
		news[i] =
		    ends->ends[i].source == ends->ends[who].source ? what : 0;
}

void
model_ends_act(struct model_ends *ends, int who, enum model_act act,
    unsigned how, unsigned news[MODEL_ENDS])
{
	const int other =
	    (who + 1 + (int)(how % (MODEL_ENDS - 1))) % MODEL_ENDS;
	struct model_end *end = &ends->ends[who];
	unsigned what = 0;

	if (act == MODEL_SEND)
		what = end_send(end, how);
	else if (act == MODEL_RECEIVE)
		what = end_receive(end);
	else if (act == MODEL_SHUT)
		what = end_shut(end);
	else if (act == MODEL_LEAVE)
		what = end_leave(end);
	else if (act == MODEL_READ)
		(void)!read(end->fd, block, how);
	else if (act == MODEL_FILL)
		while (write(end->fd, block, BLOCK) > 0)
			continue;
	spread(ends, who, what, news);
	if (act == MODEL_REOPEN) {
		end_reopen(ends, end, how);
		news[who] = MODEL_NEW;
	} else if (act == MODEL_COPY) {
		end_copy(ends, &ends->ends[other], end);
		news[other] = MODEL_NEW;
	}
}

bool
model_ends_ready(short revents, int i)
{
	if (i == 0)
		return revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR);
	return revents & (POLLOUT | POLLHUP | POLLERR);
}

bool
model_ends_eof(const struct model_end *end, short revents, int i)
{
	if (i == 0)
		return revents & (POLLHUP | POLLRDHUP);
	return (revents & POLLHUP) ||
	    ((revents & POLLERR) && end->source->type != TYPE_SOCKET);
}

int64_t
model_ends_data(const struct model_end *end)
{
	int n;

	return ioctl(end->fd, FIONREAD, &n) == 0 ? n : 0;
}

bool
model_ends_ghost(const struct model_ends *ends, int fd, int i)
{
	return fd < MODEL_NUMBERS && (ends->ghosts[fd] & 1 << i);
}

void
model_ends_certain(struct model_ends *ends, int fd, int i)
{
	ends->ghosts[fd] &= (uint8_t) ~(1 << i);
}
