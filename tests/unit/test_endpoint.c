/* endpoint: names of places and their addresses. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <arpa/inet.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "endpoint.h"

#define PATH_MAX_UNIX sizeof(((struct sockaddr_un *)NULL)->sun_path)

static void
assert_parsed(const char *text, const char *host, unsigned port, int family)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, text, 8080), 0);
	assert_string_equal(endpoint.host, host);
	assert_int_equal(endpoint.port, port);
	assert_int_equal(endpoint.family, family);
}

static void
assert_refused(const char *text, int error)
{
	struct endpoint endpoint;

	errno = 0;
	assert_int_equal(endpoint_parse(&endpoint, text, 8080), -1);
	assert_int_equal(errno, error);
}

static void
resolve_one(const char *text, struct endpoint_addr *addr)
{
	struct endpoint endpoint;
	const char *error = NULL;

	assert_int_equal(endpoint_parse(&endpoint, text, 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, addr, 1, &error), 1);
	assert_null(error);
}

static void
names_are_parsed(void **state)
{
	(void)state;
	assert_parsed("127.0.0.1:80", "127.0.0.1", 80, AF_INET);
	assert_parsed("127.0.0.1", "127.0.0.1", 8080, AF_INET);
	assert_parsed("localhost:0", "localhost", 0, AF_UNSPEC);
	assert_parsed("localhost:65535", "localhost", 65535, AF_UNSPEC);
	assert_parsed("host", "host", 8080, AF_UNSPEC);
	assert_parsed("host%eth0", "host%eth0", 8080, AF_UNSPEC);
	assert_parsed("::1", "::1", 8080, AF_INET6);
	assert_parsed("::", "::", 8080, AF_INET6);
	assert_parsed("[::1]", "::1", 8080, AF_INET6);
	assert_parsed("[::1]:80", "::1", 80, AF_INET6);
	assert_parsed("fe80::1%lo", "fe80::1%lo", 8080, AF_INET6);
	assert_parsed("[fe80::1%lo]:1", "fe80::1%lo", 1, AF_INET6);
	assert_parsed("::ffff:127.0.0.1", "::ffff:127.0.0.1", 8080, AF_INET6);
	assert_parsed("unix:/tmp/s:1", "/tmp/s:1", 0, AF_UNIX);
	assert_parsed("unix:s", "s", 0, AF_UNIX);
}

static void
what_names_no_place_is_refused(void **state)
{
	static const char *const wrong[] = {"", ":", ":80", "host:", "host:80x",
	    "host:65536", "host:-1", "host:+1", "host: 1", "host:1 ",
	    "host:99999999999999999999", "::1:x", "1:2:3", "[::1", "[]", "[]:1",
	    "[::1]80", "[::1]:", "[::1]:x", "[host]:80", "[127.0.0.1]:80",
	    "::1%", "[::1]]:80", "fe80::1%lo]", "fe80::1%]:1", "unix:"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_refused(wrong[i], EINVAL);
}

static void
what_is_too_long_is_refused_and_what_just_fits_is_not(void **state)
{
	char host[ENDPOINT_HOST_MAX + 1], path[5 + PATH_MAX_UNIX + 1];

	(void)state;
	memset(host, 'h', sizeof(host));
	host[ENDPOINT_HOST_MAX] = '\0';
	assert_refused(host, ENAMETOOLONG);
	assert_parsed(host + 1, host + 1, 8080, AF_UNSPEC);

	memset(path, 'p', sizeof(path));
	memcpy(path, "unix:", 5);
	path[5 + PATH_MAX_UNIX] = '\0';
	assert_refused(path, ENAMETOOLONG);
	path[5 + PATH_MAX_UNIX - 1] = '\0';
	assert_parsed(path, path + 5, 0, AF_UNIX);
}

static void
formatting_gives_back_what_was_parsed(void **state)
{
	static const char *const texts[] = {"127.0.0.1:8080", "[::1]:8080",
	    "[fe80::1%lo]:1", "host:80", "unix:/path"};
	struct endpoint endpoint;
	char buf[ENDPOINT_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(endpoint_parse(&endpoint, texts[i], 0), 0);
		assert_string_equal(
		    endpoint_format(buf, sizeof(buf), &endpoint), texts[i]);
	}
	assert_string_equal(endpoint_format(buf, 5, &endpoint), "unix");
}

static void
addresses_are_formatted_as_they_are_typed(void **state)
{
	static const char *const texts[] = {
	    "127.0.0.1:8080", "[::1]:8080", "[2001:db8::1]:1", "unix:/path"};
	struct endpoint_addr addr;
	char buf[ENDPOINT_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		resolve_one(texts[i], &addr);
		endpoint_addr_format(buf, sizeof(buf),
		    (const struct sockaddr *)&addr.sa, addr.len);
		assert_string_equal(buf, texts[i]);
	}
}

static void
a_mapped_address_is_formatted_as_ipv4(void **state)
{
	struct endpoint_addr addr;
	char buf[ENDPOINT_TEXT_MAX];

	(void)state;
	resolve_one("[::ffff:10.1.2.3]:9", &addr);
	endpoint_addr_format(
	    buf, sizeof(buf), (const struct sockaddr *)&addr.sa, addr.len);
	assert_string_equal(buf, "10.1.2.3:9");
}

static void
a_scope_is_formatted_by_name_or_number(void **state)
{
	struct sockaddr_in6 sin6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(7)};
	char buf[ENDPOINT_TEXT_MAX];

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", &sin6.sin6_addr), 1);
	sin6.sin6_scope_id = 3999999999u;
	endpoint_addr_format(
	    buf, sizeof(buf), (const struct sockaddr *)&sin6, sizeof(sin6));
	assert_string_equal(buf, "[fe80::1%3999999999]:7");
}

static void
unix_addresses_of_every_kind_are_formatted(void **state)
{
	struct sockaddr_un sun;
	const struct sockaddr *sa = (const struct sockaddr *)&sun;
	socklen_t base = offsetof(struct sockaddr_un, sun_path);
	char buf[ENDPOINT_TEXT_MAX], full[5 + PATH_MAX_UNIX + 1] = "unix:";

	(void)state;
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	endpoint_addr_format(buf, sizeof(buf), sa, base);
	assert_string_equal(buf, "unix:");
	endpoint_addr_format(buf, sizeof(buf), sa, sizeof(sun));
	assert_string_equal(buf, "unix:");
	memcpy(sun.sun_path, "\0ab\0c", 5);
	endpoint_addr_format(buf, sizeof(buf), sa, base + 5);
	assert_string_equal(buf, "unix:@ab@c");
	memset(sun.sun_path, 'x', sizeof(sun.sun_path));
	memset(full + 5, 'x', PATH_MAX_UNIX);
	endpoint_addr_format(buf, sizeof(buf), sa, sizeof(sun));
	assert_string_equal(buf, full);
}

static void
an_address_that_is_cut_short_is_unknown(void **state)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	char buf[ENDPOINT_TEXT_MAX];

	(void)state;
	endpoint_addr_format(
	    buf, sizeof(buf), (const struct sockaddr *)&sin, 0);
	assert_string_equal(buf, "unknown");
	endpoint_addr_format(
	    buf, sizeof(buf), (const struct sockaddr *)&sin, 4);
	assert_string_equal(buf, "unknown");
}

static void
names_are_resolved_without_doubles(void **state)
{
	struct endpoint endpoint;
	struct endpoint_addr addrs[8];
	const char *error;
	int count, i, j;

	(void)state;
	assert_int_equal(endpoint_parse(&endpoint, "localhost:99", 0), 0);
	count = endpoint_resolve(&endpoint, AF_INET, addrs, 8, &error);
	assert_in_range(count, 1, 8);
	for (i = 0; i < count; i++) {
		assert_int_equal(addrs[i].sa.ss_family, AF_INET);
		for (j = 0; j < i; j++)
			assert_memory_not_equal(
			    &addrs[i].sa, &addrs[j].sa, sizeof(addrs[i].sa));
	}
}

static void
what_does_not_resolve_says_why(void **state)
{
	struct endpoint endpoint;
	struct endpoint_addr addr;
	const char *error = NULL;

	(void)state;
	assert_int_equal(endpoint_parse(&endpoint, "127.0.0.1", 1), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_INET6, &addr, 1, &error), -1);
	assert_string_equal(error, "the address is of the other family");
	error = NULL;
	assert_int_equal(endpoint_parse(&endpoint, "fe80::1%no-such-if", 1), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), -1);
	assert_non_null(error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_parsed),
	    cmocka_unit_test(what_names_no_place_is_refused),
	    cmocka_unit_test(
		what_is_too_long_is_refused_and_what_just_fits_is_not),
	    cmocka_unit_test(formatting_gives_back_what_was_parsed),
	    cmocka_unit_test(addresses_are_formatted_as_they_are_typed),
	    cmocka_unit_test(a_mapped_address_is_formatted_as_ipv4),
	    cmocka_unit_test(a_scope_is_formatted_by_name_or_number),
	    cmocka_unit_test(unix_addresses_of_every_kind_are_formatted),
	    cmocka_unit_test(an_address_that_is_cut_short_is_unknown),
	    cmocka_unit_test(names_are_resolved_without_doubles),
	    cmocka_unit_test(what_does_not_resolve_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
