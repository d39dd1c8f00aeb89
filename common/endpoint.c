#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <arpa/inet.h>
#include <net/if.h>

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "endpoint.h"
#include "units.h"

#define UNIX_PREFIX "unix:"

static int
fail(int error)
{
	errno = error;
	return -1;
}

/*
 * Whether host is an IPv6 address, perhaps with a zone: "fe80::1%eth0". A
 * bracket in that would end the host too early where it is written down.
 */
static bool
is_ipv6(const char *host)
{
	struct in6_addr in6;
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(host, "%");

	if (len >= sizeof(address) || strcmp(host + len, "%") == 0 ||
	    strchr(host, ']') != NULL)
		return false;
	memcpy(address, host, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, &in6) == 1;
}

static int
literal_family(const char *host)
{
	struct in_addr in;

	if (inet_pton(AF_INET, host, &in) == 1)
		return AF_INET;
	return is_ipv6(host) ? AF_INET6 : AF_UNSPEC;
}

static int
set_host(struct endpoint *endpoint, const char *host, size_t len)
{
	if (len == 0)
		return fail(EINVAL);
	if (len >= sizeof(endpoint->host))
		return fail(ENAMETOOLONG);
	memcpy(endpoint->host, host, len);
	endpoint->host[len] = '\0';
	return 0;
}

static int
set_port(struct endpoint *endpoint, const char *text)
{
	uint64_t port;

	if (units_parse_number(text, 0, UINT16_MAX, &port) == -1)
		return fail(EINVAL);
	endpoint->port = (uint16_t)port;
	return 0;
}

static int
parse_unix(struct endpoint *endpoint, const char *path)
{
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return fail(ENAMETOOLONG);
	endpoint->family = AF_UNIX;
	endpoint->port = 0;
	return set_host(endpoint, path, strlen(path));
}

/* "[::1]" or "[::1]:8080", from behind the bracket on. */
static int
parse_bracketed(struct endpoint *endpoint, const char *text)
{
	size_t len = strcspn(text, "]");

	if (set_host(endpoint, text, len) == -1)
		return -1;
	if (!is_ipv6(endpoint->host) || text[len] == '\0')
		return fail(EINVAL);
	endpoint->family = AF_INET6;
	text += len + 1;
	if (*text == '\0')
		return 0;
	return *text == ':' ? set_port(endpoint, text + 1) : fail(EINVAL);
}

/* "host", "host:port" or a bare IPv6 address: the colons tell which. */
static int
parse_plain(struct endpoint *endpoint, const char *text)
{
	const char *colon = strchr(text, ':');
	bool bare = colon != NULL && strchr(colon + 1, ':') != NULL;
	size_t len =
	    colon == NULL || bare ? strlen(text) : (size_t)(colon - text);

	if (set_host(endpoint, text, len) == -1)
		return -1;
	endpoint->family = literal_family(endpoint->host);
	if (bare)
		return endpoint->family == AF_INET6 ? 0 : fail(EINVAL);
	return colon == NULL ? 0 : set_port(endpoint, colon + 1);
}

int
endpoint_parse(
    struct endpoint *endpoint, const char *text, uint16_t default_port)
{
	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->port = default_port;
	if (strncmp(text, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
		return parse_unix(endpoint, text + strlen(UNIX_PREFIX));
	if (*text == '[')
		return parse_bracketed(endpoint, text + 1);
	return parse_plain(endpoint, text);
}

char *
endpoint_format(char *buf, size_t size, const struct endpoint *endpoint)
{
	const char *host = endpoint->host;

	if (endpoint->family == AF_UNIX)
		(void)snprintf(buf, size, UNIX_PREFIX "%s", host);
	else if (strchr(host, ':') != NULL)
		(void)snprintf(buf, size, "[%s]:%u", host, endpoint->port);
	else
		(void)snprintf(buf, size, "%s:%u", host, endpoint->port);
	return buf;
}

static void
format_inet(char *buf, size_t size, const struct in_addr *in, in_port_t port)
{
	char host[INET_ADDRSTRLEN] = "?";

	(void)inet_ntop(AF_INET, in, host, sizeof(host));
	(void)snprintf(buf, size, "%s:%u", host, ntohs(port));
}

static void
format_inet6(char *buf, size_t size, const struct sockaddr_in6 *sin6)
{
	char host[INET6_ADDRSTRLEN] = "?", zone[IF_NAMESIZE + 1] = "";
	struct in_addr in;

	if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
		memcpy(&in, sin6->sin6_addr.s6_addr + 12, sizeof(in));
		format_inet(buf, size, &in, sin6->sin6_port);
		return;
	}
	(void)inet_ntop(AF_INET6, &sin6->sin6_addr, host, sizeof(host));
	if (sin6->sin6_scope_id != 0) {
		zone[0] = '%';
		/* An interface that went away has its number left. */
		if (if_indextoname(sin6->sin6_scope_id, zone + 1) == NULL)
			(void)snprintf(zone + 1, sizeof(zone) - 1, "%u",
			    (unsigned)sin6->sin6_scope_id);
	}
	(void)snprintf(
	    buf, size, "[%s%s]:%u", host, zone, ntohs(sin6->sin6_port));
}

/* A path need not be terminated; Linux's abstract names begin with a NUL. */
static void
format_unix(
    char *buf, size_t size, const struct sockaddr_un *sun, socklen_t len)
{
	char path[sizeof(sun->sun_path) + 1] = "";
	size_t i, path_len = 0;

	if (len > offsetof(struct sockaddr_un, sun_path))
		path_len = len - offsetof(struct sockaddr_un, sun_path);
	if (path_len > sizeof(sun->sun_path))
		path_len = sizeof(sun->sun_path);
	memcpy(path, sun->sun_path, path_len);
	/* The zeros behind a name are none of an abstract one either. */
	while (path_len > 0 && path[path_len - 1] == '\0')
		path_len--;
	if (path[0] == '\0') {
		for (i = 0; i < path_len; i++)
			path[i] = path[i] == '\0' ? '@' : path[i];
	}
	(void)snprintf(buf, size, UNIX_PREFIX "%s", path);
}

char *
endpoint_addr_format(
    char *buf, size_t size, const struct sockaddr *sa, socklen_t len)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in sin;
		struct sockaddr_in6 sin6;
		struct sockaddr_un sun;
	} u;

	/* The copy is aligned, and zero behind what the caller has. */
	memset(&u, 0, sizeof(u));
	if (len > sizeof(u))
		len = sizeof(u);
	memcpy(&u, sa, len);
	if (u.sa.sa_family == AF_INET && len >= sizeof(u.sin))
		format_inet(buf, size, &u.sin.sin_addr, u.sin.sin_port);
	else if (u.sa.sa_family == AF_INET6 && len >= sizeof(u.sin6))
		format_inet6(buf, size, &u.sin6);
	else if (u.sa.sa_family == AF_UNIX)
		format_unix(buf, size, &u.sun, len);
	else
		(void)snprintf(buf, size, "unknown");
	return buf;
}

static void
fill_unix(struct endpoint_addr *addr, const char *path)
{
	struct sockaddr_un sun;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path, path, strnlen(path, sizeof(sun.sun_path) - 1));
	memset(&addr->sa, 0, sizeof(addr->sa));
	memcpy(&addr->sa, &sun, sizeof(sun));
	addr->len = sizeof(sun);
}

static bool
holds(const struct endpoint_addr *addrs, int count, const struct addrinfo *info)
{
	int i;

	for (i = 0; i < count; i++) {
		if (addrs[i].len == info->ai_addrlen &&
		    memcmp(&addrs[i].sa, info->ai_addr, info->ai_addrlen) == 0)
			return true;
	}
	return false;
}

/* /etc/hosts may name an address twice: listening there twice would fail. */
static int
fill_addrs(struct endpoint_addr *addrs, int max, const struct addrinfo *info)
{
	int count = 0;

	for (; info != NULL && count < max; info = info->ai_next) {
		if (info->ai_addrlen > sizeof(addrs[count].sa) ||
		    holds(addrs, count, info))
			continue;
		memset(&addrs[count].sa, 0, sizeof(addrs[count].sa));
		memcpy(&addrs[count].sa, info->ai_addr, info->ai_addrlen);
		addrs[count++].len = info->ai_addrlen;
	}
	return count;
}

int
endpoint_resolve(const struct endpoint *endpoint, int family,
    struct endpoint_addr *addrs, int max, const char **error)
{
	struct addrinfo hints = {.ai_family = family,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list;
	char service[sizeof("65535")];
	int result;

	if (endpoint->family == AF_UNIX) {
		fill_unix(&addrs[0], endpoint->host);
		return 1;
	}
	if (endpoint->family != AF_UNSPEC) {
		hints.ai_flags |= AI_NUMERICHOST;
		if (family != AF_UNSPEC && family != endpoint->family) {
			*error = "the address is of the other family";
			return -1;
		}
	}
	(void)snprintf(service, sizeof(service), "%u", endpoint->port);
	result = getaddrinfo(endpoint->host, service, &hints, &list);
	if (result != 0) {
		*error = gai_strerror(result);
		return -1;
	}
	result = fill_addrs(addrs, max, list);
	freeaddrinfo(list);
	if (result == 0) {
		*error = "the name has no address";
		return -1;
	}
	return result;
}
