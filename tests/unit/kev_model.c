#include "kev_model.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kev_model_state.h"

#ifndef EV_KEEPUDATA
#define EV_KEEPUDATA 0
#endif

#define EVENTS	64 /* more than there are knotes */
#define HOUR_NS INT64_C(3600000000000)

static const int kinds[] = {0, EV_CLEAR, EV_ONESHOT, EV_DISPATCH};
static const int signos[SIGNALS] = {SIGUSR1, SIGUSR2};

int64_t
model_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int
model_filter(int k)
{
	if (k < FD_KNOTES)
		return k % 2 ? EVFILT_WRITE : EVFILT_READ;
	if (k < FD_KNOTES + USERS)
		return EVFILT_USER;
	return k < FD_KNOTES + USERS + TIMERS ? EVFILT_TIMER : EVFILT_SIGNAL;
}

uintptr_t
model_ident(const struct kev_model *model, int k)
{
	if (k < FD_KNOTES)
		return (uintptr_t)model->ends.ends[k / 2].fd;
	if (model_filter(k) == EVFILT_SIGNAL)
		return (uintptr_t)signos[k - FD_KNOTES - USERS - TIMERS];
	return (uintptr_t)(k - FD_KNOTES);
}

/* Not known, as its number was closed while a copy lives: README.md. */
static bool
knote_is_unsure(const struct kev_model *model, int k)
{
	return k < FD_KNOTES &&
	    model_ends_ghost(&model->ends, model->ends.ends[k / 2].fd, k % 2);
}

static int
submit(struct kev_model *model, int k, int flags, unsigned fflags, int64_t data)
{
	struct kevent change;

	EV_SET(&change, model_ident(model, k), (short)model_filter(k),
	    (unsigned short)flags, fflags, data, (void *)++model->stamps);
	return kevent(model->kq, &change, 1, NULL, 0, NULL) == -1 ? errno : 0;
}

/* One of them was changed: either may be returned once more. */
static void
knote_touched(struct kev_model *model, int k)
{
	if (k >= FD_KNOTES)
		return;
	model->knotes[k].must = true;
	model->knotes[k ^ 1].may = true;
}

static const char *
add_fd(struct kev_model *model, int k, int flags, unsigned how)
{
	struct knote *knote = &model->knotes[k];
	unsigned fflags = 0;

	knote->nodata = NOTE_NODATA != 0 && how & 64;
	knote->lowat = k % 2 == 0 && how & 128 ? (int)(how >> 8) % 40 : 0;
	fflags |= knote->nodata ? NOTE_NODATA : 0;
	fflags |= knote->lowat > 0 ? NOTE_LOWAT : 0;
	if (submit(model, k, flags, fflags, knote->lowat) != 0)
		return "EV_ADD of a descriptor failed";
	model_ends_certain(&model->ends, model->ends.ends[k / 2].fd, k % 2);
	return NULL;
}

static const char *
add_timer(struct kev_model *model, int k, int flags, unsigned how)
{
	struct knote *knote = &model->knotes[k];

	knote->period_ns = how & 64 ? HOUR_NS : 20000 + (how >> 8) * 1000;
	knote->count = 0;
	knote->from_ns = model_now_ns();
	if (submit(model, k, flags, NOTE_NSECONDS, knote->period_ns) != 0)
		return "EV_ADD of a timer failed";
	knote->to_ns = model_now_ns();
	return NULL;
}

static const char *
add_user(struct kev_model *model, int k, int flags, unsigned how)
{
	struct knote *knote = &model->knotes[k];

	/* The operation is not looked at when it is new. */
	knote->fflags = knote->used ? knote->fflags : how >> 8;
	knote->data = (int)how;
	if (flags & EV_CLEAR)
		knote->triggered = false;
	if (submit(model, k, flags, NOTE_FFNOP | how >> 8, (int)how) != 0)
		return "EV_ADD of a user event failed";
	return NULL;
}

/* Another kind of knote is another knote: not all systems let it be changed. */
static const char *
step_add(struct kev_model *model, int k, unsigned how)
{
	struct knote *knote = &model->knotes[k];
	const int kind = kinds[how % 4];
	const bool enabled = (how >> 2) % 6 != 0;
	const int flags = EV_ADD | kind | (enabled ? 0 : EV_DISABLE);
	const char *wrong;

	if (knote->used && knote->kind != kind) {
		if (submit(model, k, EV_DELETE, 0, 0) != 0)
			return "EV_DELETE of a knote that is there failed";
		memset(knote, 0, sizeof(*knote));
	}
	if (!knote->used)
		memset(knote, 0, sizeof(*knote));
	if (k < FD_KNOTES)
		wrong = add_fd(model, k, flags, how);
	else if (model_filter(k) == EVFILT_TIMER)
		wrong = add_timer(model, k, flags, how);
	else if (model_filter(k) == EVFILT_USER)
		wrong = add_user(model, k, flags, how);
	else
		wrong = submit(model, k, flags, 0, 0) == 0
		    ? NULL
		    : "EV_ADD of a signal failed";
	knote->used = true;
	knote->enabled = enabled;
	knote->kind = kind;
	knote->udata = (void *)model->stamps;
	knote_touched(model, k);
	return wrong;
}

static const char *
step_change(struct kev_model *model, int k, int flags, unsigned how)
{
	struct knote *knote = &model->knotes[k];
	const bool keep = EV_KEEPUDATA != 0 && how % 2;
	int error;

	error = submit(model, k, flags | (keep ? EV_KEEPUDATA : 0),
	    model_filter(k) == EVFILT_USER ? NOTE_FFNOP : 0, knote->data);
	if (flags == EV_DELETE && k < FD_KNOTES)
		model_ends_certain(
		    &model->ends, model->ends.ends[k / 2].fd, k % 2);
	knote_touched(model, k);
	if (!knote->used)
		return error == ENOENT || knote_is_unsure(model, k) ||
			(flags == EV_DELETE && k < FD_KNOTES)
		    ? NULL
		    : "a knote that is not there was changed";
	if (error != 0)
		return "a knote that is there could not be changed";
	knote->used = flags != EV_DELETE;
	knote->enabled = flags == EV_ENABLE;
	if (!keep)
		knote->udata = (void *)model->stamps;
	return NULL;
}

static unsigned
operate(unsigned fflags, unsigned operation, unsigned operand)
{
	switch (operation) {
	case NOTE_FFAND:
		return fflags & operand;
	case NOTE_FFOR:
		return fflags | operand;
	case NOTE_FFCOPY:
		return operand;
	default:
		return fflags;
	}
}

static const char *
step_trigger(struct kev_model *model, unsigned who, unsigned how)
{
	static const unsigned operations[] = {
	    NOTE_FFNOP, NOTE_FFAND, NOTE_FFOR, NOTE_FFCOPY};
	const int k = FD_KNOTES + (int)(who % USERS);
	struct knote *knote = &model->knotes[k];
	const unsigned operand = how >> 4;
	const bool trigger = how & 4;
	int error;

	error = submit(model, k, 0,
	    operations[how % 4] | operand | (trigger ? NOTE_TRIGGER : 0),
	    (int)how);
	if (error != (knote->used ? 0 : ENOENT))
		return "a user event was not triggered as it should";
	if (!knote->used)
		return NULL;
	knote->fflags = operate(knote->fflags, operations[how % 4], operand);
	knote->triggered |= trigger;
	knote->data = (int)how;
	knote->udata = (void *)model->stamps;
	return NULL;
}

static const char *
step_signal(struct kev_model *model, unsigned who)
{
	const int i = (int)(who % SIGNALS);
	struct knote *knote = &model->knotes[FD_KNOTES + USERS + TIMERS + i];

	if (kill(getpid(), signos[i]) == -1)
		return "kill(2) failed";
	knote->count += knote->used;
	knote->must = true;
	return NULL;
}

/* What happened to the ends, for the knotes of all who share them. */
static const char *
step_end(
    struct kev_model *model, unsigned who, enum model_act act, unsigned how)
{
	unsigned news[MODEL_ENDS];
	int k;

	model_ends_act(&model->ends, (int)(who % MODEL_ENDS), act, how, news);
	for (k = 0; k < FD_KNOTES; k++) {
		if (news[k / 2] & MODEL_NEW)
			memset(&model->knotes[k], 0, sizeof(struct knote));
		if (news[k / 2] & (k % 2 ? MODEL_ROOM : MODEL_DATA))
			model->knotes[k].must = true;
		if (news[k / 2] & MODEL_STIR)
			model->knotes[k].may = true;
	}
	return NULL;
}

struct kev_model *
kev_model_new(void)
{
	struct kev_model *model;
	int i;

	model = calloc(1, sizeof(*model));
	if (model == NULL)
		return NULL;
	model->kq = kqueue();
	if (model->kq == -1) {
		free(model);
		return NULL;
	}
	for (i = 0; i < SIGNALS; i++)
		(void)signal(signos[i], SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	model_ends_open(&model->ends);
	return model;
}

void
kev_model_free(struct kev_model *model)
{
	int k;

	/* A signal is blocked as long as it is watched. */
	for (k = FD_KNOTES + USERS + TIMERS; k < KNOTES; k++)
		if (model->knotes[k].used)
			(void)submit(model, k, EV_DELETE, 0, 0);
	model_ends_close(&model->ends);
	(void)close(model->kq);
	free(model);
}

/* The steps: some are taken more often than others. */
static const struct {
	const char *name;
	int times;
	int action; /* a flag, or a model_act */
} steps[] = {
    {"add", 4, EV_ADD},
    {"delete", 2, EV_DELETE},
    {"disable", 2, EV_DISABLE},
    {"enable", 2, EV_ENABLE},
    {"trigger", 2, 0},
    {"signal", 1, 0},
    {"send", 4, MODEL_SEND},
    {"receive", 2, MODEL_RECEIVE},
    {"read", 2, MODEL_READ},
    {"fill", 2, MODEL_FILL},
    {"shut", 1, MODEL_SHUT},
    {"leave", 1, MODEL_LEAVE},
    {"reopen", 1, MODEL_REOPEN},
    {"copy", 1, MODEL_COPY},
    {"check", 6, 0},
};

enum { STEP_TRIGGER = 4, STEP_SIGNAL, STEP_COPY = 13, STEP_CHECK };

static size_t
step_index(struct kev_step step)
{
	int left = step.what % 33;
	size_t i = 0;

	while (left >= steps[i].times)
		left -= steps[i++].times;
	return i;
}

const char *
kev_model_step(struct kev_model *model, struct kev_step step)
{
	const size_t i = step_index(step);
	const int k = step.who % KNOTES;

	if (i == 0)
		return step_add(model, k, step.how);
	if (i < STEP_TRIGGER)
		return step_change(model, k, steps[i].action, step.how);
	if (i == STEP_TRIGGER)
		return step_trigger(model, step.who, step.how);
	if (i == STEP_SIGNAL)
		return step_signal(model, step.who);
	if (i < STEP_CHECK)
		return step_end(
		    model, step.who, (enum model_act)steps[i].action, step.how);
	return model_check(model, step.how % 2 ? EVENTS : 1 + step.how / 2 % 3);
}

bool
kev_model_copies(struct kev_step step)
{
	return step_index(step) == STEP_COPY;
}

static const char *
filter_name(int filter)
{
	switch (filter) {
	case EVFILT_READ:
		return "READ of end";
	case EVFILT_WRITE:
		return "WRITE of end";
	case EVFILT_USER:
		return "user event";
	case EVFILT_TIMER:
		return "timer";
	default:
		return "signal";
	}
}

char *
kev_model_describe(char *buf, size_t size, struct kev_step step)
{
	const size_t i = step_index(step);
	const int k = step.who % KNOTES;
	const char *what = "end";
	int n = step.who % MODEL_ENDS;

	if (i < STEP_TRIGGER) {
		what = filter_name(model_filter(k));
		n = k < FD_KNOTES ? k / 2 : k - FD_KNOTES;
	} else if (i == STEP_TRIGGER) {
		what = "user event";
		n = step.who % USERS;
	} else if (i == STEP_SIGNAL) {
		what = "signal";
		n = step.who % SIGNALS;
	}
	(void)snprintf(
	    buf, size, "%s %s %d (%u)", steps[i].name, what, n, step.how);
	return buf;
}
