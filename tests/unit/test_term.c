/* The harness itself: what it says of a terminal has to be so. */

#include <signal.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/term.h"

#define SHELL(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

static void
shows_text_colours_and_attributes(void **state)
{
	struct term *t = term_start(
	    SHELL("printf 'plain \\033[1;31mred\\033[0;4;48;5;20mline'"), NULL);
	struct emulator_cell cell;

	(void)state;
	term_expect_exit(t, 0);
	assert_string_equal(term_row(t, 0), "plain redline");
	cell = term_cell(t, 0, 0);
	assert_string_equal(cell.text, "p");
	assert_int_equal(cell.colour, EMULATOR_DEFAULT);
	assert_false(cell.bold);
	cell = term_cell(t, 0, 6);
	assert_int_equal(cell.colour, 1);
	assert_true(cell.bold);
	cell = term_cell(t, 0, 9);
	assert_true(cell.underline);
	assert_int_equal(cell.background, 20);
	term_free(t);
}

static void
shows_wide_and_combined_characters(void **state)
{
	struct term *t = term_start(SHELL("printf '한글 e\\314\\201 |'"), NULL);

	(void)state;
	term_expect_exit(t, 0);
	assert_string_equal(term_row(t, 0), "한글 e\xcc\x81 |");
	assert_int_equal(term_cell(t, 0, 0).width, 2);
	assert_int_equal(term_cell(t, 0, 1).width, 0);
	assert_string_equal(term_cell(t, 0, 5).text, "e\xcc\x81");
	assert_string_equal(term_cell(t, 0, 7).text, "|");
	term_free(t);
}

static void
types_waits_and_follows_the_cursor(void **state)
{
	struct term *t = term_start(
	    SHELL("printf 'name? '; read n; echo \"hello $n\"; read n"), NULL);

	(void)state;
	term_wait_cursor(t, 0, 6);
	term_type(t, "메아리\r");
	term_wait_row(t, 1, "hello 메아리");
	assert_int_equal(term_wait_text(t, "name?"), 0);
	term_key(t, KEY_ENTER, 0);
	term_expect_exit(t, 0);
	assert_int_equal(term_raw(t, NULL)[0], 'n');
	term_free(t);
}

static void
answers_as_a_terminal_does(void **state)
{
	/* DSR: where is the cursor? The answer comes as if it was typed. */
	struct term *t = term_start(
	    SHELL("stty raw -echo; printf '\\033[3;5H\\033[6n';"
		  "dd bs=1 count=6 2>/dev/null | od -An -c; stty sane"),
	    NULL);

	(void)state;
	term_expect_exit(t, 0);
	assert_non_null(strstr(term_screen(t), "033   [   3   ;   5   R"));
	term_free(t);
}

static void
sends_the_keys_of_the_mode_that_is_set(void **state)
{
	struct term *t = term_start(
	    SHELL("stty raw -echo; printf '\\033[?1h\\033[?2004hready';"
		  "dd bs=1 count=16 2>/dev/null | od -An -c; stty sane"),
	    NULL);

	(void)state;
	term_wait_text(t, "ready");
	assert_true(term_modes(t).bracketed_paste);
	term_key(t, KEY_UP, 0);
	term_paste(t, "p");
	term_expect_exit(t, 0);
	assert_non_null(strstr(term_screen(t), "033   O   A 033   [   2   0"));
	assert_non_null(strstr(term_screen(t), "p 033   [   2   0"));
	term_free(t);
}

static void
tells_the_program_its_new_size(void **state)
{
	struct term *t = term_start(
	    SHELL(
		"trap 'stty size' WINCH; stty size; while :; do read x; done"),
	    &(struct term_options){.rows = 10, .columns = 40});

	(void)state;
	term_wait_row(t, 0, "10 40");
	term_resize(t, 30, 100);
	term_wait_text(t, "30 100");
	assert_int_equal(term_rows(t), 30);
	assert_int_equal(term_columns(t), 100);
	term_free(t);
}

static void
gives_the_program_its_environment(void **state)
{
	const char *const env[] = {"TERM=vt100", "YODEL_X=1", "HOME", NULL};
	struct term *t = term_start(
	    SHELL("echo \"$TERM $YODEL_X ${HOME-none} $(tty | cut -c1-5)\""),
	    &(struct term_options){.env = env});

	(void)state;
	term_wait_row(t, 0, "vt100 1 none /dev/");
	term_expect_exit(t, 0);
	term_free(t);
}

static void
sees_the_alternate_screen_and_its_end(void **state)
{
	struct term *t = term_start(
	    SHELL("echo first; printf '\\033[?1049h\\033[?25l\\033[?1000h\\a';"
		  "echo other; read x;"
		  "printf '\\033[?1000l\\033[?25h\\033[?1049l'"),
	    NULL);

	(void)state;
	term_wait_text(t, "other");
	term_wait_no_text(t, "first");
	assert_true(term_modes(t).alternate);
	assert_true(term_modes(t).mouse);
	assert_false(term_modes(t).cursor_shown);
	assert_int_equal(term_modes(t).bells, 1);
	term_type(t, "\r");
	term_expect_exit(t, 0);
	assert_non_null(strstr(term_screen(t), "first"));
	assert_null(strstr(term_screen(t), "other"));
	term_expect_restored(t);
	term_free(t);
}

static void
reports_the_signal_that_ended_it(void **state)
{
	struct term *t = term_start(SHELL("echo up; exec sleep 1000"), NULL);

	(void)state;
	term_wait_text(t, "up");
	term_signal(t, SIGTERM);
	assert_int_equal(term_wait_exit(t), 128 + SIGTERM);
	term_free(t);
}

static void
control_z_stops_and_a_signal_continues(void **state)
{
	struct term *t =
	    term_start(SHELL("echo up; read x; echo \"$x $x\""), NULL);

	(void)state;
	term_wait_row(t, 0, "up");
	term_type(t, "\x1a");
	term_wait_stop(t);
	term_signal(t, SIGCONT);
	term_type(t, "yo\r");
	term_wait_text(t, "yo yo");
	term_expect_exit(t, 0);
	term_expect_restored(t);
	term_free(t);
}

static bool
has_two_rows_of(struct term *t, void *arg)
{
	int found = 0;

	for (int row = 0; row < term_rows(t); row++)
		found += strcmp(term_row(t, row), arg) == 0;
	return found == 2;
}

static void
an_interactive_shell_suspends_and_continues(void **state)
{
	const char *const env[] = {"PS1=$ ", "ENV=", NULL};
	struct term *t =
	    term_start((const char *const[]){"/bin/sh", "-i", NULL},
		&(struct term_options){.env = env});

	(void)state;
	term_wait_text(t, "$");
	term_type(t, "cat\r");
	term_type(t, "one\r");
	/* typed and printed: cat is up */
	term_wait_row(t, 2, "one");
	term_type(t, "\x1a");
	term_wait_text(t, "Stopped");
	term_type(t, "fg\r");
	term_type(t, "two\r");
	term_wait(t, has_two_rows_of, "two", "two, typed and printed");
	term_type(t, "\x04");
	term_type(t, "exit\r");
	term_expect_exit(t, 0);
	term_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shows_text_colours_and_attributes),
	    cmocka_unit_test(shows_wide_and_combined_characters),
	    cmocka_unit_test(types_waits_and_follows_the_cursor),
	    cmocka_unit_test(answers_as_a_terminal_does),
	    cmocka_unit_test(sends_the_keys_of_the_mode_that_is_set),
	    cmocka_unit_test(tells_the_program_its_new_size),
	    cmocka_unit_test(gives_the_program_its_environment),
	    cmocka_unit_test(sees_the_alternate_screen_and_its_end),
	    cmocka_unit_test(reports_the_signal_that_ended_it),
	    cmocka_unit_test(control_z_stops_and_a_signal_continues),
	    cmocka_unit_test(an_interactive_shell_suspends_and_continues),
	};

	return cmocka_run_group_tests(tests, NULL, term_teardown);
}
