#include "pipe.h"

#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "link.h"
#include "loop.h"
#include "outlet.h"
#include "settings.h"
#include "visible.h"

#define PIPE_CHUNK     65536
#define PIPE_OUT_BYTES ((size_t)256 * 1024)

/* While the last input is on its way, the least that counts as a standstill. */
#define PIPE_STALL_MS 1000

enum pipe_status { PIPE_FINE = 0, PIPE_NOT_CONNECTED = 1, PIPE_BROKEN = 3 };

struct pipe {
	const struct settings *settings;
	struct loop *loop;
	struct link *link;
	struct outlet *outlet;
	struct loop_source input;
	struct loop_task input_turn; /* instead, where input can't be watched */
	struct loop_source wait;
	bool unwatchable;
	bool connected; /* once */
	bool input_over;
	bool over; /* only what stdout has not taken is waited for */
	enum pipe_status status;
	size_t unsent; /* when the wait began */
	char buf[PIPE_CHUNK];
};

static void
pipe_complain(const char *what, const char *reason)
{
	char text[512];

	(void)visible_text(text, sizeof(text), reason, strlen(reason), 0, 0);
	(void)fprintf(stderr, "yodel: %s%s\n", what, text);
}

/* Ends, as soon as stdout has taken what came in. */
static void
pipe_end(struct pipe *p, enum pipe_status status)
{
	if (p->over)
		return;
	p->over = true;
	p->status = status;
	(void)loop_io_set(p->loop, &p->input, STDIN_FILENO, 0);
	loop_timer_stop(p->loop, &p->wait);
	link_disconnect(p->link);
	if (outlet_pending(p->outlet) == 0)
		loop_stop(p->loop);
}

static void
pipe_fail(struct pipe *p, const char *what, const char *reason)
{
	pipe_complain(what, reason);
	pipe_end(p, PIPE_BROKEN);
}

/*
 * Room for a whole chunk is asked for before anything is read: what was read
 * can't be given back.
 */
static void
pipe_input_watch(struct pipe *p)
{
	bool want =
	    !p->over && !p->input_over && link_room(p->link) >= sizeof(p->buf);

	if (!p->unwatchable &&
	    loop_io_set(p->loop, &p->input, STDIN_FILENO,
		want ? LOOP_READ | LOOP_NODATA : 0) == -1)
		p->unwatchable = true;
	if (p->unwatchable && want)
		loop_defer(p->loop, &p->input_turn);
}

static void
pipe_wait_start(struct pipe *p)
{
	uint64_t ms = p->settings->wait_ms;

	if (!p->settings->wait)
		return;
	p->unsent = link_queued(p->link);
	if (p->unsent > 0 && ms < PIPE_STALL_MS)
		ms = PIPE_STALL_MS;
	if (loop_timer_start(p->loop, &p->wait, ms) == -1)
		pipe_fail(p, "", strerror(errno));
}

/* It is the answer that is waited for: sending must have come to its end. */
static void
pipe_wait_over(void *arg, const struct loop_event *event)
{
	struct pipe *p = arg;
	size_t queued = link_queued(p->link);

	(void)event;
	if (queued == 0)
		pipe_end(p, PIPE_FINE);
	else if (queued < p->unsent)
		pipe_wait_start(p);
	else
		pipe_fail(
		    p, "", "the peer does not take the rest of the input");
}

static void
pipe_input_finish(struct pipe *p)
{
	p->input_over = true;
	link_finish(p->link);
	pipe_wait_start(p);
}

static void
pipe_input_read(struct pipe *p)
{
	ssize_t n = read(STDIN_FILENO, p->buf, sizeof(p->buf));

	if (n == 0)
		pipe_input_finish(p);
	else if (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR)
		pipe_fail(p, "stdin: ", strerror(errno));
	else if (n > 0 && link_send(p->link, p->buf, (size_t)n) == -1)
		pipe_fail(p, "cannot send: ", strerror(errno));
	pipe_input_watch(p);
}

static void
pipe_input_ready(void *arg, const struct loop_event *event)
{
	(void)event;
	pipe_input_read(arg);
}

static void
pipe_input_turn(void *arg)
{
	struct pipe *p = arg;

	/* It can't be called off: things may have changed since. */
	if (!p->over && link_room(p->link) >= sizeof(p->buf))
		pipe_input_read(p);
}

/*
 * Whether the input has ended, even if that is news: the peer's answer and its
 * end may have come in the same batch as the end of the input.
 */
static bool
pipe_input_ended(struct pipe *p)
{
	struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};

	return p->input_over ||
	    (poll(&ready, 1, 0) == 1 &&
		read(STDIN_FILENO, p->buf, sizeof(p->buf)) == 0);
}

static void
pipe_closed(struct pipe *p)
{
	const struct link_status *status = link_status(p->link);

	if (!p->connected) {
		pipe_complain("", status->reason);
		pipe_end(p, PIPE_NOT_CONNECTED);
	} else if (!status->clean)
		pipe_fail(p, "", status->reason);
	else if (!pipe_input_ended(p))
		pipe_fail(p, status->reason, " before the end of the input");
	else
		pipe_end(p, PIPE_FINE);
}

static void
pipe_changed(void *arg)
{
	struct pipe *p = arg;
	enum link_state state = link_status(p->link)->state;

	if (p->over)
		return;
	if (state == LINK_CONNECTED) {
		p->connected = true;
		pipe_input_watch(p);
	} else if (state == LINK_CLOSED)
		pipe_closed(p);
}

static void
pipe_output_failed(void *arg, int error)
{
	struct pipe *p = arg;

	if (p->over)
		loop_stop(p->loop);
	else if (error == EPIPE)
		pipe_end(p, PIPE_FINE);
	else
		pipe_fail(p, "stdout: ", strerror(error));
}

static void
pipe_output_drained(void *arg)
{
	struct pipe *p = arg;

	if (p->over)
		loop_stop(p->loop);
	else
		link_pause(p->link, false);
}

static void
pipe_received(void *arg, const void *bytes, size_t len)
{
	struct pipe *p = arg;

	if (outlet_write(p->outlet, bytes, len) == -1)
		pipe_output_failed(p, errno);
	else if (outlet_pending(p->outlet) > 0)
		link_pause(p->link, true);
}

static void
pipe_drained(void *arg)
{
	struct pipe *p = arg;

	if (p->input_over)
		pipe_wait_start(p);
	else
		pipe_input_watch(p);
}

static bool
pipe_input_is_file(void)
{
	struct stat st;

	/* At its end a native kqueue would not report a file at all. */
	return fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

static int
pipe_open(struct pipe *p)
{
	const struct link_handler link_handler = {
	    .changed = pipe_changed,
	    .received = pipe_received,
	    .drained = pipe_drained,
	    .arg = p,
	};
	const struct outlet_handler outlet_handler = {
	    .drained = pipe_output_drained,
	    .failed = pipe_output_failed,
	    .arg = p,
	};
	struct link_options options = p->settings->link;

	options.reconnect = false;
	p->input.fn = pipe_input_ready;
	p->input_turn.fn = pipe_input_turn;
	p->wait.fn = pipe_wait_over;
	p->input.arg = p->input_turn.arg = p->wait.arg = p;
	p->unwatchable = pipe_input_is_file();
	if ((p->loop = loop_new()) == NULL)
		return -1;
	p->outlet =
	    outlet_new(p->loop, STDOUT_FILENO, PIPE_OUT_BYTES, &outlet_handler);
	if (p->outlet == NULL)
		return -1;
	p->link = link_new(p->loop, &options, &link_handler);
	return p->link == NULL ? -1 : 0;
}

static void
pipe_close(struct pipe *p)
{
	link_free(p->link);
	outlet_free(p->outlet);
	loop_free(p->loop);
	free(p);
}

int
pipe_run(const struct settings *settings)
{
	struct pipe *p = calloc(1, sizeof(*p));
	int status = PIPE_NOT_CONNECTED;

	if (p == NULL) {
		pipe_complain("", strerror(errno));
		return PIPE_NOT_CONNECTED;
	}
	p->settings = settings;
	if (pipe_open(p) == -1) {
		pipe_complain("", strerror(errno));
		goto done;
	}
	link_connect(p->link, &settings->server);
	if (loop_run(p->loop) == -1) {
		pipe_complain("", strerror(errno));
		status = PIPE_BROKEN;
		goto done;
	}
	status = (int)p->status;
done:
	pipe_close(p);
	return status;
}
