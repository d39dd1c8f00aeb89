/* proxy: headers of both versions, whole, in parts, and wrong ones. */

#include "harness/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "proxy.h"
#include "remote.h"

#define LINE_MAX_BYTES	107
#define FUZZ_ROUNDS	20000
#define FUZZ_BYTES	160
#define SIGNATURE	"\r\n\r\n\0\r\nQUIT\n"
#define SIGNATURE_BYTES 12

struct header {
	unsigned char bytes[PROXY_HEADER_MAX + 16];
	size_t len;
};

static struct header
header_of(const void *p, size_t len)
{
	struct header header = {.len = len};

	assert_in_range(len, 0, sizeof(header.bytes));
	memcpy(header.bytes, p, len);
	return header;
}

static struct header
line(const char *text)
{
	return header_of(text, strlen(text));
}

/* Version 2 up to its addresses, which are all 0xab and length bytes. */
static struct header
block(unsigned command, unsigned family, size_t length)
{
	struct header header = header_of(SIGNATURE, SIGNATURE_BYTES);

	header.bytes[12] = (unsigned char)command;
	header.bytes[13] = (unsigned char)family;
	header.bytes[14] = (unsigned char)(length >> 8);
	header.bytes[15] = (unsigned char)length;
	header.len = 16 + length;
	assert_in_range(header.len, 16, sizeof(header.bytes));
	memset(header.bytes + 16, 0xab, length);
	return header;
}

/* The same with addresses, in the spec's order, and something behind them. */
static struct header
block_from(int family, const char *source, uint16_t port, size_t extra)
{
	const size_t bytes = family == AF_INET ? 4 : 16;
	struct header header =
	    block(0x21, family == AF_INET ? 0x11 : 0x21, 2 * bytes + 4 + extra);
	unsigned char *at = header.bytes + 16;

	assert_int_equal(inet_pton(family, source, at), 1);
	at[2 * bytes] = (unsigned char)(port >> 8);
	at[2 * bytes + 1] = (unsigned char)port;
	return header;
}

/* A copy whose end is the end of its memory: reading past it is an error. */
static ssize_t
parse_first(const struct header *header, size_t len, struct proxy *proxy,
    const char **error)
{
	unsigned char *copy = malloc(len + 1);
	ssize_t n;

	assert_non_null(copy);
	memcpy(copy + 1, header->bytes, len);
	copy[0] = 0xee;
	*error = NULL;
	n = proxy_parse(proxy, copy + 1, len, error);
	free(copy);
	if (n == -1) {
		assert_non_null(*error);
		assert_true(strlen(*error) > 0);
	}
	return n;
}

/*
 * Whatever it is: however many bytes have come, it needs more until it is
 * decided, and then it stays so, for the same reason. Returns the decision, and in at how many bytes
 * it took; 0 where it would need more than there are.
 */
static ssize_t
decide(const struct header *header, struct proxy *proxy, size_t *at)
{
	const char *error, *reason = NULL;
	ssize_t n, decision = 0;
	struct proxy last;
	size_t len;

	for (len = 0; len <= header->len; len++) {
		memset(&last, 0, sizeof(last));
		n = parse_first(header, len, &last, &error);
		if (decision != 0) {
			assert_int_equal(n, decision);
		} else if (n != 0) {
			if (n > 0)
				assert_int_equal(n, len);
			decision = n;
			reason = error;
			*at = len;
		}
		if (n == -1)
			assert_string_equal(error, reason);
		if (n > 0 && len > *at)
			assert_memory_equal(&last, proxy, sizeof(last));
		else if (n > 0)
			*proxy = last;
	}
	return decision;
}

/* It is one, needs all of its bytes, and none of those behind it. */
static struct proxy
parse(struct header header)
{
	const size_t len = header.len;
	struct proxy proxy = {.own = false};
	size_t at = 0;

	memcpy(header.bytes + len, "\r\nPROXY\r\n", 9);
	header.len += 9;
	assert_int_equal(decide(&header, &proxy, &at), len);
	assert_int_equal(at, len);
	return proxy;
}

static void
expect_own(struct header header)
{
	const struct proxy proxy = parse(header);
	const struct proxy own = {.own = true};

	assert_true(proxy.own);
	assert_memory_equal(&proxy.source, &own.source, sizeof(own.source));
}

static void
expect_source(struct header header, const char *address)
{
	char text[ENDPOINT_TEXT_MAX];
	const struct proxy proxy = parse(header);

	assert_false(proxy.own);
	assert_false(remote_is_unix(&proxy.source));
	assert_string_equal(
	    remote_format(text, sizeof(text), &proxy.source, -1), address);
}

/* It is refused when so many bytes have come, not before. */
static void
expect_wrong_at(struct header header, size_t bytes)
{
	struct proxy proxy;
	size_t at = 0;

	if (decide(&header, &proxy, &at) != -1 || at != bytes)
		fail_msg("not refused at byte %zu but at %zu: %.*s", bytes, at,
		    (int)header.len, (char *)header.bytes);
}

/* "PROXY TCP4 |x" is refused when the x has come, not before. */
static void
expect_wrong(const char *text)
{
	const char *mark = strchr(text, '|');
	struct header header = line(text);
	size_t good = (size_t)(mark - text);

	memmove(header.bytes + good, mark + 1, header.len - good);
	header.len--;
	expect_wrong_at(header, good + 1);
}

static void
test_version_1_tells_the_source(void **state)
{
	(void)state;
	expect_source(line("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"),
	    "192.168.0.1:56324");
	expect_source(line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 "
			   "65535\r\n"),
	    "255.255.255.255:65535");
	expect_source(line("PROXY TCP4 1.2.3.4 0.0.0.0 0 0\r\n"), "1.2.3.4:0");
	expect_source(line("PROXY TCP6 2001:db8::1 ::1 4000 8080\r\n"),
	    "[2001:db8::1]:4000");
	expect_source(line("PROXY TCP6 "
			   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
			   "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF "
			   "65535 65535\r\n"),
	    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	expect_source(line("PROXY TCP6 0DB8:0:0:0:0:0:0:00Ff 1:: 9 65535\r\n"),
	    "[db8::ff]:9");
}

static void
test_version_2_tells_the_source(void **state)
{
	(void)state;
	expect_source(
	    block_from(AF_INET, "192.0.2.7", 443, 0), "192.0.2.7:443");
	expect_source(
	    block_from(AF_INET, "10.0.0.1", 65535, 0), "10.0.0.1:65535");
	expect_source(
	    block_from(AF_INET6, "2001:db8::7", 258, 0), "[2001:db8::7]:258");
}

static void
test_ipv4_mapped_is_ipv4(void **state)
{
	(void)state;
	expect_source(
	    line("PROXY TCP6 ::ffff:10.1.2.3 ::ffff:10.0.0.1 5 6\r\n"),
	    "10.1.2.3:5");
	expect_source(
	    line("PROXY TCP6 ::ffff:a01:203 ::1 5 6\r\n"), "10.1.2.3:5");
	expect_source(
	    block_from(AF_INET6, "::ffff:10.1.2.3", 5, 0), "10.1.2.3:5");
}

static void
test_what_follows_the_addresses_of_version_2_is_skipped(void **state)
{
	struct header header;

	(void)state;
	expect_source(
	    block_from(AF_INET, "192.0.2.7", 443, 1), "192.0.2.7:443");
	expect_source(block_from(AF_INET6, "::1", 1, 300), "[::1]:1");
	header =
	    block_from(AF_INET, "192.0.2.7", 443, PROXY_HEADER_MAX - 16 - 12);
	assert_int_equal(header.len, PROXY_HEADER_MAX);
	expect_source(header, "192.0.2.7:443");
}

static void
test_what_tells_of_no_client_is_the_balancers_own(void **state)
{
	(void)state;
	expect_own(line("PROXY UNKNOWN\r\n"));
	expect_own(line("PROXY UNKNOWN 192.0.2.1 192.0.2.2 1 2\r\n"));
	expect_own(line("PROXY UNKNOWN \r\n"));
	expect_own(line("PROXY UNKNOWN any\rthing \n\r at all\r\r\n"));
	expect_own(block(0x20, 0x00, 0));
	expect_own(block(0x20, 0x11, 12));
	expect_own(block(0x20, 0x11, 3));
	expect_own(block(0x20, 0xff, 40));
	expect_own(block(0x21, 0x00, 0));
	expect_own(block(0x21, 0x00, 77));
	expect_own(block(0x21, 0x01, 12));
	expect_own(block(0x21, 0x10, 0));
	expect_own(block(0x21, 0x20, 36));
	expect_own(block(0x21, 0x30, 0));
	expect_own(block(0x21, 0x12, 12));
	expect_own(block(0x21, 0x22, 36));
	expect_own(block(0x21, 0x31, 216));
	expect_own(block(0x21, 0x32, 240));
}

/* All zeros would be taken for the peer of a Unix socket, whom rules spare. */
static void
test_a_source_without_an_address_is_the_balancers_own(void **state)
{
	(void)state;
	expect_own(line("PROXY TCP6 :: ::1 5 6\r\n"));
	expect_own(line("PROXY TCP4 0.0.0.0 127.0.0.1 5 6\r\n"));
	expect_own(block_from(AF_INET6, "::", 5, 0));
	expect_own(block_from(AF_INET, "0.0.0.0", 5, 0));
}

static void
test_what_is_no_header_is_refused_at_once(void **state)
{
	(void)state;
	expect_wrong("|GET / HTTP/1.1\r\n");
	expect_wrong("|\n");
	expect_wrong("| PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n");
	expect_wrong("|proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n");
	expect_wrong("PROX|I");
	expect_wrong("P|OST / HTTP/1.1\r\n");
	expect_wrong("PROXY|\r\n");
	expect_wrong("PROXY|\tTCP4 ");
	expect_wrong("\r|hello");
	expect_wrong("\r\n\r\n|\r\n");
	expect_wrong_at(header_of("\0", 1), 1);
	expect_wrong_at(header_of("\r\n\r\n\0\r\nQUIT\r", 12), 12);
}

static void
test_wrong_lines_are_refused_as_soon_as_it_is_clear(void **state)
{
	(void)state;
	expect_wrong("PROXY |tcp4 ");
	expect_wrong("PROXY | TCP4 ");
	expect_wrong("PROXY TCP|5 ");
	expect_wrong("PROXY TCP4|\t");
	expect_wrong("PROXY TCP4|\r\n");
	expect_wrong("PROXY U|DP4 ");
	expect_wrong("PROXY UNKNOWN|S\r\n");
	expect_wrong("PROXY UNKNOWN|\n");
	expect_wrong("PROXY UNKNOWN\r|\r\n");
	expect_wrong("PROXY TCP4 | 1.2.3.4");
	expect_wrong("PROXY TCP4 1.2.3.4 | 1.2.3.4");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 | 1 2");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 | 2");
	expect_wrong("PROXY TCP4 1.2.3|\r\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1|\r\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 2| \r\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 2|\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r| \n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r|\r\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 |\r\n");
}

static void
test_wrong_addresses_are_refused(void **state)
{
	(void)state;
	expect_wrong("PROXY TCP4 1.2.3| ");
	expect_wrong("PROXY TCP4 256.2.3.4| ");
	expect_wrong("PROXY TCP4 01.2.3.4| ");
	expect_wrong("PROXY TCP4 1.2.3.4.5| ");
	expect_wrong("PROXY TCP4 1.2.3.| ");
	expect_wrong("PROXY TCP4 1..2.3| ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3| ");
	expect_wrong("PROXY TCP4 1.2.3.|-4 ");
	expect_wrong("PROXY TCP4 |::1 ");
	expect_wrong("PROXY TCP4 |localhost ");
	expect_wrong("PROXY TCP4 1.2.3.4|/8 ");
	expect_wrong("PROXY TCP4 111.111.111.111|1");
	expect_wrong("PROXY TCP6 1.2.3.4| ");
	expect_wrong("PROXY TCP6 1:2:3:4:5:6:7| ");
	expect_wrong("PROXY TCP6 1:2:3:4:5:6:7:8:9| ");
	expect_wrong("PROXY TCP6 1::2::3| ");
	expect_wrong("PROXY TCP6 12345::| ");
	expect_wrong("PROXY TCP6 |[::1] ");
	expect_wrong("PROXY TCP6 fe80::1|%lo ");
	expect_wrong("PROXY TCP6 ::|g ");
	expect_wrong("PROXY TCP6 ::ffff:1.2.3.4.5| ");
	expect_wrong(
	    "PROXY TCP6 0000:0000:0000:0000:0000:0000:255.255.255.255|5");
	expect_wrong_at(header_of("PROXY TCP4 1.2.3.4\0 ", 20), 19);
}

static void
test_wrong_ports_are_refused(void **state)
{
	(void)state;
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 65536| ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 99999| ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 12345|6 ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 01| ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 00| ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 |-1 ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 |+1 ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1|x ");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536|\r\n");
	expect_wrong("PROXY TCP4 1.2.3.4 1.2.3.4 1 02|\r\n");
}

static void
test_a_line_ends_within_107_bytes(void **state)
{
	struct header header = line("PROXY UNKNOWN ");

	(void)state;
	memset(header.bytes + header.len, 'x', sizeof(header.bytes) / 2);
	memcpy(header.bytes + LINE_MAX_BYTES - 2, "\r\n", 2);
	header.len = LINE_MAX_BYTES;
	expect_own(header);
	memcpy(header.bytes + LINE_MAX_BYTES - 2, "x\r\n", 3);
	header.len = LINE_MAX_BYTES + 1;
	expect_wrong_at(header, LINE_MAX_BYTES);
	header = line("PROXY TCP6 "
		      "1111:1111:1111:1111:1111:1111:111.111.111.111 "
		      "1111:1111:1111:1111:1111:1111:111.111.111.111 "
		      "1 2\r\n");
	assert_int_equal(header.len, LINE_MAX_BYTES + 1);
	expect_wrong_at(header, LINE_MAX_BYTES);
}

static void
test_wrong_blocks_are_refused_as_soon_as_it_is_clear(void **state)
{
	unsigned version;

	(void)state;
	for (version = 0; version < 256; version++)
		if (version != 0x20 && version != 0x21)
			expect_wrong_at(block(version, 0x11, 12), 13);
	expect_wrong_at(block(0x21, 0x41, 36), 14);
	expect_wrong_at(block(0x21, 0xf1, 36), 14);
	expect_wrong_at(block(0x21, 0x13, 12), 14);
	expect_wrong_at(block(0x21, 0x2f, 36), 14);
	expect_wrong_at(block(0x21, 0x03, 0), 14);
	expect_wrong_at(block(0x21, 0x11, 0), 16);
	expect_wrong_at(block(0x21, 0x11, 11), 16);
	expect_wrong_at(block(0x21, 0x12, 11), 16);
	expect_wrong_at(block(0x21, 0x21, 12), 16);
	expect_wrong_at(block(0x21, 0x21, 35), 16);
	expect_wrong_at(block(0x21, 0x31, 215), 16);
	expect_wrong_at(block(0x21, 0x32, 36), 16);
}

static void
test_a_block_that_is_too_long_is_not_waited_for(void **state)
{
	struct header header = block(0x21, 0x11, PROXY_HEADER_MAX - 16 + 1);

	(void)state;
	expect_wrong_at(header, 16);
	header.bytes[14] = 0x10;
	header.bytes[15] = 0;
	expect_wrong_at(header, 15);
	header.bytes[13] = 0xf1;
	expect_wrong_at(header, 14);
	header = block(0x20, 0x00, 16);
	header.bytes[14] = 0xff;
	header.bytes[15] = 0xff;
	expect_wrong_at(header, 15);
}

/* What mutations start from; a decision is needed before the end of each. */
static size_t
samples(struct header *headers)
{
	size_t n = 0;

	headers[n++] = line("PROXY TCP4 1.2.3.4 10.20.30.40 1 65535\r\n");
	headers[n++] = line("PROXY TCP6 ::1 2001:db8::ffff 56324 80\r\n");
	headers[n++] = line("PROXY UNKNOWN\r\n");
	headers[n++] = block_from(AF_INET, "192.0.2.7", 443, 0);
	headers[n++] = block_from(AF_INET6, "2001:db8::7", 258, 7);
	headers[n++] = block(0x20, 0x00, 0);
	headers[n++] = block(0x21, 0x31, 216);
	return n;
}

static void
test_a_flipped_bit_is_decided_the_same_in_any_split(void **state)
{
	struct header headers[8], header;
	size_t count = samples(headers), i, at, decided;
	struct proxy proxy;
	unsigned value;

	(void)state;
	for (i = 0; i < count; i++) {
		for (at = 0; at < headers[i].len && at < 64; at++) {
			for (value = 1; value < 256; value <<= 1) {
				header = headers[i];
				header.bytes[at] ^= (unsigned char)value;
				(void)decide(&header, &proxy, &decided);
			}
		}
	}
}

static void
test_a_byte_of_any_value_anywhere_reads_only_what_came(void **state)
{
	struct header headers[8], header;
	size_t count = samples(headers), i, at;
	const char *error;
	struct proxy proxy;
	unsigned value;
	ssize_t n;

	(void)state;
	for (i = 0; i < count; i++) {
		for (at = 0; at < headers[i].len; at++) {
			for (value = 0; value < 256; value++) {
				header = headers[i];
				header.bytes[at] = (unsigned char)value;
				n = parse_first(
				    &header, header.len, &proxy, &error);
				assert_true(n >= -1);
				assert_true(n <= (ssize_t)header.len);
			}
		}
	}
}

/* xorshift64*: the same numbers everywhere, every time. */
static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * UINT64_C(0x2545f4914f6cdd1d) >> 33) % below;
}

static void
append(struct header *header, const void *p, size_t len)
{
	if (header->len + len <= FUZZ_BYTES) {
		memcpy(header->bytes + header->len, p, len);
		header->len += len;
	}
}

/* A word that may stand in a header, or a byte that need not. */
static void
append_any(struct header *header, uint64_t *seed)
{
	static const char *const words[] = {"PROXY ", "TCP4 ", "TCP6 ",
	    "UNKNOWN", "1.2.3.4 ", "::1 ", "65535 ", "1 ", "2\r\n", "\r\n", " ",
	    "\r", "\n", "0", ":", "."};
	const size_t count = sizeof(words) / sizeof(words[0]);
	const uint64_t which = draw(seed, count + 3);
	unsigned char byte = (unsigned char)draw(seed, 256);

	if (which < count)
		append(header, words[which], strlen(words[which]));
	else if (which == count)
		append(header, SIGNATURE "\x21\x11\0\x0c", 16);
	else
		append(header, &byte, 1);
}

static void
test_random_words_and_bytes_are_decided_the_same_in_any_split(void **state)
{
	uint64_t seed = 20261122, i;
	struct header header;
	struct proxy proxy;
	size_t at;

	(void)state;
	for (i = 0; i < FUZZ_ROUNDS; i++) {
		const uint64_t words = 1 + draw(&seed, 12);

		header.len = 0;
		if (draw(&seed, 2) == 0)
			append(&header, "PROXY TCP4 ", 11);
		else if (draw(&seed, 2) == 0)
			append(&header, SIGNATURE, SIGNATURE_BYTES);
		while (header.len < words * 4)
			append_any(&header, &seed);
		(void)decide(&header, &proxy, &at);
	}
}

static void
test_random_addresses_come_through_in_both_versions(void **state)
{
	char text[INET6_ADDRSTRLEN], wanted[64], written[128];
	unsigned char address[16];
	uint64_t seed = 1, i, j;

	(void)state;
	for (i = 0; i < 500; i++) {
		const int family = i % 2 == 0 ? AF_INET : AF_INET6;
		const uint16_t port = (uint16_t)draw(&seed, 65536);

		/* many zeros: what inet_ntop(3) shortens, in any place */
		for (j = 0; j < sizeof(address); j++)
			address[j] = draw(&seed, 3) == 0
			    ? (unsigned char)draw(&seed, 256)
			    : 0;
		address[0] = 32;
		assert_non_null(inet_ntop(family, address, text, sizeof(text)));
		(void)snprintf(wanted, sizeof(wanted),
		    family == AF_INET ? "%s:%u" : "[%s]:%u", text, port);
		(void)snprintf(written, sizeof(written),
		    "PROXY TCP%d %s %s %u 80\r\n", family == AF_INET ? 4 : 6,
		    text, text, port);
		expect_source(line(written), wanted);
		expect_source(block_from(family, text, port, 0), wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_version_1_tells_the_source),
	    cmocka_unit_test(test_version_2_tells_the_source),
	    cmocka_unit_test(test_ipv4_mapped_is_ipv4),
	    cmocka_unit_test(
		test_what_follows_the_addresses_of_version_2_is_skipped),
	    cmocka_unit_test(test_what_tells_of_no_client_is_the_balancers_own),
	    cmocka_unit_test(
		test_a_source_without_an_address_is_the_balancers_own),
	    cmocka_unit_test(test_what_is_no_header_is_refused_at_once),
	    cmocka_unit_test(
		test_wrong_lines_are_refused_as_soon_as_it_is_clear),
	    cmocka_unit_test(test_wrong_addresses_are_refused),
	    cmocka_unit_test(test_wrong_ports_are_refused),
	    cmocka_unit_test(test_a_line_ends_within_107_bytes),
	    cmocka_unit_test(
		test_wrong_blocks_are_refused_as_soon_as_it_is_clear),
	    cmocka_unit_test(test_a_block_that_is_too_long_is_not_waited_for),
	    cmocka_unit_test(
		test_a_flipped_bit_is_decided_the_same_in_any_split),
	    cmocka_unit_test(
		test_a_byte_of_any_value_anywhere_reads_only_what_came),
	    cmocka_unit_test(
		test_random_words_and_bytes_are_decided_the_same_in_any_split),
	    cmocka_unit_test(
		test_random_addresses_come_through_in_both_versions),
	};

	return cmocka_run_group_tests_name("proxy", tests, NULL, NULL);
}
