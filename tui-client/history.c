#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "history_file.h"
#include "history_mark.h"

/* Of all entries together: the oldest go, whatever max_entries says. */
#define BYTES_MAX (4u * 1024 * 1024)

struct history {
	char *path;  /* NULL: memory only */
	char *error; /* NULL: all is well */
	char **ring; /* max entries, the oldest at first */
	size_t max, first, count;
	size_t bytes;
	struct history_mark mark; /* what of the file is in the ring */
};

static const char *
reason(int error)
{
	switch (error) {
	case ELOOP:
		return "a symbolic link is not followed";
	case EINVAL:
		return "not a regular file";
	case EILSEQ:
		return "not a history file";
	case EAGAIN:
		return "locked by another program";
	default:
		return strerror(error);
	}
}

/* Keeps errno. Where memory is short the sentence is a general one. */
static void
set_error(struct history *h, int error)
{
	static const char format[] = "history: %s: %s";
	const char *why = reason(error);
	int len = snprintf(NULL, 0, format, h->path, why);

	free(h->error);
	h->error = len < 0 ? NULL : malloc((size_t)len + 1);
	if (h->error != NULL)
		(void)snprintf(h->error, (size_t)len + 1, format, h->path, why);
	errno = error;
}

static void
clear_error(struct history *h)
{
	free(h->error);
	h->error = NULL;
}

static void
drop_oldest(struct history *h)
{
	char **oldest = &h->ring[h->first];

	h->bytes -= strlen(*oldest) + 1;
	free(*oldest);
	*oldest = NULL;
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): 1 at least */
	h->first = (h->first + 1) % h->max;
	h->count--;
}

static bool
is_wanted(const struct history *h, const char *entry, size_t len)
{
	if (len == 0 || len > HISTORY_FILE_ENTRY_MAX)
		return false;
	return h->count == 0 ||
	    strcmp(history_entry(h, h->count - 1), entry) != 0;
}

/* Takes the entry over. */
static void
keep(struct history *h, char *entry, size_t len)
{
	while (h->count == h->max ||
	    (h->count > 0 && h->bytes + len + 1 > BYTES_MAX))
		drop_oldest(h);
	h->ring[(h->first + h->count) % h->max] = entry;
	h->count++;
	h->bytes += len + 1;
}

static void
take(void *arg, const char *entry, size_t len)
{
	struct history *h = arg;
	char *copy;

	if (!is_wanted(h, entry, len))
		return;
	/* Short of memory, an entry of old is what can be done without. */
	copy = strdup(entry);
	if (copy != NULL)
		keep(h, copy, len);
}

static const char *
entry_of(const void *arg, size_t i)
{
	return history_entry(arg, i);
}

/* What others have written to the file that fd has locked; 0, or -1. */
static int
read_on(struct history *h, int fd, size_t *lines)
{
	*lines = 0;
	switch (history_mark_look(&h->mark, fd)) {
	case HISTORY_SAME:
		return 0;
	case HISTORY_LONGER:
		break;
	case HISTORY_OTHER:
		/* Where somebody has removed it, memory is all that is left. */
		while (h->mark.size > 0 && h->count > 0)
			drop_oldest(h);
		break;
	default:
		return -1;
	}
	return history_mark_read(&h->mark, fd, take, h, lines);
}

/* The file, locked, and all that is in it in memory; or -1 with errno. */
static int
catch_up(struct history *h)
{
	int fd = history_file_lock(h->path), error;
	size_t lines;

	if (fd == -1 || read_on(h, fd, &lines) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* 0, or -1 with errno where the path is not to be used from now on. */
static int
load(struct history *h)
{
	size_t lines;
	bool writable;
	int why = 0, error = 0;
	int fd = history_file_open(h->path, &writable, &why);

	if (fd == -1)
		return -1;
	if (read_on(h, fd, &lines) == -1)
		error = errno;
	else if (!writable)
		error = why;
	else if (lines / 2 > h->max &&
	    history_file_replace(
		h->path, fd, h->count, entry_of, h, &h->mark) == -1)
		set_error(h, errno); /* too long, but it can be added to */
	close(fd);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

struct history *
history_open(const char *path, size_t max_entries)
{
	struct history *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->max = max_entries > 0 ? max_entries : 1;
	h->ring = calloc(h->max, sizeof(*h->ring));
	if (h->ring == NULL)
		goto fail;
	if (path == NULL)
		return h;
	h->path = strdup(path);
	if (h->path == NULL)
		goto fail;
	if (load(h) == -1) {
		set_error(h, errno);
		free(h->path);
		h->path = NULL;
	}
	return h;
fail:
	history_close(h);
	errno = ENOMEM;
	return NULL;
}

void
history_close(struct history *h)
{
	if (h == NULL)
		return;
	while (h->count > 0)
		drop_oldest(h);
	free(h->ring);
	free(h->error);
	free(h->path);
	free(h);
}

const char *
history_error(const struct history *h)
{
	return h->error;
}

size_t
history_count(const struct history *h)
{
	return h->count;
}

const char *
history_entry(const struct history *h, size_t index)
{
	return h->ring[(h->first + index) % h->max];
}

/* Appends the entry to the file, where there is one. 0, or an errno. */
static int
write_down(struct history *h, int fd, const char *entry)
{
	if (history_file_append(fd, entry) == -1 ||
	    history_mark_set(&h->mark, fd) == -1)
		return errno;
	clear_error(h);
	return 0;
}

int
history_add(struct history *h, const char *line)
{
	size_t len = strlen(line);
	int fd = -1, error = 0, added = 0;
	char *copy;

	if (len == 0 || len > HISTORY_FILE_ENTRY_MAX)
		return 0;
	/* The line may be an entry that is gone once others' are in. */
	copy = strdup(line);
	if (copy == NULL)
		return -1;
	if (h->path != NULL) {
		fd = catch_up(h);
		error = fd == -1 ? errno : 0;
	}
	if (is_wanted(h, copy, len)) {
		added = 1;
		keep(h, copy, len);
		if (fd != -1)
			error = write_down(h, fd, copy);
	} else
		free(copy);
	if (fd != -1)
		close(fd);
	if (added == 0 || error == 0)
		return added;
	set_error(h, error);
	return -1;
}

void
history_refresh(struct history *h)
{
	int fd;

	if (h->path == NULL || !history_mark_is_stale(&h->mark, h->path))
		return;
	/* What is wrong is said where a line can't be kept. */
	fd = catch_up(h);
	if (fd != -1)
		close(fd);
}

int
history_default_path(char *buf, size_t size)
{
	const char *base = getenv("XDG_STATE_HOME"), *under = "";
	int len;

	/* The specification wants a relative path ignored. */
	if (base == NULL || base[0] != '/') {
		base = getenv("HOME");
		under = "/.local/state";
	}
	if (base == NULL || base[0] == '\0') {
		errno = ENOENT;
		return -1;
	}
	len = snprintf(buf, size, "%s%s/yodel/history", base, under);
	if (len < 0 || (size_t)len >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}
