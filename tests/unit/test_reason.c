/* reason: sentences for a person, that name the thing. */

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "endpoint.h"
#include "harness/harness.h"
#include "reason.h"

static struct endpoint
place(const char *text)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, text, 8080), 0);
	return endpoint;
}

static void
names_that_do_not_exist(void **state)
{
	struct endpoint endpoint = place("foo.example");
	char buf[160];

	(void)state;
	assert_string_equal(reason_of_lookup(buf, sizeof(buf), &endpoint,
				gai_strerror(EAI_NONAME)),
	    "no such host: foo.example");
	assert_string_equal(
	    reason_of_lookup(buf, sizeof(buf), &endpoint, "try again"),
	    "cannot look up foo.example: try again");
}

static void
failed_connects_name_the_place(void **state)
{
	struct endpoint endpoint = place("[::1]:80"), path = place("unix:/x");
	char buf[160];

	(void)state;
	assert_string_equal(
	    reason_of_connect(buf, sizeof(buf), &endpoint, ECONNREFUSED),
	    "connection refused by [::1]:80");
	assert_string_equal(
	    reason_of_connect(buf, sizeof(buf), &endpoint, ENETUNREACH),
	    "network unreachable: [::1]:80");
	assert_string_equal(reason_of_connect(buf, sizeof(buf), &path, ENOENT),
	    "no such socket: unix:/x");
	reason_of_connect(buf, sizeof(buf), &endpoint, EMFILE);
	assert_memory_equal(buf, "cannot connect to [::1]:80: ", 28);
	assert_true(strlen(buf) > 28);
}

static void
time_outs_say_after_how_long(void **state)
{
	struct endpoint endpoint = place("host");
	char buf[160];

	(void)state;
	assert_string_equal(
	    reason_of_timeout(buf, sizeof(buf), &endpoint, 10000),
	    "timed out after 10 s: host:8080");
	assert_string_equal(reason_of_timeout(buf, sizeof(buf), &endpoint, 250),
	    "timed out after 250 ms: host:8080");
}

static void
ends_say_who_ended(void **state)
{
	char buf[160];

	(void)state;
	assert_string_equal(
	    reason_of_end(buf, sizeof(buf), 0), "closed by peer");
	assert_string_equal(
	    reason_of_end(buf, sizeof(buf), EPIPE), "closed by peer");
	assert_string_equal(
	    reason_of_end(buf, sizeof(buf), ECONNRESET), "reset by peer");
	assert_string_equal(
	    reason_of_end(buf, sizeof(buf), EIO), strerror(EIO));
	assert_string_equal(reason_of_untaken(buf, sizeof(buf)),
	    "closed by peer, which did not take all that was sent");
}

static void
a_long_name_is_cut_and_terminated(void **state)
{
	struct endpoint endpoint = {.port = 80};
	char buf[40];

	(void)state;
	memset(endpoint.host, 'x', sizeof(endpoint.host) - 1);
	assert_int_equal(strlen(reason_of_connect(
			     buf, sizeof(buf), &endpoint, ECONNREFUSED)),
	    39);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_that_do_not_exist),
	    cmocka_unit_test(failed_connects_name_the_place),
	    cmocka_unit_test(time_outs_say_after_how_long),
	    cmocka_unit_test(ends_say_who_ended),
	    cmocka_unit_test(a_long_name_is_cut_and_terminated),
	};

	return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
