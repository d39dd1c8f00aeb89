/* control_clients: the line that tells of a client. */

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

#include "census.h"
#include "control_clients.h"
#include "harness/harness.h"
#include "listeners.h"
#include "log.h"

#define REST                                                     \
	"\"worker\":2,\"age\":12.345,\"idle\":0.200,\"in\":214," \
	"\"out\":200,\"queued\":14}\n"

static struct census_row
make_row(const char *address)
{
	struct census_row row = {
	    .client = 3,
	    .in_bytes = 214,
	    .out_bytes = 200,
	    .queued_bytes = 14,
	    .age_ms = 12345,
	    .idle_ms = 200,
	};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (address == NULL)
		return row;
	in6.sin6_port = htons(53122);
	assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
	remote_set(&row.remote, (const struct sockaddr *)&in6);
	return row;
}

static void
expect(const struct census_row *row, const char *expected)
{
	static const struct listeners_names names = {
	    .count = 2, .texts = {"127.0.0.1:8080", "unix:/run/a.sock"}};
	char line[LOG_LINE_MAX];
	size_t len = control_clients_format(row, 2, &names, line);

	assert_int_equal(len, strlen(expected));
	assert_memory_equal(line, expected, len);
}

static void
a_client_of_tcp_has_its_address(void **state)
{
	struct census_row row = make_row("::ffff:127.0.0.1");

	(void)state;
	expect(&row, "{\"client\":3,\"peer\":\"127.0.0.1:53122\"," REST);
	row = make_row("2001:db8::1");
	expect(&row, "{\"client\":3,\"peer\":\"[2001:db8::1]:53122\"," REST);
}

static void
a_client_of_a_unix_socket_is_called_as_its_listener(void **state)
{
	struct census_row row = make_row(NULL);

	(void)state;
	row.remote.port = 1;
	expect(&row, "{\"client\":3,\"peer\":\"unix:/run/a.sock\"," REST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_of_tcp_has_its_address),
	    cmocka_unit_test(
		a_client_of_a_unix_socket_is_called_as_its_listener),
	};

	return cmocka_run_group_tests_name(
	    "control_clients", tests, NULL, NULL);
}
