/* The terminals that the full screen knows: their colours, and those it lacks. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "server.h"
#include "term.h"

static bool
is_running_or_refused(struct term *term, void *arg)
{
	const char *screen = term_screen(term);

	(void)arg;
	return strstr(screen, "connected to") != NULL ||
	    strstr(screen, "is not known here") != NULL;
}

/* How many cells have a colour: only of the eight that any theme has. */
static int
count_coloured(struct term *term)
{
	int count = 0;

	for (int row = 0; row < term_rows(term); row++)
		for (int column = 0; column < term_columns(term); column++) {
			struct emulator_cell cell =
			    term_cell(term, row, column);

			/* Whether it is light or dark is the user's matter. */
			assert_int_equal(cell.background, EMULATOR_DEFAULT);
			if (cell.colour == EMULATOR_DEFAULT)
				continue;
			assert_in_range(cell.colour, 1, 6);
			count++;
		}
	return count;
}

/* A system that has no such entry may go without: false. */
static bool
expect_colours(struct server *server, const char *setting, bool wanted)
{
	const char *env[] = {setting, NULL};
	struct term_options options = {.env = env};
	char place[32];
	const char *argv[] = {process_yodel(), place, NULL};
	struct term *term;

	snprintf(place, sizeof(place), "127.0.0.1:%u", server_port(server));
	term = term_start(argv, &options);
	term_wait(term, is_running_or_refused, NULL, "a start, or a refusal");
	if (strstr(term_screen(term), "is not known here") != NULL) {
		print_message("%s: not known here\n", setting);
		term_free(term);
		return false;
	}
	client_say_verified(term, "안녕 there");
	assert_int_equal(count_coloured(term) > 0, wanted);
	client_quit(term);
	return true;
}

static void
colours_are_those_that_the_terminal_has(void **state)
{
	static const struct {
		const char *setting;
		bool colours, everywhere;
	} cases[] = {
	    {"TERM=xterm-256color", true, true},
	    {"TERM=xterm", true, true},
	    {"TERM=screen", true, true},
	    {"TERM=tmux", true, true},
	    {"TERM=linux", true, true},
	    {"TERM=ansi", true, true},
	    {"TERM=vt100", false, true},
	    {"NO_COLOR=1", false, true},
	    {"TERM=xterm-16color", true, false},
	    {"TERM=xterm-color", true, false},
	    {"TERM=screen-256color", true, false},
	    {"TERM=tmux-256color", true, false},
	    {"TERM=vt220", false, false},
	    {"TERM=xterm-mono", false, false},
	};
	struct server *server = server_start(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(expect_colours(
				server, cases[i].setting, cases[i].colours) ||
		    !cases[i].everywhere);
	server_stop(server);
}

static void
expect_refusal(const char *const *env, const char *message)
{
	const char *argv[] = {process_yodel(), NULL};
	struct term_options options = {.env = env};
	struct term *term = term_start(argv, &options);

	term_wait_text(term, message);
	term_expect_exit(term, 1);
	term_expect_restored(term);
	term_free(term);
}

static void
terminals_that_cannot_do_it_are_named(void **state)
{
	static const char *const unset[] = {"TERM", NULL};
	static const char *const dumb[] = {"TERM=dumb", NULL};
	static const char *const unknown[] = {"TERM=no-such", NULL};

	(void)state;
	expect_refusal(unset, "TERM is not set");
	expect_refusal(dumb, "'dumb'");
	expect_refusal(unknown, "'no-such'");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(colours_are_those_that_the_terminal_has),
	    TEST(terminals_that_cannot_do_it_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
