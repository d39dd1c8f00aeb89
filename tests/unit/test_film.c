/* film: screens, one after the other, as one picture. */

#include <stdlib.h>
#include <string.h>

#include "film.h"
#include "harness/harness.h"

#define COLUMNS 10
#define ROWS	3

/*
 * The picture of these screens, whose rows end with newlines; to be freed. From
 * screen to screen the cursor moves on, where it is not nowhere.
 */
static char *
print_with(int cursor, const char *const *screens)
{
	struct film *film = film_new(COLUMNS, ROWS);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(film);
	assert_non_null(out);
	for (; *screens != NULL; screens++, cursor += cursor >= 0) {
		const char *row = *screens;

		assert_int_equal(film_begin(film, cursor, 1), 0);
		for (; *row != '\0'; row = strchr(row, '\n') + 1)
			assert_int_equal(film_add(film, row), 0);
	}
	film_print(film, 250, out);
	assert_int_equal(fclose(out), 0);
	film_free(film);
	return text;
}

static char *
print(const char *const *screens)
{
	return print_with(-1, screens);
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

static void
test_one_screen_is_a_still(void **state)
{
	static const char *const screens[] = {"one\n\nthree\n", NULL};
	char *text = print(screens);

	(void)state;
	assert_int_equal(count(text, ">one<"), 1);
	assert_int_equal(count(text, ">three<"), 1);
	assert_int_equal(count(text, "<style"), 0);
	assert_int_equal(count(text, "<use"), 0);
	assert_int_equal(count(text, "<rect"), 1);
	assert_int_equal(count(text, "</svg>"), 1);
	free(text);
}

static void
test_a_row_that_stays_does_not_move(void **state)
{
	static const char *const screens[] = {
	    "same\na\n", "same\nb\n", "same\nb\n", "same\nc\n", NULL};
	char *text = print(screens);

	(void)state;
	assert_int_equal(count(text, ">same<"), 2);
	assert_int_equal(count(text, "{animation-name:k"), 1);
	assert_int_equal(count(text, "animation:1000ms step-end infinite"), 1);
	assert_non_null(strstr(text,
	    "@keyframes k1{0%{transform:translate(-0px)}"
	    "25%{transform:translate(-114px)}"
	    "75%{transform:translate(-228px)}}"));
	free(text);
}

/* As in a log, whose lines go up from row to row. */
static void
test_a_row_is_there_once_wherever_it_is_shown(void **state)
{
	static const char *const screens[] = {
	    "a\nb\nc\n", "b\nc\nd\n", "c\nd\ne\n", NULL};
	char *text = print(screens);

	(void)state;
	for (char row = 'a'; row <= 'e'; row++) {
		const char part[] = {'>', row, '<', '\0'};

		assert_int_equal(count(text, part), 1);
	}
	assert_int_equal(count(text, "<use"), 9);
	free(text);
}

/* Who knows no animations sees what stands at the left: the first screen. */
static void
test_the_first_screen_is_what_is_shown_without_moving(void **state)
{
	static const char *const screens[] = {"a\n", "b\n", NULL};
	char *text = print(screens);

	(void)state;
	assert_non_null(strstr(text,
	    "<use href=\"#r0\" x=\"0\"/>"
	    "<use href=\"#r1\" x=\"114\"/>"));
	assert_non_null(strstr(text, "<g id=\"r0\"><text x=\"0\">a</text>"));
	assert_non_null(strstr(text, "(prefers-reduced-motion:no-preference)"));
	free(text);
}

static void
test_the_cursor_is_where_it_was(void **state)
{
	static const char *const screens[] = {"a\n", "b\n", NULL};
	char *text = print_with(COLUMNS - 1, screens);

	(void)state;
	/* in the last cell of the second row, and then in none */
	assert_non_null(strstr(text,
	    "@keyframes c{0%{transform:translate(93px,30px)}"
	    "50%{transform:translate(0px,-18px)}}"));
	assert_non_null(
	    strstr(text, "id=\"c\" transform=\"translate(93 30)\""));
	free(text);
}

static void
test_rows_beyond_the_last_are_left_out(void **state)
{
	static const char *const screens[] = {"a\nb\nc\nd\n", NULL};
	char *text = print(screens);

	(void)state;
	assert_int_equal(count(text, ">c<"), 1);
	assert_int_equal(count(text, ">d<"), 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_screen_is_a_still),
	    cmocka_unit_test(test_a_row_that_stays_does_not_move),
	    cmocka_unit_test(test_a_row_is_there_once_wherever_it_is_shown),
	    cmocka_unit_test(
		test_the_first_screen_is_what_is_shown_without_moving),
	    cmocka_unit_test(test_the_cursor_is_where_it_was),
	    cmocka_unit_test(test_rows_beyond_the_last_are_left_out),
	};

	return cmocka_run_group_tests_name("film", tests, NULL, NULL);
}
