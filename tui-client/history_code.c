#include <stdbool.h>

#include "history_code.h"

size_t
history_code_encode(char *out, const char *p, size_t len)
{
	char *to = out;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c > ' ' && c != '\\' && c != 0x7f) {
			*to++ = p[i];
			continue;
		}
		*to++ = '\\';
		*to++ = (char)('0' + (c >> 6));
		*to++ = (char)('0' + (c >> 3 & 7));
		*to++ = (char)('0' + (c & 7));
	}
	return (size_t)(to - out);
}

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* What p[0..len), behind a backslash, spells; returns the bytes of it, or 0. */
static size_t
decode_escape(const char *p, size_t len, unsigned char *c)
{
	if (len >= 3 && p[0] <= '3' && is_octal(p[0]) && is_octal(p[1]) &&
	    is_octal(p[2])) {
		*c = (unsigned char)((p[0] - '0') << 6 | (p[1] - '0') << 3 |
		    (p[2] - '0'));
		return 3;
	}
	if (len >= 1 && p[0] == '\\') {
		*c = '\\';
		return 1;
	}
	if (len >= 2 && p[0] == '^' && p[1] >= '?' && p[1] <= '_') {
		*c = (unsigned char)(p[1] ^ 0x40);
		return 2;
	}
	return 0;
}

int
history_code_decode(
    char *out, size_t size, const char *p, size_t len, size_t *out_len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; n++) {
		unsigned char c = (unsigned char)p[i++];

		if (c == '\\') {
			size_t used = decode_escape(p + i, len - i, &c);

			if (used == 0)
				return -1;
			i += used;
		}
		if (c == '\0' || n + 1 >= size)
			return -1;
		out[n] = (char)c;
	}
	out[n] = '\0';
	*out_len = n;
	return n > 0 ? 0 : -1;
}
