#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deadline.h"
#include "harness.h"
#include "scratch.h"

#define SCRATCH_OPEN_FDS 8
#define SCRATCH_READ	 4096

/* One a program, and its removal at exit(3) has no argument to find it by. */
static char directory[256];
static pid_t owner;

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

static void
remove_directory(void)
{
	/* a forked child that ends with exit(3) must not take it away */
	if (getpid() == owner)
		nftw(directory, remove_entry, SCRATCH_OPEN_FDS,
		    FTW_DEPTH | FTW_PHYS);
}

const char *
scratch_dir(void)
{
	const char *base = getenv("TMPDIR");

	if (directory[0] == '\0') {
		snprintf(directory, sizeof(directory), "%s/yodel-test-XXXXXX",
		    base != NULL ? base : "/tmp");
		if (mkdtemp(directory) == NULL) {
			directory[0] = '\0';
			fail_msg("mkdtemp: %s", strerror(errno));
		}
		owner = getpid();
		atexit(remove_directory);
	}
	return directory;
}

char *
scratch_path(char *buf, size_t size, const char *name)
{
	int n = snprintf(buf, size, "%s/%s", scratch_dir(), name);

	if (n < 0 || (size_t)n >= size)
		fail_msg("no room for the path of %s", name);
	return buf;
}

char *
scratch_read(const char *path, size_t *len)
{
	size_t used = 0, room = 0;
	ssize_t n;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return NULL;
	do {
		if (room - used < SCRATCH_READ + 1) {
			char *more = realloc(text, room * 2 + SCRATCH_READ + 1);

			if (more == NULL)
				goto fail;
			text = more;
			room = room * 2 + SCRATCH_READ + 1;
		}
		n = read(fd, text + used, SCRATCH_READ);
		if (n == -1)
			goto fail;
		used += (size_t)n;
	} while (n > 0);
	close(fd);
	text[used] = '\0';
	if (len != NULL)
		*len = used;
	return text;
fail:
	free(text);
	close(fd);
	return NULL;
}

/* For deadline_wait(): whether a file has a text in it. */
struct wanted {
	const char *path;
	const char *text;
};

static bool
has_text(void *arg)
{
	const struct wanted *wanted = arg;
	char *text = scratch_read(wanted->path, NULL);
	bool has = text != NULL && strstr(text, wanted->text) != NULL;

	free(text);
	return has;
}

void
scratch_expect(const char *path, const char *text)
{
	struct wanted wanted = {.path = path, .text = text};

	if (!deadline_wait(deadline_in(DEADLINE_MS), has_text, &wanted))
		fail_msg("no '%s' in %s", text, path);
}

void
scratch_write(const char *path, const void *data, size_t len)
{
	const char *p = data;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1)
		fail_msg("%s: %s", path, strerror(errno));
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1)
			fail_msg("%s: %s", path, strerror(errno));
		p += n;
		len -= (size_t)n;
	}
	close(fd);
}
