/* machine: see machine.h. */

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"

#define MODEL_BYTES 256

/* The processor's name, where /proc/cpuinfo has it; returns buf. */
static char *
describe_processor(char buf[MODEL_BYTES])
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[MODEL_BYTES];

	buf[0] = '\0';
	if (file == NULL)
		return buf;
	while (buf[0] == '\0' && fgets(line, sizeof(line), file) != NULL) {
		const char *name = strstr(line, ": ");

		if (name == NULL || strncmp(line, "model name", 10) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(buf, MODEL_BYTES, " (%s)", name + 2);
	}
	(void)fclose(file);
	return buf;
}

char *
machine_describe(char *buf, size_t size)
{
	struct utsname system;
	char processor[MODEL_BYTES];

	if (uname(&system) == -1)
		(void)snprintf(system.sysname, sizeof(system.sysname), "?");
	(void)snprintf(buf, size, "%s %.*s, %ld CPUs%s", system.sysname,
	    (int)strcspn(system.release, "-"), system.release,
	    sysconf(_SC_NPROCESSORS_ONLN), describe_processor(processor));
	return buf;
}

size_t
machine_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1 &&
	    getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 0;
	return (size_t)limit.rlim_cur;
}
