#include "lookout.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"

#define LOOKOUT_AGAIN_MS 1000
#define LOOKOUT_IDLE_MS	 86400000 /* a day: no reason, but the timer is kept */

#define LOOKOUT_FILE_NOTES \
	(NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME | NOTE_ATTRIB)
#define LOOKOUT_DIR_NOTES (NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME)

/*
 * Behind the files: where the name is, where the file is, and where the link is
 * that the directory is reached by.
 */
enum {
	LOOKOUT_DIR = LOOKOUT_FILES,
	LOOKOUT_REAL_DIR,
	LOOKOUT_LINK_DIR,
	LOOKOUT_POSTS
};

/* One descriptor that is watched, or is to be. */
struct post {
	struct loop_source src;
	int fd; /* -1: none */
	bool watched;
};

struct lookout {
	struct loop *loop;
	void (*seen)(void *arg);
	void *arg;
	struct loop_task task;
	struct loop_source timer;
	struct post posts[LOOKOUT_POSTS];
	char *path;
	bool stale;   /* the directories may be other ones */
	bool missing; /* the name leads to no file */
	int trouble;
};

static void
lookout_told(void *arg, const struct loop_event *event)
{
	struct lookout *l = arg;

	(void)event;
	loop_defer(l->loop, &l->task);
}

/* The directory that path is in, by its name. NULL with ENOMEM. */
static char *
lookout_dir_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Something in a directory, or the directory itself, has another name. */
static void
lookout_dir_told(void *arg, const struct loop_event *event)
{
	struct lookout *l = arg;

	l->stale = true;
	lookout_told(l, event);
}

/* Opens the directory that path is in. Returns -1 with errno. */
static int
lookout_dir_open(const char *path)
{
	char *dir = lookout_dir_name(path);
	int fd, error;

	if (dir == NULL)
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = errno;
	free(dir);
	errno = error;
	return fd;
}

/* The same of the directory's name, where that is a link. */
static int
lookout_link_dir_open(const char *path)
{
	char *dir = lookout_dir_name(path);
	struct stat st;
	int fd = -1;

	if (dir != NULL && lstat(dir, &st) == 0 && S_ISLNK(st.st_mode))
		fd = lookout_dir_open(dir);
	free(dir);
	return fd;
}

static bool
lookout_is_same(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void
lookout_leave(struct lookout *l, struct post *post)
{
	if (post->watched)
		loop_vnode_stop(l->loop, &post->src);
	post->watched = false;
	post->fd = -1;
}

/* Takes over a directory, -1 for none; one that is there already stays. */
static void
lookout_dir_set(struct lookout *l, int which, int fd)
{
	struct post *post = &l->posts[which];
	int old = post->fd;

	if (fd != -1 && old != -1 && lookout_is_same(fd, old)) {
		(void)close(fd);
		return;
	}
	lookout_leave(l, post);
	if (old != -1)
		(void)close(old);
	post->fd = fd;
}

/* Where the file is, unless that is where its name is: it is no link then. */
static void
lookout_real_dir_open(struct lookout *l)
{
	char *real = realpath(l->path, NULL);
	int dir = l->posts[LOOKOUT_DIR].fd, fd;

	/* What a link leads to may be missing now, and come back. */
	if (real == NULL)
		return;
	fd = lookout_dir_open(real);
	free(real);
	if (fd != -1 && dir != -1 && lookout_is_same(fd, dir)) {
		(void)close(fd);
		fd = -1;
	}
	lookout_dir_set(l, LOOKOUT_REAL_DIR, fd);
}

/* Those that the path has now. Returns an errno, or 0. */
static int
lookout_dirs_open(struct lookout *l)
{
	int fd = lookout_dir_open(l->path), error = fd == -1 ? errno : 0;

	lookout_dir_set(l, LOOKOUT_DIR, fd);
	lookout_dir_set(l, LOOKOUT_LINK_DIR, lookout_link_dir_open(l->path));
	lookout_real_dir_open(l);
	l->stale = false;
	/* Without a directory there is no file: who looks for that says so. */
	return error == ENOENT || error == ENOTDIR ? 0 : error;
}

static void
lookout_post_watch(struct lookout *l, struct post *post, unsigned notes)
{
	if (post->fd == -1 || post->watched)
		return;
	post->watched =
	    loop_vnode_start(l->loop, &post->src, post->fd, notes) == 0;
	if (!post->watched)
		l->trouble = errno;
}

/* Tries all that are not watched yet. */
static void
lookout_watch(struct lookout *l)
{
	int i;

	l->trouble = 0;
	if (l->stale || l->missing || l->posts[LOOKOUT_DIR].fd == -1)
		l->trouble = lookout_dirs_open(l);
	for (i = 0; i < LOOKOUT_POSTS; i++)
		lookout_post_watch(l, &l->posts[i],
		    i < LOOKOUT_FILES ? LOOKOUT_FILE_NOTES : LOOKOUT_DIR_NOTES);
	if (l->trouble != 0 || l->missing)
		(void)loop_timer_repeat(l->loop, &l->timer, LOOKOUT_AGAIN_MS);
	else
		(void)loop_timer_repeat(l->loop, &l->timer, LOOKOUT_IDLE_MS);
}

static void
lookout_seen(void *arg)
{
	struct lookout *l = arg;

	if (l->stale)
		lookout_watch(l);
	l->seen(l->arg);
}

static void
lookout_again(void *arg, const struct loop_event *event)
{
	struct lookout *l = arg;

	lookout_watch(l);
	lookout_told(l, event);
}

struct lookout *
lookout_new(
    struct loop *loop, const char *path, void (*seen)(void *arg), void *arg)
{
	struct lookout *l = calloc(1, sizeof(*l));
	int i;

	if (l == NULL)
		return NULL;
	l->loop = loop;
	l->seen = seen;
	l->arg = arg;
	l->task.fn = lookout_seen;
	l->task.arg = l;
	l->timer.fn = lookout_again;
	l->timer.arg = l;
	for (i = 0; i < LOOKOUT_POSTS; i++) {
		l->posts[i].src.fn =
		    i < LOOKOUT_FILES ? lookout_told : lookout_dir_told;
		l->posts[i].src.arg = l;
		l->posts[i].fd = -1;
	}
	l->path = strdup(path);
	/* Now and for good, lest there is no memory for it once it is needed. */
	if (l->path == NULL ||
	    loop_timer_repeat(loop, &l->timer, LOOKOUT_AGAIN_MS) == -1) {
		free(l->path);
		free(l);
		return NULL;
	}
	lookout_watch(l);
	return l;
}

void
lookout_free(struct lookout *l)
{
	int i, fd;

	if (l == NULL)
		return;
	loop_cancel(l->loop, &l->task);
	loop_timer_stop(l->loop, &l->timer);
	for (i = 0; i < LOOKOUT_POSTS; i++) {
		fd = l->posts[i].fd;
		lookout_leave(l, &l->posts[i]);
		if (i >= LOOKOUT_FILES && fd != -1)
			(void)close(fd);
	}
	free(l->path);
	free(l);
}

void
lookout_file(struct lookout *l, enum lookout_file which, int fd)
{
	lookout_leave(l, &l->posts[which]);
	l->posts[which].fd = fd;
	lookout_watch(l);
	/* What happened before was seen by nobody. */
	if (fd != -1)
		loop_defer(l->loop, &l->task);
}

void
lookout_later(struct lookout *l)
{
	(void)loop_timer_repeat(l->loop, &l->timer, LOOKOUT_AGAIN_MS);
}

void
lookout_missing(struct lookout *l, bool missing)
{
	if (l->missing == missing)
		return;
	l->missing = missing;
	lookout_watch(l);
}

int
lookout_trouble(const struct lookout *l)
{
	return l->trouble;
}
