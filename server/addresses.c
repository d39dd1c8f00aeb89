#include "addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "inherit.h"
#include "remote.h"

void
addresses_default(struct addresses *addresses, uint16_t port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6,
	    .sin6_port = htons(port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	memset(addresses, 0, sizeof(*addresses));
	addresses->count = 2;
	memcpy(&addresses->list[0].addr.sa, &in, sizeof(in));
	addresses->list[0].addr.len = sizeof(in);
	addresses->list[0].optional = true;
	memcpy(&addresses->list[1].addr.sa, &in6, sizeof(in6));
	addresses->list[1].addr.len = sizeof(in6);
	addresses->list[1].optional = true;
}

static bool
addresses_has(
    const struct addresses *addresses, const struct endpoint_addr *addr)
{
	const struct endpoint_addr *have;
	size_t i;

	for (i = 0; i < addresses->count; i++) {
		have = &addresses->list[i].addr;
		if (have->len == addr->len &&
		    memcmp(&have->sa, &addr->sa, addr->len) == 0)
			return true;
	}
	return false;
}

/* A name may stand for the same address twice, and so may two names. */
static int
addresses_append(struct addresses *addresses, const struct endpoint_addr *addr)
{
	if (addresses_has(addresses, addr))
		return 0;
	if (addresses->count == ADDRESSES_MAX)
		return -1;
	addresses->list[addresses->count].addr = *addr;
	addresses->list[addresses->count].optional = false;
	addresses->count++;
	return 0;
}

int
addresses_add(
    struct addresses *addresses, const char *name, uint16_t port, char *error)
{
	struct endpoint_addr found[ADDRESSES_MAX];
	struct endpoint endpoint;
	const char *reason;
	int i, n;

	memset(found, 0, sizeof(found));
	n = -1;
	if (endpoint_parse(&endpoint, name, port) == -1)
		reason = "not an address";
	else
		n = endpoint_resolve(
		    &endpoint, AF_UNSPEC, found, ADDRESSES_MAX, &reason);
	for (i = 0; i < n; i++) {
		if (addresses_append(addresses, &found[i]) == -1) {
			reason = "too many addresses to listen on";
			n = -1;
		}
	}
	if (n != -1)
		return 0;
	(void)snprintf(error, ADDRESSES_ERROR_MAX, "%s: %s", name, reason);
	return -1;
}

int
addresses_inherit(struct addresses *addresses, int fd, char *error)
{
	struct endpoint_addr name = {.len = sizeof(name.sa)};
	const char *why;

	if (inherit_check(fd, &why) == -1)
		goto fail;
	why = "too many addresses to listen on";
	if (getsockname(fd, (struct sockaddr *)&name.sa, &name.len) == -1)
		why = strerror(errno);
	else if (addresses_append(addresses, &name) == 0)
		return 0;

fail:
	(void)snprintf(
	    error, ADDRESSES_ERROR_MAX, "descriptor %d: %s", fd, why);
	return -1;
}

const struct address *
addresses_find_remote(const struct addresses *addresses)
{
	struct remote remote;
	size_t i;

	for (i = 0; i < addresses->count; i++) {
		const struct sockaddr *sa =
		    (const struct sockaddr *)&addresses->list[i].addr.sa;

		remote_set(&remote, sa);
		/* All zeros is not a Unix socket here, but the wildcard. */
		if (sa->sa_family != AF_UNIX &&
		    (remote_is_unix(&remote) || !remote_is_local(&remote)))
			return &addresses->list[i];
	}
	return NULL;
}

char *
address_format(char *buf, size_t size, const struct address *address)
{
	return endpoint_addr_format(buf, size,
	    (const struct sockaddr *)&address->addr.sa, address->addr.len);
}

bool
address_is_free(const struct address *address)
{
	struct remote remote;

	remote_set(&remote, (const struct sockaddr *)&address->addr.sa);
	return address->addr.sa.ss_family != AF_UNIX && remote.port == 0;
}

void
address_set_port(struct address *address, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->addr.sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->addr.sa;

	if (address->addr.sa.ss_family == AF_INET)
		in->sin_port = htons(port);
	else if (address->addr.sa.ss_family == AF_INET6)
		in6->sin6_port = htons(port);
}
