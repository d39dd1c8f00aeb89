#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "visible.h"
#include "visible_table.h"

#define JOINER	      0x200d /* ZERO WIDTH JOINER */
#define JOINER_UTF8   "\xe2\x80\x8d"
#define DOTTED_CIRCLE "\xe2\x97\x8c" /* U+25CC */
#define CUT_COLUMNS   3		     /* those of "..." */

/* The longest of the spellings, <U+10FFFF>, is shorter than a unit may be. */
_Static_assert(sizeof("<U+10FFFF>") <= VISIBLE_TEXT_MAX, "spelling too long");

static const char hex[] = "0123456789abcdef";

int32_t
visible_decode(const void *p, size_t len, size_t *used)
{
	/* The least code point of 1..4 bytes: below it the form is overlong. */
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = p;
	int32_t code;
	size_t i, need;

	*used = 1;
	if (s[0] < 0x80)
		return s[0];
	need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len < need)
		return -1;
	code = s[0] & (0xff >> (need + 1));
	for (i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[need] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return -1;
	*used = need;
	return code;
}

/* A Latin-1 terminal would take the bytes of UTF-8 for C1 controls. */
static bool
locale_is_utf8(void)
{
	const char *codeset = nl_langinfo(CODESET);

	return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

/* Columns of a character above U+009F: 0 for a mark, -1 to spell it out. */
static int
width_of(int32_t code, unsigned flags)
{
	int width;

	if (visible_table_is_spelt(code))
		return -1;
	if (flags & VISIBLE_QUOTE)
		return visible_table_width(code);
	if (!locale_is_utf8())
		return -1;
	/*
	 * Variation selectors: a column of their own in some systems' tables.
	 */
	if (code >= 0xfe00 && code <= 0xfe0f)
		return 0;
	width = wcwidth((wchar_t)code);
	return width > 2 ? -1 : width;
}

static void
put(struct visible *unit, const void *p, size_t len)
{
	memcpy(unit->text + unit->text_len, p, len);
	unit->text_len = (unsigned char)(unit->text_len + len);
	unit->text[unit->text_len] = '\0';
}

static void
spell(struct visible *unit, const char *text, size_t len)
{
	put(unit, text, len);
	unit->width = unit->text_len;
	unit->escaped = true;
}

static void
spell_byte(struct visible *unit, int32_t byte)
{
	char text[] = {'\\', 'x', hex[byte >> 4 & 0xf], hex[byte & 0xf]};

	spell(unit, text, sizeof(text));
}

static void
spell_code(struct visible *unit, int32_t code)
{
	char text[VISIBLE_TEXT_MAX];
	int len;

	len = snprintf(text, sizeof(text), "<U+%04X>", (unsigned)code);
	spell(unit, text, (size_t)len);
}

/* C0, DEL and, encoded as U+0080..U+009F, C1. */
static void
spell_control(struct visible *unit, int32_t code, unsigned flags)
{
	char text[2] = {'^', (char)(code ^ 0x40)};

	if (flags & VISIBLE_QUOTE && strchr("\t\n\r", code) && code != 0) {
		text[0] = '\\';
		text[1] = code == '\t' ? 't' : code == '\n' ? 'n' : 'r';
	} else if (flags & VISIBLE_QUOTE || code >= 0x80) {
		spell_byte(unit, code);
		return;
	}
	spell(unit, text, sizeof(text));
}

/* Whether p[0..len) begins with an emoji that will be shown as one. */
static bool
begins_emoji(const unsigned char *p, size_t len, unsigned flags)
{
	int32_t code;
	size_t used;

	if (len == 0)
		return false;
	code = visible_decode(p, len, &used);
	return code >= 0xa0 && visible_table_is_emoji(code) &&
	    width_of(code, flags) > 0;
}

/*
 * The marks at p[0..len) that stand on base (0: on nothing). A joiner is the
 * last of an emoji's marks, where another emoji follows. Returns the bytes
 * taken.
 */
static size_t
put_marks(struct visible *unit, const unsigned char *p, size_t len,
    int32_t base, unsigned flags)
{
	size_t used, taken = 0;
	int32_t code = 0;
	int marks;

	for (marks = 0; marks < VISIBLE_MARKS_MAX && code != JOINER; marks++) {
		if (taken == len || p[taken] < 0x80)
			break;
		code = visible_decode(p + taken, len - taken, &used);
		if (code == JOINER) {
			if (!visible_table_is_emoji(base) ||
			    !begins_emoji(
				p + taken + used, len - taken - used, flags))
				break;
		} else if (code < 0xa0 || width_of(code, flags) != 0) {
			break;
		}
		put(unit, p + taken, used);
		taken += used;
	}
	return taken;
}

/* A character above U+009F, decoded from the used bytes at p. */
static size_t
next_wide(const unsigned char *p, size_t len, size_t used, int32_t code,
    struct visible *unit, unsigned flags)
{
	int width = width_of(code, flags);

	if (width < 0) {
		spell_code(unit, code);
		return used;
	}
	if (width == 0) {
		put(unit, DOTTED_CIRCLE, strlen(DOTTED_CIRCLE));
		unit->width = 1;
		unit->escaped = true;
		return put_marks(unit, p, len, 0, flags);
	}
	put(unit, p, used);
	unit->width = (unsigned char)width;
	return used + put_marks(unit, p + used, len - used, code, flags);
}

static size_t
next_unit(
    const unsigned char *p, size_t len, struct visible *unit, unsigned flags)
{
	int32_t code;
	size_t used;

	unit->text_len = 0;
	unit->escaped = false;
	code = visible_decode(p, len, &used);
	if (code >= 0xa0)
		return next_wide(p, len, used, code, unit, flags);
	if (code < 0) {
		spell_byte(unit, p[0]);
		return used;
	}
	if (code < 0x20 || code >= 0x7f) {
		spell_control(unit, code, flags);
		return used;
	}
	if (flags & VISIBLE_QUOTE && (code == '\\' || code == '"')) {
		char text[] = {'\\', (char)code};

		spell(unit, text, sizeof(text));
		return used;
	}
	put(unit, p, 1);
	unit->width = 1;
	return used + put_marks(unit, p + used, len - used, code, flags);
}

size_t
visible_next(const void *p, size_t len, struct visible *unit)
{
	return next_unit(p, len, unit, 0);
}

size_t
visible_width(const void *p, size_t len)
{
	const unsigned char *s = p;
	struct visible unit;
	size_t i = 0, columns = 0;

	while (i < len) {
		i += next_unit(s + i, len - i, &unit, 0);
		columns += unit.width;
	}
	return columns;
}

/* Ends buf after at bytes, less a joiner whose second emoji was cut off. */
static size_t
finish(char *buf, size_t at)
{
	size_t len = strlen(JOINER_UTF8);

	if (at >= len && memcmp(buf + at - len, JOINER_UTF8, len) == 0)
		at -= len;
	buf[at] = '\0';
	return at;
}

/* Ends buf with as much of "..." behind at as both bounds allow. */
static size_t
finish_cut(char *buf, size_t size, size_t at, size_t max_columns)
{
	size_t dots;

	at = finish(buf, at);
	for (dots = 0; dots < CUT_COLUMNS && dots < max_columns; dots++) {
		if (at + 1 < size)
			buf[at++] = '.';
	}
	buf[at] = '\0';
	return at;
}

size_t
visible_text(char *buf, size_t size, const void *p, size_t len,
    size_t max_columns, unsigned flags)
{
	const unsigned char *s = p;
	struct visible unit;
	size_t i = 0, at = 0, cut = 0, columns = 0;

	if (size == 0)
		return 0;
	while (i < len) {
		i += next_unit(s + i, len - i, &unit, flags);
		columns += unit.width;
		if (max_columns != 0 && columns > max_columns)
			return finish_cut(buf, size, cut, max_columns);
		if (unit.text_len >= size - at)
			break;
		memcpy(buf + at, unit.text, unit.text_len);
		at += unit.text_len;
		if (columns + CUT_COLUMNS <= max_columns)
			cut = at;
	}
	return finish(buf, at);
}
