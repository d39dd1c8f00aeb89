/*
 * pane_header: which words are in the row, at which width. The screen is a
 * double that keeps one row.
 */

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "layout.h"
#include "link.h"
#include "pane_header.h"
#include "screen.h"
#include "summary.h"
#include "visible.h"

struct screen {
	bool utf8;
	char row[1024];
	enum screen_style first, last; /* the styles of its ends */
};

bool
screen_is_utf8(const struct screen *s)
{
	return s->utf8;
}

const char *
screen_glyph(const struct screen *s, const char *utf8, const char *ascii)
{
	return s->utf8 ? utf8 : ascii;
}

/* From left to right, and nothing twice. */
int
screen_puts(struct screen *s, int row, int column, int max,
    enum screen_style style, const char *text)
{
	int width = (int)visible_width(text, strlen(text)), at;
	size_t len = strlen(s->row);

	assert_int_equal(row, 0);
	at = (int)visible_width(s->row, len);
	assert_true(at <= column);
	assert_true(width <= max);
	if (len == 0)
		s->first = style;
	s->last = style;
	snprintf(
	    s->row + len, sizeof(s->row) - len, "%*s%s", column - at, "", text);
	return column + width;
}

static const struct summary busy = {
    .known = true,
    .log_data = true,
    .addr = "127.0.0.1:8080",
    .uptime_ms = 4811000,
    .open = 3,
    .refused = 2,
    .messages = 1234,
    .bytes = 80000,
    .messages_minute = {.values = {1, 4, 8}, .count = 3},
    .bytes_minute = {.values = {8, 4, 1}, .count = 3},
};

static void
draw(struct screen *s, int columns, const struct link_status *status,
    bool ready, const struct summary *sum)
{
	const struct layout_pane pane = {0, 0, 1, columns};

	s->row[0] = '\0';
	pane_header_draw(s, &pane, status, ready, sum);
}

static void
a_server_is_told_as_far_as_there_is_room(void **state)
{
	const struct link_status status = {.state = LINK_CONNECTED};
	struct screen s = {.utf8 = true};

	(void)state;
	draw(&s, 200, &status, true, &busy);
	assert_string_equal(s.row,
	    " ● yodeld 127.0.0.1:8080  up 01:20:11  3 clients"
	    "    1.2k msg/s            █   80.0 kB/s            █"
	    "  data on  refused 2");
	assert_int_equal(s.first, SCREEN_ACCENT);
	assert_int_equal(s.last, SCREEN_STRONG);
	draw(&s, 80, &status, true, &busy);
	assert_string_equal(s.row,
	    " ● yodeld 127.0.0.1:8080  3 clients    1.2k msg/s   80.0 kB/s"
	    "  refused 2");
	draw(&s, 40, &status, true, &busy);
	assert_string_equal(s.row, " ● yodeld 127.0.0.1:8080  3 clients");
}

static void
without_utf8_it_is_ascii(void **state)
{
	const struct link_status status = {.state = LINK_CONNECTED};
	struct screen s = {.utf8 = false};

	(void)state;
	draw(&s, 200, &status, true, &busy);
	for (const char *p = s.row; *p != '\0'; p++)
		assert_in_range(*p, ' ', '~');
}

static void
one_client_is_one(void **state)
{
	const struct link_status status = {.state = LINK_CONNECTED};
	const struct summary one = {.known = true, .addr = "a", .open = 1};
	struct screen s = {.utf8 = true};

	(void)state;
	draw(&s, 80, &status, true, &one);
	assert_non_null(strstr(s.row, "1 client "));
	/* Nobody was refused: that need not be seen. */
	assert_int_equal(s.last, SCREEN_DIM);
}

static void
what_is_not_there_is_said_to_be_waited_for(void **state)
{
	struct link_status status = {.state = LINK_WAITING,
	    .peer = "unix:/run/user/1000/somewhere/yodeld-8080.sock",
	    .reason = "connection refused",
	    .retry_at_ms = clock_now_ms() + 3599500};
	const struct summary none = {.known = false};
	struct screen s = {.utf8 = true};

	(void)state;
	draw(&s, 120, &status, false, &none);
	assert_string_equal(s.row,
	    " ○ no server there, again in 3600 s (Enter: now)"
	    "  connection refused  "
	    "unix:/run/user/1000/somewhere/yodeld-8080.sock");
	assert_int_equal(s.first, SCREEN_ALERT);
	/* Why is more than where; of that its name is more than its folders. */
	draw(&s, 80, &status, false, &none);
	assert_string_equal(s.row,
	    " ○ no server there, again in 3600 s  connection refused"
	    "  yodeld-8080.sock");
	draw(&s, 50, &status, false, &none);
	assert_string_equal(
	    s.row, " ○ no server there, again in 3600 s  connection...");
	status.connects = 1;
	draw(&s, 40, &status, false, &none);
	assert_string_equal(s.row, " ○ no yodeld there, again in 3600 s");
	draw(&s, 40, &status, false, &busy);
	assert_string_equal(s.row, " ○ the server is gone, again in 3600 s");
}

static void
a_connection_without_an_answer_is_told_apart(void **state)
{
	struct link_status status = {.state = LINK_CONNECTED, .peer = "unix:a"};
	struct summary none = {0};
	struct screen s = {.utf8 = true};

	(void)state;
	draw(&s, 80, &status, false, &busy);
	assert_string_equal(s.row, " ○ connected, no answer yet  unix:a");
	draw(&s, 80, &status, true, &none);
	assert_string_equal(s.row, " ● connected, no answer yet  unix:a");
	status.state = LINK_CLOSED;
	draw(&s, 80, &status, false, &busy);
	assert_string_equal(s.row, " ○ closed (Enter: now)  unix:a");
}

static void
draw_file(struct screen *s, int columns, const char *path, const char *status)
{
	const struct layout_pane pane = {0, 0, 1, columns};

	s->row[0] = '\0';
	pane_header_draw_file(s, &pane, path, 13800, status);
}

static void
a_file_has_its_folders_where_they_fit(void **state)
{
	struct screen s = {.utf8 = true};

	(void)state;
	draw_file(&s, 80, "/var/log/yodeld", "");
	assert_string_equal(s.row, " /var/log/yodeld  13.8 kB");
	draw_file(&s, 80, "/var/log/yodeld", "deleted, waiting for it");
	assert_string_equal(
	    s.row, " /var/log/yodeld  13.8 kB  deleted, waiting for it");
	draw_file(&s, 24, "/var/log/yodeld", "");
	assert_string_equal(s.row, " yodeld  13.8 kB");
}

static void
a_name_without_end_is_no_reason_to_say_nothing(void **state)
{
	char path[256] = "/";
	struct screen s = {.utf8 = true};

	(void)state;
	memset(path + 1, 'x', sizeof(path) - 2);
	draw_file(&s, 40, path, "");
	assert_string_equal(s.row, " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_server_is_told_as_far_as_there_is_room),
	    cmocka_unit_test(without_utf8_it_is_ascii),
	    cmocka_unit_test(one_client_is_one),
	    cmocka_unit_test(what_is_not_there_is_said_to_be_waited_for),
	    cmocka_unit_test(a_connection_without_an_answer_is_told_apart),
	    cmocka_unit_test(a_file_has_its_folders_where_they_fit),
	    cmocka_unit_test(a_name_without_end_is_no_reason_to_say_nothing),
	};

	return cmocka_run_group_tests_name(
	    "pane_header", tests, region_setup, NULL);
}
