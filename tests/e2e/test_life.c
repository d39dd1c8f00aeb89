/* The full screen's life: every way out, suspension, a terminal that goes. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "site.h"
#include "term.h"

static void
control_d_quits(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	assert_true(term_modes(term).alternate);
	assert_true(term_modes(term).bracketed_paste);
	client_quit(term);
}

static void
the_quit_command_quits(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say(term, "/quit");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
}

static void
control_c_drops_the_line_and_twice_quits(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_type(term, "not this");
	term_wait_row(term, -1, "$> not this");
	term_type(term, "\003");
	term_wait_no_text(term, "not this");
	term_wait_text(term, "^C again quits");
	term_type(term, "x");
	term_wait_no_text(term, "^C again quits");
	term_type(term, "\003\003");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
}

static void
expect_death(int sig)
{
	struct term *term = site_client(NULL, NULL);

	term_type(term, "draft");
	term_wait_row(term, -1, "draft");
	term_signal(term, sig);
	term_expect_exit(term, 128 + sig);
	term_expect_restored(term);
	term_free(term);
}

static void
a_signal_that_ends_it_leaves_the_terminal_restored(void **state)
{
	(void)state;
	expect_death(SIGTERM);
	expect_death(SIGINT);
	expect_death(SIGHUP);
}

static bool
has_begun(struct term *term, void *arg)
{
	size_t len;

	(void)arg;
	(void)term_raw(term, &len);
	return len > 0;
}

/* Whenever it comes, while the terminal is taken or before anything is asked. */
static void
a_signal_in_the_first_moment_leaves_it_restored(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	const char *argv[] = {process_yodel(), NULL};

	(void)state;
	for (size_t i = 0; i < 15; i++) {
		int sig = signals[i % 3];
		struct term *term = term_start(argv, NULL);

		term_wait(term, has_begun, NULL, "a first byte");
		term_signal(term, sig);
		term_expect_exit(term, 128 + sig);
		term_expect_restored(term);
		term_free(term);
	}
}

static void
a_terminal_that_vanishes_ends_it(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_type(term, "draft");
	term_wait_row(term, -1, "draft");
	term_vanish(term);
	term_expect_exit(term, 128 + SIGHUP);
	term_free(term);
}

/* With a log a hang-up may only mean its rotation; not so without a terminal. */
static void
a_log_does_not_outlive_the_terminal(void **state)
{
	char path[256], *log;
	const char *args[] = {"--log", path, NULL};
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "vanished.log");
	term = site_client(args, NULL);
	client_say_verified(term, "the last words");
	term_vanish(term);
	term_expect_exit(term, 128 + SIGHUP);
	term_free(term);
	log = scratch_read(path, NULL);
	assert_non_null(log);
	assert_non_null(strstr(log, "> the last words\n"));
	free(log);
}

static void
a_crash_leaves_the_terminal_restored(void **state)
{
	(void)state;
	expect_death(SIGABRT);
	expect_death(SIGSEGV);
}

static void
suspend_hands_the_terminal_back_and_takes_it_again(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say_verified(term, "before");
	term_type(term, "dra");
	term_wait_row(term, -1, "$> dra");
	term_type(term, "\032");
	term_wait_stop(term);
	term_expect_restored(term);
	term_signal(term, SIGCONT);
	term_type(term, "ft");
	term_wait_row(term, -1, "$> draft");
	term_wait_text(term, "‹ before");
	assert_true(term_modes(term).alternate);
	assert_true(term_modes(term).bracketed_paste);
	client_drop_and_quit(term);
}

static void
a_stop_from_outside_is_a_suspend(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	term_signal(term, SIGTSTP);
	term_wait_stop(term);
	term_expect_restored(term);
	/* The size changes while it is stopped. */
	term_resize(term, 30, 100);
	term_signal(term, SIGCONT);
	term_wait_row(term, -2, "$>");
	client_quit(term);
}

/* curses must not throw the signal away while it draws. */
static void
a_stop_is_not_lost_while_the_screen_is_drawn(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	for (int i = 0; i < 20; i++) {
		client_say(term, "something to draw");
		term_signal(term, SIGTSTP);
		term_wait_stop(term);
		term_signal(term, SIGCONT);
		term_wait_row(term, -1, "$>");
	}
	client_quit(term);
}

static void
a_storm_of_sizes_leaves_a_whole_screen(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say_verified(term, "안녕하세요");
	for (int i = 0; i < 1000; i++)
		term_resize(term, 1 + i * 7 % 60, 1 + i * 13 % 150);
	term_resize(term, 24, 80);
	term_wait_row(term, -1, "$>");
	term_wait_text(term, "안녕하세요");
	client_quit(term);
}

/* The client may see no other size than the one it knows. */
static void
a_size_that_comes_back_at_once_is_painted_anew(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say_verified(term, "안녕하세요");
	for (int i = 0; i < 20; i++) {
		term_resize(term, 1, 1);
		term_resize(term, 24, 80);
		term_wait_text(term, "‹ 안녕하세요");
		term_wait_row(term, -1, "$>");
	}
	client_quit(term);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(control_d_quits),
	    TEST(the_quit_command_quits),
	    TEST(control_c_drops_the_line_and_twice_quits),
	    TEST(a_signal_that_ends_it_leaves_the_terminal_restored),
	    TEST(a_signal_in_the_first_moment_leaves_it_restored),
	    TEST(a_terminal_that_vanishes_ends_it),
	    TEST(a_log_does_not_outlive_the_terminal),
	    TEST(a_crash_leaves_the_terminal_restored),
	    TEST(suspend_hands_the_terminal_back_and_takes_it_again),
	    TEST(a_stop_from_outside_is_a_suspend),
	    TEST(a_stop_is_not_lost_while_the_screen_is_drawn),
	    TEST(a_storm_of_sizes_leaves_a_whole_screen),
	    TEST(a_size_that_comes_back_at_once_is_painted_anew),
	};

	return cmocka_run_group_tests(tests, site_open, site_close);
}
