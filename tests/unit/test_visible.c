/* visible: how each kind of text from elsewhere looks. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "harness/region.h"
#include "visible.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* One thing that came from elsewhere, and how it must look. */
struct sample {
	const char *bytes;
	size_t len;
	const char *text;
	const char *quoted; /* NULL: as text */
};

#define SAMPLE(bytes, text, quoted)                    \
	{                                              \
		bytes, sizeof(bytes) - 1, text, quoted \
	}

static void
assert_shown_as(const struct sample *sample)
{
	char buf[1024];
	size_t len;

	len = visible_text(buf, sizeof(buf), sample->bytes, sample->len, 0, 0);
	assert_string_equal(buf, sample->text);
	assert_int_equal(len, strlen(buf));
	len = visible_text(
	    buf, sizeof(buf), sample->bytes, sample->len, 0, VISIBLE_QUOTE);
	assert_string_equal(
	    buf, sample->quoted != NULL ? sample->quoted : sample->text);
	assert_int_equal(len, strlen(buf));
}

static void
assert_all_shown(const struct sample *samples, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		assert_shown_as(&samples[i]);
}

static void
text_that_is_safe_comes_as_it_is(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("", "", NULL),
	    SAMPLE("hello ~world!", "hello ~world!", NULL),
	    SAMPLE("gr\u00fc\u00df", "gr\u00fc\u00df", NULL),
	    SAMPLE("\u4f60\u597d", "\u4f60\u597d", NULL),
	    SAMPLE("e\u0301x", "e\u0301x", NULL),
	    SAMPLE("\U0001f600", "\U0001f600", NULL),
	    SAMPLE("\u2764\ufe0f", "\u2764\ufe0f", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
controls_are_spelt_out(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\0", "^@", "\\x00"),
	    SAMPLE("\x1f", "^_", "\\x1f"),
	    SAMPLE("\x7f", "^?", "\\x7f"),
	    SAMPLE("a\tb\r\n", "a^Ib^M^J", "a\\tb\\r\\n"),
	    SAMPLE("\x9b", "\\x9b", NULL),
	    SAMPLE("\xc2\x9b", "\\x9b", NULL),
	    SAMPLE("\xc2\x80", "\\x80", NULL),
	    SAMPLE("\xc2\xa0", "\xc2\xa0", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
quotes_and_backslashes_are_escaped_in_logs_only(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\"\\x00\"", "\"\\x00\"", "\\\"\\\\x00\\\""),
	    SAMPLE("\"\u0301", "\"\u0301", "\\\"\u25cc\u0301"),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
bytes_that_are_not_utf8_are_spelt_out_one_by_one(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\x80\xbf", "\\x80\\xbf", NULL),
	    SAMPLE("\xc0\xaf", "\\xc0\\xaf", NULL),
	    SAMPLE("\xc1\xbf", "\\xc1\\xbf", NULL),
	    SAMPLE("\xe0\x80\xaf", "\\xe0\\x80\\xaf", NULL),
	    SAMPLE("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", NULL),
	    SAMPLE("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", NULL),
	    SAMPLE("\xed\xa0\x80", "\\xed\\xa0\\x80", NULL),
	    SAMPLE("\xed\xbf\xbf", "\\xed\\xbf\\xbf", NULL),
	    SAMPLE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", NULL),
	    SAMPLE("\xf5\xff\xfe", "\\xf5\\xff\\xfe", NULL),
	    SAMPLE("\xc3(", "\\xc3(", NULL),
	    SAMPLE("\xe2\x82\x1b[", "\\xe2\\x82^[[", "\\xe2\\x82\\x1b["),
	    /* Cut in mid-character. */
	    SAMPLE("a\xe2\x82", "a\\xe2\\x82", NULL),
	    SAMPLE("\xf0\x9f\x98", "\\xf0\\x9f\\x98", NULL),
	    SAMPLE("e\xcc", "e\\xcc", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
what_hides_or_reorders_is_spelt_out(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\u061c", "<U+061C>", NULL),
	    SAMPLE("a\u200bb", "a<U+200B>b", NULL),
	    SAMPLE("\u200e\u202e", "<U+200E><U+202E>", NULL),
	    SAMPLE("\u2066\u2069", "<U+2066><U+2069>", NULL),
	    SAMPLE("\ufeff", "<U+FEFF>", NULL),
	    SAMPLE("\ufff9\ufffb", "<U+FFF9><U+FFFB>", NULL),
	    SAMPLE("\xf3\xa0\x81\xa1", "<U+E0061>", NULL),
	    SAMPLE("\xef\xb7\x90", "<U+FDD0>", NULL),
	    SAMPLE("\xef\xbf\xbf", "<U+FFFF>", NULL),
	    SAMPLE("\xf4\x8f\xbf\xbe", "<U+10FFFE>", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
a_joiner_stays_between_two_emoji_only(void **state)
{
	static const struct sample samples[] = {
	    /* Astronaut, with a skin tone; rainbow flag; heart on fire. */
	    SAMPLE("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680",
		NULL),
	    SAMPLE("\U0001f469\U0001f3fd\u200d\U0001f680",
		"\U0001f469\U0001f3fd\u200d\U0001f680", NULL),
	    SAMPLE("\U0001f3f3\ufe0f\u200d\U0001f308",
		"\U0001f3f3\ufe0f\u200d\U0001f308", NULL),
	    SAMPLE("\u2764\ufe0f\u200d\U0001f525",
		"\u2764\ufe0f\u200d\U0001f525", NULL),
	    SAMPLE("a\u200db", "a<U+200D>b", NULL),
	    SAMPLE("\u200d", "<U+200D>", NULL),
	    SAMPLE("\u200d\U0001f680", "<U+200D>\U0001f680", NULL),
	    SAMPLE("\U0001f469\u200d", "\U0001f469<U+200D>", NULL),
	    SAMPLE("\U0001f469\u200da", "\U0001f469<U+200D>a", NULL),
	    SAMPLE("\U0001f469\u200d\xf0\x9f", "\U0001f469<U+200D>\\xf0\\x9f",
		NULL),
	    SAMPLE("\U0001f469\u200d\u200d\U0001f680",
		"\U0001f469<U+200D><U+200D>\U0001f680", NULL),
	    SAMPLE("a\u200d\U0001f680", "a<U+200D>\U0001f680", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
marks_stay_with_their_character(void **state)
{
	struct visible unit;

	(void)state;
	assert_int_equal(visible_next("e\u0301\u0302x", 6, &unit), 5);
	assert_string_equal(unit.text, "e\u0301\u0302");
	assert_int_equal(unit.width, 1);
	assert_false(unit.escaped);
}

static void
marks_on_nothing_stand_on_a_dotted_circle(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\u0301", "\u25cc\u0301", NULL),
	    SAMPLE("\u0301\u0302", "\u25cc\u0301\u0302", NULL),
	    SAMPLE("\x1b\u0301", "^[\u25cc\u0301", "\\x1b\u25cc\u0301"),
	    SAMPLE("\ufe0f", "\u25cc\ufe0f", NULL),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
a_heap_of_marks_is_capped_and_nothing_is_lost(void **state)
{
	char zalgo[1 + 2 * 100], buf[1024];
	const char *p;
	size_t i, marks = 0;
	struct visible unit;

	(void)state;
	zalgo[0] = 'a';
	for (i = 1; i < sizeof(zalgo); i += 2)
		memcpy(zalgo + i, "\u0301", 2);
	assert_int_equal(visible_next(zalgo, sizeof(zalgo), &unit),
	    1 + 2 * VISIBLE_MARKS_MAX);
	visible_text(buf, sizeof(buf), zalgo, sizeof(zalgo), 0, 0);
	for (p = buf; (p = strstr(p, "\u0301")) != NULL; p += 2)
		marks++;
	assert_int_equal(marks, 100);
	assert_int_equal(visible_width(zalgo, sizeof(zalgo)), 100 / 4);
}

static void
hangul_that_is_written_in_parts_is_one_character(void **state)
{
	static const char parts[] = "\u1112\u1161\u11ab";
	struct visible unit;

	(void)state;
	if (wcwidth(0x1161) != 0)
		skip();
	assert_int_equal(visible_next(parts, sizeof(parts) - 1, &unit), 9);
	assert_string_equal(unit.text, parts);
	assert_int_equal(unit.width, 2);
	assert_false(unit.escaped);
	assert_int_equal(visible_width(parts, sizeof(parts) - 1), 2);
}

/* What attackers send to terminals, and how it looks instead. */
static void
payloads_for_terminals_are_harmless(void **state)
{
	static const struct sample samples[] = {
	    SAMPLE("\033[2J", "^[[2J", "\\x1b[2J"),
	    SAMPLE("\033]0;title\a", "^[]0;title^G", "\\x1b]0;title\\x07"),
	    SAMPLE("\033]52;c;cm0gLXJm\033\\", "^[]52;c;cm0gLXJm^[\\",
		"\\x1b]52;c;cm0gLXJm\\x1b\\\\"),
	    SAMPLE("\033[6n", "^[[6n", "\\x1b[6n"),
	    SAMPLE("\033[31;8mhidden", "^[[31;8mhidden", "\\x1b[31;8mhidden"),
	    SAMPLE("\x9b"
		   "2J",
		"\\x9b2J", NULL),
	    SAMPLE(
		"\033P+q544e\033\\", "^[P+q544e^[\\", "\\x1bP+q544e\\x1b\\\\"),
	    SAMPLE("\a\a", "^G^G", "\\x07\\x07"),
	    SAMPLE("\033(0", "^[(0", "\\x1b(0"),
	    SAMPLE("user\u202egpj.exe", "user<U+202E>gpj.exe", NULL),
	    SAMPLE("\033]8;;http://x\033\\y", "^[]8;;http://x^[\\y",
		"\\x1b]8;;http://x\\x1b\\\\y"),
	};

	(void)state;
	assert_all_shown(samples, ARRAY_LEN(samples));
}

static void
assert_cut(const char *text, size_t columns, const char *expected)
{
	char buf[64];
	size_t len;

	len = visible_text(buf, sizeof(buf), text, strlen(text), columns, 0);
	assert_string_equal(buf, expected);
	assert_int_equal(len, strlen(expected));
}

static void
a_text_that_is_too_wide_ends_in_dots(void **state)
{
	(void)state;
	assert_cut("abcdef", 0, "abcdef");
	assert_cut("abcdef", 6, "abcdef");
	assert_cut("abcdef", 5, "ab...");
	assert_cut("abcdef", 4, "a...");
	assert_cut("abcdef", 3, "...");
	assert_cut("abcdef", 2, "..");
	assert_cut("abcdef", 1, ".");
	assert_cut("a", 1, "a");
	assert_cut("\u4f60\u597d\u4f60", 6, "\u4f60\u597d\u4f60");
	assert_cut("\u4f60\u597d\u4f60", 5, "\u4f60...");
	assert_cut("\u4f60\u597d\u4f60", 4, "...");
	assert_cut("ab\033\033", 6, "ab^[^[");
	assert_cut("ab\033\033", 5, "ab...");
	assert_cut("ae\u0301bcd", 5, "ae\u0301bcd");
	assert_cut("ae\u0301bcd", 4, "a...");
	assert_cut("\U0001f469\u200d\U0001f680abc", 5, "\U0001f469...");
}

static void
a_text_that_is_too_long_is_cut_at_a_whole_unit(void **state)
{
	static const char text[] = "a\u00e9\033b";
	char buf[16];

	(void)state;
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(visible_text(buf, 0, text, 5, 0, 0), 0);
	assert_int_equal(buf[0], 'x');
	assert_int_equal(visible_text(buf, 1, text, 5, 0, 0), 0);
	assert_string_equal(buf, "");
	assert_int_equal(visible_text(buf, 3, text, 5, 0, 0), 1);
	assert_string_equal(buf, "a");
	assert_int_equal(visible_text(buf, 4, text, 5, 0, 0), 3);
	assert_string_equal(buf, "a\u00e9");
	assert_int_equal(visible_text(buf, 5, text, 5, 0, 0), 3);
	assert_int_equal(visible_text(buf, 6, text, 5, 0, 0), 5);
	assert_int_equal(visible_text(buf, 7, text, 5, 0, 0), 6);
	assert_string_equal(buf, "a\u00e9^[b");
	assert_int_equal(visible_text(buf, 3, "abcdef", 6, 4, 0), 2);
}

static void
what_was_spelt_out_says_so(void **state)
{
	struct visible unit;

	(void)state;
	visible_next("\033", 1, &unit);
	assert_true(unit.escaped);
	assert_int_equal(unit.width, 2);
	visible_next("\xff", 1, &unit);
	assert_true(unit.escaped);
	assert_int_equal(unit.width, 4);
	visible_next("\u202e", 3, &unit);
	assert_true(unit.escaped);
	assert_int_equal(unit.width, 8);
	visible_next("\u0301", 2, &unit);
	assert_true(unit.escaped);
	assert_int_equal(unit.width, 1);
	visible_next("a", 1, &unit);
	assert_false(unit.escaped);
}

static int
leave_locale(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") != NULL ? 0 : -1;
}

static void
without_a_utf8_locale_all_but_ascii_is_spelt_out(void **state)
{
	char buf[64];

	(void)state;
	visible_text(buf, sizeof(buf), "a\u00e9\u4f60\u0301", 8, 0, 0);
	assert_string_equal(buf, "a<U+00E9><U+4F60><U+0301>");
	assert_int_equal(visible_width("a\u00e9", 3), 9);
}

static void
quoting_needs_no_locale(void **state)
{
	char buf[64];

	(void)state;
	visible_text(
	    buf, sizeof(buf), "\u00e9\u4f60\u0301\n", 8, 0, VISIBLE_QUOTE);
	assert_string_equal(buf, "\u00e9\u4f60\u0301\\n");
	/* The wide one counts as two columns. */
	visible_text(
	    buf, sizeof(buf), "\u4f60\u4f60\u4f60", 9, 5, VISIBLE_QUOTE);
	assert_string_equal(buf, "\u4f60...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_that_is_safe_comes_as_it_is),
	    cmocka_unit_test(controls_are_spelt_out),
	    cmocka_unit_test(quotes_and_backslashes_are_escaped_in_logs_only),
	    cmocka_unit_test(bytes_that_are_not_utf8_are_spelt_out_one_by_one),
	    cmocka_unit_test(what_hides_or_reorders_is_spelt_out),
	    cmocka_unit_test(a_joiner_stays_between_two_emoji_only),
	    cmocka_unit_test(marks_stay_with_their_character),
	    cmocka_unit_test(marks_on_nothing_stand_on_a_dotted_circle),
	    cmocka_unit_test(a_heap_of_marks_is_capped_and_nothing_is_lost),
	    cmocka_unit_test(hangul_that_is_written_in_parts_is_one_character),
	    cmocka_unit_test(payloads_for_terminals_are_harmless),
	    cmocka_unit_test(a_text_that_is_too_wide_ends_in_dots),
	    cmocka_unit_test(a_text_that_is_too_long_is_cut_at_a_whole_unit),
	    cmocka_unit_test(what_was_spelt_out_says_so),
	    cmocka_unit_test_setup_teardown(
		without_a_utf8_locale_all_but_ascii_is_spelt_out, leave_locale,
		region_setup),
	    cmocka_unit_test_setup_teardown(
		quoting_needs_no_locale, leave_locale, region_setup),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
