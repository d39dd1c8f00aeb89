/* shape: see shape.h. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "shape.h"
#include "units.h"

#define KIB 1024
#define MIB (1024 * 1024)

int
shape_parse(const char *text, struct shape *shape)
{
	uint64_t clients, size, depth;
	char words[SHAPE_TEXT_MAX], *second, *third;

	if (strlen(text) >= sizeof(words)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(words, text, strlen(text) + 1);
	second = strchr(words, 'x');
	third = second == NULL ? NULL : strchr(second + 1, 'x');
	if (third == NULL) {
		errno = EINVAL;
		return -1;
	}
	*second++ = *third++ = '\0';
	if (units_parse_number(words, 1, SHAPE_CLIENTS_MAX, &clients) == -1 ||
	    units_parse_bytes(second, &size) == -1 ||
	    units_parse_number(third, 1, SHAPE_DEPTH_MAX, &depth) == -1)
		return -1;
	if (size == 0 || size > SHAPE_BYTES_MAX) {
		errno = ERANGE;
		return -1;
	}
	shape->clients = (unsigned)clients;
	shape->size = (size_t)size;
	shape->depth = (unsigned)depth;
	return 0;
}

/* Divides the size by the greatest unit that leaves nothing: 0, 1 or 2. */
static int
unit_of(size_t *size)
{
	if (*size % MIB == 0) {
		*size /= MIB;
		return 2;
	}
	if (*size % KIB == 0) {
		*size /= KIB;
		return 1;
	}
	return 0;
}

char *
shape_name(char buf[SHAPE_TEXT_MAX], const struct shape *shape)
{
	static const char *const units[] = {"", "K", "M"};
	size_t size = shape->size;
	int unit = unit_of(&size);

	(void)snprintf(buf, SHAPE_TEXT_MAX, "%ux%zu%sx%u", shape->clients, size,
	    units[unit], shape->depth);
	return buf;
}

char *
shape_format(char buf[SHAPE_TEXT_MAX], const struct shape *shape)
{
	static const char *const units[] = {"B", "KiB", "MiB"};
	size_t size = shape->size;
	int unit = unit_of(&size);

	(void)snprintf(buf, SHAPE_TEXT_MAX, "%u client%s, %zu %s, depth %u",
	    shape->clients, shape->clients == 1 ? "" : "s", size, units[unit],
	    shape->depth);
	return buf;
}
