/* hexdump: rows of every width and length. */

#include <string.h>

#include "harness/harness.h"
#include "hexdump.h"

static void
a_row_is_as_wide_as_its_pane_allows(void **state)
{
	(void)state;
	assert_int_equal(hexdump_bytes(200), 16);
	assert_int_equal(hexdump_bytes(80), 16);
	assert_int_equal(hexdump_bytes(73), 16);
	assert_int_equal(hexdump_bytes(72), 8);
	assert_int_equal(hexdump_bytes(40), 8);
	assert_int_equal(hexdump_bytes(39), 4);
	assert_int_equal(hexdump_bytes(24), 4);
	assert_int_equal(hexdump_bytes(23), 0);
	assert_int_equal(hexdump_bytes(0), 0);
}

static void
a_full_row_has_two_halves(void **state)
{
	char text[HEXDUMP_TEXT_MAX];

	(void)state;
	assert_string_equal(
	    hexdump_format(text, 0x20, "0123456789abcde\n", 16, 16),
	    "0020  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 0a  "
	    "0123456789abcde.");
	assert_string_equal(hexdump_format(text, 8, "01234567", 8, 8),
	    "0008  30 31 32 33 34 35 36 37  01234567");
	assert_string_equal(
	    hexdump_format(text, 4, "0123", 4, 4), "0004  30 31 32 33  0123");
}

static void
a_short_row_keeps_its_columns(void **state)
{
	char text[HEXDUMP_TEXT_MAX];

	(void)state;
	assert_string_equal(hexdump_format(text, 0, "hello\n", 6, 8),
	    "0000  68 65 6c 6c 6f 0a        hello.");
	assert_string_equal(
	    hexdump_format(text, 0, "", 0, 4), "0000               ");
}

static void
what_is_no_printable_ascii_is_a_dot(void **state)
{
	char text[HEXDUMP_TEXT_MAX];

	(void)state;
	assert_string_equal(
	    hexdump_format(text, 0, "\0\x1f ~\x7f\x80\xed\xff", 8, 8),
	    "0000  00 1f 20 7e 7f 80 ed ff  .. ~....");
}

static void
a_long_offset_takes_a_blank(void **state)
{
	char text[HEXDUMP_TEXT_MAX];

	(void)state;
	assert_string_equal(hexdump_format(text, 0xfffc, "\r\n", 2, 4),
	    "fffc  0d 0a        ..");
	assert_string_equal(hexdump_format(text, 0x10000, "\r\n", 2, 4),
	    "10000 0d 0a        ..");
}

static void
bytes_and_characters_are_where_they_are_said_to_be(void **state)
{
	static const char bytes[] = "0123456789abcdef";
	static const char digits[] = "0123456789abcdef";
	char text[HEXDUMP_TEXT_MAX];

	(void)state;
	for (size_t per_row = 4; per_row <= 16; per_row *= 2) {
		hexdump_format(text, 0, bytes, per_row, per_row);
		assert_int_equal(strlen(text), hexdump_columns(per_row));
		for (size_t n = 0; n < per_row; n++) {
			const char *hex = text + hexdump_hex_at(n);

			assert_int_equal(hex[0], digits[bytes[n] >> 4]);
			assert_int_equal(hex[1], digits[bytes[n] & 0xf]);
			assert_int_equal(
			    text[hexdump_character_at(n, per_row)], bytes[n]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_row_is_as_wide_as_its_pane_allows),
	    cmocka_unit_test(a_full_row_has_two_halves),
	    cmocka_unit_test(a_short_row_keeps_its_columns),
	    cmocka_unit_test(what_is_no_printable_ascii_is_a_dot),
	    cmocka_unit_test(a_long_offset_takes_a_blank),
	    cmocka_unit_test(
		bytes_and_characters_are_where_they_are_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
