/*
 * control: any split of what a control client sends gives the same commands,
 * which are those between its ends of lines; what is said of a wrong one is safe
 * to show.
 */

#include <stdlib.h>
#include <string.h>

#include "control_command.h"
#include "control_input.h"
#include "fuzz.h"

/* A sum of what came out. */
struct said {
	uint64_t sum;
	size_t count;
};

static void
add(struct said *said, enum control_input_kind kind, const char *line,
    size_t len)
{
	said->count++;
	said->sum = (said->sum ^ kind) * 1099511628211u;
	for (size_t i = 0; i < len; i++)
		said->sum =
		    (said->sum ^ (unsigned char)line[i]) * 1099511628211u;
}

static void
parse(const char *line)
{
	struct control_command command = {0};
	char error[CONTROL_ERROR_MAX] = "";
	char *exact = fuzz_string(line, strlen(line));

	if (control_command_parse(exact, &command, error) == -1) {
		FUZZ_CHECK(memchr(error, '\0', sizeof(error)) != NULL);
		FUZZ_CHECK(error[0] != '\0');
		fuzz_check_shown(error, strlen(error));
	} else
		FUZZ_CHECK(command.verb <= CONTROL_LOG_DATA);
	free(exact);
}

static void
take(struct control_input *input, struct said *said)
{
	enum control_input_kind kind;
	char line[CONTROL_LINE_MAX + 1];

	while ((kind = control_input_next(input, line)) != CONTROL_INPUT_NONE) {
		size_t len = kind == CONTROL_INPUT_LINE ? strlen(line) : 0;

		add(said, kind, line, len);
		if (kind != CONTROL_INPUT_LINE)
			continue;
		FUZZ_CHECK(len <= CONTROL_LINE_MAX);
		parse(line);
	}
}

/* In pieces of so many bytes; 0: of any size. */
static struct said
feed(const uint8_t *data, size_t size, size_t each)
{
	struct fuzz_random random = fuzz_random_of(data, size);
	struct control_input input = {.len = 0};
	struct said said = {0};
	size_t n;

	for (size_t i = 0; i < size; i += n) {
		size_t room_len;
		char *room = control_input_room(&input, &room_len);

		FUZZ_CHECK(room_len > 0);
		n = each > 0 ? each : 1 + fuzz_random_next(&random, 99);
		n = n < room_len ? n : room_len;
		n = n < size - i ? n : size - i;
		memcpy(room, data + i, n);
		control_input_add(&input, n);
		take(&input, &said);
	}
	return said;
}

/* One line, or what there is of it. */
static void
expect_line(struct said *said, const char *line, size_t len, bool ended)
{
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len > CONTROL_LINE_MAX)
		add(said, CONTROL_INPUT_LONG, NULL, 0);
	else if (ended && memchr(line, '\0', len) != NULL)
		add(said, CONTROL_INPUT_NUL, NULL, 0);
	else if (ended)
		add(said, CONTROL_INPUT_LINE, line, len);
}

static struct said
expected(const char *p, size_t size)
{
	const char *end;
	struct said said = {0};

	for (; (end = memchr(p, '\n', size)) != NULL; p = end + 1) {
		expect_line(&said, p, (size_t)(end - p), true);
		size -= (size_t)(end - p) + 1;
	}
	expect_line(&said, p, size, false);
	return said;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	struct said right = expected(p, size), said;

	for (size_t each = 0; each < 3; each++) {
		said = feed(data, size, each < 2 ? each : size + 1);
		FUZZ_CHECK(said.count == right.count);
		FUZZ_CHECK(said.sum == right.sum);
	}
	free(p);
	return 0;
}
