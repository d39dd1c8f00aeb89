#include <stdio.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "term.h"

#define ARGS_MAX 16

struct term *
client_start(
    uint16_t port, const char *const *args, const struct term_options *options)
{
	const char *argv[ARGS_MAX + 4] = {process_yodel()};
	char place[32];
	struct term *term;
	size_t n = 1;

	while (args != NULL && *args != NULL && n < ARGS_MAX)
		argv[n++] = *args++;
	snprintf(place, sizeof(place), "127.0.0.1:%u", port);
	argv[n++] = place;
	term = term_start(argv, options);
	term_wait_text(term, "$>");
	return term;
}

struct term *
client_connect(
    uint16_t port, const char *const *args, const struct term_options *options)
{
	struct term *term = client_start(port, args, options);

	term_wait_text(term, "connected to 127.0.0.1");
	return term;
}

void
client_say(struct term *term, const char *line)
{
	term_type(term, line);
	term_type(term, "\r");
}

struct said {
	const char *line;
};

/* Whether a row has the received glyph, the line and the check mark. */
static bool
is_verified(struct term *term, void *arg)
{
	const struct said *said = arg;
	char expected[512];

	snprintf(expected, sizeof(expected), "‹ %s ", said->line);
	for (int row = 0; row < term_rows(term); row++) {
		const char *text = term_row(term, row);
		const char *at = strstr(text, expected);

		if (at != NULL && strstr(at, "✓") != NULL)
			return true;
	}
	return false;
}

void
client_say_verified(struct term *term, const char *line)
{
	struct said said = {line};

	client_say(term, line);
	term_wait(term, is_verified, &said, "a verified echo");
}

void
client_quit(struct term *term)
{
	term_type(term, "\004");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
}

void
client_drop_and_quit(struct term *term)
{
	term_type(term, "\003");
	term_wait_text(term, "^C again quits");
	client_quit(term);
}
