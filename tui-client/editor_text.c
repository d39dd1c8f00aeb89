#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "editor_text.h"
#include "visible.h"

#define REPLACEMENT 0xfffd

bool
editor_text_is_control(wchar_t c)
{
	return (c >= 0 && c < 0x20) || (c >= 0x7f && c < 0xa0);
}

size_t
editor_text_decode(wchar_t *out, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0, used; i < len; i += used) {
		int32_t c = visible_decode(text + i, len - i, &used);

		out[n++] = (wchar_t)(c < 0 ? REPLACEMENT : c);
	}
	out[n] = L'\0';
	return n;
}

size_t
editor_text_decode_line(wchar_t *out, const char *text, size_t len)
{
	size_t all = editor_text_decode(out, text, len), n = 0;

	for (size_t i = 0; i < all; i++) {
		wchar_t c = out[i];

		if (c == L'\r' && i + 1 < all && out[i + 1] == L'\n')
			continue;
		if (c == L'\n' || c == L'\r')
			c = L' ';
		if (!editor_text_is_control(c) || c == L'\t')
			out[n++] = c;
	}
	out[n] = L'\0';
	return n;
}

static size_t
encode(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t
editor_text_encode(char *out, const wchar_t *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint32_t c = (uint32_t)text[i];

		if (c == 0)
			continue;
		if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			c = REPLACEMENT;
		n += encode(out + n, c);
	}
	out[n] = '\0';
	return n;
}

wchar_t *
editor_text_widen(const char *text, size_t *len)
{
	size_t bytes = strlen(text);
	wchar_t *out = calloc(bytes + 1, sizeof(*out));

	if (out != NULL)
		*len = editor_text_decode(out, text, bytes);
	return out;
}

char *
editor_text_narrow(const wchar_t *text, size_t len)
{
	char *out = malloc(EDITOR_TEXT_BYTES * len + 1);

	if (out != NULL)
		editor_text_encode(out, text, len);
	return out;
}
