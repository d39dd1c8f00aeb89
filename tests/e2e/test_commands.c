/* Commands, and what Tab makes of a line, as a user meets them. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "scratch.h"
#include "server.h"
#include "site.h"
#include "term.h"

/* Tab leaves this in the input row. */
static void
expect_typed(struct term *term, const char *keys, const char *line)
{
	char row[128];

	term_type(term, keys);
	snprintf(row, sizeof(row), "$> %s", line);
	term_wait_row(term, -1, row);
}

static void
drop(struct term *term)
{
	term_type(term, "\003");
	term_wait_row(term, -2, "^C again quits");
}

static void
touch(const char *name)
{
	char path[256];

	scratch_path(path, sizeof(path), name);
	scratch_write(path, "", 0);
}

/* At 80 columns the hint stands in the strip's place. */
static void
tab_lists_what_there_is_until_the_next_key(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	expect_typed(term, "/c\t", "/c");
	term_wait_row(term, -2, "/clear  /connect  /crlf");
	expect_typed(term, "l", "/cl");
	term_wait_row(term, -2, "● 127.0.0.1");
	expect_typed(term, "\t", "/clear");
	drop(term);
	expect_typed(term, "/s\t", "/s");
	term_wait_row(term, -2, "/save  /set  /stats");
	expect_typed(term, "et re\t", "/set resend");
	expect_typed(term, "al\t", "/set resend always");
	drop(term);
	client_quit(term);
}

static void
tab_counts_what_a_narrow_row_has_no_room_for(void **state)
{
	struct term_options options = {.columns = 40};
	struct term *term = site_client(NULL, &options);

	(void)state;
	term_type(term, "/\t");
	term_wait_row(term, -2, "/clear  /connect  /crlf  +12");
	client_drop_and_quit(term);
}

static void
tab_completes_words_that_have_come_back(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say_verified(term, "안녕하세요 db-1.example.org 안녕한지요");
	expect_typed(term, "아, 안\t", "아, 안녕");
	term_type(term, "\t");
	term_wait_row(term, -2, "안녕한지요  안녕하세요");
	expect_typed(term, "하\t", "아, 안녕하세요");
	expect_typed(term, " db\t", "아, 안녕하세요 db-1.example.org");
	term_type(term, "\r");
	term_wait_text(term, "‹ 아, 안녕하세요 db-1.example.org");
	client_quit(term);
}

static void
tab_knows_where_one_has_been(void **state)
{
	struct server *other = server_start(NULL);
	struct term *term = site_client(NULL, NULL);
	char place[64], line[96];

	(void)state;
	snprintf(place, sizeof(place), "127.0.0.1:%u", server_port(other));
	snprintf(line, sizeof(line), "/connect %s", place);
	client_say(term, line);
	snprintf(line, sizeof(line), "connected to %s", place);
	term_wait_text(term, line);
	term_type(term, "/connect 1\t\t");
	snprintf(line, sizeof(line), "%s  127.0.0.1:%u", place,
	    server_port(site_server()));
	term_wait_row(term, -2, line);
	client_drop_and_quit(term);
	server_stop(other);
}

static void
tab_never_types_a_hostile_file_name(void **state)
{
	struct term *term = site_client(NULL, NULL);
	const char *raw;
	size_t len;

	(void)state;
	touch("evil\033]0;owned\007\033[5n");
	expect_typed(term, "/save ~/ev\t", "/save ~/evil");
	term_type(term, "\t");
	term_wait_row(term, -2, "evil^[]0;owned^G^[[5n");
	raw = term_raw(term, &len);
	assert_null(strstr(raw, "\033]0;owned"));
	assert_null(strstr(raw, "\033[5n"));
	client_drop_and_quit(term);
}

static void
tab_completes_files_with_blanks_and_folders(void **state)
{
	struct term *term = site_client(NULL, NULL);
	char path[256];

	(void)state;
	scratch_path(path, sizeof(path), "fold er");
	assert_int_equal(mkdir(path, 0700), 0);
	touch("fold er/메아리.txt");
	expect_typed(term, "/save ~/fo\t", "/save ~/fold er/");
	expect_typed(term, "\t", "/save ~/fold er/메아리.txt");
	client_drop_and_quit(term);
}

static void
settings_are_listed_told_and_set(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say(term, "/set");
	term_wait_text(term, "· crlf    off     lines end with LF");
	term_wait_text(term, "· resend  ask     lines typed while down");
	term_wait_text(term, "· time    on      each line has its time");
	client_say(term, "/set crlf on");
	term_wait_text(term, "crlf is on: lines end with CR LF");
	client_say(term, "/set crlf");
	client_say(term, "/set resend perhaps");
	term_wait_text(
	    term, "/set resend 'perhaps': ask, always or never is wanted");
	client_say(term, "/set colour");
	term_wait_text(term, "/set 'colour': no such setting");
	client_quit(term);
}

static bool
has_mouse(struct term *term, void *arg)
{
	return term_modes(term).mouse == *(const bool *)arg;
}

static void
the_mouse_is_given_back_when_asked_for(void **state)
{
	struct term *term = site_client(NULL, NULL);
	bool on = true, off = false;

	(void)state;
	term_wait(term, has_mouse, &on, "the mouse is the client's");
	client_say(term, "/set mouse off");
	term_wait(term, has_mouse, &off, "the mouse is the terminal's");
	client_say(term, "/set mouse on");
	term_wait(term, has_mouse, &on, "the mouse is the client's again");
	client_quit(term);
}

static void
stats_tell_all_that_is_known(void **state)
{
	struct term_options options = {.rows = 40};
	struct term *term = site_client(NULL, &options);
	char peer[64];

	(void)state;
	client_say_verified(term, "안녕");
	client_say(term, "/stats");
	snprintf(peer, sizeof(peer), "· peer        127.0.0.1:%u",
	    server_port(site_server()));
	term_wait_text(term, "· log         none");
	term_wait_text(term, "· state       connected since ");
	term_wait_text(term, peer);
	term_wait_text(term, "· own         127.0.0.1:");
	term_wait_text(term, "· reconnects  0");
	term_wait_text(term, "· sent        1 line, 7 B");
	term_wait_text(term, "· received    1 line, 7 B");
	term_wait_text(
	    term, "· answers     1 verified, 0 differ, 0 unanswered");
	term_wait_text(term, "· round trip  ");
	term_wait_text(term, "·             ▁");
	term_wait_text(term, "· transcript  ");
	client_quit(term);
}

static void
a_wrong_port_is_named(void **state)
{
	struct term *term = site_client(NULL, NULL);

	(void)state;
	client_say(term, "/connect foo:99999");
	term_wait_text(
	    term, "/connect 'foo:99999': a port is a number from 1 to 65535");
	client_say_verified(term, "still here");
	client_quit(term);
}

static void
a_log_is_begun_told_and_ended(void **state)
{
	struct term *term = site_client(NULL, NULL);
	char path[256], told[300], *text;

	(void)state;
	scratch_path(path, sizeof(path), "commands.log");
	snprintf(told, sizeof(told), "what is said is logged to ");
	client_say(term, "/log");
	term_wait_text(term, "nothing is logged");
	client_say(term, "/log ~/commands.log");
	term_wait_text(term, told);
	client_say_verified(term, "for the record");
	client_say(term, "/clear");
	client_say(term, "/log off");
	term_wait_text(term, "nothing is logged");
	client_say_verified(term, "off the record");
	client_say(term, "/log /no/such/folder/x");
	term_wait_text(term, "/log: /no/such/folder/x: ");
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_non_null(strstr(text, " > for the record\n"));
	assert_non_null(strstr(text, " < for the record\t("));
	assert_null(strstr(text, "off the record"));
	free(text);
	client_quit(term);
}

static void
the_help_page_has_every_section(void **state)
{
	struct term_options options = {.rows = 60, .columns = 40};
	struct term *term = site_client(NULL, &options);

	(void)state;
	client_say(term, "/help");
	term_wait_text(term, "M-/");
	term_wait_text(term, "Shift and the mouse");
	term_wait_text(term, "select (or: /set mouse off)");
	term_key(term, KEY_PGDN, 0);
	term_wait_text(term, "/connect [HOST[:PORT]]");
	term_wait_text(term, "Settings, for /set");
	term_wait_text(term, "resend ask|always|never");
	term_key(term, KEY_F1, 0);
	term_wait_no_text(term, "Settings, for /set");
	client_quit(term);
}

static void
in_a_pipe_what_would_add_to_it_is_a_usage_error(void **state)
{
	static const char *const options[][2] = {
	    {"--hex", "--pipe"}, {"--log=x", "--pipe"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *argv[] = {
		    process_yodel(), options[i][0], options[i][1], NULL};
		struct process *process = process_start(argv, NULL);
		const char *said;

		process_expect_exit(process, 2);
		said = process_output(process, PROCESS_ERR, NULL);
		assert_non_null(strstr(said, i == 0 ? "--hex" : "--log"));
		assert_non_null(strstr(said, "a pipe adds nothing"));
		process_free(process);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, term_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tab_lists_what_there_is_until_the_next_key),
	    TEST(tab_counts_what_a_narrow_row_has_no_room_for),
	    TEST(tab_completes_words_that_have_come_back),
	    TEST(tab_knows_where_one_has_been),
	    TEST(tab_never_types_a_hostile_file_name),
	    TEST(tab_completes_files_with_blanks_and_folders),
	    TEST(settings_are_listed_told_and_set),
	    TEST(the_mouse_is_given_back_when_asked_for),
	    TEST(stats_tell_all_that_is_known),
	    TEST(a_wrong_port_is_named),
	    TEST(a_log_is_begun_told_and_ended),
	    TEST(the_help_page_has_every_section),
	    /* Its teardown would take the server away as well. */
	    cmocka_unit_test(in_a_pipe_what_would_add_to_it_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, site_open, site_close);
}
