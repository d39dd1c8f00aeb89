#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "status.h"

#define STATUS_PATH 320

int
status_each(pid_t pid, void (*fn)(const char *path))
{
	char path[STATUS_PATH];
	const struct dirent *entry;
	DIR *dir;
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/status",
		    (int)pid, entry->d_name);
		fn(path);
		count++;
	}
	closedir(dir);
	return count;
}

void
status_read(char values[STATUS_MAX], const char *path, const char *name)
{
	const size_t len = strlen(name);
	char line[STATUS_MAX];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	values[0] = '\0';
	while (values[0] == '\0' && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			snprintf(values, STATUS_MAX, "%s", line + len + 1);
	fclose(file);
	if (values[0] == '\0')
		fail_msg("no %s in %s", name, path);
}

/* A callback has no argument: what it adds to stands here meanwhile. */
static unsigned long sleeps;

static void
add_sleeps(const char *path)
{
	char values[STATUS_MAX];

	status_read(values, path, "voluntary_ctxt_switches");
	sleeps += strtoul(values, NULL, 10);
}

unsigned long
status_sleeps(pid_t pid)
{
	sleeps = 0;
	(void)status_each(pid, add_sleeps);
	return sleeps;
}

/* Behind the name, which may have any character in it, stand 11 fields more. */
unsigned long
status_cpu_ms(pid_t pid)
{
	unsigned long user, system;
	char path[64], line[STATUS_MAX];
	const char *fields;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	fields = strrchr(line, ')');
	assert_non_null(fields);
	assert_int_equal(sscanf(fields,
			     ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			     "%lu %lu",
			     &user, &system),
	    2);
	return (user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
}

void
status_expect(
    const char *path, const char *name, int base, unsigned long wanted)
{
	char values[STATUS_MAX];
	unsigned long value;

	status_read(values, path, name);
	value = strtoul(values, NULL, base);
	if (value != wanted)
		fail_msg(
		    "%s is %lx, not %lx, in %s", name, value, wanted, path);
}
