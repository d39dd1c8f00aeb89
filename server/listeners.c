#include "listeners.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "visible.h"

/* The port that is free at one address may be taken at another: try again. */
#define LISTENERS_PORT_TRIES 32

#define LISTENERS_SAFE_MAX (4 * ENDPOINT_TEXT_MAX) /* each byte as \xNN */

struct listeners {
	struct log *log;
	size_t count;
	struct listener *list[ADDRESSES_MAX];
};

static void
listeners_close(struct listeners *listeners)
{
	while (listeners->count > 0)
		listener_free(listeners->list[--listeners->count]);
}

static void
listeners_describe(char *error, const struct address *address, int why)
{
	char text[ENDPOINT_TEXT_MAX];

	(void)snprintf(error, ADDRESSES_ERROR_MAX, "%s: %s",
	    address_format(text, sizeof(text), address), strerror(why));
}

/* Whether the machine has no such address, and nobody asked for it by name. */
static bool
listeners_may_skip(const struct address *address, int why)
{
	return address->optional &&
	    (why == EADDRNOTAVAIL || why == EAFNOSUPPORT ||
		why == EPROTONOSUPPORT);
}

/*
 * Once all with one choice of port. On failure *retry says whether another
 * choice may do better.
 */
static int
listeners_open(struct listeners *listeners, const struct addresses *addresses,
    char *error, bool *retry)
{
	struct address address;
	struct listener *listener;
	uint16_t chosen;
	bool free_choice;
	size_t i;
	int why;

	chosen = 0;
	for (i = 0; i < addresses->count; i++) {
		address = addresses->list[i];
		free_choice = address_is_free(&address);
		if (free_choice)
			address_set_port(&address, chosen);
		listener = listener_new(&address.addr);
		if (listener == NULL) {
			why = errno;
			*retry =
			    free_choice && chosen != 0 && why == EADDRINUSE;
			listeners_describe(error, &address, why);
			if (!listeners_may_skip(&address, why))
				return -1;
			continue;
		}
		listeners->list[listeners->count++] = listener;
		if (free_choice && chosen == 0)
			chosen = listener_port(listener);
	}
	return listeners->count > 0 ? 0 : -1;
}

static struct listeners *
listeners_alloc(struct log *log, char *error)
{
	struct listeners *listeners;

	error[0] = '\0';
	listeners = calloc(1, sizeof(*listeners));
	if (listeners == NULL)
		(void)snprintf(
		    error, ADDRESSES_ERROR_MAX, "%s", strerror(errno));
	else
		listeners->log = log;
	return listeners;
}

struct listeners *
listeners_new(const struct addresses *addresses, struct log *log, char *error)
{
	struct listeners *listeners;
	struct log_field field;
	bool retry;
	int tries;

	listeners = listeners_alloc(log, error);
	if (listeners == NULL)
		return NULL;
	for (tries = 0; tries < LISTENERS_PORT_TRIES; tries++) {
		error[0] = '\0';
		retry = false;
		if (listeners_open(listeners, addresses, error, &retry) == 0)
			break;
		listeners_close(listeners);
		if (!retry)
			break;
	}
	if (listeners->count == 0) {
		free(listeners);
		return NULL;
	}
	if (error[0] != '\0') {
		field = log_text("error", error);
		log_event(log, LOG_LEVEL_DEBUG, "error", &field, 1);
	}
	return listeners;
}

struct listeners *
listeners_inherit(int fd, int count, struct log *log, char *error)
{
	struct listeners *listeners;
	struct listener *listener;
	int i;

	listeners = listeners_alloc(log, error);
	if (listeners == NULL)
		return NULL;
	for (i = 0; i < count; i++) {
		listener = listener_inherit(fd + i);
		if (listener == NULL) {
			(void)snprintf(error, ADDRESSES_ERROR_MAX,
			    "descriptor %d: %s", fd + i, strerror(errno));
			listeners_free(listeners);
			return NULL;
		}
		listeners->list[listeners->count++] = listener;
	}
	return listeners;
}

void
listeners_free(struct listeners *listeners)
{
	if (listeners == NULL)
		return;
	listeners_close(listeners);
	free(listeners);
}

size_t
listeners_count(const struct listeners *listeners)
{
	return listeners->count;
}

const struct listener *
listeners_at(const struct listeners *listeners, size_t i)
{
	return listeners->list[i];
}

void
listeners_name(const struct listeners *listeners, struct listeners_names *names)
{
	size_t i;

	for (i = 0; i < listeners->count; i++)
		(void)snprintf(names->texts[i], sizeof(names->texts[i]), "%s",
		    listener_text(listeners->list[i]));
	names->count = listeners->count;
}

char *
listeners_format(char *buf, size_t size, const struct listeners *listeners)
{
	char safe[LISTENERS_SAFE_MAX];
	size_t i, len, n;
	const char *text;

	buf[0] = '\0';
	for (i = len = 0; i < listeners->count; i++) {
		text = listener_text(listeners->list[i]);
		n = visible_text(
		    safe, sizeof(safe), text, strlen(text), 0, VISIBLE_QUOTE);
		if (len + n + 2 > size)
			break;
		len += (size_t)snprintf(
		    buf + len, size - len, "%s%s", len == 0 ? "" : " ", safe);
	}
	return buf;
}

int
listeners_start(struct listeners *listeners, struct loop *loop,
    const struct listener_handler *handler)
{
	struct listener_handler each = *handler;
	struct log_field field;
	size_t i;

	for (i = 0; i < listeners->count; i++) {
		each.number = (uint16_t)i;
		if (listener_start(
			listeners->list[i], loop, listeners->log, &each) == -1)
			return -1;
		field = log_text("addr", listener_text(listeners->list[i]));
		log_event(listeners->log, LOG_LEVEL_INFO, "listen", &field, 1);
	}
	return 0;
}
