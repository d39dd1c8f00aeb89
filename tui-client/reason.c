#include "reason.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "endpoint.h"
#include "units.h"

struct reason_text {
	int error;
	const char *text;
};

/* What is known of an error in this place, or NULL. */
static const char *
reason_find(const struct reason_text *texts, size_t count, int error)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (texts[i].error == error)
			return texts[i].text;
	return NULL;
}

static bool
reason_is_unknown_name(const char *error)
{
	if (strcmp(error, gai_strerror(EAI_NONAME)) == 0)
		return true;
#ifdef EAI_NODATA
	if (strcmp(error, gai_strerror(EAI_NODATA)) == 0)
		return true;
#endif
	return false;
}

char *
reason_of_lookup(
    char *buf, size_t size, const struct endpoint *endpoint, const char *error)
{
	if (reason_is_unknown_name(error))
		(void)snprintf(buf, size, "no such host: %s", endpoint->host);
	else
		(void)snprintf(
		    buf, size, "cannot look up %s: %s", endpoint->host, error);
	return buf;
}

char *
reason_of_connect(
    char *buf, size_t size, const struct endpoint *endpoint, int error)
{
	static const struct reason_text texts[] = {
	    {ECONNREFUSED, "connection refused by"},
	    {ECONNRESET, "connection reset by"},
	    {ETIMEDOUT, "no answer from"},
	    {ENETUNREACH, "network unreachable:"},
	    {EHOSTUNREACH, "host unreachable:"},
	    {ENOENT, "no such socket:"},
	    {EACCES, "permission denied:"},
	    {EAGAIN, "too many wait for"},
	    {ENOTSOCK, "not a socket:"},
	};
	const char *text =
	    reason_find(texts, sizeof(texts) / sizeof(texts[0]), error);
	char name[ENDPOINT_TEXT_MAX];

	endpoint_format(name, sizeof(name), endpoint);
	if (text != NULL)
		(void)snprintf(buf, size, "%s %s", text, name);
	else
		(void)snprintf(buf, size, "cannot connect to %s: %s", name,
		    strerror(error));
	return buf;
}

char *
reason_of_timeout(
    char *buf, size_t size, const struct endpoint *endpoint, uint64_t ms)
{
	char name[ENDPOINT_TEXT_MAX], after[32];

	endpoint_format(name, sizeof(name), endpoint);
	if (ms % 1000 == 0)
		(void)snprintf(
		    after, sizeof(after), "%ju s", (uintmax_t)(ms / 1000));
	else
		units_format_us(after, sizeof(after), ms * 1000);
	(void)snprintf(buf, size, "timed out after %s: %s", after, name);
	return buf;
}

char *
reason_of_end(char *buf, size_t size, int error)
{
	static const struct reason_text texts[] = {
	    {0, "closed by peer"},
	    {EPIPE, "closed by peer"},
	    {ECONNRESET, "reset by peer"},
	    {ETIMEDOUT, "the peer does not answer any more"},
	    {ENETUNREACH, "network unreachable"},
	    {EHOSTUNREACH, "host unreachable"},
	};
	const char *text =
	    reason_find(texts, sizeof(texts) / sizeof(texts[0]), error);

	(void)snprintf(buf, size, "%s", text != NULL ? text : strerror(error));
	return buf;
}

char *
reason_of_untaken(char *buf, size_t size)
{
	(void)snprintf(
	    buf, size, "closed by peer, which did not take all that was sent");
	return buf;
}

char *
reason_of_system(char *buf, size_t size, int error)
{
	(void)snprintf(buf, size, "cannot go on: %s", strerror(error));
	return buf;
}
