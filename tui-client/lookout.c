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

#define LOOKOUT_FILE_NOTES \
	(NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME | NOTE_ATTRIB)
#define LOOKOUT_DIR_NOTES (NOTE_WRITE | NOTE_EXTEND)

/* Behind the files: where the name is, and where the file is. */
enum { LOOKOUT_DIR = LOOKOUT_FILES, LOOKOUT_REAL_DIR, LOOKOUT_POSTS };

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
	int trouble;
};

static void
lookout_told(void *arg, const struct loop_event *event)
{
	struct lookout *l = arg;

	(void)event;
	loop_defer(l->loop, &l->task);
}

static void
lookout_seen(void *arg)
{
	struct lookout *l = arg;

	l->seen(l->arg);
}

/* The directory that path is in, or -1. */
static int
lookout_dir_open(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd;

	if (slash == NULL)
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (slash == path)
		return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = strndup(path, (size_t)(slash - path));
	if (dir == NULL)
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
lookout_dirs_open(struct lookout *l)
{
	char *real;
	int fd;

	l->posts[LOOKOUT_DIR].fd = lookout_dir_open(l->path);
	if (l->posts[LOOKOUT_DIR].fd == -1) {
		l->trouble = errno;
		return;
	}
	real = realpath(l->path, NULL);
	if (real == NULL)
		return;
	fd = lookout_dir_open(real);
	free(real);
	/* A file that is no link is in one directory. */
	if (fd != -1 && lookout_is_same(fd, l->posts[LOOKOUT_DIR].fd))
		(void)close(fd);
	else
		l->posts[LOOKOUT_REAL_DIR].fd = fd;
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
	if (l->posts[LOOKOUT_DIR].fd == -1)
		lookout_dirs_open(l);
	for (i = 0; i < LOOKOUT_POSTS; i++)
		lookout_post_watch(l, &l->posts[i],
		    i < LOOKOUT_FILES ? LOOKOUT_FILE_NOTES : LOOKOUT_DIR_NOTES);
	if (l->trouble != 0)
		(void)loop_timer_start(l->loop, &l->timer, LOOKOUT_AGAIN_MS);
	else
		loop_timer_stop(l->loop, &l->timer);
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
		l->posts[i].src.fn = lookout_told;
		l->posts[i].src.arg = l;
		l->posts[i].fd = -1;
	}
	l->path = strdup(path);
	/* Now, lest there is no descriptor left for it once it is needed. */
	if (l->path == NULL ||
	    loop_timer_start(loop, &l->timer, LOOKOUT_AGAIN_MS) == -1) {
		free(l->path);
		free(l);
		return NULL;
	}
	lookout_watch(l);
	return l;
}

static void
lookout_leave(struct lookout *l, struct post *post)
{
	if (post->watched)
		loop_vnode_stop(l->loop, &post->src);
	post->watched = false;
	post->fd = -1;
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
	(void)loop_timer_start(l->loop, &l->timer, LOOKOUT_AGAIN_MS);
}

int
lookout_trouble(const struct lookout *l)
{
	return l->trouble;
}
