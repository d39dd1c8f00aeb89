/* keys: the keys depend on the bytes and the silences, not on the split. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "keys.h"

#define PASTE_MAX 100
#define SILENCE	  0xff /* begins no character: stands for a wait that passed */

struct seen {
	size_t count;
	uint64_t sum; /* of all that there is to the keys */
};

static void
add(struct seen *seen, uint64_t value)
{
	seen->sum = (seen->sum ^ value) * 1099511628211u;
}

static void
take_keys(struct keys *keys, struct seen *seen)
{
	struct key key;

	while (keys_next(keys, &key)) {
		FUZZ_CHECK(key.code <= KEYS_UNKNOWN);
		FUZZ_CHECK(key.code != KEYS_CHAR || key.ch <= 0x10ffff);
		add(seen, key.code);
		add(seen, key.ch);
		add(seen, key.mods);
		seen->count++;
		if (key.code != KEYS_PASTE)
			continue;
		FUZZ_CHECK(key.paste_len <= PASTE_MAX);
		add(seen, key.paste_cut);
		for (size_t i = 0; i < key.paste_len; i++)
			add(seen, (unsigned char)key.paste[i]);
	}
}

static void
expire(struct keys *keys, struct seen *seen)
{
	keys_expire(keys);
	take_keys(keys, seen);
	FUZZ_CHECK(keys_wait_ms(keys) == 0);
}

/* In pieces of so many bytes; 0: of any size. */
static struct seen
feed(const uint8_t *data, size_t size, size_t each)
{
	struct fuzz_random random = fuzz_random_of(data, size);
	struct keys *keys = keys_new(PASTE_MAX);
	struct seen seen = {0};
	size_t n;

	FUZZ_CHECK(keys != NULL);
	for (size_t i = 0; i < size; i += n) {
		const uint8_t *silence;
		uint8_t *piece;

		n = each > 0 ? each : 1 + fuzz_random_next(&random, 8);
		n = n < size - i ? n : size - i;
		silence = memchr(data + i, SILENCE, n);
		if (silence != NULL)
			n = (size_t)(silence - (data + i));
		piece = fuzz_copy(data + i, n);
		FUZZ_CHECK(keys_feed(keys, piece, n) == 0);
		free(piece);
		take_keys(keys, &seen);
		if (silence != NULL) {
			expire(keys, &seen);
			n++;
		}
	}
	expire(keys, &seen);
	keys_free(keys);
	return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = feed(data, size, size + 1), other;

	FUZZ_CHECK(whole.count <= 2 * size + 1);
	for (size_t each = 0; each < 2; each++) {
		other = feed(data, size, each);
		FUZZ_CHECK(other.count == whole.count);
		FUZZ_CHECK(other.sum == whole.sum);
	}
	return 0;
}
