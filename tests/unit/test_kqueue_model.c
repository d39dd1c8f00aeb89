/*
 * kqueue: whatever is done to some sockets and their knotes, and in whatever
 * order, what kevent(2) returns is what poll(2) says.
 */

#include "kev.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#define SOCKETS	   12
#define STEPS	   20000
#define EVENTS	   64	 /* more than there are knotes */
#define BLOCK	   65536 /* read or written at once */
#define MANY_TIMES 100	 /* calls for a few events each that see all of them */

static const int filters[2] = {EVFILT_READ, EVFILT_WRITE};
static const int kinds[] = {0, EV_CLEAR, EV_ONESHOT, EV_DISPATCH};

struct knote {
	bool used;
	bool enabled;
	int kind;
	bool fresh; /* (EV_CLEAR) something came that was not returned yet */
	int seen;   /* how often it was returned in this round */
};

struct model {
	int kq;
	uint64_t seed;
	struct end {
		int fd;
		int peer; /* -1: closed */
		struct knote knotes[2];
	} ends[SOCKETS];
	char block[BLOCK];
};

/* The same numbers everywhere (Knuth's constants). */
static unsigned
below(struct model *model, unsigned bound)
{
	model->seed = model->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(model->seed >> 33) % bound;
}

static void
end_open(struct end *end)
{
	int fds[2];

	kev_pair(fds);
	memset(end, 0, sizeof(*end));
	end->fd = fds[0];
	end->peer = fds[1];
}

static void
end_close(struct end *end)
{
	close(end->fd);
	if (end->peer != -1)
		close(end->peer);
}

static int
change(struct model *model, const struct end *end, int i, int flags)
{
	return kev_change_error(model->kq, (uintptr_t)end->fd, filters[i],
	    flags, below(model, 2) ? NOTE_NODATA : 0);
}

/* Another kind of knote is another knote: not all systems let it be changed. */
static void
knote_add(struct model *model, struct end *end, int i)
{
	struct knote *knote = &end->knotes[i];
	const int kind = kinds[below(model, 4)];
	const bool enabled = below(model, 6) != 0;

	if (knote->used && knote->kind != kind)
		assert_int_equal(change(model, end, i, EV_DELETE), 0);
	assert_int_equal(
	    change(model, end, i, EV_ADD | kind | (enabled ? 0 : EV_DISABLE)),
	    0);
	*knote = (struct knote){
	    .used = true, .enabled = enabled, .kind = kind, .fresh = true};
}

static void
knote_change(struct model *model, struct end *end, int i, int flags)
{
	struct knote *knote = &end->knotes[i];

	assert_int_equal(
	    change(model, end, i, flags), knote->used ? 0 : ENOENT);
	if (flags == EV_DELETE)
		knote->used = false;
	else
		knote->enabled = flags == EV_ENABLE;
}

static void
peer_leave(struct end *end)
{
	close(end->peer);
	end->peer = -1;
	end->knotes[0].fresh = end->knotes[1].fresh = true;
}

static void
peer_talk(struct model *model, struct end *end)
{
	if (end->peer == -1)
		return;
	if (below(model, 8) == 0)
		peer_leave(end);
	else if (below(model, 3) == 0)
		while (read(end->peer, model->block, BLOCK) > 0)
			continue;
	else if (write(end->peer, model->block, 1 + below(model, 2000)) > 0)
		end->knotes[0].fresh = true;
}

static void
knote_take(struct knote *knote)
{
	assert_true(knote->used && knote->enabled);
	knote->seen++;
	knote->fresh = false;
	if (knote->kind == EV_ONESHOT)
		knote->used = false;
	if (knote->kind == EV_DISPATCH)
		knote->enabled = false;
}

static void
take_event(struct model *model, const struct kevent *ev, bool ready[][2])
{
	const int i = ev->filter == EVFILT_WRITE;
	int k = 0;

	while (k < SOCKETS && (uintptr_t)model->ends[k].fd != ev->ident)
		k++;
	assert_int_not_equal(k, SOCKETS);
	assert_true(ready[k][i]);
	knote_take(&model->ends[k].knotes[i]);
}

static void
ask_poll(struct model *model, bool ready[][2])
{
	struct pollfd fds[SOCKETS];
	int k;

	for (k = 0; k < SOCKETS; k++) {
		fds[k].fd = model->ends[k].fd;
		fds[k].events = POLLIN | POLLOUT | POLLRDHUP;
	}
	assert_int_not_equal(poll(fds, SOCKETS, 0), -1);
	for (k = 0; k < SOCKETS; k++) {
		ready[k][0] =
		    fds[k].revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR);
		ready[k][1] = fds[k].revents & (POLLOUT | POLLHUP | POLLERR);
	}
}

/* What was ready and has not been returned must not have been wanted. */
static void
check_missing(const struct knote *knote, bool ready)
{
	if (!ready || !knote->used || !knote->enabled || knote->seen > 0)
		return;
	assert_int_equal(knote->kind, EV_CLEAR);
	assert_false(knote->fresh);
}

/* All events in one call, or a few in each of many. */
static void
check_events(struct model *model, int room)
{
	bool ready[SOCKETS][2];
	struct kevent events[EVENTS];
	struct knote *knote;
	int calls, i, k, n;

	ask_poll(model, ready);
	for (calls = room == EVENTS ? 1 : MANY_TIMES; calls > 0; calls--) {
		n = kev_poll(model->kq, events, room);
		for (i = 0; i < n; i++)
			take_event(model, &events[i], ready);
	}
	for (k = 0; k < SOCKETS; k++) {
		for (i = 0; i < 2; i++) {
			knote = &model->ends[k].knotes[i];
			if (room == EVENTS)
				assert_in_range(knote->seen, 0, 1);
			check_missing(knote, ready[k][i]);
			knote->seen = 0;
		}
	}
}

static void
step(struct model *model)
{
	struct end *end = &model->ends[below(model, SOCKETS)];
	const int i = (int)below(model, 2);

	switch (below(model, 10)) {
	case 0:
	case 1:
		knote_add(model, end, i);
		break;
	case 2:
		knote_change(model, end, i, EV_DELETE);
		break;
	case 3:
		knote_change(model, end, i, EV_DISABLE);
		break;
	case 4:
		knote_change(model, end, i, EV_ENABLE);
		break;
	case 5:
		while (read(end->fd, model->block, BLOCK) > 0)
			continue;
		break;
	case 6:
		while (write(end->fd, model->block, BLOCK) > 0)
			continue;
		break;
	case 7:
		peer_talk(model, end);
		break;
	case 8:
		if (below(model, 3) == 0) {
			end_close(end);
			end_open(end);
		}
		break;
	case 9:
		check_events(
		    model, below(model, 2) ? EVENTS : 1 + (int)below(model, 3));
		break;
	}
}

static void
kevent_and_poll_agree(void **state)
{
	static const uint64_t seeds[] = {1, 2, 3};
	struct model model = {.kq = kev_queue(state)};
	size_t i;
	int k, n;

	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		model.seed = seeds[i];
		for (k = 0; k < SOCKETS; k++)
			end_open(&model.ends[k]);
		for (n = 0; n < STEPS; n++)
			step(&model);
		for (k = 0; k < SOCKETS; k++)
			end_close(&model.ends[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		kevent_and_poll_agree, kev_setup, kev_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
