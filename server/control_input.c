#include "control_input.h"

#include <string.h>

char *
control_input_room(struct control_input *input, size_t *size)
{
	*size = sizeof(input->bytes) - input->len;
	return input->bytes + input->len;
}

void
control_input_add(struct control_input *input, size_t len)
{
	input->len += len;
}

/* The length of a line that has so many bytes before its LF, or before now. */
static size_t
input_line_len(const struct control_input *input, size_t len)
{
	return len > 0 && input->bytes[len - 1] == '\r' ? len - 1 : len;
}

static void
input_drop(struct control_input *input, size_t len)
{
	input->len -= len;
	memmove(input->bytes, input->bytes + len, input->len);
}

/* Without an end in sight: a line that is too long already is not kept. */
static enum control_input_kind
input_wait(struct control_input *input)
{
	const bool is_long =
	    input_line_len(input, input->len) > CONTROL_LINE_MAX;
	const bool is_new = is_long && !input->skips;

	if (is_new)
		input->skips = true;
	if (input->skips)
		input->len = 0;
	return is_new ? CONTROL_INPUT_LONG : CONTROL_INPUT_NONE;
}

static enum control_input_kind
input_take(const struct control_input *input, size_t len,
    char line[CONTROL_LINE_MAX + 1])
{
	if (len > CONTROL_LINE_MAX)
		return CONTROL_INPUT_LONG;
	if (memchr(input->bytes, '\0', len) != NULL)
		return CONTROL_INPUT_NUL;
	memcpy(line, input->bytes, len);
	line[len] = '\0';
	return CONTROL_INPUT_LINE;
}

enum control_input_kind
control_input_next(struct control_input *input, char line[CONTROL_LINE_MAX + 1])
{
	enum control_input_kind kind;
	const char *end;
	size_t len;

	do {
		end = memchr(input->bytes, '\n', input->len);
		if (end == NULL)
			return input_wait(input);
		len = (size_t)(end - input->bytes);
		kind = input->skips
		    ? CONTROL_INPUT_NONE
		    : input_take(input, input_line_len(input, len), line);
		input->skips = false;
		input_drop(input, len + 1);
	} while (kind == CONTROL_INPUT_NONE);
	return kind;
}

bool
control_input_is_torn(const struct control_input *input)
{
	return input->len > 0;
}
