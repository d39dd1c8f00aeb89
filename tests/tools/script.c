/* script: see script.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"
#include "script.h"

#define READ_BYTES 4096

struct script {
	size_t count;
	int error; /* of what lines_feed() cannot be told */
	struct {
		char *text;
		size_t len;
	} lines[SCRIPT_LINES_MAX];
};

static void
script_add(void *arg, const struct line *line)
{
	struct script *s = arg;
	char *text;

	if (line->len == 0 || (line->first && line->text[0] == '#'))
		return;
	if (!line->first || !line->last || s->count == SCRIPT_LINES_MAX) {
		s->error = EFBIG;
		return;
	}
	text = malloc(line->len + 1);
	if (text == NULL) {
		s->error = ENOMEM;
		return;
	}
	memcpy(text, line->text, line->len);
	text[line->len] = '\n';
	s->lines[s->count].text = text;
	s->lines[s->count].len = line->len + 1;
	s->count++;
}

static int
script_fill(struct script *s, int fd, struct lines *lines)
{
	char buf[READ_BYTES];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (lines_feed(lines, buf, (size_t)n, script_add, s) == -1)
			return -1;
	if (n == -1)
		return -1;
	lines_finish(lines, script_add, s);
	if (s->error == 0 && s->count == 0)
		s->error = ENODATA;
	errno = s->error;
	return s->error == 0 ? 0 : -1;
}

struct script *
script_read(const char *path)
{
	struct script *s = calloc(1, sizeof(*s));
	struct lines *lines = lines_new(SCRIPT_BYTES_MAX - 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;

	if (s == NULL || lines == NULL || fd == -1 ||
	    script_fill(s, fd, lines) == -1) {
		saved = errno;
		script_free(s);
		s = NULL;
		errno = saved;
	}
	saved = errno;
	lines_free(lines);
	if (fd != -1)
		(void)close(fd);
	errno = saved;
	return s;
}

void
script_free(struct script *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i].text);
	free(s);
}

size_t
script_count(const struct script *s)
{
	return s->count;
}

const char *
script_line(const struct script *s, size_t i, size_t *len)
{
	*len = s->lines[i].len;
	return s->lines[i].text;
}
