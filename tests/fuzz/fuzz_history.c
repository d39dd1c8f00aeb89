/*
 * history: whatever is in the file, what was read from it is read again after a
 * line was added, and by another client, too.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "history.h"
#include "history_file.h"

#define ENTRIES_MAX 20

static struct history *
open_file(const char *path)
{
	struct history *h = history_open(path, ENTRIES_MAX);

	FUZZ_CHECK(h != NULL);
	FUZZ_CHECK(history_count(h) <= ENTRIES_MAX);
	for (size_t i = 0; i < history_count(h); i++) {
		const char *entry = history_entry(h, i);

		FUZZ_CHECK(entry[0] != '\0');
		FUZZ_CHECK(strlen(entry) <= HISTORY_FILE_ENTRY_MAX);
		FUZZ_CHECK(
		    i == 0 || strcmp(entry, history_entry(h, i - 1)) != 0);
	}
	return h;
}

static void
check_same(const struct history *a, const struct history *b)
{
	FUZZ_CHECK(history_count(a) == history_count(b));
	for (size_t i = 0; i < history_count(a); i++)
		FUZZ_CHECK(
		    strcmp(history_entry(a, i), history_entry(b, i)) == 0);
}

/* What is no history is left alone. */
static void
check_untouched(const char *path, const void *data, size_t size)
{
	char *is = malloc(size + 2);
	FILE *file = fopen(path, "rb");

	FUZZ_CHECK(is != NULL && file != NULL);
	FUZZ_CHECK(fread(is, 1, size + 2, file) == size);
	FUZZ_CHECK(memcmp(is, data, size) == 0);
	fclose(file);
	free(is);
}

static void
check_added(struct history *h, const char *path, const char *line)
{
	struct history *other = open_file(path), *again;
	size_t last;

	check_same(h, other);
	FUZZ_CHECK(history_add(h, line) >= 0);
	FUZZ_CHECK(history_error(h) == NULL);
	last = history_count(h) - 1;
	FUZZ_CHECK(strcmp(history_entry(h, last), line) == 0);
	history_refresh(other);
	check_same(h, other);
	again = open_file(path);
	check_same(h, again);
	history_close(again);
	history_close(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {"한글 a\\b\t c", "\\040", "x\xff"};
	struct history *h;
	const char *path;

	/* What was never ended is no entry, until somebody adds to it. */
	while (size > 0 && data[size - 1] != '\n')
		size--;
	path = fuzz_file(data, size);
	h = open_file(path);
	if (history_error(h) != NULL)
		check_untouched(path, data, size);
	for (size_t i = 0; i < FUZZ_LEN(lines); i++)
		if (history_error(h) == NULL)
			check_added(h, path, lines[i]);
	history_close(h);
	return 0;
}
