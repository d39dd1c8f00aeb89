/* control_input: lines in any split, and what is no line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "control_input.h"

#define SAID_MAX 4096
#define ENDLESS	 (1024 * 1024)

/* What came out, as text: "stats|LONG|". */
struct said {
	struct control_input input;
	char text[SAID_MAX];
};

static void
say(struct said *said, const char *text)
{
	size_t len = strlen(said->text);

	snprintf(said->text + len, sizeof(said->text) - len, "%s|", text);
}

static void
take_all(struct said *said)
{
	char line[CONTROL_LINE_MAX + 1];

	for (;;) {
		switch (control_input_next(&said->input, line)) {
		case CONTROL_INPUT_NONE:
			return;
		case CONTROL_INPUT_LINE:
			say(said, line);
			break;
		case CONTROL_INPUT_LONG:
			say(said, "LONG");
			break;
		case CONTROL_INPUT_NUL:
			say(said, "NUL");
			break;
		}
	}
}

/* In pieces of at most so many bytes. */
static void
feed(struct said *said, const char *p, size_t len, size_t piece)
{
	size_t size;
	char *room;

	while (len > 0) {
		room = control_input_room(&said->input, &size);
		assert_in_range(size, 1, sizeof(said->input.bytes));
		size = size < piece ? size : piece;
		size = size < len ? size : len;
		memcpy(room, p, size);
		control_input_add(&said->input, size);
		take_all(said);
		p += size;
		len -= size;
	}
}

/* However it is split. */
static void
check(const char *p, size_t len, const char *expected)
{
	static const size_t pieces[] = {1, 2, 3, 7, 64, 255, 256, 257, 10000};
	struct said said;
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		memset(&said, 0, sizeof(said));
		feed(&said, p, len, pieces[i]);
		assert_string_equal(said.text, expected);
	}
}

static void
check_text(const char *text, const char *expected)
{
	check(text, strlen(text), expected);
}

static void
a_line_is_a_command_however_it_is_split(void **state)
{
	(void)state;
	check_text("stats\n", "stats|");
	check_text("stats\nkick 7\nwatch\n", "stats|kick 7|watch|");
	check_text("\n\nstats\n", "||stats|");
	check_text("stats", "");
}

static void
a_carriage_return_before_the_end_is_dropped(void **state)
{
	(void)state;
	check_text("stats\r\nwatch\r\n", "stats|watch|");
	check_text("a\rb\r\r\n", "a\rb\r|");
	check_text("\r\n", "|");
}

static void
check_length(size_t len, const char *end, bool fits)
{
	char line[600], expected[600];

	memset(line, 'x', len);
	snprintf(line + len, sizeof(line) - len, "%swatch\n", end);
	if (fits)
		snprintf(
		    expected, sizeof(expected), "%.*s|watch|", (int)len, line);
	else
		snprintf(expected, sizeof(expected), "LONG|watch|");
	check_text(line, expected);
}

static void
a_command_has_255_bytes_at_most(void **state)
{
	size_t len;

	(void)state;
	for (len = 250; len < 520; len++) {
		check_length(len, "\n", len <= CONTROL_LINE_MAX);
		check_length(len, "\r\n", len <= CONTROL_LINE_MAX);
	}
}

static void
a_line_without_an_end_is_told_once_and_not_kept(void **state)
{
	struct said said = {.text = ""};
	char *endless = malloc(ENDLESS);

	(void)state;
	assert_non_null(endless);
	memset(endless, 'x', ENDLESS);
	/* An end of line that is none, and what looks like a command. */
	memcpy(endless + ENDLESS / 2, "\rwatch\r\0", 8);
	feed(&said, endless, ENDLESS, ENDLESS);
	assert_string_equal(said.text, "LONG|");
	assert_false(control_input_is_torn(&said.input));
	feed(&said, "watch\nstats\n", 12, 12);
	assert_string_equal(said.text, "LONG|stats|");
	free(endless);
}

static void
a_line_with_a_nul_is_no_text(void **state)
{
	(void)state;
	check("kick 1\0002\nstats\n", 15, "NUL|stats|");
	check("\0\n", 2, "NUL|");
}

static void
what_has_no_end_yet_is_torn(void **state)
{
	struct said said = {.text = ""};

	(void)state;
	assert_false(control_input_is_torn(&said.input));
	feed(&said, "stats\nki", 8, 8);
	assert_true(control_input_is_torn(&said.input));
	feed(&said, "ck 1\n", 5, 5);
	assert_false(control_input_is_torn(&said.input));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_a_command_however_it_is_split),
	    cmocka_unit_test(a_carriage_return_before_the_end_is_dropped),
	    cmocka_unit_test(a_command_has_255_bytes_at_most),
	    cmocka_unit_test(a_line_without_an_end_is_told_once_and_not_kept),
	    cmocka_unit_test(a_line_with_a_nul_is_no_text),
	    cmocka_unit_test(what_has_no_end_yet_is_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
