/* printer: what goes out is safe, and no one is waited for. */

#include <sys/types.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "loop.h"
#include "printer.h"

#define OUT_MAX 4096

struct scene {
	struct loop *loop;
	struct printer *printer;
	int ends[2]; /* of a pipe: what is read, what the printer writes */
	unsigned turns, ended;
	int error;
};

static void
scene_turned(void *arg)
{
	struct scene *s = arg;

	s->turns++;
}

static void
scene_ended(void *arg, int error)
{
	struct scene *s = arg;

	s->ended++;
	s->error = error;
}

static void
open_printer(struct scene *s, bool json)
{
	const struct printer_handler handler = {
	    .turned = scene_turned,
	    .ended = scene_ended,
	    .arg = s,
	};

	s->printer = printer_new(s->loop, s->ends[1], json, &handler);
	assert_non_null(s->printer);
}

static int
start(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	*state = s;
	assert_int_equal(pipe(s->ends), 0);
	assert_int_not_equal(fcntl(s->ends[0], F_SETFL, O_NONBLOCK), -1);
	s->loop = loop_new();
	assert_non_null(s->loop);
	open_printer(s, false);
	return 0;
}

static int
start_json(void **state)
{
	struct scene *s;

	if (start(state) != 0)
		return -1;
	s = *state;
	printer_free(s->printer);
	open_printer(s, true);
	return 0;
}

static int
stop(void **state)
{
	struct scene *s = *state;

	printer_free(s->printer);
	loop_free(s->loop);
	if (s->ends[0] != -1)
		close(s->ends[0]);
	close(s->ends[1]);
	free(s);
	return 0;
}

static void
print(struct scene *s, const char *line)
{
	printer_line(s->printer, line, strlen(line), true);
}

static void
expect(struct scene *s, const char *text)
{
	char got[OUT_MAX];
	ssize_t n;

	assert_int_not_equal(loop_once(s->loop, 0), -1);
	n = read(s->ends[0], got, sizeof(got) - 1);
	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, text);
}

static void
text_is_spelt_out(void **state)
{
	struct scene *s = *state;

	print(s, "plain");
	print(s, "a\033[1m \xff\xea\xb0\x80\xe2\x80\xae");
	print(s, "e\xcc\x81");
	print(s, "");
	expect(s, "plain\na^[[1m \\xff\xea\xb0\x80<U+202E>\ne\xcc\x81\n\n");
}

static void
pieces_are_one_line(void **state)
{
	struct scene *s = *state;

	printer_line(s->printer, "{\"ts\":", 6, false);
	printer_line(s->printer, "\"x\"", 3, false);
	printer_line(s->printer, "}", 1, true);
	print(s, "next");
	expect(s, "{\"ts\":\"x\"}\nnext\n");
}

/* The last piece is none either, whatever it looks like. */
static void
pieces_are_no_objects(void **state)
{
	struct scene *s = *state;

	printer_line(s->printer, "xx", 2, false);
	printer_line(s->printer, "{\"a\":1}", 7, true);
	print(s, "{\"a\":1}");
	expect(s,
	    "{\"text\":\"xx\"}\n"
	    "{\"text\":\"{\\\"a\\\":1}\"}\n"
	    "{\"a\":1}\n");
}

static void
objects_stay_what_they_are(void **state)
{
	struct scene *s = *state;

	print(s, "{\"a\":[1,{\"b\":\"\\u001b\"}]}");
	print(
	    s, "{\t\"a\":\"\xe2\x80\xae\xf3\xa0\x80\x81\xea\xb0\x80\x7f\"}\r");
	expect(s,
	    "{\"a\":[1,{\"b\":\"\\u001b\"}]}\n"
	    "{ \"a\":\"\\u202e\\udb40\\udc01\xea\xb0\x80\\u007f\"} \n");
}

static void
all_else_becomes_an_object(void **state)
{
	struct scene *s = *state;

	print(s, "say \"\\\" \xff\t");
	print(s, "[1]");
	print(s, "{\"a\":");
	expect(s,
	    "{\"text\":\"say \\\"\\\\\\\" \\ufffd\\u0009\"}\n"
	    "{\"text\":\"[1]\"}\n"
	    "{\"text\":\"{\\\"a\\\":\"}\n");
}

static void
a_reader_that_takes_nothing_is_told_of(void **state)
{
	struct scene *s = *state;
	char buf[65536];
	char *line = calloc(1, 300000);
	size_t got = 0;
	ssize_t n;

	assert_non_null(line);
	memset(line, 'x', 299999);
	print(s, line);
	assert_int_not_equal(loop_once(s->loop, 0), -1);
	assert_true(printer_is_full(s->printer));
	assert_int_equal(s->turns, 1);
	while (printer_is_full(s->printer)) {
		n = read(s->ends[0], buf, sizeof(buf));
		got += n > 0 ? (size_t)n : 0;
		assert_int_not_equal(loop_once(s->loop, 0), -1);
	}
	assert_int_equal(s->turns, 2);
	while ((n = read(s->ends[0], buf, sizeof(buf))) > 0)
		got += (size_t)n;
	assert_int_equal(got, 300000);
	free(line);
}

static void
a_reader_that_goes_ends_it_once(void **state)
{
	struct scene *s = *state;

	close(s->ends[0]);
	s->ends[0] = -1;
	print(s, "anyone?");
	while (s->ended == 0)
		assert_int_not_equal(loop_once(s->loop, 0), -1);
	assert_int_equal(s->error, 0);
	print(s, "anyone?");
	assert_int_not_equal(loop_once(s->loop, 0), -1);
	assert_int_not_equal(loop_once(s->loop, 0), -1);
	assert_int_equal(s->ended, 1);
	assert_false(printer_is_full(s->printer));
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_JSON(name) cmocka_unit_test_setup_teardown(name, start_json, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(text_is_spelt_out),
	    TEST(pieces_are_one_line),
	    TEST_JSON(pieces_are_no_objects),
	    TEST_JSON(objects_stay_what_they_are),
	    TEST_JSON(all_else_becomes_an_object),
	    TEST(a_reader_that_takes_nothing_is_told_of),
	    TEST(a_reader_that_goes_ends_it_once),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, region_setup, NULL);
}
