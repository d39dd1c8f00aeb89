#include "proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdint.h>
#include <string.h>

#include "units.h"

#define PROXY_LINE_MAX 107 /* of version 1, its CRLF with it */
#define PROXY_PORT_MAX 5   /* digits */
#define PROXY_PREFIX   16  /* of version 2: all but what its length counts */

enum { PROXY_LOCAL, PROXY_RELAYED, PROXY_COMMANDS };
enum { PROXY_UNSPEC, PROXY_INET, PROXY_INET6, PROXY_UNIX, PROXY_FAMILIES };
enum { PROXY_ANY, PROXY_STREAM, PROXY_DGRAM, PROXY_TRANSPORTS };

/* It can't be confused with a line of text, nor with version 1's "PROXY". */
static const uint8_t proxy_signature[12] = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

static const char proxy_missing[] = "there is no PROXY header";
static const char proxy_unended[] = "PROXY version 1 does not end in CR LF";

/* What a version 1 line may have as its second word, and the addresses then. */
struct proxy_form {
	const char *word;
	const char *digits;
	size_t address_max;
	int family; /* AF_UNSPEC: there need not be any */
};

static const struct proxy_form proxy_forms[] = {
    {"TCP4 ", "0123456789.", INET_ADDRSTRLEN - 1, AF_INET},
    {"TCP6 ", "0123456789abcdefABCDEF:.", INET6_ADDRSTRLEN - 1, AF_INET6},
    {"UNKNOWN", "", 0, AF_UNSPEC},
};

/*
 * What has not been looked at yet. All that take from it return how many bytes
 * they took, 0 where they need to see more, -1 with the error.
 */
struct proxy_cursor {
	const char *at;
	size_t left;
	const char *error;
};

static ssize_t
proxy_fail(struct proxy_cursor *cursor, const char *error)
{
	cursor->error = error;
	return -1;
}

static ssize_t
proxy_advance(struct proxy_cursor *cursor, size_t n)
{
	cursor->at += n;
	cursor->left -= n;
	return (ssize_t)n;
}

static ssize_t
proxy_take_text(
    struct proxy_cursor *cursor, const char *text, const char *error)
{
	size_t len = strlen(text);
	size_t seen = cursor->left < len ? cursor->left : len;

	if (memcmp(cursor->at, text, seen) != 0)
		return proxy_fail(cursor, error);
	return seen < len ? 0 : proxy_advance(cursor, len);
}

/* A word of max of these characters at most, which ends in this one. */
static ssize_t
proxy_take_word(struct proxy_cursor *cursor, char *word, const char *digits,
    size_t max, char end, const char *error)
{
	size_t i;

	for (i = 0; i < cursor->left; i++) {
		if (cursor->at[i] == end) {
			memcpy(word, cursor->at, i);
			word[i] = '\0';
			return proxy_advance(cursor, i + 1);
		}
		if (i == max || cursor->at[i] == '\0' ||
		    strchr(digits, cursor->at[i]) == NULL)
			return proxy_fail(cursor, error);
	}
	return 0;
}

static ssize_t
proxy_take_address(
    struct proxy_cursor *cursor, const struct proxy_form *form, void *address)
{
	static const char error[] = "an address of PROXY version 1 is wrong";
	char word[INET6_ADDRSTRLEN] = "";
	ssize_t n;

	n = proxy_take_word(
	    cursor, word, form->digits, form->address_max, ' ', error);
	if (n > 0 && inet_pton(form->family, word, address) != 1)
		return proxy_fail(cursor, error);
	return n;
}

static ssize_t
proxy_take_port(struct proxy_cursor *cursor, char end, uint16_t *port)
{
	static const char error[] = "a port of PROXY version 1 is wrong";
	char word[PROXY_PORT_MAX + 1] = "";
	uint64_t number;
	ssize_t n;

	n = proxy_take_word(
	    cursor, word, "0123456789", PROXY_PORT_MAX, end, error);
	if (n <= 0)
		return n;
	if ((word[0] == '0' && word[1] != '\0') ||
	    units_parse_number(word, 0, UINT16_MAX, &number) == -1)
		return proxy_fail(cursor, error);
	*port = (uint16_t)number;
	return n;
}

static void
proxy_set_own(struct proxy *proxy)
{
	memset(proxy, 0, sizeof(*proxy));
	proxy->own = true;
}

/* A source that is no address (:: or 0.0.0.0) tells nothing about a client. */
static void
proxy_set(struct proxy *proxy, int family, const void *address, uint16_t port)
{
	static const uint8_t nobody[16];
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	proxy_set_own(proxy);
	if (memcmp(address, nobody, family == AF_INET ? 4 : 16) == 0)
		return;
	proxy->own = false;
	if (family == AF_INET) {
		memcpy(&in.sin_addr, address, 4);
		in.sin_port = htons(port);
		remote_set(&proxy->source, (struct sockaddr *)&in);
	} else {
		memcpy(&in6.sin6_addr, address, 16);
		in6.sin6_port = htons(port);
		remote_set(&proxy->source, (struct sockaddr *)&in6);
	}
}

static ssize_t
proxy_take_known(struct proxy_cursor *cursor, const struct proxy_form *form,
    struct proxy *proxy)
{
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port;
	ssize_t n;

	if ((n = proxy_take_address(cursor, form, source)) <= 0 ||
	    (n = proxy_take_address(cursor, form, destination)) <= 0 ||
	    (n = proxy_take_port(cursor, ' ', &source_port)) <= 0 ||
	    (n = proxy_take_port(cursor, '\r', &destination_port)) <= 0 ||
	    (n = proxy_take_text(cursor, "\n", proxy_unended)) <= 0)
		return n;
	proxy_set(proxy, form->family, source, source_port);
	return n;
}

/* Whatever may stand before the end of the line is nothing to us. */
static ssize_t
proxy_take_rest(struct proxy_cursor *cursor)
{
	size_t i;

	if (cursor->left > 0 && cursor->at[0] != ' ')
		return proxy_take_text(cursor, "\r\n", proxy_unended);
	for (i = 1; i < cursor->left; i++)
		if (cursor->at[i - 1] == '\r' && cursor->at[i] == '\n')
			return proxy_advance(cursor, i + 1);
	return 0;
}

static ssize_t
proxy_take_form(struct proxy_cursor *cursor, const struct proxy_form **form)
{
	static const char error[] =
	    "PROXY version 1 is not of TCP4, TCP6 or UNKNOWN";
	const size_t count = sizeof(proxy_forms) / sizeof(proxy_forms[0]);
	ssize_t n = -1;
	size_t i;

	for (i = 0; i < count && n == -1; i++) {
		*form = &proxy_forms[i];
		n = proxy_take_text(cursor, proxy_forms[i].word, error);
	}
	return n;
}

static ssize_t
proxy_take_line(struct proxy_cursor *cursor, struct proxy *proxy)
{
	const struct proxy_form *form;
	ssize_t n;

	n = proxy_take_text(cursor, "PROXY ", proxy_missing);
	if (n > 0)
		n = proxy_take_form(cursor, &form);
	if (n <= 0)
		return n;
	if (form->family != AF_UNSPEC)
		return proxy_take_known(cursor, form, proxy);
	proxy_set_own(proxy);
	return proxy_take_rest(cursor);
}

static ssize_t
proxy_parse_line(
    struct proxy *proxy, const char *p, size_t len, const char **error)
{
	struct proxy_cursor cursor = {
	    .at = p, .left = len < PROXY_LINE_MAX ? len : PROXY_LINE_MAX};
	ssize_t n;

	n = proxy_take_line(&cursor, proxy);
	if (n == 0 && len >= PROXY_LINE_MAX)
		n = proxy_fail(
		    &cursor, "PROXY version 1 is longer than 107 bytes");
	if (n == -1)
		*error = cursor.error;
	return n <= 0 ? n : cursor.at - p;
}

/* What the bytes 12 to 15 of a version 2 header say. */
struct proxy_block {
	unsigned version, command, family, transport;
	size_t size; /* of the whole header */
};

/* What has not come yet is taken for what could still be right. */
static struct proxy_block
proxy_read_block(const uint8_t *p, size_t len)
{
	uint8_t bytes[PROXY_PREFIX] = {[12] = 0x21, [14] = 0x0f, [15] = 0xf0};
	struct proxy_block block;

	memcpy(bytes, p, len < sizeof(bytes) ? len : sizeof(bytes));
	block.version = bytes[12] >> 4;
	block.command = bytes[12] & 15;
	block.family = bytes[13] >> 4;
	block.transport = bytes[13] & 15;
	block.size = PROXY_PREFIX + ((size_t)bytes[14] << 8 | bytes[15]);
	return block;
}

/*
 * What is wrong with it, or NULL. The family of a LOCAL header means nothing,
 * and the addresses need not be there where the transport is none. In the order
 * of the bytes: what is said does not depend on how many have come.
 */
static const char *
proxy_check_block(const struct proxy_block *block)
{
	static const size_t address_bytes[PROXY_FAMILIES] = {
	    [PROXY_INET] = 12, [PROXY_INET6] = 36, [PROXY_UNIX] = 216};

	if (block->version != 2)
		return "the version of a binary PROXY header is not 2";
	if (block->command >= PROXY_COMMANDS)
		return "PROXY version 2 has an unknown command";
	if (block->command != PROXY_LOCAL &&
	    (block->family >= PROXY_FAMILIES ||
		block->transport >= PROXY_TRANSPORTS))
		return "PROXY version 2 has an unknown family";
	if (block->size > PROXY_HEADER_MAX)
		return "PROXY version 2 is longer than 4096 bytes";
	if (block->command == PROXY_LOCAL)
		return NULL;
	if (block->transport != PROXY_ANY &&
	    block->size < PROXY_PREFIX + address_bytes[block->family])
		return "PROXY version 2 is too short for its addresses";
	return NULL;
}

/* Behind both addresses stand both ports, the source's first. */
static void
proxy_read_source(
    struct proxy *proxy, int family, size_t address_bytes, const uint8_t *p)
{
	const uint8_t *port = p + 2 * address_bytes;

	proxy_set(proxy, family, p, (uint16_t)(port[0] << 8 | port[1]));
}

static ssize_t
proxy_parse_block(
    struct proxy *proxy, const uint8_t *p, size_t len, const char **error)
{
	const size_t magic = sizeof(proxy_signature);
	struct proxy_block block = proxy_read_block(p, len);

	*error = proxy_missing;
	if (memcmp(p, proxy_signature, len < magic ? len : magic) != 0)
		return -1;
	*error = proxy_check_block(&block);
	if (*error != NULL)
		return -1;
	if (len < block.size)
		return 0;
	/* a client of ours came by a stream: what did not is none */
	proxy_set_own(proxy);
	if (block.command == PROXY_LOCAL || block.transport != PROXY_STREAM)
		return (ssize_t)block.size;
	if (block.family == PROXY_INET)
		proxy_read_source(proxy, AF_INET, 4, p + PROXY_PREFIX);
	else if (block.family == PROXY_INET6)
		proxy_read_source(proxy, AF_INET6, 16, p + PROXY_PREFIX);
	return (ssize_t)block.size;
}

ssize_t
proxy_parse(struct proxy *proxy, const void *p, size_t len, const char **error)
{
	const uint8_t *bytes = p;

	if (len == 0)
		return 0;
	if (bytes[0] == proxy_signature[0])
		return proxy_parse_block(proxy, bytes, len, error);
	return proxy_parse_line(proxy, p, len, error);
}
