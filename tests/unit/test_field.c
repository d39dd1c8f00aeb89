/* field: what is typed, and what is taken away again. */

#include <stdbool.h>
#include <string.h>

#include "field.h"
#include "harness/harness.h"

static void
expect(const struct field *f, const char *text)
{
	assert_int_equal(f->len, strlen(text));
	assert_memory_equal(f->text, text, f->len);
}

static void
what_is_typed_is_there(void **state)
{
	struct field f = {0};

	(void)state;
	field_append_char(&f, L'a');
	field_append_char(&f, 0xd55c);
	field_append_char(&f, 0x1f389);
	field_append(&f, " bc", 3);
	expect(&f, "a한🎉 bc");
	field_clear(&f);
	expect(&f, "");
}

static void
a_character_goes_with_all_of_it(void **state)
{
	struct field f = {0};

	(void)state;
	field_append(&f, "한e\xcc\x81👍🏽👨‍👩‍👧\xff",
	    strlen("한e\xcc\x81👍🏽👨‍👩‍👧\xff"));
	field_erase_char(&f);
	expect(&f, "한e\xcc\x81👍🏽👨‍👩‍👧");
	field_erase_char(&f);
	expect(&f, "한e\xcc\x81👍🏽");
	field_erase_char(&f);
	expect(&f, "한e\xcc\x81");
	field_erase_char(&f);
	expect(&f, "한");
	field_erase_char(&f);
	field_erase_char(&f);
	expect(&f, "");
}

static void
a_word_goes_with_the_blanks_behind_it(void **state)
{
	struct field f = {0};

	(void)state;
	field_append(&f, "one 한글  ", strlen("one 한글  "));
	field_erase_word(&f);
	expect(&f, "one ");
	field_erase_word(&f);
	expect(&f, "");
	field_erase_word(&f);
	expect(&f, "");
}

static void
it_is_cut_between_two_characters(void **state)
{
	char text[FIELD_BYTES + 2];
	struct field f = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + FIELD_BYTES - 2, "글", strlen("글"));
	field_append(&f, text, sizeof(text));
	assert_int_equal(f.len, FIELD_BYTES - 2);
	field_append_char(&f, 0xd55c);
	assert_int_equal(f.len, FIELD_BYTES - 2);
	field_append_char(&f, L'y');
	assert_int_equal(f.len, FIELD_BYTES - 1);
	field_append(&f, "zz", 2);
	assert_int_equal(f.len, FIELD_BYTES);
	assert_memory_equal(f.text + FIELD_BYTES - 3, "xyz", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_typed_is_there),
	    cmocka_unit_test(a_character_goes_with_all_of_it),
	    cmocka_unit_test(a_word_goes_with_the_blanks_behind_it),
	    cmocka_unit_test(it_is_cut_between_two_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
