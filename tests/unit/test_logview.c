/* logview: what it costs in a log of a gigabyte, and its words for a user. */

#include <errno.h>
#include <string.h>

#include "backlog.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "logview.h"

#define LINE	    128u /* bytes of a line */
#define LINES	    ((uint64_t)8 << 20)
#define RARE	    ((uint64_t)1 << 17) /* one line in so many is a warning */
#define FEWER	    ((uint64_t)1 << 20) /* to be looked through */
#define BLOCK	    ((uint64_t)64 << 10)
#define HEIGHT	    24
#define A_SCREENFUL (6 * BLOCK) /* bytes that may be read for one */

/* A log that is made up as it is read. */
static struct {
	struct backlog backlog;
	uint64_t bytes; /* read so far */
	bool broken;
} huge;

/* By hand: there are millions of them. */
static void
make_line(char *line, uint64_t n)
{
	static const char info[] =
	    "2026-11-22 14:02:12.140 info  data    #00000000 5 B pad=";
	static const char warning[] =
	    "2026-11-22 14:02:12.140 warning refuse  #00000000 pad=";
	bool rare = n % RARE == RARE / 2;
	const char *form = rare ? warning : info;

	memset(line, '-', LINE);
	memcpy(line, form, strlen(form));
	for (char *p = strchr(line, '#') + 8; n > 0; n /= 10)
		*p-- = (char)('0' + n % 10);
	line[LINE - 1] = '\n';
}

static ssize_t
read_huge(void *self, uint64_t offset, void *buf, size_t len)
{
	char line[LINE];
	size_t done = 0;

	assert_ptr_equal(self, &huge);
	if (huge.broken) {
		errno = EIO;
		return -1;
	}
	while (done < len) {
		size_t within = (size_t)((offset + done) % LINE);
		size_t run =
		    LINE - within < len - done ? LINE - within : len - done;

		make_line(line, (offset + done) / LINE);
		memcpy((char *)buf + done, line + within, run);
		done += run;
	}
	huge.bytes += len;
	return (ssize_t)len;
}

static struct logview *
open_huge(uint64_t lines)
{
	struct logview *v;

	huge.backlog = (struct backlog){
	    .read = read_huge, .self = &huge, .end = lines * LINE};
	huge.bytes = 0;
	huge.broken = false;
	v = logview_new(&huge.backlog, LOGVIEW_WORK);
	assert_non_null(v);
	logview_resize(v, 80, HEIGHT);
	return v;
}

/* The same text, as if so many lines of it had been written by now. */
static void
write_up_to(uint64_t lines)
{
	huge.backlog.end = lines * LINE;
}

static struct logview_status
status_of(struct logview *v)
{
	struct logview_status status;

	logview_status(v, &status);
	return status;
}

/* The numbers of the first and the last line, and how many rows there are. */
static size_t
shown(struct logview *v, uint64_t *first, uint64_t *last)
{
	struct logview_row rows[HEIGHT];
	size_t count = logview_rows(v, rows, HEIGHT);

	if (count > 0) {
		*first = rows[0].line / LINE;
		*last = rows[count - 1].line / LINE;
	}
	return count;
}

static void
expect_shown(struct logview *v, uint64_t first, uint64_t last)
{
	uint64_t seen_first = 0, seen_last = 0;

	assert_true(shown(v, &seen_first, &seen_last) > 0);
	assert_int_equal(seen_first, first);
	assert_int_equal(seen_last, last);
}

static void
a_page_of_a_gigabyte_is_a_few_reads(void **state)
{
	struct logview *v = open_huge(LINES);

	(void)state;
	expect_shown(v, LINES - HEIGHT, LINES - 1);
	assert_in_range(huge.bytes, 1, A_SCREENFUL);
	huge.bytes = 0;
	for (int i = 1; i <= 20; i++) {
		logview_scroll(v, -HEIGHT);
		expect_shown(v, LINES - (uint64_t)(i + 1) * HEIGHT,
		    LINES - (uint64_t)i * HEIGHT - 1);
	}
	assert_in_range(huge.bytes, 0, A_SCREENFUL);
	huge.bytes = 0;
	logview_to_start(v);
	expect_shown(v, 0, HEIGHT - 1);
	assert_in_range(huge.bytes, 1, A_SCREENFUL);
	huge.bytes = 0;
	logview_to_end(v);
	expect_shown(v, LINES - HEIGHT, LINES - 1);
	assert_in_range(huge.bytes, 0, A_SCREENFUL);
	assert_false(status_of(v).searching);
	logview_free(v);
}

static void
a_filter_looks_through_it_in_turns(void **state)
{
	struct logview *v = open_huge(FEWER);
	uint64_t first, last;
	unsigned turns = 0;

	(void)state;
	assert_int_equal(logview_set_filter(v, "refuse", 6), 0);
	for (bool more = true; more; turns++) {
		uint64_t before = huge.bytes;

		assert_true(turns < 10000);
		more = logview_work(v);
		assert_true(huge.bytes - before <= LOGVIEW_WORK + 2 * BLOCK);
		/* What is found shows while it looks for the rest. */
		if (turns == 60) {
			assert_true(status_of(v).searching);
			assert_true(shown(v, &first, &last) > 0);
			assert_int_equal(last, FEWER - RARE / 2);
		}
	}
	assert_false(status_of(v).searching);
	assert_int_equal(shown(v, &first, &last), FEWER / RARE);
	assert_int_equal(first, RARE / 2);
	/* Back where all lines are, at once. */
	huge.bytes = 0;
	assert_int_equal(logview_set_filter(v, "", 0), 0);
	expect_shown(v, FEWER - HEIGHT, FEWER - 1);
	assert_in_range(huge.bytes, 0, A_SCREENFUL);
	logview_free(v);
}

static void
a_key_gives_up_what_is_looked_for(void **state)
{
	struct logview *v = open_huge(LINES);

	(void)state;
	assert_int_equal(logview_set_filter(v, "nobody", 6), 0);
	assert_true(logview_work(v));
	assert_true(status_of(v).searching);
	assert_int_equal(logview_set_filter(v, "", 0), 0);
	assert_false(status_of(v).searching);
	logview_seek(v, true);
	assert_true(status_of(v).searching);
	huge.bytes = 0;
	logview_scroll(v, -1);
	assert_false(status_of(v).searching);
	assert_false(logview_work(v));
	expect_shown(v, LINES - HEIGHT - 1, LINES - 2);
	assert_in_range(huge.bytes, 0, A_SCREENFUL);
	logview_free(v);
}

static void
warnings_are_found_one_by_one(void **state)
{
	struct logview *v = open_huge(FEWER);

	(void)state;
	for (uint64_t n = 1; n <= 2; n++) {
		uint64_t line = FEWER - n * RARE + RARE / 2;

		logview_seek(v, true);
		while (logview_work(v))
			;
		assert_false(status_of(v).none);
		expect_shown(v, line - HEIGHT / 2, line + HEIGHT / 2 - 1);
	}
	for (int down = 0; down < 2; down++) {
		logview_seek(v, false);
		while (logview_work(v))
			;
	}
	/* Behind the last one there is none: nothing has moved. */
	assert_true(status_of(v).none);
	expect_shown(v, FEWER - RARE / 2 - HEIGHT / 2,
	    FEWER - RARE / 2 + HEIGHT / 2 - 1);
	logview_scroll(v, 1);
	assert_false(status_of(v).none);
	/* Nor is there none once one has come. */
	logview_seek(v, false);
	while (logview_work(v))
		;
	assert_true(status_of(v).none);
	write_up_to(FEWER + RARE / 2);
	while (logview_work(v))
		;
	assert_true(status_of(v).none);
	write_up_to(FEWER + RARE / 2 + 1);
	while (logview_work(v))
		;
	assert_false(status_of(v).none);
	logview_free(v);
}

/* Far above it fell out of what is held: it is not taken for the next line. */
static void
a_last_line_that_grows_far_below_stays_there(void **state)
{
	struct logview *v = open_huge(4000);

	(void)state;
	huge.backlog.end += LINE / 2;
	expect_shown(v, 4001 - HEIGHT, 4000);
	/* In one turn. */
	logview_scroll(v, -2000);
	expect_shown(v, 2001 - HEIGHT, 2000);
	write_up_to(4001);
	logview_scroll(v, 1500);
	while (logview_work(v))
		;
	expect_shown(v, 3501 - HEIGHT, 3500);
	logview_free(v);
}

static void
the_other_way_round_one_stops_where_one_is(void **state)
{
	struct logview *v = open_huge(FEWER);
	uint64_t first = 0, last = 0;

	(void)state;
	logview_scroll(v, -(long)FEWER);
	logview_scroll(v, 1);
	while (logview_work(v))
		;
	assert_int_equal(shown(v, &first, &last), HEIGHT);
	assert_true(first > FEWER / 2);
	logview_free(v);
}

static void
a_flood_is_followed_without_reading_it_all(void **state)
{
	struct logview *v = open_huge(100);

	(void)state;
	for (uint64_t n = 1; n < 20; n++) {
		huge.bytes = 0;
		write_up_to(n * 100000);
		expect_shown(v, n * 100000 - HEIGHT, n * 100000 - 1);
		assert_in_range(huge.bytes, 1, A_SCREENFUL);
	}
	logview_free(v);
}

static void
what_came_while_one_was_away_is_counted(void **state)
{
	struct logview *v = open_huge(RARE / 2 - 10);

	(void)state;
	logview_pause(v);
	write_up_to(RARE / 2 + 10);
	while (logview_work(v))
		;
	assert_int_equal(status_of(v).new_lines, 20);
	expect_shown(v, RARE / 2 - 10 - HEIGHT, RARE / 2 - 11);
	assert_int_equal(logview_set_filter(v, "refuse", 6), 0);
	while (logview_work(v))
		;
	/* The one that passes has room in the pane. */
	assert_int_equal(status_of(v).new_lines, 0);
	assert_int_equal(logview_set_filter(v, "", 0), 0);
	while (logview_work(v))
		;
	assert_int_equal(status_of(v).new_lines, 20);
	logview_to_end(v);
	assert_int_equal(status_of(v).new_lines, 0);
	assert_true(status_of(v).following);
	logview_free(v);
}

static void
what_a_paused_pane_has_room_for_is_not_counted(void **state)
{
	struct logview *v = open_huge(HEIGHT - 2);

	(void)state;
	logview_pause(v);
	write_up_to(HEIGHT);
	while (logview_work(v))
		;
	expect_shown(v, 0, HEIGHT - 1);
	assert_int_equal(status_of(v).new_lines, 0);
	assert_false(status_of(v).following);
	write_up_to(HEIGHT + 3);
	while (logview_work(v))
		;
	expect_shown(v, 0, HEIGHT - 1);
	assert_int_equal(status_of(v).new_lines, 3);
	logview_free(v);
}

/* Typing a filter that nothing passes has not lost the place. */
static void
a_filter_that_is_taken_back_leads_to_where_one_was(void **state)
{
	struct logview *v = open_huge(1000);

	(void)state;
	logview_scroll(v, -500);
	expect_shown(v, 500 - HEIGHT, 499);
	assert_int_equal(logview_set_filter(v, "n", 1), 0);
	assert_int_equal(logview_set_filter(v, "nobody", 6), 0);
	while (logview_work(v))
		;
	assert_true(status_of(v).following);
	assert_int_equal(logview_set_filter(v, "", 0), 0);
	expect_shown(v, 500 - HEIGHT, 499);
	/* Whoever moved in what was found stays at what they look at. */
	assert_int_equal(logview_set_filter(v, "client=00000700", 15), 0);
	while (logview_work(v))
		;
	expect_shown(v, 700, 700);
	logview_pause(v);
	assert_int_equal(logview_set_filter(v, "", 0), 0);
	expect_shown(v, 700, 700 + HEIGHT - 1);
	logview_free(v);
}

static void
what_cannot_be_read_is_told(void **state)
{
	struct logview *v = open_huge(LINES);

	(void)state;
	assert_int_equal(status_of(v).error, 0);
	huge.broken = true;
	logview_to_start(v);
	assert_int_equal(status_of(v).error, EIO);
	logview_free(v);
	logview_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_of_a_gigabyte_is_a_few_reads),
	    cmocka_unit_test(a_filter_looks_through_it_in_turns),
	    cmocka_unit_test(a_key_gives_up_what_is_looked_for),
	    cmocka_unit_test(warnings_are_found_one_by_one),
	    cmocka_unit_test(a_last_line_that_grows_far_below_stays_there),
	    cmocka_unit_test(the_other_way_round_one_stops_where_one_is),
	    cmocka_unit_test(a_flood_is_followed_without_reading_it_all),
	    cmocka_unit_test(what_came_while_one_was_away_is_counted),
	    cmocka_unit_test(what_a_paused_pane_has_room_for_is_not_counted),
	    cmocka_unit_test(
		a_filter_that_is_taken_back_leads_to_where_one_was),
	    cmocka_unit_test(what_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
