#include <stdbool.h>
#include <string.h>

#include "keys_seen.h"

struct keys *
keys_seen_new(struct keys_seen *seen)
{
	struct keys *k = keys_new(KEYS_SEEN_PASTE_LIMIT);

	assert_non_null(k);
	memset(seen, 0, sizeof(*seen));
	return k;
}

static void
drain(struct keys *k, struct keys_seen *seen)
{
	struct key key;

	while (keys_next(k, &key)) {
		assert_true(seen->count < KEYS_SEEN_MAX);
		if (key.code == KEYS_PASTE) {
			assert_true(
			    key.paste_len <= KEYS_SEEN_MAX - seen->pasted);
			memcpy(seen->pastes + seen->pasted, key.paste,
			    key.paste_len);
			seen->pasted += key.paste_len;
			key.paste = NULL;
		}
		seen->keys[seen->count++] = key;
	}
}

void
keys_seen_feed(
    struct keys *k, struct keys_seen *seen, const void *p, size_t len)
{
	assert_int_equal(keys_feed(k, p, len), 0);
	drain(k, seen);
}

void
keys_seen_string(struct keys *k, struct keys_seen *seen, const char *s)
{
	keys_seen_feed(k, seen, s, strlen(s));
}

void
keys_seen_expire(struct keys *k, struct keys_seen *seen)
{
	keys_expire(k);
	drain(k, seen);
	assert_int_equal(keys_wait_ms(k), 0);
}

void
keys_seen_assert(const struct keys_seen *seen, size_t nth, enum keys_code code,
    uint32_t ch, unsigned mods)
{
	assert_true(nth < seen->count);
	assert_int_equal(seen->keys[nth].code, code);
	assert_int_equal(seen->keys[nth].ch, ch);
	assert_int_equal(seen->keys[nth].mods, mods);
}

void
keys_seen_assert_same(const struct keys_seen *a, const struct keys_seen *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		keys_seen_assert(
		    b, i, a->keys[i].code, a->keys[i].ch, a->keys[i].mods);
		assert_int_equal(a->keys[i].paste_len, b->keys[i].paste_len);
		assert_int_equal(a->keys[i].paste_cut, b->keys[i].paste_cut);
	}
	assert_int_equal(a->pasted, b->pasted);
	assert_memory_equal(a->pastes, b->pastes, a->pasted);
}
