/* tally: how many there are from each address. */

#include "harness/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

#include "remote.h"
#include "tally.h"

#define MANY 20000

static struct remote
remote4(uint32_t address, uint16_t port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(address),
	};
	struct remote remote;

	remote_set(&remote, (struct sockaddr *)&in);
	return remote;
}

static struct remote
remote6(const char *address)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct remote remote;

	assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
	remote_set(&remote, (struct sockaddr *)&in6);
	return remote;
}

static void
an_address_is_counted_whatever_its_port(void **state)
{
	struct tally *tally = tally_new();
	struct remote one = remote4(INADDR_LOOPBACK, 1);
	struct remote two = remote4(INADDR_LOOPBACK, 2);
	struct remote mapped = remote6("::ffff:127.0.0.1");

	(void)state;
	assert_non_null(tally);
	assert_int_equal(tally_add(tally, &one), 1);
	assert_int_equal(tally_add(tally, &two), 2);
	assert_int_equal(tally_add(tally, &mapped), 3);
	tally_remove(tally, &one);
	assert_int_equal(tally_add(tally, &two), 3);
	tally_free(tally);
}

static void
addresses_are_counted_apart(void **state)
{
	struct tally *tally = tally_new();
	struct remote v4 = remote4(INADDR_LOOPBACK, 1);
	struct remote v6 = remote6("::1"), next = remote6("::2");

	(void)state;
	assert_non_null(tally);
	assert_int_equal(tally_add(tally, &v4), 1);
	assert_int_equal(tally_add(tally, &v6), 1);
	assert_int_equal(tally_add(tally, &next), 1);
	assert_int_equal(tally_add(tally, &v6), 2);
	tally_free(tally);
}

static void
who_is_not_there_can_not_leave(void **state)
{
	struct tally *tally = tally_new();
	struct remote remote = remote4(INADDR_LOOPBACK, 1);

	(void)state;
	assert_non_null(tally);
	tally_remove(tally, &remote);
	assert_int_equal(tally_add(tally, &remote), 1);
	tally_remove(tally, &remote);
	tally_remove(tally, &remote);
	assert_int_equal(tally_add(tally, &remote), 1);
	tally_free(tally);
	tally_free(NULL);
}

/* In an order that is hard on a tree, and out of it in another one. */
static void
many_addresses_come_and_go(void **state)
{
	struct tally *tally = tally_new();
	struct remote remote;
	uint32_t i;

	(void)state;
	assert_non_null(tally);
	for (i = 0; i < MANY; i++) {
		remote = remote4(i, 0);
		assert_int_equal(tally_add(tally, &remote), 1);
	}
	for (i = 0; i < MANY; i += 2) {
		remote = remote4(i, 0);
		tally_remove(tally, &remote);
	}
	for (i = MANY; i-- > 0;) {
		remote = remote4(i, 0);
		assert_int_equal(tally_add(tally, &remote), 1 + i % 2);
	}
	tally_free(tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_counted_whatever_its_port),
	    cmocka_unit_test(addresses_are_counted_apart),
	    cmocka_unit_test(who_is_not_there_can_not_leave),
	    cmocka_unit_test(many_addresses_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
