/* kq_user: EVFILT_USER, an event that the program itself makes happen. */

#define _GNU_SOURCE
#include <errno.h>

#include "kq.h"

static unsigned
user_fflags(unsigned fflags, unsigned change)
{
	const unsigned operand = change & NOTE_FFLAGSMASK;

	switch (change & NOTE_FFCTRLMASK) {
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

static void
user_touch(struct kq_note *note, const struct kevent *kev)
{
	note->fflags = user_fflags(note->fflags, kev->fflags);
	note->data = kev->data;
	note->udata = kq_core_udata(note->udata, kev);
	if (kev->flags & EV_CLEAR)
		note->fired = false;
}

int
kq_user_change(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;

	note = kq_note_find(q, EVFILT_USER, kev->ident);
	if (note == NULL && (kev->flags & EV_ADD) == 0) {
		errno = ENOENT;
		return -1;
	}
	if (note == NULL) {
		note = kq_note_add(q, kev);
		if (note == NULL)
			return -1;
		note->fflags = kev->fflags & NOTE_FFLAGSMASK;
		note->data = kev->data;
	} else if (kev->flags & EV_DELETE) {
		kq_note_free(q, note);
		return 0;
	} else {
		user_touch(note, kev);
	}
	note->state = kq_core_state(note->state, kev->flags);
	if (kev->fflags & NOTE_TRIGGER)
		note->fired = true;
	kq_note_settle(q, note);
	return 0;
}
