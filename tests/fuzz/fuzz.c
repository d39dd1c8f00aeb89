#include "fuzz.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/shown.h"

static char fuzz_path[4096];

void
fuzz_fail(const char *file, int line, const char *holds)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, holds);
	abort();
}

void *
fuzz_copy(const void *data, size_t size)
{
	void *copy = malloc(size > 0 ? size : 1);

	FUZZ_CHECK(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *
fuzz_string(const void *data, size_t size)
{
	char *copy = malloc(size + 1), *exact;

	FUZZ_CHECK(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	exact = fuzz_copy(copy, strlen(copy) + 1);
	free(copy);
	return exact;
}

/* FNV-1a */
struct fuzz_random
fuzz_random_of(const uint8_t *data, size_t size)
{
	struct fuzz_random random = {2166136261u};

	for (size_t i = 0; i < size; i++)
		random.state = (random.state ^ data[i]) * 16777619u;
	return random;
}

uint32_t
fuzz_random_next(struct fuzz_random *random, uint32_t below)
{
	random->state = random->state * 1664525u + 1013904223u;
	return (random->state >> 8) % below;
}

void
fuzz_locale(void)
{
	static bool set;

	if (set)
		return;
	set = setlocale(LC_ALL, "C.UTF-8") != NULL ||
	    setlocale(LC_ALL, "en_US.UTF-8") != NULL;
	FUZZ_CHECK(set);
}

static void
remove_file(void)
{
	(void)unlink(fuzz_path);
}

const char *
fuzz_file(const void *data, size_t size)
{
	const char *dir = getenv("TMPDIR");
	FILE *file;

	if (fuzz_path[0] == '\0') {
		snprintf(fuzz_path, sizeof(fuzz_path), "%s/yodel-fuzz.%ld",
		    dir == NULL ? "/tmp" : dir, (long)getpid());
		(void)atexit(remove_file);
	}
	/* A new one, whatever the last input has made of the old one. */
	(void)unlink(fuzz_path);
	file = fopen(fuzz_path, "wxb");
	FUZZ_CHECK(file != NULL);
	FUZZ_CHECK(fwrite(data, 1, size, file) == size);
	FUZZ_CHECK(fclose(file) == 0);
	return fuzz_path;
}

void
fuzz_check_shown(const char *text, size_t len)
{
	FUZZ_CHECK(shown_is_safe(text, len));
}
