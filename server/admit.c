#include "admit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "remote.h"
#include "units.h"

#define ADMIT_MAPPED_BITS 96 /* of ::ffff:0:0/96, where IPv4 lives */

struct admit_rule {
	struct remote network; /* the address only */
	unsigned prefix_bits;
	bool any;
	bool allow;
};

struct admit {
	struct admit_rule *rules;
	size_t count;
	bool has_allow;
};

struct admit *
admit_new(void)
{
	return calloc(1, sizeof(struct admit));
}

void
admit_free(struct admit *admit)
{
	if (admit == NULL)
		return;
	free(admit->rules);
	free(admit);
}

/* The address before the slash, and the bits that its family has. */
static int
admit_parse_address(struct remote *network, const char *text, unsigned *bits)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		remote_set(network, (struct sockaddr *)&in);
		*bits = 32;
		return 0;
	}
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
		remote_set(network, (struct sockaddr *)&in6);
		*bits = 128;
		return 0;
	}
	errno = EINVAL;
	return -1;
}

static int
admit_parse(struct admit_rule *rule, const char *cidr)
{
	char address[INET6_ADDRSTRLEN];
	uint64_t prefix;
	unsigned bits;
	size_t len;

	if (strcmp(cidr, "any") == 0) {
		rule->any = true;
		return 0;
	}
	len = strcspn(cidr, "/");
	if (len >= sizeof(address)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address, cidr, len);
	address[len] = '\0';
	if (admit_parse_address(&rule->network, address, &bits) == -1)
		return -1;
	prefix = bits;
	if (cidr[len] == '/' &&
	    units_parse_number(cidr + len + 1, 0, bits, &prefix) == -1) {
		errno = EINVAL;
		return -1;
	}
	rule->prefix_bits = 128 - bits + (unsigned)prefix;
	return 0;
}

int
admit_add(struct admit *admit, const char *cidr, bool allow)
{
	struct admit_rule rule = {.allow = allow}, *rules;

	if (admit_parse(&rule, cidr) == -1)
		return -1;
	rules = realloc(admit->rules, (admit->count + 1) * sizeof(*rules));
	if (rules == NULL)
		return -1;
	rules[admit->count++] = rule;
	admit->rules = rules;
	admit->has_allow |= allow;
	return 0;
}

bool
admit_has_allow(const struct admit *admit)
{
	return admit->has_allow;
}

static bool
admit_match(const struct admit_rule *rule, const struct remote *remote)
{
	const uint8_t *a, *b;
	unsigned bytes, bits;

	if (rule->any)
		return true;
	/* IPv4-mapped is inside of ::/0, but who wrote that meant IPv6. */
	if (rule->prefix_bits < ADMIT_MAPPED_BITS && remote_is_ipv4(remote))
		return false;
	a = rule->network.address;
	b = remote->address;
	bytes = rule->prefix_bits / 8;
	bits = rule->prefix_bits % 8;
	if (memcmp(a, b, bytes) != 0)
		return false;
	return bits == 0 || ((a[bytes] ^ b[bytes]) >> (8 - bits)) == 0;
}

/* The first rule that matches, or NULL. */
static const struct admit_rule *
admit_find(const struct admit *admit, const struct remote *remote)
{
	size_t i;

	for (i = 0; i < admit->count; i++)
		if (admit_match(&admit->rules[i], remote))
			return &admit->rules[i];
	return NULL;
}

bool
admit_check(const struct admit *admit, const struct remote *remote)
{
	const struct admit_rule *rule;

	if (remote_is_unix(remote))
		return true;
	rule = admit_find(admit, remote);
	return rule != NULL ? rule->allow : !admit->has_allow;
}

bool
admit_denies(const struct admit *admit, const struct remote *remote)
{
	const struct admit_rule *rule;

	if (remote_is_unix(remote))
		return false;
	rule = admit_find(admit, remote);
	return rule != NULL && !rule->allow;
}
