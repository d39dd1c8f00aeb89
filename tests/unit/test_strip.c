/* strip: which fields of a row are shown, and that none of them is cut. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/region.h"
#include "strip.h"

static unsigned
shown_width(const struct strip *strip)
{
	unsigned width = 0;

	for (size_t i = 0; i < strip->count; i++)
		if (strip->fields[i].shown)
			width += strip->fields[i].width;
	return width;
}

static void
add_usual(struct strip *strip)
{
	strip_init(strip);
	strip_add(strip, 0, 0, " %s", "127.0.0.1:8080");
	strip_add(strip, 4, 0, " up since 14:02:11");
	strip_add(strip, 1, 0, "  %d↑ %d↓", 12, 12);
	strip_add(strip, 2, 0, "  0.31 ms");
	strip_add(strip, 3, 0, " ▁▂▃▄▅▆▇█");
}

static void
all_are_shown_where_there_is_room(void **state)
{
	struct strip strip;

	(void)state;
	add_usual(&strip);
	strip_fit(&strip, 200);
	for (size_t i = 0; i < strip.count; i++)
		assert_true(strip.fields[i].shown);
	assert_int_equal(shown_width(&strip), 15 + 18 + 9 + 9 + 9);
}

static void
the_least_important_goes_first(void **state)
{
	struct strip strip;

	(void)state;
	add_usual(&strip);
	strip_fit(&strip, 15 + 18 + 9 + 9 + 9 - 1);
	assert_false(strip.fields[1].shown);
	for (size_t i = 2; i < strip.count; i++)
		assert_true(strip.fields[i].shown);
	strip_fit(&strip, 15 + 9);
	assert_true(strip.fields[0].shown);
	assert_true(strip.fields[2].shown);
	assert_false(strip.fields[3].shown);
}

/* At every width: no more than there is room for, and none that would fit. */
static void
what_is_left_out_does_not_fit(void **state)
{
	struct strip strip;

	(void)state;
	add_usual(&strip);
	for (unsigned columns = 0; columns < 80; columns++) {
		unsigned width;

		strip_fit(&strip, columns);
		width = shown_width(&strip);
		assert_true(width <= columns);
		for (size_t i = 0; i < strip.count; i++)
			assert_true(strip.fields[i].shown ||
			    width + strip.fields[i].width > columns);
	}
}

static void
of_two_of_one_rank_the_first_counts_more(void **state)
{
	struct strip strip;

	(void)state;
	strip_init(&strip);
	strip_add(&strip, 7, 0, "four");
	strip_add(&strip, 7, 0, "more");
	strip_fit(&strip, 7);
	assert_true(strip.fields[0].shown);
	assert_false(strip.fields[1].shown);
}

static void
columns_are_those_of_the_screen(void **state)
{
	struct strip strip;

	(void)state;
	strip_init(&strip);
	strip_add(&strip, 0, 0, "한글");
	/* It is spelt out: ^[ takes two columns. */
	strip_add(&strip, 0, 0, "\033");
	assert_int_equal(strip.fields[0].width, 4);
	assert_int_equal(strip.fields[1].width, 2);
}

static void
a_field_too_many_or_too_long_is_left_out(void **state)
{
	struct strip strip;
	char text[sizeof(strip.fields[0].text) + 1];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	strip_init(&strip);
	strip_add(&strip, 0, 0, "%s", text);
	assert_int_equal(strip.count, 0);
	for (int i = 0; i < STRIP_FIELDS + 3; i++)
		strip_add(&strip, 0, 0, "%d", i);
	assert_int_equal(strip.count, STRIP_FIELDS);
	assert_string_equal(strip.fields[0].text, "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_are_shown_where_there_is_room),
	    cmocka_unit_test(the_least_important_goes_first),
	    cmocka_unit_test(what_is_left_out_does_not_fit),
	    cmocka_unit_test(of_two_of_one_rank_the_first_counts_more),
	    cmocka_unit_test(columns_are_those_of_the_screen),
	    cmocka_unit_test(a_field_too_many_or_too_long_is_left_out),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
