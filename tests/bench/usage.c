/* usage: see usage.h. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "instant.h"
#include "usage.h"

#define USAGE_MAX 4096 /* processes of a group */

struct usage {
	size_t count;
	pid_t pids[USAGE_MAX];
};

/* The n-th word (from 0) behind the name in /proc/PID/stat, or -1. */
static long
stat_word(pid_t pid, int n)
{
	char path[64], line[1024];
	const char *p = NULL;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return -1;
	/* a name may have anything in it, parentheses too */
	if (fgets(line, sizeof(line), file) != NULL)
		p = strrchr(line, ')');
	(void)fclose(file);
	if (p == NULL)
		return -1;
	for (p++; n > 0 && (p = strchr(p + 1, ' ')) != NULL; n--)
		continue;
	return p == NULL ? -1 : strtol(p, NULL, 10);
}

#define STAT_GROUP    2
#define STAT_RESIDENT 21 /* in pages */

static void
collect(struct usage *u, pid_t group)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	if (dir == NULL)
		return;
	while (u->count < USAGE_MAX && (entry = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (isdigit((unsigned char)entry->d_name[0]) &&
		    stat_word(pid, STAT_GROUP) == group)
			u->pids[u->count++] = pid;
	}
	(void)closedir(dir);
}

struct usage *
usage_new(pid_t group)
{
	struct usage *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	collect(u, group);
	if (u->count == 0)
		u->pids[u->count++] = group;
	return u;
}

void
usage_free(struct usage *u)
{
	free(u);
}

static uint64_t
process_cpu_ns(pid_t pid)
{
#if defined(_POSIX_CPUTIME) && _POSIX_CPUTIME >= 0
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &t) == -1)
		return 0;
	return (uint64_t)t.tv_sec * INSTANT_S + (uint64_t)t.tv_nsec;
#else
	(void)pid;
	return 0;
#endif
}

uint64_t
usage_cpu_ns(const struct usage *u)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < u->count; i++)
		sum += process_cpu_ns(u->pids[i]);
	return sum;
}

/* Counted page by page; 0 where there is no such file. */
static uint64_t
resident_exactly(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "Rss: %llu kB", &kib) == 1)
			break;
	(void)fclose(file);
	return (uint64_t)kib * 1024;
}

/* What is always there, but may lag by some pages for each CPU. */
static uint64_t
resident_about(pid_t pid)
{
	long page = sysconf(_SC_PAGESIZE);
	long pages = stat_word(pid, STAT_RESIDENT);

	return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
}

uint64_t
usage_resident_bytes(const struct usage *u)
{
	uint64_t sum = 0, bytes;
	size_t i;

	for (i = 0; i < u->count; i++) {
		bytes = resident_exactly(u->pids[i]);
		sum += bytes != 0 ? bytes : resident_about(u->pids[i]);
	}
	return sum;
}
