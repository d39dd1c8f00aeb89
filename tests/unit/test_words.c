/* words: the words already seen. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "words.h"

static int
setup(void **state)
{
	*state = words_new();
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	words_free(*state);
	return 0;
}

static void
learn(void **state, const char *text)
{
	words_learn(*state, text, strlen(text));
}

/* The words that begin like this are these, with a blank behind each. */
static void
expect(void **state, const char *prefix, const char *wanted)
{
	char got[512] = "";
	const char *word = NULL;
	size_t len = 0;

	while (
	    (word = words_match(*state, prefix, strlen(prefix), word)) != NULL)
		len +=
		    (size_t)snprintf(got + len, sizeof(got) - len, "%s ", word);
	assert_string_equal(got, wanted);
}

static void
the_latest_comes_first(void **state)
{
	expect(state, "", "");
	learn(state, "alpha beta");
	learn(state, "alphabet");
	expect(state, "al", "alphabet alpha ");
	learn(state, "the alpha again");
	expect(state, "al", "alpha alphabet ");
	expect(state, "alphab", "alphabet ");
	expect(state, "Al", "");
}

static void
a_word_that_is_there_already_is_no_completion(void **state)
{
	learn(state, "alpha");
	expect(state, "alpha", "");
}

static void
names_and_addresses_are_words(void **state)
{
	learn(state, "GET /index.html HTTP/1.1, from db-1.example.org:8080!");
	learn(state, "(me@example.org) 127.0.0.1 fe80::1 snake_case ...and--");
	expect(state, "G", "GET ");
	expect(state, "index", "index.html ");
	expect(state, "HTTP", "HTTP/1.1 ");
	expect(state, "db", "db-1.example.org:8080 ");
	expect(state, "me", "me@example.org ");
	expect(state, "127", "127.0.0.1 ");
	expect(state, "fe", "fe80::1 ");
	expect(state, "sn", "snake_case ");
	expect(state, "an", "and ");
}

static void
too_short_and_too_long_ones_are_not_learnt(void **state)
{
	char text[66];

	learn(state, "a ab abc");
	expect(state, "a", "abc ");
	memset(text, 'x', sizeof(text));
	words_learn(*state, text, 65);
	expect(state, "x", "");
	words_learn(*state, text, 64);
	assert_non_null(words_match(*state, "x", 1, NULL));
}

static void
characters_are_counted_and_not_bytes(void **state)
{
	learn(state, "안녕 안녕하세요, 메아리");
	expect(state, "안", "안녕하세요 ");
	expect(state, "메", "메아리 ");
	learn(state, "cafe\xcc\x81s naïve");
	expect(state, "caf", "cafe\xcc\x81s ");
	expect(state, "na", "naïve ");
}

static void
what_would_have_to_be_spelt_out_parts_words(void **state)
{
	learn(state, "abc\033def ghi\xffjkl mno\xe2\x80\xaepqr");
	expect(state, "a", "abc ");
	expect(state, "d", "def ");
	expect(state, "g", "ghi ");
	expect(state, "j", "jkl ");
	expect(state, "m", "mno ");
	expect(state, "p", "pqr ");
}

static void
a_very_long_text_is_not_looked_at(void **state)
{
	char text[4097];

	memset(text, ' ', sizeof(text));
	memcpy(text, "word", 4);
	words_learn(*state, text, 4097);
	expect(state, "w", "");
	words_learn(*state, text, 4096);
	expect(state, "w", "word ");
}

static void
the_oldest_give_way(void **state)
{
	char text[32];

	learn(state, "precious fleeting");
	for (int i = 0; i < 4000; i++) {
		snprintf(text, sizeof(text), "n%d", i + 1000);
		learn(state, text);
	}
	learn(state, "precious");
	for (int i = 4000; i < 8000; i++) {
		snprintf(text, sizeof(text), "n%d", i + 1000);
		learn(state, text);
	}
	expect(state, "prec", "precious ");
	expect(state, "fleet", "");
	expect(state, "n1000", "");
	assert_non_null(words_match(*state, "n899", 4, NULL));
}

static void
memory_for_the_texts_is_bounded(void **state)
{
	char text[64];
	const char *word = NULL;
	size_t count = 0;

	for (int i = 0; i < 4000; i++) {
		snprintf(text, sizeof(text), "w%059d", i);
		learn(state, text);
	}
	while ((word = words_match(*state, "w", 1, word)) != NULL)
		count++;
	assert_in_range(count, 1000, 65536 / 60);
}

/* Of a flood its beginning and its end are looked at. */
static void
a_flood_leaves_what_was_there_and_its_end(void **state)
{
	char text[32];

	learn(state, "precious");
	expect(state, "prec", "precious ");
	for (int i = 0; i < 200000; i++) {
		snprintf(text, sizeof(text), "w%d w%d", i % 1000, i % 7);
		learn(state, text);
	}
	learn(state, "middle");
	for (int i = 0; i < 200000; i++) {
		snprintf(text, sizeof(text), "w%d w%d", i % 1000, i % 7);
		learn(state, text);
	}
	learn(state, "ending");
	expect(state, "prec", "precious ");
	expect(state, "mid", "");
	expect(state, "end", "ending ");
	assert_non_null(words_match(*state, "w999", 3, NULL));
}

static size_t
begin(const char *line, size_t nth)
{
	return words_begin(line, strlen(line), nth);
}

static void
a_word_begins_where_it_was_parted(void **state)
{
	(void)state;
	assert_int_equal(begin("say hel", 0), 4);
	assert_int_equal(begin("say hel", 1), 7);
	assert_int_equal(begin("(db-1.ex", 0), 1);
	assert_int_equal(begin("(db-1.ex", 1), 4);
	assert_int_equal(begin("(db-1.ex", 2), 6);
	assert_int_equal(begin("(db-1.ex", 3), 8);
	assert_int_equal(begin("/usr/", 0), 1);
	assert_int_equal(begin("아, 안녕", 0), 5);
	assert_int_equal(begin("blank ", 0), 6);
	assert_int_equal(begin("", 0), 0);
}

/* A key that asks for each part of a pasted line must not stall the client. */
static void
only_the_end_of_a_long_line_is_looked_at(void **state)
{
	static char line[65536];
	size_t len = sizeof(line) - 1, nth = 0, at;

	(void)state;
	for (size_t i = 0; i < len; i++)
		line[i] = "a/"[i % 2];
	memcpy(line + len - 5, " wo-r", 5);
	assert_int_equal(begin(line, 0), len - 4);
	assert_int_equal(begin(line, 1), len - 1);
	assert_int_equal(begin(line, 2), len);
	memset(line + len - 5, 'a', 5);
	while ((at = begin(line, nth)) < len) {
		assert_true(at >= len - 2048);
		nth++;
	}
	assert_true(nth > 64 && nth <= 1024);
}

#define words_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    words_test(the_latest_comes_first),
	    words_test(a_word_that_is_there_already_is_no_completion),
	    words_test(names_and_addresses_are_words),
	    words_test(too_short_and_too_long_ones_are_not_learnt),
	    words_test(characters_are_counted_and_not_bytes),
	    words_test(what_would_have_to_be_spelt_out_parts_words),
	    words_test(a_very_long_text_is_not_looked_at),
	    words_test(the_oldest_give_way),
	    words_test(memory_for_the_texts_is_bounded),
	    words_test(a_flood_leaves_what_was_there_and_its_end),
	    words_test(a_word_begins_where_it_was_parted),
	    words_test(only_the_end_of_a_long_line_is_looked_at),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
