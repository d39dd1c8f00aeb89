#include "editor_cluster.h"

#define ZERO_WIDTH_JOINER 0x200d

static bool
is_in(wchar_t c, wchar_t first, wchar_t last)
{
	return c >= first && c <= last;
}

/* What never stands for itself. */
static bool
is_mark(wchar_t c)
{
	return is_in(c, 0xfe00, 0xfe0f) || is_in(c, 0x1f3fb, 0x1f3ff) ||
	    is_in(c, 0xe0020, 0xe007f) || is_in(c, 0xe0100, 0xe01ef) ||
	    (c >= 0x300 && c != 0x200b && wcwidth(c) == 0);
}

/* Of what a joiner can make one emoji. */
static bool
is_pictograph(wchar_t c)
{
	return is_in(c, 0x2190, 0x2bff) || is_in(c, 0x1f000, 0x1faff);
}

static bool
is_regional(wchar_t c)
{
	return is_in(c, 0x1f1e6, 0x1f1ff);
}

static bool
is_leading_jamo(wchar_t c)
{
	return is_in(c, 0x1100, 0x115f) || is_in(c, 0xa960, 0xa97c);
}

static bool
is_vowel_jamo(wchar_t c)
{
	return is_in(c, 0x1160, 0x11a7) || is_in(c, 0xd7b0, 0xd7c6);
}

static bool
is_trailing_jamo(wchar_t c)
{
	return is_in(c, 0x11a8, 0x11ff) || is_in(c, 0xd7cb, 0xd7fb);
}

static bool
is_syllable(wchar_t c)
{
	return is_in(c, 0xac00, 0xd7a3);
}

static bool
joins_hangul(wchar_t a, wchar_t b)
{
	bool open = is_syllable(a) && (a - 0xac00) % 28 == 0;

	if (is_leading_jamo(a))
		return is_leading_jamo(b) || is_vowel_jamo(b) || is_syllable(b);
	if (is_vowel_jamo(a) || open)
		return is_vowel_jamo(b) || is_trailing_jamo(b);
	return (is_trailing_jamo(a) || is_syllable(a)) && is_trailing_jamo(b);
}

static bool
is_hangul(wchar_t c)
{
	return is_leading_jamo(c) || is_vowel_jamo(c) || is_trailing_jamo(c) ||
	    is_syllable(c);
}

/*
 * Flags are pairs: an even number of letters before this one starts a new pair.
 */
static bool
joins_flag(const wchar_t *text, size_t at)
{
	size_t before = 0;

	while (before < at && before < 2 * EDITOR_CLUSTER_MAX &&
	    is_regional(text[at - 1 - before]))
		before++;
	return before % 2 == 1;
}

bool
editor_cluster_joins(const wchar_t *text, size_t at)
{
	wchar_t a = text[at - 1], b = text[at];

	if (a < 0x20)
		return false;
	/*
	 * A vowel or trailing jamo is as wide as a mark, but needs its Hangul.
	 */
	if (is_hangul(a) && is_hangul(b))
		return joins_hangul(a, b);
	if (is_mark(b))
		return true;
	if (a == ZERO_WIDTH_JOINER)
		return is_pictograph(b);
	return is_regional(b) && is_regional(a) && joins_flag(text, at);
}

size_t
editor_cluster_next(const wchar_t *text, size_t len, size_t at)
{
	size_t end = at + 1;

	while (end < len && end - at < EDITOR_CLUSTER_MAX &&
	    editor_cluster_joins(text, end))
		end++;
	return end;
}

size_t
editor_cluster_prev(const wchar_t *text, size_t at)
{
	size_t start = at - 1;

	while (start > 0 && at - start < EDITOR_CLUSTER_MAX &&
	    editor_cluster_joins(text, start))
		start--;
	return start;
}
