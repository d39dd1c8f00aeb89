/* svg_row: a row of a terminal as elements of a picture. */

#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "svg_row.h"

static void
expect_from(struct svg_style *style, const char *row, const char *elements)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	svg_row_print(out, row, style);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, elements);
	free(text);
}

static void
expect(const char *row, const char *elements)
{
	struct svg_style style = svg_style_plain;

	expect_from(&style, row, elements);
}

static void
test_words_have_their_places_and_lengths(void **state)
{
	(void)state;
	expect("hello world\n",
	    "<text x=\"0\" textLength=\"99\">hello "
	    "world</text>");
	expect("  a   bcd ",
	    "<text x=\"18\">a</text>"
	    "<text x=\"54\" textLength=\"27\">bcd</text>");
	expect("", "");
	expect("   \n", "");
}

static void
test_what_is_wide_or_marked_is_an_element_of_its_own(void **state)
{
	(void)state;
	expect("ab한글 c",
	    "<text x=\"0\">ab</text><text x=\"18\" textLength=\"36\" "
	    "lengthAdjust=\"spacingAndGlyphs\">한글</text>"
	    "<text x=\"63\">c</text>");
	expect("🎉🎉", "<text x=\"0\">🎉</text><text x=\"18\">🎉</text>");
	expect("xe\xcc\x81y",
	    "<text x=\"0\">x</text>"
	    "<text x=\"9\">e\xcc\x81</text>"
	    "<text x=\"18\">y</text>");
}

static void
test_attributes_and_colours_are_kept(void **state)
{
	(void)state;
	expect("\033[1mb\033[0m\033[2md\033[0m\033[4mu",
	    "<text x=\"0\" font-weight=\"bold\">b</text>"
	    "<text x=\"9\" opacity=\".6\">d</text>"
	    "<text x=\"18\" text-decoration=\"underline\">u</text>");
	expect("\033[31mr\033[39mp\033[92mg",
	    "<text x=\"0\" fill=\"#e06c75\">r</text><text x=\"9\">p</text>"
	    "<text x=\"18\" fill=\"#b5e890\">g</text>");
	expect("\033[42m  \033[49m",
	    "<rect x=\"0\" y=\"-14\" width=\"18\" "
	    "height=\"18\" fill=\"#98c379\"/>");
	expect("\033[7mx ",
	    "<rect x=\"0\" y=\"-14\" width=\"18\" "
	    "height=\"18\" fill=\"" SVG_FOREGROUND "\"/>"
	    "<text x=\"0\" fill=\"" SVG_BACKGROUND "\">x</text>");
}

/* tmux says what changes only, across the ends of rows too. */
static void
test_a_row_goes_on_as_the_last_one_ended(void **state)
{
	struct svg_style style = svg_style_plain;

	(void)state;
	expect_from(&style, "\033[31mone",
	    "<text x=\"0\" textLength=\"27\" "
	    "fill=\"#e06c75\">one</text>");
	expect_from(&style, "two",
	    "<text x=\"0\" textLength=\"27\" "
	    "fill=\"#e06c75\">two</text>");
	expect_from(&style, "\033[0mx", "<text x=\"0\">x</text>");
}

static void
test_nothing_becomes_markup(void **state)
{
	(void)state;
	expect("a<b>&", "<text x=\"0\" textLength=\"45\">a&lt;b>&amp;</text>");
}

static void
test_broken_input_ends_in_the_row(void **state)
{
	(void)state;
	expect("\033", "");
	expect("\033[3", "");
	expect("a\033[", "<text x=\"0\">a</text>");
	expect("\xff", "<text x=\"0\">\xef\xbf\xbd</text>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_have_their_places_and_lengths),
	    cmocka_unit_test(
		test_what_is_wide_or_marked_is_an_element_of_its_own),
	    cmocka_unit_test(test_attributes_and_colours_are_kept),
	    cmocka_unit_test(test_a_row_goes_on_as_the_last_one_ended),
	    cmocka_unit_test(test_nothing_becomes_markup),
	    cmocka_unit_test(test_broken_input_ends_in_the_row),
	};

	return cmocka_run_group_tests_name(
	    "svg_row", tests, region_setup, NULL);
}
