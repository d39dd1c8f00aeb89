#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eintr.h"
#include "history_code.h"
#include "history_file.h"
#include "history_mark.h"
#include "lines.h"

bool
history_mark_is_stale(const struct history_mark *mark, const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_dev != mark->dev || st.st_ino != mark->ino ||
		st.st_size != mark->size);
}

/* Another program may have written the same file anew, and more into it. */
static bool
is_behind_line(const struct history_mark *mark, int fd)
{
	char c;

	return mark->middle || mark->end == 0 ||
	    (eintr_pread(fd, &c, 1, mark->end - 1) == 1 && c == '\n');
}

/* 0, or -1 with errno. An empty file will be given its header. */
static int
check_header(int fd, off_t size, off_t *start)
{
	char header[sizeof(HISTORY_FILE_HEADER) - 1];
	ssize_t n;

	*start = 0;
	if (size == 0)
		return 0;
	n = eintr_pread(fd, header, sizeof(header), 0);
	if (n == -1)
		return -1;
	if ((size_t)n != sizeof(header) ||
	    memcmp(header, HISTORY_FILE_HEADER, sizeof(header)) != 0) {
		errno = EILSEQ;
		return -1;
	}
	*start = (off_t)sizeof(header);
	return 0;
}

static int
start_anew(struct history_mark *mark, int fd, const struct stat *st)
{
	off_t start;

	if (check_header(fd, st->st_size, &start) == -1)
		return -1;
	*mark = (struct history_mark){
	    .dev = st->st_dev, .ino = st->st_ino, .size = start, .end = start};
	return HISTORY_OTHER;
}

int
history_mark_look(struct history_mark *mark, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_dev != mark->dev || st.st_ino != mark->ino ||
	    st.st_size < mark->size || !is_behind_line(mark, fd))
		return start_anew(mark, fd, &st);
	/* It was empty: who has added the first entry has put a header there. */
	if (mark->size == 0 && start_anew(mark, fd, &st) == -1)
		return -1;
	return st.st_size == mark->size ? HISTORY_SAME : HISTORY_LONGER;
}

struct reader {
	void (*fn)(void *arg, const char *entry, size_t len);
	void *arg;
	size_t lines;
	bool skip; /* what comes first is the rest of a line */
	char entry[HISTORY_FILE_ENTRY_MAX + 1];
};

static void
take_line(void *arg, const struct line *line)
{
	struct reader *r = arg;
	size_t len;

	if (!line->last)
		return;
	r->lines++;
	if (r->skip) {
		r->skip = false;
		return;
	}
	/* A piece of a longer line is no entry, nor is what was never ended. */
	if (!line->first || !line->ended)
		return;
	if (history_code_decode(
		r->entry, sizeof(r->entry), line->text, line->len, &len) == 0)
		r->fn(r->arg, r->entry, len);
}

/* Moves *end behind the last whole line that was read. */
static int
read_lines(int fd, off_t at, off_t *end, struct lines *lines, struct reader *r)
{
	char block[8192];
	size_t total = 0;

	while (total < HISTORY_FILE_MAX) {
		ssize_t n = eintr_pread(fd, block, sizeof(block), at);
		size_t whole;

		if (n <= 0)
			return (int)n;
		if (lines_feed(lines, block, (size_t)n, take_line, r) == -1)
			return -1;
		for (whole = (size_t)n; whole > 0; whole--)
			if (block[whole - 1] == '\n')
				break;
		if (whole > 0)
			*end = at + (off_t)whole;
		at += n;
		total += (size_t)n;
	}
	return 0;
}

int
history_mark_read(struct history_mark *mark, int fd,
    void (*fn)(void *arg, const char *entry, size_t len), void *arg,
    size_t *lines)
{
	struct lines *splitter = NULL;
	struct reader *r = calloc(1, sizeof(*r));
	off_t start = mark->end, end;
	int result = -1;
	struct stat st;

	if (r == NULL || fstat(fd, &st) == -1)
		goto done;
	r->fn = fn;
	r->arg = arg;
	r->skip = mark->middle;
	if (st.st_size - start > (off_t)HISTORY_FILE_MAX) {
		start = st.st_size - (off_t)HISTORY_FILE_MAX;
		r->skip = true;
	}
	splitter = lines_new(HISTORY_CODE_FACTOR * HISTORY_FILE_ENTRY_MAX);
	if (splitter == NULL)
		goto done;
	end = start;
	result = read_lines(fd, start, &end, splitter, r);
	lines_finish(splitter, take_line, r);
	*lines = r->lines;
	mark->size = st.st_size;
	mark->middle = end == start && r->skip;
	mark->end = end;
done:
	lines_free(splitter);
	free(r);
	return result;
}

int
history_mark_set(struct history_mark *mark, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	*mark = (struct history_mark){.dev = st.st_dev,
	    .ino = st.st_ino,
	    .size = st.st_size,
	    .end = st.st_size};
	return 0;
}
