#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "log_lines.h"

struct log_place
log_place(const char *name)
{
	struct log_place place;
	char moved[64];

	scratch_path(place.path, sizeof(place.path), name);
	snprintf(moved, sizeof(moved), "%s.moved", name);
	scratch_path(place.moved, sizeof(place.moved), moved);
	return place;
}

struct log *
log_lines_open(const char *path, enum log_level level, size_t limit_bytes)
{
	const struct log_options options = {
	    .path = path, .level = level, .limit_bytes = limit_bytes};
	struct log *log;

	log = log_open(&options);
	assert_non_null(log);
	return log;
}

/* An event of about 100 bytes, with its number. */
void
log_lines_put(struct log *log, const char *event, uint64_t n)
{
	const struct log_field fields[] = {
	    log_text("pad", "the quick brown fox jumps over the lazy dog"),
	    log_number("n", n),
	};

	log_event(log, LOG_LEVEL_INFO, event, fields, 2);
}

const char *
log_lines_find(const char *text, const char *word)
{
	for (; (text = strchr(text, word[0])) != NULL; text++)
		if (strncmp(text, word, strlen(word)) == 0)
			break;
	return text;
}

size_t
log_lines_count(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = log_lines_find(text, word)) != NULL;
	     text += strlen(word))
		count++;
	return count;
}

/* The sum of all that "dropped" events tell. */
size_t
log_lines_dropped(const char *text)
{
	static const char word[] = "warning dropped events=";
	size_t count = 0;

	for (; (text = log_lines_find(text, word)) != NULL;
	     text += strlen(word))
		count += strtoul(text + strlen(word), NULL, 10);
	return count;
}

static void
check_line(const char *line)
{
	const char *end = strchr(line, '\n');
	int year, month, day, hour, minute, second, ms, used = 0;

	assert_non_null(end);
	assert_int_equal(sscanf(line, "%4d-%2d-%2d %2d:%2d:%2d.%3d %n", &year,
			     &month, &day, &hour, &minute, &second, &ms, &used),
	    7);
	assert_int_equal(used, LOG_LINES_STAMP);
	assert_in_range(year, 2024, 9999);
	/* A line that was torn has no end, or another one inside. */
	if (strncmp(line + LOG_LINES_STAMP, "info  ", 6) == 0)
		assert_true(log_lines_find(line, " n=") < end);
}

/* Reads a whole log, all of its lines checked. The caller frees it. */
char *
log_lines_read(const char *path)
{
	char *text, *line;

	text = scratch_read(path, NULL);
	assert_non_null(text);
	for (line = text; *line != '\0'; line = strchr(line, '\n') + 1)
		check_line(line);
	return text;
}

void
log_lines_check(const char *path, uint64_t from, uint64_t to)
{
	char *text = log_lines_read(path), *end;
	const char *line;
	uint64_t n;

	for (n = from, line = text; *line != '\0'; n++) {
		line = log_lines_find(line, " n=");
		assert_non_null(line);
		assert_int_equal(strtoull(line + 3, &end, 10), n);
		line = end + 1;
	}
	assert_int_equal(n, to);
	free(text);
}

char *
log_lines_drain(int fd)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	size_t len = 0, size = 64 * 1024;
	char *text = NULL, *grown;
	ssize_t n;

	do {
		if (text == NULL || len == size - 1) {
			size *= 2;
			grown = realloc(text, size);
			assert_non_null(grown);
			text = grown;
		}
		assert_true(deadline_wait_fd(deadline, fd, POLLIN));
		n = read(fd, text + len, size - 1 - len);
		assert_int_not_equal(n, -1);
		len += (size_t)n;
	} while (n != 0);
	text[len] = '\0';
	return text;
}
