/* needle: what matches what, and a comparison with the obvious way. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "needle.h"

#define TEXT_MAX    40
#define PATTERN_MAX 6

/* Where pattern stands in text[from..len), or -1, and the bytes of it. */
static int
find_from(const char *pattern, const char *text, size_t len, size_t from,
    size_t *match_len)
{
	struct needle *n = needle_new(pattern, strlen(pattern));
	struct needle_match match;
	bool found;

	assert_non_null(n);
	found = needle_find(n, text, len, from, &match);
	needle_free(n);
	if (!found)
		return -1;
	*match_len = match.len;
	return (int)match.start;
}

static void
expect(const char *pattern, const char *text, int start, size_t len)
{
	size_t found_len = 0;

	assert_int_equal(
	    find_from(pattern, text, strlen(text), 0, &found_len), start);
	if (start >= 0)
		assert_int_equal(found_len, len);
}

static void
a_text_is_found(void **state)
{
	(void)state;
	expect("b", "abc", 1, 1);
	expect("abc", "abc", 0, 3);
	expect("abcd", "abc", -1, 0);
	expect("a", "", -1, 0);
	expect("lo w", "hello world", 3, 4);
	/* What is begun and fails begins anew in what was read. */
	expect("aab", "aaab", 1, 3);
	expect("abac", "ababac", 2, 4);
	expect("abaabaaac", "abaabaabaaac", 3, 9);
}

static void
case_is_ignored_without_a_capital(void **state)
{
	(void)state;
	expect("hello", "say HeLLo", 4, 5);
	expect("Hello", "say HELLO", -1, 0);
	expect("Hello", "hello Hello", 6, 5);
	expect("é", "É", 0, 2);
	expect("É", "é", -1, 0);
	expect("привет", "ПРИВЕТ", 0, 12);
	/* The Kelvin sign has three bytes, k has one. */
	expect("k", "-\xe2\x84\xaa-", 1, 3);
	expect("okay",
	    "o\xe2\x84\xaa"
	    "AY",
	    0, 6);
}

static void
any_script_is_found(void **state)
{
	(void)state;
	expect("메아리", "안녕하세요, 메아리", 17, 9);
	expect("글", "한글을 치는 중", 3, 3);
	expect("漢字", "ひらがな漢字", 12, 6);
	expect("🎉", "a🎉b", 1, 4);
	/* U+1F389 and U+1F38A differ in the last byte only. */
	expect("🎊", "🎉🎊", 4, 4);
}

static void
a_bad_byte_only_equals_itself(void **state)
{
	(void)state;
	expect("\xff", "a\xfe\xff", 2, 1);
	expect("\xc3", "a\xc3z", 1, 1);
	expect("a\xe1\x80", "xa\xe1\x80", 1, 3);
	/* Those that make a character up are none. */
	expect("\xc3", "é", -1, 0);
	expect("\xa9", "é", -1, 0);
	expect("\xa9", "é\xa9", 2, 1);
	expect("\x80", "\xe4\x80\x80\x80", 3, 1);
}

static void
matches_do_not_overlap(void **state)
{
	size_t len = 0;

	(void)state;
	assert_int_equal(find_from("aa", "aaaaa", 5, 0, &len), 0);
	assert_int_equal(find_from("aa", "aaaaa", 5, 2, &len), 2);
	assert_int_equal(find_from("aa", "aaaaa", 5, 4, &len), -1);
	assert_int_equal(find_from("b", "aba", 3, 2, &len), -1);
}

/* The obvious way would take a thousand million steps for this. */
static void
repetitions_take_no_longer(void **state)
{
	static char text[1 << 20], pattern[1024];
	size_t len = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	memset(pattern, 'a', sizeof(pattern));
	pattern[sizeof(pattern) - 2] = 'b';
	pattern[sizeof(pattern) - 1] = '\0';
	assert_int_equal(find_from(pattern, text, sizeof(text), 0, &len), -1);
	text[sizeof(text) - 2] = 'b';
	assert_int_equal(find_from(pattern, text, sizeof(text), 0, &len),
	    sizeof(text) - sizeof(pattern));
	assert_int_equal(len, sizeof(pattern) - 1);
}

/* Few letters, so that much matches; each with its small form. */
static const char *const letters[][2] = {
    {"a", "a"},
    {"A", "a"},
    {"b", "b"},
    {"é", "é"},
    {"É", "é"},
    {"글", "글"},
    {"\xe2\x84\xaa", "k"},
    {"k", "k"},
    {"\xea", "\xea"},
    {"\xff", "\xff"},
};

#define LETTERS (sizeof(letters) / sizeof(letters[0]))

static uint32_t
next_random(uint32_t *rng)
{
	*rng = *rng * 1664525u + 1013904223u;
	return *rng >> 8;
}

/* No letter makes another one up with what follows it. */
struct word {
	size_t count;
	unsigned letter[TEXT_MAX];
	char text[TEXT_MAX * 4 + 1];
	size_t offset[TEXT_MAX + 1];
};

static void
word_make(struct word *w, size_t count, unsigned kinds, uint32_t *rng)
{
	w->count = count;
	w->text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		w->letter[i] = next_random(rng) % kinds;
		w->offset[i] = strlen(w->text);
		strcat(w->text, letters[w->letter[i]][0]);
	}
	w->offset[count] = strlen(w->text);
}

static bool
has_capital(const struct word *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(letters[w->letter[i]][0],
			letters[w->letter[i]][1]) != 0)
			return true;
	return false;
}

static bool
matches_at(const struct word *pattern, const struct word *text, size_t at)
{
	int form = has_capital(pattern) ? 0 : 1;

	if (at + pattern->count > text->count)
		return false;
	for (size_t i = 0; i < pattern->count; i++)
		if (strcmp(letters[pattern->letter[i]][form],
			letters[text->letter[at + i]][form]) != 0)
			return false;
	return true;
}

static void
random_texts_match_as_the_obvious_way_says(void **state)
{
	uint32_t rng = 4;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		unsigned kinds = 2 + next_random(&rng) % (LETTERS - 1);
		size_t from = 0, at = 0, len = 0;
		struct word pattern, text;
		int found;

		word_make(
		    &pattern, 1 + next_random(&rng) % PATTERN_MAX, kinds, &rng);
		word_make(&text, next_random(&rng) % TEXT_MAX, kinds, &rng);
		do {
			while (
			    at < text.count && !matches_at(&pattern, &text, at))
				at++;
			found = find_from(pattern.text, text.text,
			    strlen(text.text), from, &len);
			if (at == text.count) {
				assert_int_equal(found, -1);
				break;
			}
			assert_int_equal(found, text.offset[at]);
			at += pattern.count;
			from = text.offset[at];
			assert_int_equal(len, from - (size_t)found);
		} while (true);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_is_found),
	    cmocka_unit_test(case_is_ignored_without_a_capital),
	    cmocka_unit_test(any_script_is_found),
	    cmocka_unit_test(a_bad_byte_only_equals_itself),
	    cmocka_unit_test(matches_do_not_overlap),
	    cmocka_unit_test(repetitions_take_no_longer),
	    cmocka_unit_test(random_texts_match_as_the_obvious_way_says),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
