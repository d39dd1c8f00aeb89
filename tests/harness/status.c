#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
