#include "control_peer.h"

#include <sys/event.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "control_answer.h"
#include "control_command.h"
#include "control_input.h"
#include "log.h"
#include "log_tap.h"
#include "loop.h"

#define PEER_OUT_MAX  16384
#define PEER_TAP_MAX  (256 * 1024)
#define PEER_TURN_MAX 8 /* fillings of out, then others have a turn */

struct control_peer {
	const struct control_peer_context *ctx;
	struct loop_source source;
	struct loop_task task; /* goes on, once all callers are done */
	int fd;
	struct control_input input;
	struct control_answer *answer; /* going out, or NULL */
	struct log_tap *tap;	       /* of who watches, or NULL */
	bool asked;		       /* the answer is still to come */
	bool ended;		       /* the peer sends no more commands */
	bool broken;
	size_t sent; /* bytes of out that are gone */
	size_t len;  /* bytes of out: whole lines; 0: all are gone */
	/* The last line is for the end of an answer that comes later. */
	char out[PEER_OUT_MAX + LOG_LINE_MAX];
};

static void peer_on_event(void *, const struct loop_event *);
static void peer_on_task(void *);

struct control_peer *
control_peer_new(const struct control_peer_context *ctx, int fd)
{
	struct control_peer *peer;
	int saved_errno;

	peer = calloc(1, sizeof(*peer));
	if (peer == NULL) {
		(void)close(fd);
		errno = ENOMEM;
		return NULL;
	}
	peer->ctx = ctx;
	peer->fd = fd;
	peer->source.fn = peer_on_event;
	peer->source.arg = peer;
	peer->task.fn = peer_on_task;
	peer->task.arg = peer;
	if (loop_io_set(
		ctx->loop, &peer->source, fd, LOOP_READ | LOOP_NODATA) == 0)
		return peer;
	saved_errno = errno;
	control_peer_free(peer);
	errno = saved_errno;
	return NULL;
}

void
control_peer_free(struct control_peer *peer)
{
	if (peer == NULL)
		return;
	log_tap_free(peer->tap);
	if (peer->answer != NULL)
		peer->answer->free(peer->answer);
	loop_cancel(peer->ctx->loop, &peer->task);
	(void)loop_io_set(peer->ctx->loop, &peer->source, peer->fd, 0);
	(void)close(peer->fd);
	free(peer);
}

/* Whether another line has room, and the reserve is left. */
static bool
peer_has_room(const struct control_peer *peer)
{
	return peer->len <= PEER_OUT_MAX - LOG_LINE_MAX;
}

static void
peer_end_answer(struct control_peer *peer, const char *error)
{
	peer->asked = false;
	peer->len += control_answer_end(peer->out + peer->len, error);
}

static void
peer_put_answer(struct control_peer *peer)
{
	size_t n;

	n = peer->answer->next(peer->answer, peer->out + peer->len);
	peer->len += n;
	if (n > 0)
		return;
	peer->answer->free(peer->answer);
	peer->answer = NULL;
	peer_end_answer(peer, NULL);
}

static void
peer_begin_watch(struct control_peer *peer)
{
	const struct control_peer_context *ctx = peer->ctx;

	if (peer->tap == NULL)
		peer->tap =
		    log_tap_new(ctx->log, PEER_TAP_MAX, ctx->woken, ctx->arg);
	peer_end_answer(peer, peer->tap == NULL ? "no memory" : NULL);
}

static void
peer_do(struct control_peer *peer, const char *line)
{
	struct control_command command;
	char error[CONTROL_ERROR_MAX];

	if (control_command_parse(line, &command, error) == -1)
		peer_end_answer(peer, error);
	else if (command.verb == CONTROL_WATCH)
		peer_begin_watch(peer);
	else
		peer->ctx->asked(peer->ctx->arg, peer, &command);
}

/* What was cut off is not done: it may have been meant to go on. */
static bool
peer_end_input(struct control_peer *peer)
{
	if (!peer->ended || !control_input_is_torn(&peer->input))
		return false;
	peer->input.len = 0;
	peer_end_answer(peer, "the last command has no end of line");
	return true;
}

/* The next command. Returns whether there was one. */
static bool
peer_next(struct control_peer *peer)
{
	char line[CONTROL_LINE_MAX + 1];

	switch (control_input_next(&peer->input, line)) {
	case CONTROL_INPUT_NONE:
		return peer_end_input(peer);
	case CONTROL_INPUT_LONG:
		peer_end_answer(peer, "a command has at most 255 bytes");
		break;
	case CONTROL_INPUT_NUL:
		peer_end_answer(peer, "a command has no NUL in it");
		break;
	case CONTROL_INPUT_LINE:
		peer->asked = true;
		peer_do(peer, line);
		break;
	}
	return true;
}

/* Answers come first; events have the room that is left. */
static void
peer_fill(struct control_peer *peer)
{
	while (peer_has_room(peer)) {
		if (peer->answer != NULL)
			peer_put_answer(peer);
		else if (peer->asked || !peer_next(peer))
			break;
	}
	if (peer->tap != NULL && peer_has_room(peer))
		peer->len += log_tap_take(
		    peer->tap, peer->out + peer->len, PEER_OUT_MAX - peer->len);
}

/* Returns whether all is out. Whatever breaks it concerns it alone. */
static bool
peer_flush(struct control_peer *peer)
{
	ssize_t n;

	while (peer->sent < peer->len) {
		n = write(
		    peer->fd, peer->out + peer->sent, peer->len - peer->sent);
		if (n > 0) {
			peer->sent += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			peer->broken =
			    n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
			return false;
		}
	}
	peer->sent = peer->len = 0;
	return true;
}

/*
 * What it waits for now. Returns false when there is nothing. While an answer is
 * still to come nothing is read, the end neither.
 */
static bool
peer_await(struct control_peer *peer)
{
	unsigned want = 0;

	if (peer->len > 0 || peer->answer != NULL)
		want = LOOP_WRITE | LOOP_NODATA;
	else if (!peer->ended && !peer->asked)
		want = LOOP_READ | LOOP_NODATA;
	else if (peer->ended && peer->tap == NULL)
		return false;
	return loop_io_set(peer->ctx->loop, &peer->source, peer->fd, want) == 0;
}

/* Sends until nothing is left, or no more is taken. */
static bool
peer_send(struct control_peer *peer)
{
	if (peer->len == 0)
		peer_fill(peer);
	return peer->len > 0 && peer_flush(peer);
}

static void
peer_close(struct control_peer *peer)
{
	peer->ctx->closed(peer->ctx->arg, peer);
	control_peer_free(peer);
}

static void
peer_go_on(struct control_peer *peer)
{
	int turn;

	for (turn = 0; turn < PEER_TURN_MAX && peer_send(peer); turn++)
		continue;
	if (turn == PEER_TURN_MAX)
		loop_defer(peer->ctx->loop, &peer->task);
	if (peer->broken || !peer_await(peer))
		peer_close(peer);
}

static void
peer_on_task(void *arg)
{
	peer_go_on(arg);
}

static void
peer_read(struct control_peer *peer)
{
	size_t size;
	ssize_t n;
	char *room;

	room = control_input_room(&peer->input, &size);
	n = read(peer->fd, room, size);
	if (n > 0)
		control_input_add(&peer->input, (size_t)n);
	else if (n == 0)
		peer->ended = true;
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		peer->broken = true;
}

static void
peer_on_event(void *arg, const struct loop_event *ev)
{
	struct control_peer *peer = arg;

	if (ev->filter == EVFILT_READ)
		peer_read(peer);
	peer_go_on(peer);
}

void
control_peer_answer(struct control_peer *peer, struct control_answer *answer)
{
	peer->answer = answer;
	loop_defer(peer->ctx->loop, &peer->task);
}

void
control_peer_agree(struct control_peer *peer)
{
	peer_end_answer(peer, NULL);
	loop_defer(peer->ctx->loop, &peer->task);
}

void
control_peer_refuse(struct control_peer *peer, const char *error)
{
	peer_end_answer(peer, error);
	loop_defer(peer->ctx->loop, &peer->task);
}

void
control_peer_wake(struct control_peer *peer)
{
	if (peer->tap != NULL)
		peer_go_on(peer);
}

void
control_peer_finish(struct control_peer *peer)
{
	/* Commands that still wait are not done any more. */
	peer->input.len = 0;
	while (peer_send(peer))
		continue;
	peer_close(peer);
}

bool
control_peer_is_gone(const struct control_peer *peer)
{
	struct pollfd fd = {.fd = peer->fd};

	return poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLERR)) != 0;
}
