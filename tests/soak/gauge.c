/* gauge: see gauge.h. */

#include "gauge.h"

#include <dirent.h>
#include <stdio.h>

#define TOLERANCE 20 /* one part of so many */

void
gauge_add(struct gauge *g, unsigned third, uint64_t value)
{
	if (value == 0)
		return;
	if (value > g->most[third])
		g->most[third] = value;
	if (g->least[third] == 0 || value < g->least[third])
		g->least[third] = value;
}

static bool
is_no_more(uint64_t first, uint64_t last, uint64_t slack)
{
	if (first == 0 || last == 0)
		return true;
	return last <= first + first / TOLERANCE + slack;
}

bool
gauge_is_flat(const struct gauge *g, uint64_t slack)
{
	return is_no_more(g->most[0], g->most[GAUGE_THIRDS - 1], slack);
}

bool
gauge_is_even(const struct gauge *g, uint64_t slack)
{
	return is_no_more(g->least[0], g->least[GAUGE_THIRDS - 1], slack);
}

uint64_t
gauge_held_bytes(pid_t pid)
{
	char path[64], line[128];
	unsigned long long kib = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), file) != NULL)
		(void)sscanf(line, "RssAnon: %llu kB", &kib);
	(void)fclose(file);
	return (uint64_t)kib * 1024;
}

uint64_t
gauge_count_fds(pid_t pid)
{
	const struct dirent *entry;
	uint64_t count = 0;
	char path[64];
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			count++;
	(void)closedir(dir);
	return count;
}
