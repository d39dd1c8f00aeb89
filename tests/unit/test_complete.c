/* complete: what Tab makes of a line. */

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complete.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "harness/scratch.h"
#include "words.h"

static struct words *words;
static struct complete *complete;

static int
setup(void **state)
{
	(void)state;
	words = words_new();
	complete = complete_new(words);
	return words == NULL || complete == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	complete_free(complete);
	words_free(words);
	return 0;
}

static void
learn(const char *text)
{
	words_learn(words, text, strlen(text));
}

static void
expect(const char *line, size_t count, const char *appended)
{
	char out[256];

	assert_int_equal(
	    complete_line(complete, line, strlen(line), out, sizeof(out)),
	    count);
	assert_string_equal(out, appended);
}

static void
expect_hint(const char *wanted)
{
	const char *hint = complete_hint(complete, 60);

	assert_string_equal(hint == NULL ? "(none)" : hint, wanted);
}

static void
names_of_commands(void **state)
{
	(void)state;
	expect("/q", 1, "uit ");
	expect("/di", 1, "sconnect ");
	expect("/rec", 1, "onnect ");
	expect("/quit", 1, " ");
	expect("/x", 0, "");
	expect("/re", 2, "");
	expect_hint("/reconnect  /resend");
	expect("/c", 3, "");
	expect_hint("/clear  /connect  /crlf");
}

static void
the_hint_is_gone_with_the_next_key_or_tab(void **state)
{
	(void)state;
	expect("/c", 3, "");
	complete_forget(complete);
	expect_hint("(none)");
	expect("/c", 3, "");
	expect("/cl", 1, "ear ");
	expect_hint("(none)");
	expect("/c", 3, "");
	expect("/x", 0, "");
	expect_hint("(none)");
}

/* A first Tab goes as far as they agree, another one tells them. */
static void
what_could_be_appended_is_not_told_as_well(void **state)
{
	(void)state;
	learn("prefix prelude");
	expect("p", 2, "re");
	expect_hint("(none)");
	expect("pre", 2, "");
	expect_hint("prelude  prefix");
}

static void
switches(void **state)
{
	(void)state;
	expect("/hex ", 2, "o");
	expect("/time o", 2, "");
	expect_hint("on  off");
	expect("/crlf of", 1, "f ");
	expect("/hex on o", 0, "");
	expect("/tim of", 1, "f ");
}

static void
settings_and_their_values(void **state)
{
	(void)state;
	expect("/set ", 5, "");
	expect_hint("crlf  hex  mouse  resend  time");
	expect("/set re", 1, "send ");
	expect("/set resend a", 2, "");
	expect_hint("ask  always");
	expect("/set resend al", 1, "ways ");
	expect("/set resend  n", 1, "ever ");
	expect("/set mouse of", 1, "f ");
	expect("/set nonsense o", 0, "");
	expect("/set resend ask a", 0, "");
}

static void
what_takes_nothing_completes_nothing(void **state)
{
	(void)state;
	learn("hello");
	expect("/quit hel", 0, "");
	expect("/nonsense hel", 0, "");
	expect("/c hel", 0, "");
}

static void
places_the_latest_first(void **state)
{
	(void)state;
	expect("/connect ", 0, "");
	complete_learn_place(complete, "db.example:80");
	complete_learn_place(complete, "127.0.0.1:8080");
	complete_learn_place(complete, "db.example:81");
	expect("/connect 12", 1, "7.0.0.1:8080 ");
	expect("/conn d", 2, "b.example:8");
	complete_learn_place(complete, "db.example:80");
	expect("/connect db.example:8", 2, "");
	expect_hint("db.example:80  db.example:81");
	expect("/connect ", 3, "");
	expect_hint("db.example:80  db.example:81  127.0.0.1:8080");
}

static void
places_are_bounded(void **state)
{
	char place[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(place, sizeof(place), "host%03d", i);
		complete_learn_place(complete, place);
	}
	expect("/connect host", 64, "9");
	expect("/connect host999", 1, " ");
}

static void
a_name_that_was_seen_may_be_a_place(void **state)
{
	(void)state;
	learn("try db.example.org:8081 instead");
	expect("/connect db", 1, ".example.org:8081 ");
}

static void
words_that_were_seen(void **state)
{
	(void)state;
	learn("hello world");
	expect("say hel", 1, "lo");
	expect("hel", 1, "lo");
	expect("//hel", 1, "lo");
	expect("hello", 0, "");
	expect("x", 0, "");
	expect("", 0, "");
	expect("say ", 0, "");
}

static void
a_later_part_of_a_name_is_tried_as_well(void **state)
{
	(void)state;
	learn("example.org");
	expect("www.exa", 1, "mple.org");
	expect("http://www.exa", 1, "mple.org");
}

static void
hangul_words_are_whole(void **state)
{
	(void)state;
	learn("안녕하세요 메아리");
	expect("아 안녕", 1, "하세요");
	expect("메", 1, "아리");
	learn("안녕한지요");
	/* Both go on with a syllable that begins with the same bytes. */
	expect("안", 2, "녕");
	expect("안녕", 2, "");
	expect_hint("안녕한지요  안녕하세요");
}

static void
only_what_is_before_the_cursor_counts(void **state)
{
	char out[32];

	(void)state;
	learn("hello");
	assert_int_equal(
	    complete_line(complete, "hellfire", 3, out, sizeof(out)), 1);
	assert_string_equal(out, "lo");
}

static void
a_short_buffer_is_never_overrun(void **state)
{
	char out[4] = "zzz";

	(void)state;
	assert_int_equal(complete_line(complete, "/dis", 4, out, 3), 1);
	assert_string_equal(out, "co");
	assert_int_equal(out[3], '\0');
}

static void
touch(const char *name)
{
	char path[256];

	scratch_path(path, sizeof(path), name);
	scratch_write(path, "", 0);
}

/* What was typed begins with the scratch directory. */
static void
expect_file(
    const char *command, const char *typed, size_t count, const char *appended)
{
	char line[512];

	snprintf(line, sizeof(line), "%s %s/%s", command, scratch_dir(), typed);
	expect(line, count, appended);
}

static void
files_and_folders(void **state)
{
	char path[256];

	(void)state;
	touch("files-one");
	touch("files two");
	touch(".files-hidden");
	scratch_path(path, sizeof(path), "files-folder");
	assert_int_equal(mkdir(path, 0700), 0);
	expect_file("/save", "fi", 3, "les");
	expect_file("/save", "files", 3, "");
	expect_hint("files two  files-folder/  files-one");
	expect_file("/save", "files-o", 1, "ne");
	expect_file("/save", "files ", 1, "two");
	expect_file("/save", "files-f", 1, "older/");
	expect_file("/save", "files-folder/", 0, "");
	touch("files-folder/.hidden");
	touch("files-folder/seen");
	expect_file("/save", "files-folder/", 1, "seen");
	expect_file("/save", "files-folder/.", 1, "hidden");
	expect_file("/save", "nowhere/x", 0, "");
	expect_file("/log", "files-o", 1, "ne");
	expect_file("/save", ".files", 1, "-hidden");
	expect_file("/save", "files-one", 1, "");
	expect_hint("(none)");
}

static void
a_tilde_is_the_home(void **state)
{
	(void)state;
	touch("tilde-file");
	assert_int_equal(setenv("HOME", scratch_dir(), 1), 0);
	expect("/save ~/tilde-f", 1, "ile");
}

static void
a_log_may_be_off_as_well(void **state)
{
	(void)state;
	expect("/log of", 1, "f");
	expect_file("/log", "of", 0, "");
}

static void
a_hostile_file_name_is_told_and_not_typed(void **state)
{
	(void)state;
	touch("bad-\033]0;title\007-name");
	expect_file("/save", "ba", 1, "d-");
	expect_file("/save", "bad-", 1, "");
	expect_hint("bad-^[]0;title^G-name");
}

static void
a_full_folder_is_looked_at_up_to_a_bound(void **state)
{
	char folder[256], path[300];

	(void)state;
	scratch_path(folder, sizeof(folder), "full");
	assert_int_equal(mkdir(folder, 0700), 0);
	for (int i = 0; i < 4200; i++) {
		snprintf(path, sizeof(path), "%s/f%d", folder, i);
		assert_int_equal(symlink("/nowhere", path), 0);
	}
	snprintf(path, sizeof(path), "/save %s/f", folder);
	/* Among the entries are . and .. */
	assert_in_range(
	    complete_line(complete, path, strlen(path), folder, sizeof(folder)),
	    4090, 4096);
}

#define complete_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    complete_test(names_of_commands),
	    complete_test(the_hint_is_gone_with_the_next_key_or_tab),
	    complete_test(what_could_be_appended_is_not_told_as_well),
	    complete_test(switches),
	    complete_test(settings_and_their_values),
	    complete_test(what_takes_nothing_completes_nothing),
	    complete_test(places_the_latest_first),
	    complete_test(places_are_bounded),
	    complete_test(a_name_that_was_seen_may_be_a_place),
	    complete_test(words_that_were_seen),
	    complete_test(a_later_part_of_a_name_is_tried_as_well),
	    complete_test(hangul_words_are_whole),
	    complete_test(only_what_is_before_the_cursor_counts),
	    complete_test(a_short_buffer_is_never_overrun),
	    complete_test(files_and_folders),
	    complete_test(a_tilde_is_the_home),
	    complete_test(a_log_may_be_off_as_well),
	    complete_test(a_hostile_file_name_is_told_and_not_typed),
	    complete_test(a_full_folder_is_looked_at_up_to_a_bound),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
