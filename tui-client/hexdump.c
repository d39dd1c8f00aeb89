#include <string.h>

#include "hexdump.h"

/* An entry has little more than 64 KiB: a fifth digit takes a blank. */
#define OFFSET_DIGITS 4u
#define HALF	      8u
#define BYTES_MAX     16u

size_t
hexdump_hex_at(size_t n)
{
	return OFFSET_DIGITS + 2 + 3 * n + (n >= HALF);
}

size_t
hexdump_character_at(size_t n, size_t per_row)
{
	return hexdump_hex_at(per_row - 1) + 2 + 2 + n;
}

unsigned
hexdump_columns(size_t per_row)
{
	return (unsigned)hexdump_character_at(per_row, per_row);
}

size_t
hexdump_bytes(unsigned columns)
{
	for (size_t bytes = BYTES_MAX; bytes >= 4; bytes /= 2)
		if (columns >= hexdump_columns(bytes) + 1)
			return bytes;
	return 0;
}

char *
hexdump_format(char buf[HEXDUMP_TEXT_MAX], size_t offset, const void *p,
    size_t len, size_t per_row)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;
	size_t text = hexdump_character_at(0, per_row);
	size_t places = OFFSET_DIGITS + (offset >> 4 * OFFSET_DIGITS != 0);

	memset(buf, ' ', text);
	for (size_t i = places; i > 0; i--, offset >>= 4)
		buf[i - 1] = digits[offset & 0xf];
	for (size_t i = 0; i < len; i++) {
		char *hex = buf + hexdump_hex_at(i);
		unsigned char c = bytes[i];

		hex[0] = digits[c >> 4];
		hex[1] = digits[c & 0xf];
		buf[text + i] = (char)(c >= 0x20 && c < 0x7f ? c : '.');
	}
	buf[text + len] = '\0';
	return buf;
}
