/* place: where to connect, as a person says it. */

#include <sys/types.h>
#include <sys/socket.h>

#include <string.h>

#include "endpoint.h"
#include "harness.h"
#include "place.h"

#define BAD_PLACE "HOST, HOST:PORT or unix:/path is wanted"
#define BAD_LINE  "HOST, HOST PORT, HOST:PORT or unix:/path is wanted"
#define BAD_PORT  "a port is a number from 1 to 65535"
#define NO_ROOM	  "the server leaves no room for a port behind it"

struct named {
	const char *host, *port;
	const char *wanted; /* as endpoint_format() has it */
};

static void
expect(const struct endpoint *e, const char *why, const char *wanted)
{
	char text[ENDPOINT_TEXT_MAX];

	assert_string_equal(why == NULL ? "" : why, "");
	assert_string_equal(endpoint_format(text, sizeof(text), e), wanted);
}

static void
hosts_and_ports_in_any_form(void **state)
{
	static const struct named good[] = {
	    {"localhost", NULL, "localhost:8080"},
	    {"localhost:1", NULL, "localhost:1"},
	    {"localhost", "65535", "localhost:65535"},
	    {"localhost", "8080", "localhost:8080"},
	    {"::1", "7", "[::1]:7"},
	    {"[::1]", "7", "[::1]:7"},
	    {"[::1]:9", NULL, "[::1]:9"},
	    {"127.0.0.1", NULL, "127.0.0.1:8080"},
	    {"unix:/tmp/a", NULL, "unix:/tmp/a"},
	};
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		expect(&e, place_parse(&e, good[i].host, good[i].port),
		    good[i].wanted);
}

static void
what_is_wrong_is_said(void **state)
{
	static const struct named bad[] = {
	    {"", NULL, BAD_PLACE},
	    {":80", NULL, BAD_PLACE},
	    {"a:b", NULL, BAD_PORT},
	    {"a:65536", NULL, BAD_PORT},
	    {"a:0", NULL, BAD_PORT},
	    {"a", "0", BAD_PORT},
	    {"a", "65536", BAD_PORT},
	    {"a", "http", BAD_PORT},
	    {"a", "", BAD_PORT},
	    {"a", "-1", BAD_PORT},
	    {"a:80", "81", NO_ROOM},
	    {"a:8080", "8080", NO_ROOM},
	    {"a:0", "80", NO_ROOM},
	    {"[::1]:9", "7", NO_ROOM},
	    {"unix:/tmp/a", "80", NO_ROOM},
	};
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = place_parse(&e, bad[i].host, bad[i].port);

		assert_non_null(why);
		assert_string_equal(why, bad[i].wanted);
	}
}

static void
too_long_a_host_is_told_as_that(void **state)
{
	char host[2 * ENDPOINT_TEXT_MAX];
	struct endpoint e;

	(void)state;
	memset(host, 'a', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	assert_string_equal(place_parse(&e, host, NULL), "too long");
	assert_string_equal(place_parse(&e, host, "80"), "too long");
	assert_string_equal(place_parse_line(&e, host), "too long");
}

static void
a_line_may_have_blanks_around_the_port(void **state)
{
	static const struct named good[] = {
	    {"localhost", NULL, "localhost:8080"},
	    {"localhost 80", NULL, "localhost:80"},
	    {"localhost \t 80 \t", NULL, "localhost:80"},
	    {"localhost:80 ", NULL, "localhost:80"},
	    {"::1 80", NULL, "[::1]:80"},
	    {"unix:/tmp/a b", NULL, "unix:/tmp/a b"},
	};
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		expect(&e, place_parse_line(&e, good[i].host), good[i].wanted);
}

static void
a_line_of_anything_else_is_refused(void **state)
{
	static const struct named bad[] = {
	    {"", NULL, BAD_PLACE},
	    {"a 80 more", NULL, BAD_LINE},
	    {"a 1234567890", NULL, BAD_LINE},
	    {"a http", NULL, BAD_PORT},
	    {"a:80 80", NULL, NO_ROOM},
	};
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = place_parse_line(&e, bad[i].host);

		assert_non_null(why);
		assert_string_equal(why, bad[i].wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hosts_and_ports_in_any_form),
	    cmocka_unit_test(what_is_wrong_is_said),
	    cmocka_unit_test(too_long_a_host_is_told_as_that),
	    cmocka_unit_test(a_line_may_have_blanks_around_the_port),
	    cmocka_unit_test(a_line_of_anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
