/* shape and seconds: what people type to the benchmark. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seconds.h"
#include "shape.h"

static void
assert_shape(const char *text, unsigned clients, size_t size, unsigned depth,
    const char *said)
{
	struct shape shape;
	char buf[SHAPE_TEXT_MAX];

	assert_int_equal(shape_parse(text, &shape), 0);
	assert_int_equal(shape.clients, clients);
	assert_int_equal(shape.size, size);
	assert_int_equal(shape.depth, depth);
	assert_string_equal(shape_format(buf, &shape), said);
	assert_string_equal(shape_name(buf, &shape), text);
}

static void
test_shapes_are_read_and_told(void **state)
{
	(void)state;
	assert_shape("1x64x1", 1, 64, 1, "1 client, 64 B, depth 1");
	assert_shape(
	    "50x64Kx16", 50, 65536, 16, "50 clients, 64 KiB, depth 16");
	assert_shape("2x1Mx1", 2, 1048576, 1, "2 clients, 1 MiB, depth 1");
	assert_shape("3x1000x2", 3, 1000, 2, "3 clients, 1000 B, depth 2");
}

static void
test_what_is_no_shape_is_refused(void **state)
{
	static const char *const wrong[] = {"", "x", "1", "1x64", "1x64x",
	    "x64x1", "1xx1", "1x64x1x1", "0x64x1", "1x0x1", "1x64x0", "-1x64x1",
	    "1x64x1 ", "50001x64x1", "1x17Mx1", "1x64x1025", "1,64,1",
	    "1x640000000000000000000000000000000000000000000000000000000000x1"};
	struct shape shape;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		errno = 0;
		assert_int_equal(shape_parse(wrong[i], &shape), -1);
		assert_true(errno == EINVAL || errno == ERANGE);
	}
}

static void
test_seconds_are_read(void **state)
{
	uint64_t ns;

	(void)state;
	assert_int_equal(seconds_parse_ns("2", &ns), 0);
	assert_true(ns == 2000000000);
	assert_int_equal(seconds_parse_ns("0.25", &ns), 0);
	assert_true(ns == 250000000);
	assert_int_equal(seconds_parse_ns(".5", &ns), 0);
	assert_true(ns == 500000000);
}

static void
test_what_is_no_time_is_refused(void **state)
{
	static const char *const wrong[] = {"", ".", "..", "1.2.3", "-1", "+1",
	    " 1", "1s", "1e2", "inf", "nan", "0x1", "0", "0.001", "601"};
	uint64_t ns = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		errno = 0;
		assert_int_equal(seconds_parse_ns(wrong[i], &ns), -1);
		assert_true(errno == EINVAL || errno == ERANGE);
	}
	assert_true(ns == 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shapes_are_read_and_told),
	    cmocka_unit_test(test_what_is_no_shape_is_refused),
	    cmocka_unit_test(test_seconds_are_read),
	    cmocka_unit_test(test_what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
