#include "control_answer.h"

#include <string.h>

#include "log_format.h"

size_t
control_answer_end(char *line, const char *error)
{
	static const char good[] = "{\"ok\":true}\n";
	static const char bad[] = "{\"ok\":false,";
	struct log_field field;
	size_t len;

	if (error == NULL) {
		memcpy(line, good, strlen(good));
		return strlen(good);
	}
	/* A log has no booleans. */
	field = log_safe("error", error);
	len = log_format_object(line, &field, 1);
	memmove(line + strlen(bad), line + 1, len - 1);
	memcpy(line, bad, strlen(bad));
	return strlen(bad) + len - 1;
}
