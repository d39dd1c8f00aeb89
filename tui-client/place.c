#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "endpoint.h"
#include "place.h"
#include "units.h"

#define PLACE_WANTED "HOST, HOST:PORT or unix:/path is wanted"
#define PORT_WANTED  "a port is a number from 1 to 65535"

static const char *
place_parse_port(struct endpoint *e, const char *host, const char *port)
{
	struct endpoint bare;
	uint64_t number;

	/* Another default makes a difference only where no port is named. */
	if (endpoint_parse(&bare, host, 0) == -1 || bare.port == e->port)
		return "the server leaves no room for a port behind it";
	if (units_parse_number(port, 1, UINT16_MAX, &number) == -1)
		return PORT_WANTED;
	e->port = (uint16_t)number;
	return NULL;
}

/* What is wrong with a place that endpoint_parse() does not take. */
static const char *
place_blame(const char *host)
{
	const char *colon = strrchr(host, ':');
	char front[ENDPOINT_TEXT_MAX];
	struct endpoint e;

	if (colon == NULL || (size_t)(colon - host) >= sizeof(front))
		return PLACE_WANTED;
	(void)snprintf(front, sizeof(front), "%.*s", (int)(colon - host), host);
	if (endpoint_parse(&e, front, PLACE_PORT) == -1 || e.family == AF_UNIX)
		return PLACE_WANTED;
	return PORT_WANTED;
}

const char *
place_parse(struct endpoint *e, const char *host, const char *port)
{
	if (endpoint_parse(e, host, PLACE_PORT) == -1)
		return errno == ENAMETOOLONG ? "too long" : place_blame(host);
	if (port != NULL)
		return place_parse_port(e, host, port);
	if (e->family != AF_UNIX && e->port == 0)
		return PORT_WANTED;
	return NULL;
}

const char *
place_parse_line(struct endpoint *e, const char *text)
{
	size_t len = strcspn(text, " \t"), gap = strspn(text + len, " \t");
	char host[ENDPOINT_TEXT_MAX], port[8];
	const char *rest = text + len + gap;
	size_t rest_len = strcspn(rest, " \t");

	/* A socket's path may well have blanks in it. */
	if (strncmp(text, "unix:", 5) == 0)
		return place_parse(e, text, NULL);
	if (len >= sizeof(host))
		return "too long";
	if (rest_len >= sizeof(port) ||
	    rest[rest_len + strspn(rest + rest_len, " \t")] != '\0')
		return "HOST, HOST PORT, HOST:PORT or unix:/path is wanted";
	(void)snprintf(host, sizeof(host), "%.*s", (int)len, text);
	(void)snprintf(port, sizeof(port), "%.*s", (int)rest_len, rest);
	return place_parse(e, host, rest_len > 0 ? port : NULL);
}
