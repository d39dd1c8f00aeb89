#include <wchar.h>

#include "cluster.h"
#include "harness.h"

#define LENGTH_MAX 256

/* A bar stands where one cluster ends and the next one begins. */
static const wchar_t *const texts[] = {
    L"a|b|c",
    L"a|\t|b|\x7f|\x301",
    L"e\x301|e\x301\x302\x303|x",
    L"é|ñ|글|漢|A",
    /* What joins and what only looks so: ZWNJ, ZWSP, a joiner of letters. */
    L"a\x200c|b|\x200b|c|d\x200d|e",
    /* Hangul jamo: leading, vowel, trailing; syllables and more jamo. */
    L"\x1112\x1161\x11ab|\x1100\x1173\x11af",
    L"\x1100\x1100\x1161|\xac00\x11a8|\xac01\x11a8|\xac00\x1161|\x1100|a",
    L"\x11a8|\xac00",
    /* SpacingMark: Devanagari, Tamil, Thai, Lao, Bengali. */
    L"न|म|स्|ते|हि|न्|दी",
    L"நி|கோ|ப|தி",
    L"กำ|นี้|ก|า",
    L"ຄຳ",
    L"বাং|লা",
    /* Prepend: an Arabic number sign and its number. */
    L"\x600\x661|\x662",
    /* Emoji: tones, hearts, families, keycaps, flags, those of tags. */
    L"\x1f44d\x1f3fd|\x2764\xfe0f|\x1f600|\x1f600",
    L"\x1f468\x200d\x1f469\x200d\x1f467\x200d\x1f466|\x1f468",
    L"\x1f469\x1f3fd\x200d\x1f4bb|\x1f3f3\xfe0f\x200d\x1f308",
    L"\x2764\xfe0f\x200d\x1f525|\x1f600\x200d|a",
    L"1\xfe0f\x20e3|#\xfe0f\x20e3|2",
    L"\x1f1f0\x1f1f7|\x1f1fa\x1f1f8|\x1f1eb",
    L"\x1f1f0\x301|\x1f1f7\x1f1fa|\x1f1f8",
    L"a|\x1f1f0\x1f1f7|b|\x1f1fa",
    L"\x1f3f4\xe0067\xe0062\xe0065\xe006e\xe0067\xe007f|x",
    /* Nothing to stand on. */
    L"\x301|a",
    L"\x200d\x301|\x1f600",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct split {
	wchar_t text[LENGTH_MAX];
	bool begins[LENGTH_MAX + 1]; /* a cluster, or it is the end */
	size_t len;
};

static void
split(struct split *s, const wchar_t *bars)
{
	*s = (struct split){.begins[0] = true};
	for (; *bars != L'\0'; bars++)
		if (*bars == L'|')
			s->begins[s->len] = true;
		else
			s->text[s->len++] = *bars;
	s->begins[s->len] = true;
}

static size_t
next_of(const struct split *s, size_t at)
{
	do
		at++;
	while (!s->begins[at]);
	return at;
}

static size_t
start_of(const struct split *s, size_t at)
{
	while (!s->begins[at])
		at--;
	return at;
}

static void
clusters_are_those_of_unicode(void **state)
{
	struct split s;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cluster c = {0};

		split(&s, texts[i]);
		for (size_t at = 0; at < s.len; at++) {
			if (cluster_add(&c, s.text[at]) == s.begins[at])
				fail_msg("text %zu: at %zu", i, at);
			if (s.begins[at])
				assert_int_equal(
				    cluster_next(s.text, s.len, at),
				    next_of(&s, at));
		}
	}
}

static void
they_are_the_same_from_anywhere(void **state)
{
	struct split s;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		split(&s, texts[i]);
		for (size_t at = 1; at <= s.len; at++) {
			if (cluster_prev(s.text, at) != start_of(&s, at - 1))
				fail_msg("text %zu: before %zu", i, at);
			if (at < s.len &&
			    cluster_joins(s.text, at) == s.begins[at])
				fail_msg("text %zu: at %zu", i, at);
		}
	}
}

static void
they_stay_so_behind_any_other_text(void **state)
{
	struct split s, other;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		wchar_t both[2 * LENGTH_MAX];

		split(&s, texts[i]);
		for (size_t j = 0; j < COUNT(texts); j++) {
			size_t before;

			split(&other, texts[j]);
			wmemcpy(both, other.text, other.len);
			both[other.len] = L' ';
			before = other.len + 1;
			wmemcpy(both + before, s.text, s.len);
			for (size_t at = before + 1; at < before + s.len; at++)
				if (cluster_joins(both, at) ==
				    s.begins[at - before])
					fail_msg("texts %zu, %zu", j, i);
		}
	}
}

static void
a_long_run_of_marks_is_gone_through_in_steps(void **state)
{
	wchar_t text[1 + 3 * CLUSTER_MAX] = {L'a'};

	(void)state;
	for (size_t i = 1; i < COUNT(text); i++)
		text[i] = 0x301;
	assert_int_equal(cluster_next(text, COUNT(text), 0), CLUSTER_MAX);
	assert_int_equal(cluster_prev(text, COUNT(text)), COUNT(text) - 1);
	assert_int_equal(
	    cluster_prev(text, COUNT(text) - 1), COUNT(text) - 1 - CLUSTER_MAX);
	assert_false(cluster_joins(text, CLUSTER_MAX));
	assert_true(cluster_joins(text, CLUSTER_MAX + 1));
}

static void
flags_stay_paired_however_many_there_are(void **state)
{
	static wchar_t text[20001];

	(void)state;
	text[0] = L'a';
	for (size_t i = 1; i < COUNT(text); i++)
		text[i] = i % 2 == 1 ? 0x1f1f0 : 0x1f1f7;
	for (size_t at = 2; at < COUNT(text); at += 997)
		assert_int_equal(cluster_joins(text, at), at % 2 == 0);
	assert_int_equal(cluster_prev(text, 20001), 19999);
}

/* Text does not have to be text. */
static void
any_number_is_stepped_over(void **state)
{
	static const wchar_t text[] = {
	    0xd800, 0x301, 0x10ffff, 0x110000, -1, 0x7fffffff, 1};
	size_t at = 0;

	(void)state;
	while (at < COUNT(text)) {
		size_t next = cluster_next(text, COUNT(text), at);

		assert_true(next > at && next <= COUNT(text));
		assert_int_equal(cluster_prev(text, next), at);
		at = next;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clusters_are_those_of_unicode),
	    cmocka_unit_test(they_are_the_same_from_anywhere),
	    cmocka_unit_test(they_stay_so_behind_any_other_text),
	    cmocka_unit_test(a_long_run_of_marks_is_gone_through_in_steps),
	    cmocka_unit_test(flags_stay_paired_however_many_there_are),
	    cmocka_unit_test(any_number_is_stepped_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
