/* keys: characters, pastes, any split. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/heap.h"
#include "keys_seen.h"

static struct keys_seen seen, other; /* too large for a stack */

static void
broken_utf8_is_one_replacement_for_each_maximal_subpart(void **state)
{
	static const struct {
		const char *bytes;
		size_t count;
	} broken[] = {
	    {"\x80", 1},
	    {"\x9b", 1}, /* CSI as a C1 byte is no CSI */
	    {"\xff", 1},
	    {"\xc0\xaf", 2},
	    {"\xc3", 1},
	    {"\xe0\x80\x80", 3}, /* overlong */
	    {"\xed\xa0\x80", 3}, /* a surrogate */
	    {"\xed\x95", 1},
	    {"\xf0\x9f\x98", 1},
	    {"\xf0\x80\x80\x80", 4},
	    {"\xf4\x90\x80\x80", 4}, /* past U+10FFFF */
	    {"\xf5\x80", 2},
	    {"\xed\x95\xed\x95", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct keys *k = keys_seen_new(&seen);

		keys_seen_string(k, &seen, broken[i].bytes);
		keys_seen_string(k, &seen, "A");
		assert_int_equal(seen.count, broken[i].count + 1);
		for (size_t n = 0; n < broken[i].count; n++)
			keys_seen_assert(&seen, n, KEYS_CHAR, 0xfffd, 0);
		keys_seen_assert(&seen, broken[i].count, KEYS_CHAR, 'A', 0);
		keys_free(k);
	}
}

static void
a_paste_is_raw_at_every_split(void **state)
{
	static const char text[] = "a\033[A\r\n\x9b\xff\033[200~\033[201\033[20"
				   "\033\033]\0\xed\x95";
	char stream[64];
	size_t len;

	(void)state;
	len = (size_t)snprintf(stream, sizeof(stream), "\033[200~");
	memcpy(stream + len, text, sizeof(text) - 1);
	len += sizeof(text) - 1;
	len +=
	    (size_t)snprintf(stream + len, sizeof(stream) - len, "\033[201~y");
	for (size_t split = 0; split <= len; split++) {
		struct keys *k = keys_seen_new(&seen);

		keys_seen_feed(k, &seen, stream, split);
		if (split >= 6 && split < len - 1)
			assert_int_equal(keys_wait_ms(k), KEYS_PASTE_MS);
		keys_seen_feed(k, &seen, stream + split, len - split);
		assert_int_equal(seen.count, 2);
		keys_seen_assert(&seen, 0, KEYS_PASTE, 0, 0);
		assert_int_equal(seen.pasted, sizeof(text) - 1);
		assert_memory_equal(seen.pastes, text, sizeof(text) - 1);
		assert_false(seen.keys[0].paste_cut);
		keys_seen_assert(&seen, 1, KEYS_CHAR, 'y', 0);
		assert_int_equal(keys_wait_ms(k), 0);
		keys_free(k);
	}
}

static void
pastes_in_a_row_and_an_empty_one(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	keys_seen_string(k, &seen,
	    "\033[200~one\033[201~x\033[200~\033[201~\033[200~two\033[201~");
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.keys[0].paste_len, 3);
	keys_seen_assert(&seen, 1, KEYS_CHAR, 'x', 0);
	assert_int_equal(seen.keys[2].paste_len, 0);
	assert_int_equal(seen.keys[3].paste_len, 3);
	assert_memory_equal(seen.pastes, "onetwo", 6);
	keys_free(k);
}

static void
an_escape_before_a_paste_or_the_wheel_is_a_key(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	keys_seen_string(k, &seen, "\033\033[200~p\033[201~\033\033[<64;1;1M");
	assert_int_equal(seen.count, 4);
	keys_seen_assert(&seen, 0, KEYS_ESCAPE, 0, 0);
	keys_seen_assert(&seen, 1, KEYS_PASTE, 0, 0);
	keys_seen_assert(&seen, 2, KEYS_ESCAPE, 0, 0);
	keys_seen_assert(&seen, 3, KEYS_MOUSE_UP, 1, 0);
	keys_free(k);
}

static void
a_paste_without_an_end_expires(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	keys_seen_string(k, &seen, "\033[200~text\033[20");
	assert_int_equal(seen.count, 0);
	assert_int_equal(keys_wait_ms(k), KEYS_PASTE_MS);
	keys_expire(k);
	keys_seen_string(k, &seen, "x\033[200~");
	assert_int_equal(seen.count, 2);
	keys_seen_assert(&seen, 0, KEYS_PASTE, 0, 0);
	assert_int_equal(seen.pasted, 8);
	assert_memory_equal(seen.pastes, "text\033[20", 8);
	keys_seen_assert(&seen, 1, KEYS_CHAR, 'x', 0);
	keys_seen_expire(k, &seen); /* an empty one */
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.keys[2].paste_len, 0);
	assert_int_equal(keys_wait_ms(k), 0);
	keys_free(k);
}

static void
a_paste_is_cut_at_its_limit_and_memory_with_it(void **state)
{
	struct keys *k = keys_seen_new(&seen);
	size_t before = heap_bytes();
	char piece[4096];

	(void)state;
	memset(piece, 'p', sizeof(piece));
	keys_seen_string(k, &seen, "\033[200~");
	for (int i = 0; i < 1024; i++)
		keys_seen_feed(k, &seen, piece, sizeof(piece));
	assert_in_range(heap_bytes(), 0, before + 64 * 1024);
	keys_seen_string(k, &seen, "\033[201~\033[200~");
	for (int i = 0; i < KEYS_SEEN_PASTE_LIMIT; i++)
		keys_seen_string(k, &seen, "q");
	keys_seen_string(k, &seen, "\033[201~");
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.keys[0].paste_len, KEYS_SEEN_PASTE_LIMIT);
	assert_true(seen.keys[0].paste_cut);
	assert_int_equal(seen.keys[1].paste_len, KEYS_SEEN_PASTE_LIMIT);
	assert_false(seen.keys[1].paste_cut);
	keys_free(k);
}

static void
memory_of_a_large_paste_is_given_back(void **state)
{
	size_t before = heap_bytes();
	struct keys *k = keys_new(1 << 20);
	struct key key;

	(void)state;
	assert_non_null(k);
	assert_int_equal(keys_feed(k, "\033[200~", 6), 0);
	for (int i = 0; i < 1 << 16; i++)
		assert_int_equal(keys_feed(k, "0123456789abcdef", 16), 0);
	assert_false(keys_next(k, &key));
	assert_int_equal(keys_feed(k, "\033[201~", 6), 0);
	assert_true(keys_next(k, &key));
	assert_int_equal(key.paste_len, 1 << 20);
	assert_false(key.paste_cut);
	assert_false(keys_next(k, &key));
	assert_in_range(heap_bytes(), 0, before + 8192);
	keys_free(k);
}

/* Whoever reads from the terminal asks before the keys are taken. */
static void
the_wait_is_known_before_the_keys_are_taken(void **state)
{
	static const struct {
		const char *bytes;
		unsigned wait_ms;
	} waits[] = {
	    {"abc", 0},
	    {"abc\033[A", 0},
	    {"abc\033", KEYS_ESCAPE_MS},
	    {"\033[A\033[1;", KEYS_SEQUENCE_MS},
	    {"a\xed", KEYS_SEQUENCE_MS},
	    {"a\033[200~", KEYS_PASTE_MS},
	    {"a\033[200~b\033\033[201", KEYS_PASTE_MS},
	    {"a\033[200~b\033\033[201~", 0},
	    {"a\033[200~b\033[201~\033", KEYS_ESCAPE_MS},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		struct keys *k = keys_seen_new(&seen);
		size_t len = strlen(waits[i].bytes);

		assert_int_equal(keys_feed(k, waits[i].bytes, len), 0);
		assert_int_equal(keys_wait_ms(k), waits[i].wait_ms);
		keys_seen_feed(k, &seen, "", 0);
		assert_int_equal(keys_wait_ms(k), waits[i].wait_ms);
		keys_expire(k);
		assert_int_equal(keys_wait_ms(k), 0);
		keys_free(k);
	}
}

static void
a_paste_limit_of_zero_keeps_nothing(void **state)
{
	struct keys *k = keys_new(0);
	struct key key;

	(void)state;
	assert_non_null(k);
	assert_int_equal(keys_feed(k, "\033[200~ab\033[201~", 14), 0);
	assert_true(keys_next(k, &key));
	assert_int_equal(key.code, KEYS_PASTE);
	assert_int_equal(key.paste_len, 0);
	assert_true(key.paste_cut);
	assert_false(keys_next(k, &key));
	keys_free(k);
	keys_free(NULL);
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Bytes that are often those of sequences. */
static size_t
random_bytes(uint32_t *rng, char *buf, size_t max)
{
	static const char *const parts[] = {"\033", "\033[", "\033O", "\033[<",
	    "\033[200~", "\033[201~", "\033]", "\033P", "\033\\", "\007", "1;5",
	    "64;1;1M", "~", "A", "M", "$", "\033[M", "[", "\xed\x95\x9c",
	    "\xed", "\xf0\x9f", "x", "\r"};
	size_t len = 0;

	while (len + 8 < max) {
		const char *part = parts[next_random(rng) % COUNT(parts)];

		if (next_random(rng) % 4 == 0) {
			buf[len++] = (char)next_random(rng);
		} else {
			memcpy(buf + len, part, strlen(part));
			len += strlen(part);
		}
	}
	return len;
}

static void
random_bytes_give_the_same_keys_in_any_split(void **state)
{
	uint32_t rng = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char bytes[300];
		size_t len = random_bytes(&rng, bytes, sizeof(bytes));
		struct keys *k = keys_seen_new(&seen);
		struct keys *split = keys_seen_new(&other);

		keys_seen_feed(k, &seen, bytes, len);
		for (size_t at = 0; at < len;) {
			size_t piece = 1 + next_random(&rng) % 9;

			if (piece > len - at)
				piece = len - at;
			keys_seen_feed(split, &other, bytes + at, piece);
			at += piece;
		}
		assert_int_equal(keys_wait_ms(k), keys_wait_ms(split));
		keys_seen_expire(k, &seen);
		keys_seen_expire(split, &other);
		keys_seen_assert_same(&seen, &other);
		keys_free(k);
		keys_free(split);
	}
}

/* After silence nothing is left over, wherever it came. */
static void
random_silences_leave_nothing_behind(void **state)
{
	uint32_t rng = 11;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		char bytes[300];
		size_t len = random_bytes(&rng, bytes, sizeof(bytes));
		struct keys *k = keys_seen_new(&seen);

		for (size_t at = 0; at < len; at++) {
			keys_seen_feed(k, &seen, bytes + at, 1);
			if (next_random(&rng) % 5 != 0)
				continue;
			keys_seen_expire(k, &seen);
		}
		keys_free(k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		broken_utf8_is_one_replacement_for_each_maximal_subpart),
	    cmocka_unit_test(a_paste_is_raw_at_every_split),
	    cmocka_unit_test(pastes_in_a_row_and_an_empty_one),
	    cmocka_unit_test(an_escape_before_a_paste_or_the_wheel_is_a_key),
	    cmocka_unit_test(a_paste_without_an_end_expires),
	    cmocka_unit_test(a_paste_is_cut_at_its_limit_and_memory_with_it),
	    cmocka_unit_test(memory_of_a_large_paste_is_given_back),
	    cmocka_unit_test(the_wait_is_known_before_the_keys_are_taken),
	    cmocka_unit_test(a_paste_limit_of_zero_keeps_nothing),
	    cmocka_unit_test(random_bytes_give_the_same_keys_in_any_split),
	    cmocka_unit_test(random_silences_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
