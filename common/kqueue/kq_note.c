/*
 * kq_note: the table and the queue of the SIGNAL, TIMER, USER and VNODE knotes.
 *
 * A knote that has fired waits in the queue; as long as one does, the kqueue's
 * own eventfd is readable, and with it the kqueue.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "kq.h"

static size_t
note_hash(const struct kq *q, short filter, uintptr_t ident)
{
	uint64_t h = (uint64_t)ident ^ (uint64_t)(unsigned short)filter << 48;

	/* Fibonacci hashing: idents often are small numbers, or addresses. */
	return (size_t)((h * 0x9e3779b97f4a7c15u) >> 32) & (q->nbuckets - 1);
}

struct kq_note *
kq_note_find(struct kq *q, short filter, uintptr_t ident)
{
	struct kq_note *note;

	if (q->nbuckets == 0)
		return NULL;
	for (note = q->buckets[note_hash(q, filter, ident)]; note != NULL;
	     note = note->chain)
		if (note->filter == filter && note->ident == ident)
			return note;
	return NULL;
}

static void
note_chain(struct kq *q, struct kq_note *note)
{
	struct kq_note **bucket;

	bucket = &q->buckets[note_hash(q, note->filter, note->ident)];
	note->chain = *bucket;
	*bucket = note;
}

static int
note_grow(struct kq *q)
{
	struct kq_note **before = q->buckets, *note, *next;
	const size_t n = q->nbuckets;
	size_t i;

	q->nbuckets = n == 0 ? 16 : 2 * n;
	q->buckets = calloc(q->nbuckets, sizeof(struct kq_note *));
	if (q->buckets == NULL) {
		q->buckets = before;
		q->nbuckets = n;
		return -1;
	}
	for (i = 0; i < n; i++) {
		for (note = before[i]; note != NULL; note = next) {
			next = note->chain;
			note_chain(q, note);
		}
	}
	free(before);
	return 0;
}

struct kq_note *
kq_note_add(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;

	if (q->nnotes == q->nbuckets && note_grow(q) == -1)
		return NULL;
	note = calloc(1, sizeof(*note));
	if (note == NULL)
		return NULL;
	note->filter = kev->filter;
	note->ident = kev->ident;
	note->udata = kev->udata;
	note->deadline_ns = UINT64_MAX;
	note_chain(q, note);
	q->nnotes++;
	return note;
}

static void
note_enqueue(struct kq *q, struct kq_note *note)
{
	note->next = NULL;
	note->prev = q->queue_tail;
	if (q->queue_tail == NULL)
		q->queue_head = note;
	else
		q->queue_tail->next = note;
	q->queue_tail = note;
	q->queue_len++;
	note->queued = true;
}

static void
note_dequeue(struct kq *q, struct kq_note *note)
{
	if (note->prev == NULL)
		q->queue_head = note->next;
	else
		note->prev->next = note->next;
	if (note->next == NULL)
		q->queue_tail = note->prev;
	else
		note->next->prev = note->prev;
	q->queue_len--;
	note->queued = false;
}

void
kq_note_settle(struct kq *q, struct kq_note *note)
{
	const bool want = note->fired && (note->state & KQ_ENABLED);

	if (want && !note->queued)
		note_enqueue(q, note);
	else if (!want && note->queued)
		note_dequeue(q, note);
	if (want)
		kq_core_raise(q);
}

void
kq_note_free(struct kq *q, struct kq_note *note)
{
	struct kq_note **at;

	if (note->queued)
		note_dequeue(q, note);
	if (note->filter == EVFILT_TIMER)
		kq_timer_remove(q, note);
	if (note->filter == EVFILT_VNODE)
		kq_vnode_remove(q, note);
	at = &q->buckets[note_hash(q, note->filter, note->ident)];
	while (*at != note)
		at = &(*at)->chain;
	*at = note->chain;
	q->nnotes--;
	free(note);
}

static void
note_fill(struct kq *q, struct kq_note *note, struct kevent *ev)
{
	switch (note->filter) {
	case EVFILT_TIMER:
		kq_timer_return(q, note, ev);
		break;
	case EVFILT_SIGNAL:
		ev->data = note->data;
		note->data = 0;
		break;
	case EVFILT_VNODE:
		kq_vnode_return(note, ev);
		break;
	default:
		ev->data = note->data;
		ev->fflags = note->fflags;
		break;
	}
	if (note->state & KQ_CLEAR)
		note->fired = false;
}

static void
note_emit(struct kq *q, struct kq_note *note, struct kq_out *out)
{
	struct kevent *ev;

	if (note->filter == EVFILT_VNODE && !kq_vnode_check(note)) {
		kq_note_free(q, note);
		return;
	}
	note_dequeue(q, note);
	ev = kq_core_emit(
	    out, note->ident, note->filter, note->state, note->udata);
	note->state = kq_core_returned(note->state);
	note_fill(q, note, ev);
	if (note->state != 0) {
		/* To the end of the queue, if it still counts as fired. */
		kq_note_settle(q, note);
		return;
	}
	if (note->filter == EVFILT_SIGNAL) {
		q->signals_gone |= (uint64_t)1 << (note->ident - 1);
		out->signals = true;
	}
	kq_note_free(q, note);
}

void
kq_note_report(struct kq *q, struct kq_out *out)
{
	size_t n;

	for (n = q->queue_len; n > 0 && out->n < out->max; n--)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): not the one freed */
		note_emit(q, q->queue_head, out);
}

void
kq_note_clear(struct kq *q)
{
	struct kq_note *note, *next;
	size_t i;

	for (i = 0; i < q->nbuckets; i++) {
		for (note = q->buckets[i]; note != NULL; note = next) {
			next = note->chain;
			free(note);
		}
	}
	free(q->buckets);
	free(q->heap);
	q->buckets = q->heap = NULL;
	q->queue_head = q->queue_tail = NULL;
	q->nbuckets = q->nnotes = q->queue_len = 0;
	q->heap_len = q->heap_max = q->ntimers = 0;
}
