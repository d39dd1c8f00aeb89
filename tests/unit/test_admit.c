/* admit: CIDR rules, what they match, and what matches none. */

#include "harness/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "admit.h"
#include "remote.h"

/* What an accepted socket with this text as its address would give. */
static struct remote
remote_of(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct remote remote;

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		remote_set(&remote, (struct sockaddr *)&in);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
		remote_set(&remote, (struct sockaddr *)&in6);
	}
	return remote;
}

/* Rules as "+CIDR -CIDR ...": allow and deny. */
static bool
admits(const char *rules, const char *address)
{
	struct admit *admit = admit_new();
	struct remote remote = remote_of(address);
	char copy[256], *rule, *rest;
	bool result;

	assert_non_null(admit);
	(void)snprintf(copy, sizeof(copy), "%s", rules);
	for (rule = strtok_r(copy, " ", &rest); rule != NULL;
	     rule = strtok_r(NULL, " ", &rest))
		assert_int_equal(admit_add(admit, rule + 1, rule[0] == '+'), 0);
	result = admit_check(admit, &remote);
	admit_free(admit);
	return result;
}

static void
test_no_rules_admit_everyone(void **state)
{
	(void)state;
	assert_true(admits("", "127.0.0.1"));
	assert_true(admits("", "2001:db8::1"));
}

static void
test_an_allow_refuses_what_matches_nothing(void **state)
{
	(void)state;
	assert_true(admits("+10.0.0.0/8", "10.255.255.255"));
	assert_false(admits("+10.0.0.0/8", "11.0.0.0"));
	assert_false(admits("+10.0.0.0/8", "9.255.255.255"));
	assert_false(admits("+10.0.0.0/8", "::1"));
}

static void
test_a_deny_alone_admits_what_matches_nothing(void **state)
{
	(void)state;
	assert_false(admits("-10.0.0.0/8", "10.1.2.3"));
	assert_true(admits("-10.0.0.0/8", "192.0.2.1"));
	assert_true(admits("-10.0.0.0/8", "::1"));
}

static void
test_the_first_match_decides(void **state)
{
	(void)state;
	assert_false(admits("-10.1.0.0/16 +10.0.0.0/8", "10.1.0.1"));
	assert_true(admits("-10.1.0.0/16 +10.0.0.0/8", "10.2.0.1"));
	assert_true(admits("+10.1.0.0/16 -10.0.0.0/8", "10.1.0.1"));
	assert_false(admits("+10.1.0.0/16 -10.0.0.0/8", "10.2.0.1"));
	assert_true(admits("+any -any", "10.2.0.1"));
	assert_false(admits("-any +any", "10.2.0.1"));
}

static void
test_a_prefix_may_end_within_a_byte(void **state)
{
	(void)state;
	assert_true(admits("+192.0.2.128/25", "192.0.2.255"));
	assert_false(admits("+192.0.2.128/25", "192.0.2.127"));
	assert_true(admits("+172.16.0.0/12", "172.31.255.255"));
	assert_false(admits("+172.16.0.0/12", "172.32.0.0"));
	assert_true(admits("+2001:db8:8000::/33", "2001:db8:ffff::1"));
	assert_false(admits("+2001:db8:8000::/33", "2001:db8:7fff::1"));
	assert_true(admits("+192.0.2.6/31", "192.0.2.7"));
	assert_false(admits("+192.0.2.6/31", "192.0.2.8"));
}

static void
test_an_address_alone_is_one_host(void **state)
{
	(void)state;
	assert_true(admits("+192.0.2.7", "192.0.2.7"));
	assert_false(admits("+192.0.2.7", "192.0.2.6"));
	assert_true(admits("+::1", "::1"));
	assert_false(admits("+::1", "::2"));
	assert_true(admits("+192.0.2.7/32", "192.0.2.7"));
	assert_true(admits("+::1/128", "::1"));
}

static void
test_bits_behind_the_prefix_are_ignored(void **state)
{
	(void)state;
	assert_true(admits("+127.0.0.1/8", "127.9.9.9"));
	assert_true(admits("+2001:db8::1/32", "2001:db8:ffff::2"));
}

static void
test_ipv4_mapped_is_ipv4_on_both_sides(void **state)
{
	(void)state;
	assert_true(admits("+10.0.0.0/8", "::ffff:10.1.2.3"));
	assert_false(admits("+10.0.0.0/8", "::ffff:11.1.2.3"));
	assert_true(admits("+::ffff:10.0.0.0/104", "10.1.2.3"));
	assert_false(admits("+::ffff:10.0.0.0/104", "11.1.2.3"));
	assert_false(admits("-10.0.0.0/8 +any", "::ffff:10.1.2.3"));
}

static void
test_each_family_has_its_own_everything(void **state)
{
	(void)state;
	assert_true(admits("+0.0.0.0/0", "192.0.2.1"));
	assert_false(admits("+0.0.0.0/0", "2001:db8::1"));
	assert_true(admits("+::/0", "2001:db8::1"));
	assert_false(admits("+::/0", "192.0.2.1"));
	assert_true(admits("+any", "192.0.2.1"));
	assert_true(admits("+any", "2001:db8::1"));
}

static void
test_the_peer_of_a_unix_socket_is_always_admitted(void **state)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct admit *admit = admit_new();
	struct remote remote;

	(void)state;
	assert_non_null(admit);
	assert_int_equal(admit_add(admit, "any", false), 0);
	remote_set(&remote, (struct sockaddr *)&un);
	assert_true(remote_is_unix(&remote));
	assert_true(admit_check(admit, &remote));
	admit_free(admit);
}

static void
test_what_is_no_cidr_is_refused_and_adds_nothing(void **state)
{
	static const char *const wrong[] = {"", "/", "/8", "10.0.0.0/",
	    "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/ 8",
	    "10.0.0.0/8/8", "10.0.0", "10.0.0.0.0", "256.0.0.1", "10.0.0.0 ",
	    " 10.0.0.0", "::/129", "::1/", ":::", "12345::", "fe80::1%lo",
	    "localhost", "ANY", "any/8", "10.0.0.0/4294967304",
	    "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/8"};
	struct admit *admit = admit_new();
	struct remote remote = remote_of("192.0.2.1");
	size_t i;

	(void)state;
	assert_non_null(admit);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		errno = 0;
		if (admit_add(admit, wrong[i], true) != -1 || errno != EINVAL)
			fail_msg("'%s' was taken", wrong[i]);
	}
	assert_false(admit_has_allow(admit));
	assert_true(admit_check(admit, &remote));
	admit_free(admit);
}

static void
test_only_an_allow_counts_as_one(void **state)
{
	struct admit *admit = admit_new();

	(void)state;
	assert_non_null(admit);
	assert_int_equal(admit_add(admit, "any", false), 0);
	assert_false(admit_has_allow(admit));
	assert_int_equal(admit_add(admit, "::1", true), 0);
	assert_true(admit_has_allow(admit));
	admit_free(admit);
	admit_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_rules_admit_everyone),
	    cmocka_unit_test(test_an_allow_refuses_what_matches_nothing),
	    cmocka_unit_test(test_a_deny_alone_admits_what_matches_nothing),
	    cmocka_unit_test(test_the_first_match_decides),
	    cmocka_unit_test(test_a_prefix_may_end_within_a_byte),
	    cmocka_unit_test(test_an_address_alone_is_one_host),
	    cmocka_unit_test(test_bits_behind_the_prefix_are_ignored),
	    cmocka_unit_test(test_ipv4_mapped_is_ipv4_on_both_sides),
	    cmocka_unit_test(test_each_family_has_its_own_everything),
	    cmocka_unit_test(test_the_peer_of_a_unix_socket_is_always_admitted),
	    cmocka_unit_test(test_what_is_no_cidr_is_refused_and_adds_nothing),
	    cmocka_unit_test(test_only_an_allow_counts_as_one),
	};

	return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
