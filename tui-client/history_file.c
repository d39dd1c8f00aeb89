#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "eintr.h"
#include "history_code.h"
#include "history_file.h"
#include "history_mark.h"

/*
 * A lock is held for a write or two; a client that is stopped in it is let be.
 */
#define LOCK_TRIES   20
#define LOCK_WAIT_NS 5000000

/* Each one that fails is a file that another program has just written anew. */
#define OPEN_TRIES 100

static int
make_parents(const char *path)
{
	char *copy;
	int error = 0;

	if (*path == '\0') {
		errno = ENOENT;
		return -1;
	}
	copy = strdup(path);
	if (copy == NULL)
		return -1;
	for (char *p = strchr(copy + 1, '/'); p != NULL && error == 0;
	     p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0700) == -1 && errno != EEXIST)
			error = errno;
		/* On the way down a file system may be read-only, yet there. */
		if (error != 0 && access(copy, F_OK) == 0)
			error = 0;
		*p = '/';
	}
	free(copy);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

static int
lock(int fd)
{
	const struct timespec wait = {.tv_nsec = LOCK_WAIT_NS};
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(fd, F_SETLK, &all) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -1;
		nanosleep(&wait, NULL);
	}
	errno = EAGAIN;
	return -1;
}

/* A FIFO must not block, and a symbolic link must not lead elsewhere. */
static int
open_plain(const char *path, int flags)
{
	int fd = eintr_open(
	    path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

#ifdef EFTYPE
	if (fd == -1 && errno == EFTYPE)
		errno = ELOOP; /* NetBSD */
#endif
	if (fd == -1 && errno == EMLINK)
		errno = ELOOP; /* FreeBSD */
	return fd;
}

static int
check_plain(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	/* What was typed is nobody else's business; a foreign file is. */
	if ((st.st_mode & 077) != 0 && st.st_uid == geteuid())
		return fchmod(fd, 0600);
	return 0;
}

static int
fail_closed(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

/* 1 where path still leads to fd, 0 where a new file has taken its place. */
static int
is_current(const char *path, int fd)
{
	struct stat here, there;

	if (fstat(fd, &here) == -1)
		return -1;
	if (lstat(path, &there) == -1)
		return errno == ENOENT ? 0 : -1;
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* -1 with ESTALE where the file was replaced before it could be locked. */
static int
open_locked(const char *path)
{
	int current, fd = open_plain(path, O_RDWR | O_APPEND | O_CREAT);

	if (fd == -1)
		return -1;
	if (check_plain(fd) == -1 || lock(fd) == -1)
		return fail_closed(fd);
	current = is_current(path, fd);
	if (current == 1)
		return fd;
	if (current == 0)
		errno = ESTALE;
	return fail_closed(fd);
}

int
history_file_lock(const char *path)
{
	int fd;

	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = open_locked(path);
		if (fd != -1 || errno != ESTALE)
			return fd;
	}
	/* Whoever replaces it that often has it, as good as locked. */
	errno = EAGAIN;
	return -1;
}

int
history_file_open(const char *path, bool *writable, int *why)
{
	int fd;

	*writable = false;
	if (make_parents(path) == -1)
		return -1;
	fd = history_file_lock(path);
	if (fd != -1) {
		*writable = true;
		return fd;
	}
	*why = errno;
	if (errno != EACCES && errno != EROFS && errno != EPERM)
		return -1;
	fd = open_plain(path, O_RDONLY);
	if (fd == -1) {
		errno = *why;
		return -1;
	}
	return check_plain(fd) == -1 ? fail_closed(fd) : fd;
}

/*
 * What stands before the entry in the same write: the header of a new file, the
 * end of a line that someone left without one.
 */
static int
read_lead(int fd, const char **lead, off_t *size)
{
	struct stat st;
	char last;

	if (fstat(fd, &st) == -1)
		return -1;
	*size = st.st_size;
	*lead = "";
	if (st.st_size == 0)
		*lead = HISTORY_FILE_HEADER;
	else if (eintr_pread(fd, &last, 1, st.st_size - 1) != 1)
		return -1;
	else if (last != '\n')
		*lead = "\n";
	return 0;
}

/* The line with its end, in memory of its own. */
static char *
encode_line(const char *lead, const char *entry, size_t *len)
{
	size_t lead_len = strlen(lead), entry_len = strlen(entry);
	char *line = malloc(lead_len + HISTORY_CODE_FACTOR * entry_len + 1);

	if (line == NULL)
		return NULL;
	memcpy(line, lead, lead_len);
	*len =
	    lead_len + history_code_encode(line + lead_len, entry, entry_len);
	line[(*len)++] = '\n';
	return line;
}

static int
write_line(int fd, const char *line, size_t len, off_t size)
{
	size_t done = 0;
	ssize_t n;
	int error;

	/* A disk that is full takes a part first, and then says so. */
	do {
		n = eintr_write(fd, line + done, len - done);
		done += n > 0 ? (size_t)n : 0;
	} while (n > 0 && done < len);
	if (done == len)
		return 0;
	error = n == -1 ? errno : ENOSPC;
	/* Under the lock nothing was added behind: the torn line goes. */
	if (done > 0 && ftruncate(fd, size) == -1)
		error = errno;
	errno = error;
	return -1;
}

int
history_file_append(int fd, const char *entry)
{
	const char *lead;
	char *line;
	size_t len;
	off_t size;
	int result;

	if (read_lead(fd, &lead, &size) == -1)
		return -1;
	line = encode_line(lead, entry, &len);
	if (line == NULL)
		return -1;
	result = write_line(fd, line, len, size);
	free(line);
	return result;
}

static int
write_all(int fd, size_t count, const char *(*entry)(const void *arg, size_t i),
    const void *arg)
{
	off_t size = 0;

	for (size_t i = 0; i < count; i++) {
		size_t len;
		char *line = encode_line(
		    i == 0 ? HISTORY_FILE_HEADER : "", entry(arg, i), &len);
		int result;

		if (line == NULL)
			return -1;
		result = write_line(fd, line, len, size);
		free(line);
		if (result == -1)
			return -1;
		size += (off_t)len;
	}
	return fsync(fd);
}

int
history_file_replace(const char *path, int fd, size_t count,
    const char *(*entry)(const void *arg, size_t i), const void *arg,
    struct history_mark *mark)
{
	static const char suffix[] = ".XXXXXX";
	size_t len = strlen(path);
	struct history_mark new_mark = {0};
	struct stat st;
	char *name;
	int new_fd, error = 0;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_uid != geteuid()) {
		errno = EPERM;
		return -1;
	}
	name = malloc(len + sizeof(suffix));
	if (name == NULL)
		return -1;
	memcpy(name, path, len);
	memcpy(name + len, suffix, sizeof(suffix));
	new_fd = mkstemp(name); /* 0600, O_EXCL */
	if (new_fd == -1) {
		free(name);
		return -1;
	}
	if (write_all(new_fd, count, entry, arg) == -1 ||
	    history_mark_set(&new_mark, new_fd) == -1)
		error = errno;
	if (eintr_close(new_fd) == -1 && error == 0)
		error = errno;
	if (error == 0 && rename(name, path) == -1)
		error = errno;
	if (error != 0)
		unlink(name);
	free(name);
	if (error == 0) {
		*mark = new_mark;
		return 0;
	}
	errno = error;
	return -1;
}
