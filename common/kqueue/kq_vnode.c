/*
 * kq_vnode: EVFILT_VNODE, what becomes of the file behind a descriptor.
 *
 * inotify(7) says that something has happened; what it was in the words of
 * kqueue(2) is found by comparing the file with what it was before. A knote
 * belongs to a number: it goes when that is closed, or is another file.
 */

#define _GNU_SOURCE
#include <sys/inotify.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "kq.h"

#define VNODE_NOTES                                                         \
	(NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK | \
	    NOTE_RENAME | NOTE_REVOKE)
#define VNODE_ENTRIES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

_Static_assert(KQ_VNODE_EVENTS ==
	(IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | VNODE_ENTRIES),
    "kq.h has them without its header");

/* Wakes cost: only what may lead to one of the fflags. */
static uint32_t
vnode_events(unsigned fflags, const struct stat *st)
{
	uint32_t events = IN_DELETE_SELF;

	if (fflags & (NOTE_DELETE | NOTE_LINK | NOTE_ATTRIB))
		events |= IN_ATTRIB;
	if (fflags & NOTE_RENAME)
		events |= IN_MOVE_SELF;
	if (S_ISDIR(st->st_mode) &&
	    (fflags & (NOTE_WRITE | NOTE_EXTEND | NOTE_LINK)))
		events |= VNODE_ENTRIES;
	/* NOTE_ATTRIB: of a truncation inotify tells as of a write. */
	if (!S_ISDIR(st->st_mode) &&
	    (fflags & (NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB)))
		events |= IN_MODIFY;
	return events;
}

static bool
vnode_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Whether the number still is the file; st is what that looks like now. One that
 * can't be asked, as where the network is, is what it was: only EBADF says that
 * the number was closed.
 */
static bool
vnode_look(const struct kq_note *note, struct stat *st)
{
	if (fstat((int)note->ident, st) == 0)
		return vnode_is_same(&note->watch->st, st);
	*st = note->watch->st;
	return errno != EBADF;
}

bool
kq_vnode_check(const struct kq_note *note)
{
	struct stat st;

	return vnode_look(note, &st);
}

/*
 * Lets go of the knotes whose number was closed: with the last one the watch
 * goes too. Returns a descriptor that is left, or -1.
 */
static int
vnode_prune(struct kq *q, struct kq_watch *watch, bool ignored, struct stat *st)
{
	struct kq_note *note, *next;
	struct stat now;
	int fd = -1;

	for (note = watch->notes; note != NULL; note = next) {
		next = note->sibling;
		/* Ignored, a file with a name is a new one: inodes recur. */
		if (!vnode_look(note, &now) || (ignored && now.st_nlink > 0)) {
			kq_note_free(q, note);
		} else {
			fd = (int)note->ident;
			*st = now;
		}
	}
	return fd;
}

int
kq_vnode_ignored(struct kq *q, struct kq_watch *watch)
{
	struct stat st;

	return vnode_prune(q, watch, true, &st);
}

/* Of what was done to the inode. A directory's links are its folders. */
static unsigned
vnode_attrib(const struct stat *before, const struct stat *now)
{
	unsigned fflags = 0;

	if (now->st_nlink != before->st_nlink) {
		fflags |= NOTE_LINK;
		if (now->st_nlink == 0 ||
		    (now->st_nlink < before->st_nlink &&
			!S_ISDIR(now->st_mode)))
			fflags |= NOTE_DELETE;
	}
	/* What else it may have been does not show: times, an ACL. */
	if (fflags == 0 || now->st_mode != before->st_mode ||
	    now->st_uid != before->st_uid || now->st_gid != before->st_gid)
		fflags |= NOTE_ATTRIB;
	return fflags;
}

static unsigned
vnode_write(const struct stat *before, const struct stat *now)
{
	if (now->st_size > before->st_size)
		return NOTE_WRITE | NOTE_EXTEND;
	/* FreeBSD tells of a truncation as of an attribute. */
	if (now->st_size < before->st_size)
		return NOTE_WRITE | NOTE_ATTRIB;
	return NOTE_WRITE;
}

static unsigned
vnode_entries(uint32_t events)
{
	unsigned fflags = 0;

	if (events & VNODE_ENTRIES)
		fflags |= NOTE_WRITE;
	if (events & (IN_MOVED_FROM | IN_MOVED_TO))
		fflags |= NOTE_EXTEND;
	if ((events & VNODE_ENTRIES) && (events & IN_ISDIR))
		fflags |= NOTE_LINK;
	return fflags;
}

/* What the events mean; what they tell of is known from now on. */
static unsigned
vnode_fflags(
    struct kq_watch *watch, const struct stat *now, uint32_t events, bool entry)
{
	struct stat *before = &watch->st;
	unsigned fflags = 0;

	if (S_ISDIR(now->st_mode))
		fflags |= vnode_entries(events);
	else if (events & IN_MODIFY)
		fflags |= vnode_write(before, now);
	if (events & IN_MODIFY)
		before->st_size = now->st_size;
	/* A directory is told what is done to its files, too. */
	if ((events & (IN_ATTRIB | IN_DELETE_SELF)) && !entry) {
		fflags |= vnode_attrib(before, now);
		before->st_nlink = now->st_nlink;
		before->st_mode = now->st_mode;
		before->st_uid = now->st_uid;
		before->st_gid = now->st_gid;
	}
	fflags |= (events & IN_MOVE_SELF) ? NOTE_RENAME : 0;
	fflags |= (events & IN_UNMOUNT) ? NOTE_REVOKE : 0;
	return fflags;
}

void
kq_vnode_happened(
    struct kq *q, struct kq_watch *watch, uint32_t events, bool entry)
{
	struct kq_note *note;
	struct stat now;
	unsigned fflags;

	if (vnode_prune(q, watch, false, &now) == -1)
		return;
	fflags = vnode_fflags(watch, &now, events, entry);
	for (note = watch->notes; note != NULL; note = note->sibling) {
		note->fflags |= fflags & note->wanted;
		note->fired = note->fflags != 0;
		kq_note_settle(q, note);
	}
}

void
kq_vnode_return(struct kq_note *note, struct kevent *ev)
{
	ev->fflags = note->fflags;
	if (note->state & KQ_CLEAR)
		note->fflags = 0;
}

void
kq_vnode_remove(struct kq *q, struct kq_note *note)
{
	struct kq_watch *watch = note->watch;
	struct kq_note **at;

	if (watch == NULL)
		return;
	for (at = &watch->notes; *at != note; at = &(*at)->sibling)
		continue;
	*at = note->sibling;
	if (watch->notes == NULL)
		kq_watch_put(q, watch);
}

static struct kq_note *
vnode_add(struct kq *q, const struct kevent *kev, struct kq_watch *watch)
{
	struct kq_note *note;

	note = kq_note_add(q, kev);
	if (note == NULL) {
		if (watch->notes == NULL)
			kq_watch_put(q, watch);
		errno = ENOMEM;
		return NULL;
	}
	note->watch = watch;
	note->sibling = watch->notes;
	watch->notes = note;
	return note;
}

/* The knote with the fflags of kev: note itself, or a new one if it is NULL. */
static struct kq_note *
vnode_set(struct kq *q, struct kq_note *note, const struct kevent *kev,
    const struct stat *st)
{
	struct kq_watch *watch;

	if ((kev->fflags & ~(unsigned)VNODE_NOTES) != 0 ||
	    (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))) {
		errno = EINVAL;
		return NULL;
	}
	watch =
	    kq_watch_get(q, (int)kev->ident, vnode_events(kev->fflags, st), st);
	if (watch == NULL)
		return NULL;
	if (note != NULL && note->watch != watch) {
		kq_note_free(q, note);
		note = NULL;
	}
	if (note == NULL)
		note = vnode_add(q, kev, watch);
	if (note == NULL)
		return NULL;
	note->wanted = kev->fflags;
	note->fflags &= kev->fflags;
	note->fired = note->fflags != 0;
	return note;
}

/* The knote of kev, if it is of the file that st is; else it goes. */
static struct kq_note *
vnode_find(struct kq *q, const struct kevent *kev, const struct stat *st)
{
	struct kq_note *note;

	/* What has happened so far is for the knotes as they are. */
	kq_watch_drain(q);
	note = kq_note_find(q, EVFILT_VNODE, kev->ident);
	if (note == NULL || (st != NULL && vnode_is_same(&note->watch->st, st)))
		return note;
	kq_note_free(q, note);
	return NULL;
}

int
kq_vnode_change(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;
	struct stat st;

	if (kev->ident > INT_MAX || fstat((int)kev->ident, &st) == -1) {
		(void)vnode_find(q, kev, NULL);
		errno = EBADF;
		return -1;
	}
	note = vnode_find(q, kev, &st);
	if (note != NULL && (kev->flags & EV_DELETE)) {
		kq_note_free(q, note);
		return 0;
	}
	if (kev->flags & EV_ADD)
		note = vnode_set(q, note, kev, &st);
	else if (note == NULL)
		errno = ENOENT;
	if (note == NULL)
		return -1;
	note->udata = kq_core_udata(note->udata, kev);
	note->state = kq_core_state(note->state, kev->flags);
	kq_note_settle(q, note);
	return 0;
}
