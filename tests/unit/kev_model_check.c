#define _GNU_SOURCE /* POLLRDHUP */

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "kev_model_state.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#define EVENTS	  64
#define MANY	  60 /* calls for a few events each that see all of them */
#define LATEST_NS INT64_C(20000000000)

static int
knote_find(const struct kev_model *model, const struct kevent *ev)
{
	int k;

	for (k = 0; k < KNOTES; k++)
		if (model_filter(k) == ev->filter &&
		    model_ident(model, k) == ev->ident)
			return k;
	return -1;
}

/* What is known before kevent(2) is called. */
struct outlook {
	struct pollfd fds[MODEL_ENDS];
	int64_t before_ns;
	bool narrow;	  /* there is no room for all at once */
	bool due[KNOTES]; /* what has to be returned, and is not yet */
};

static bool
fd_is_ready(const struct kev_model *model, const struct outlook *outlook, int k)
{
	const struct knote *knote = &model->knotes[k];
	const short revents = outlook->fds[k / 2].revents;

	if (!model_ends_ready(revents, k % 2))
		return false;
	return knote->lowat == 0 ||
	    model_ends_eof(&model->ends.ends[k / 2], revents, 0) ||
	    model_ends_data(&model->ends.ends[k / 2]) >= knote->lowat;
}

/* Whether the knote has to be returned. */
static bool
knote_is_due(
    const struct kev_model *model, const struct outlook *outlook, int k)
{
	const struct knote *knote = &model->knotes[k];

	if (!knote->used || !knote->enabled)
		return false;
	switch (model_filter(k)) {
	case EVFILT_USER:
		return knote->triggered;
	case EVFILT_SIGNAL:
		return knote->must && knote->count > 0;
	case EVFILT_TIMER:
		return (outlook->before_ns - knote->to_ns) / knote->period_ns >
		    knote->count;
	default:
		return fd_is_ready(model, outlook, k) &&
		    (knote->kind != EV_CLEAR || knote->must);
	}
}

static const char *
take_fd(struct kev_model *model, const struct outlook *outlook, int k,
    const struct kevent *ev)
{
	struct knote *knote = &model->knotes[k];
	const struct model_end *end = &model->ends.ends[k / 2];
	const short revents = outlook->fds[k / 2].revents;

	if (!fd_is_ready(model, outlook, k))
		return "an event of what is not ready";
	if (knote->kind == EV_CLEAR && !knote->must && !knote->may &&
	    !model->knotes[k ^ 1].used && !model->ends.haunted &&
	    !outlook->narrow)
		return "an edge was returned twice";
	if (!!(ev->flags & EV_EOF) != model_ends_eof(end, revents, k % 2))
		return "EV_EOF is wrong";
	if (knote->nodata && knote->lowat == 0 && ev->data != 0)
		return "data, though NOTE_NODATA";
	if (k % 2 == 0 && (!knote->nodata || knote->lowat > 0) &&
	    ev->data != model_ends_data(end))
		return "data is not what there is to read";
	knote->must = knote->may = false;
	return NULL;
}

static const char *
take_other(struct kev_model *model, int k, const struct kevent *ev)
{
	struct knote *knote = &model->knotes[k];
	const int64_t span_ns = model_now_ns() - knote->from_ns;

	switch (ev->filter) {
	case EVFILT_USER:
		if (!knote->triggered || ev->data != knote->data ||
		    (ev->fflags & NOTE_FFLAGSMASK) != knote->fflags)
			return "a user event is not as it was triggered";
		knote->triggered = knote->kind != EV_CLEAR;
		return NULL;
	case EVFILT_SIGNAL:
		if (ev->data < 1 || ev->data > knote->count)
			return "a signal's count is wrong";
		knote->count -= ev->data;
		knote->must = false;
		return NULL;
	default:
		knote->count += ev->data;
		if (ev->data < 1 || knote->count > span_ns / knote->period_ns)
			return "a timer's count is wrong";
		return NULL;
	}
}

static const char *
take_event(struct kev_model *model, const struct outlook *outlook,
    const struct kevent *ev)
{
	const int k = knote_find(model, ev);
	struct knote *knote;
	const char *wrong;

	if (k == -1 || !model->knotes[k].used) {
		if (ev->filter == EVFILT_READ || ev->filter == EVFILT_WRITE)
			if (model_ends_ghost(&model->ends, (int)ev->ident,
				ev->filter == EVFILT_WRITE))
				return NULL;
		return "an event of a knote that is not there";
	}
	knote = &model->knotes[k];
	if (!knote->enabled)
		return "an event of a knote that is disabled";
	if (ev->udata != knote->udata)
		return "udata is not that of the last change";
	if ((ev->flags & EV_ERROR) || (knote->kind & ~ev->flags))
		return "flags are wrong";
	wrong = k < FD_KNOTES ? take_fd(model, outlook, k, ev)
			      : take_other(model, k, ev);
	if (knote->kind == EV_ONESHOT)
		knote->used = false;
	if (knote->kind == EV_DISPATCH)
		knote->enabled = false;
	return wrong;
}

static bool
look_out(const struct kev_model *model, struct outlook *outlook)
{
	struct pollfd queue = {.fd = model->kq, .events = POLLIN};
	bool due = false;
	int k;

	for (k = 0; k < MODEL_ENDS; k++) {
		outlook->fds[k].fd = model->ends.ends[k].fd;
		outlook->fds[k].events = POLLIN | POLLOUT | POLLRDHUP;
	}
	(void)poll(outlook->fds, MODEL_ENDS, 0);
	outlook->before_ns = model_now_ns();
	for (k = 0; k < KNOTES; k++) {
		outlook->due[k] = knote_is_due(model, outlook, k);
		due |= outlook->due[k] && model_filter(k) != EVFILT_TIMER;
	}
	/* What has something to return can be polled. */
	return !due || poll(&queue, 1, 0) == 1;
}

static const char *
take_events(struct kev_model *model, struct outlook *outlook, int room)
{
	const struct timespec now = {0};
	bool seen[KNOTES] = {false};
	struct kevent events[EVENTS];
	const char *wrong;
	int i, k, n;

	n = kevent(model->kq, NULL, 0, events, room, &now);
	if (n == -1 || n > room)
		return "kevent(2) failed";
	for (i = 0; i < n; i++) {
		wrong = take_event(model, outlook, &events[i]);
		if (wrong != NULL)
			return wrong;
		k = knote_find(model, &events[i]);
		if (k != -1 && seen[k])
			return "one knote was returned twice";
		if (k == -1)
			continue;
		seen[k] = true;
		outlook->due[k] = false;
	}
	/* EV_ONESHOT and EV_DISPATCH are a change of one of two, too. */
	for (k = 0; k < FD_KNOTES; k++)
		if (seen[k] &&
		    (model->knotes[k].kind & (EV_ONESHOT | EV_DISPATCH)))
			model->knotes[k ^ 1].may = true;
	return NULL;
}

/* A timer's interrupt may be late. */
static bool
wait_for_timers(const struct outlook *outlook)
{
	int k;

	for (k = FD_KNOTES + USERS; k < FD_KNOTES + USERS + TIMERS; k++)
		if (outlook->due[k])
			return model_now_ns() - outlook->before_ns < LATEST_NS;
	return false;
}

/* What the next check has to know of this one. */
static void
check_done(struct kev_model *model, int room)
{
	int k;

	/* Several that were sent may have been one. */
	for (k = FD_KNOTES + USERS + TIMERS; k < KNOTES; k++)
		if (model->knotes[k].enabled)
			model->knotes[k].count = 0;
	/* An edge that found no room may be there twice. */
	for (k = 0; k < FD_KNOTES && room != EVENTS; k++)
		model->knotes[k].may = true;
}

/* A signal that was found along with events comes with the next call. */
const char *
model_check(struct kev_model *model, int room)
{
	struct outlook outlook;
	const char *wrong;
	int calls, k;

	outlook.narrow = room != EVENTS;
	if (!look_out(model, &outlook))
		return "the queue can not be polled";
	calls = room == EVENTS ? 2 : MANY;
	for (; calls > 0 || wait_for_timers(&outlook); calls--) {
		wrong = take_events(model, &outlook, room);
		if (wrong != NULL)
			return wrong;
	}
	for (k = 0; k < KNOTES; k++)
		if (outlook.due[k])
			return "an event was not returned";
	check_done(model, room);
	return NULL;
}
