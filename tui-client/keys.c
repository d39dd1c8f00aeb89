#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "keys_sequence.h"

#define ESC		 0x1b
#define REPLACEMENT	 0xfffdu
#define KEPT_BYTES	 4096u
#define PASTE_CLOSES	 "\033[201~"
#define PASTE_CLOSES_LEN (sizeof(PASTE_CLOSES) - 1)

/*
 * One buffer for all: a paste gathers at its start, in the room of bytes that
 * were read already, so that only keys_feed() needs memory.
 *
 *	0 .. paste_len	what there is of the paste
 *	pos .. len	bytes that are not keys yet
 */
struct keys {
	unsigned char *buf;
	size_t capacity;
	size_t pos, len;
	size_t paste_limit;
	size_t paste_len;
	bool pasting;
	bool paste_cut;
	bool expired; /* the bytes before closed are all there will be */
	size_t closed;
};

struct keys *
keys_new(size_t paste_limit_bytes)
{
	struct keys *k = calloc(1, sizeof(*k));

	if (k != NULL)
		k->paste_limit = paste_limit_bytes;
	return k;
}

void
keys_free(struct keys *k)
{
	if (k == NULL)
		return;
	free(k->buf);
	free(k);
}

/* Moves what is not read yet down; what is handed out as a paste is over. */
static void
compact(struct keys *k)
{
	size_t to = k->pasting ? k->paste_len : 0;
	size_t by = k->pos - to;

	if (by == 0)
		return;
	memmove(k->buf + to, k->buf + k->pos, k->len - k->pos);
	k->pos -= by;
	k->len -= by;
	k->closed -= k->expired ? by : 0;
}

static int
reserve(struct keys *k, size_t more)
{
	size_t capacity = k->capacity == 0 ? 256 : k->capacity;
	unsigned char *buf;

	if (more <= k->capacity - k->len)
		return 0;
	compact(k);
	if (more > SIZE_MAX / 2 - k->len) {
		errno = ENOMEM;
		return -1;
	}
	while (capacity < k->len + more)
		capacity *= 2;
	if (capacity == k->capacity)
		return 0;
	if ((buf = realloc(k->buf, capacity)) == NULL)
		return -1;
	k->buf = buf;
	k->capacity = capacity;
	return 0;
}

/* A large paste's memory is not kept for the next one. */
static void
give_back(struct keys *k)
{
	k->pos = k->len = 0;
	if (k->capacity <= KEPT_BYTES)
		return;
	free(k->buf);
	k->buf = NULL;
	k->capacity = 0;
}

int
keys_feed(struct keys *k, const void *p, size_t len)
{
	if (len == 0)
		return 0;
	if (reserve(k, len) == -1)
		return -1;
	memcpy(k->buf + k->len, p, len);
	k->len += len;
	return 0;
}

/*
 * Table 3-7 of the Unicode Standard: how many bytes follow a first byte, and
 * what the second may be.
 */
static unsigned
utf8_follow(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	*high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
}

/*
 * One U+FFFD for each maximal subpart of what is not UTF-8 (chapter 3.9 of the
 * standard). Unlike visible_decode() it can wait for the rest of a character.
 */
static size_t
utf8_read(const unsigned char *p, size_t len, bool final, uint32_t *ch)
{
	unsigned char low, high;
	unsigned follow;
	uint32_t c = p[0];

	*ch = c;
	if (c < 0x80)
		return 1;
	*ch = REPLACEMENT;
	if (c < 0xc2 || c > 0xf4)
		return 1;
	follow = utf8_follow(p[0], &low, &high);
	c &= 0x3fu >> follow;
	for (size_t i = 1; i <= follow; i++) {
		if (i == len)
			return final ? i : 0;
		if (p[i] < low || p[i] > high)
			return i;
		c = c << 6 | (p[i] & 0x3fu);
		low = 0x80;
		high = 0xbf;
	}
	*ch = c;
	return follow + 1;
}

/*
 * ESC ESC: Alt and a key for terminals that put an ESC before its sequence.
 * Before anything else the first is an Escape of its own.
 */
static size_t
two_escapes_read(
    const unsigned char *p, size_t len, bool final, struct key *key)
{
	if (len == 2 && !final)
		return 0;
	if (len > 2 && (p[2] == '[' || p[2] == 'O')) {
		size_t used = keys_sequence_read(p + 2, len - 2, final, key);

		if (used == 0)
			return 0;
		if (key->code <= KEYS_F && !(key->mods & KEYS_ALT)) {
			key->mods |= KEYS_ALT;
			return used + 2;
		}
		if (key->code == KEYS_UNKNOWN)
			return used + 2;
	}
	*key = (struct key){.code = KEYS_ESCAPE};
	return 1;
}

static size_t
escape_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	size_t used;

	if (len == 1) {
		key->code = KEYS_ESCAPE;
		return final ? 1 : 0;
	}
	if (p[1] == ESC)
		return two_escapes_read(p, len, final, key);
	if (keys_sequence_begins(p[1])) {
		used = keys_sequence_read(p + 1, len - 1, final, key);
	} else {
		key->code = KEYS_CHAR;
		key->mods = KEYS_ALT;
		used = utf8_read(p + 1, len - 1, final, &key->ch);
	}
	return used == 0 ? 0 : used + 1;
}

static size_t
key_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	*key = (struct key){.code = KEYS_CHAR};
	if (p[0] == ESC)
		return escape_read(p, len, final, key);
	return utf8_read(p, len, final, &key->ch);
}

static void
paste_take(struct keys *k, size_t len)
{
	size_t room = k->paste_limit - k->paste_len;
	size_t kept = len;

	if (len > room) {
		kept = room;
		k->paste_cut = true;
	}
	memmove(k->buf + k->paste_len, k->buf + k->pos, kept);
	k->paste_len += kept;
	k->pos += len;
}

/* Takes the bytes before end into the paste. True once its end was met. */
static bool
paste_read(struct keys *k, size_t end)
{
	while (k->pos < end) {
		const unsigned char *p = k->buf + k->pos;
		size_t len = end - k->pos;
		const unsigned char *esc = memchr(p, ESC, len);
		size_t there = len < PASTE_CLOSES_LEN ? len : PASTE_CLOSES_LEN;

		if (esc != p) {
			paste_take(k, esc == NULL ? len : (size_t)(esc - p));
		} else if (memcmp(p, PASTE_CLOSES, there) != 0) {
			paste_take(k, 1);
		} else if (there == PASTE_CLOSES_LEN) {
			k->pos += PASTE_CLOSES_LEN;
			return true;
		} else if (k->expired) {
			paste_take(k, len);
		} else {
			return false;
		}
	}
	return k->expired;
}

static bool
paste_next(struct keys *k, size_t end, struct key *key)
{
	if (!paste_read(k, end))
		return false;
	*key = (struct key){
	    .code = KEYS_PASTE,
	    .paste = k->paste_len > 0 ? (const char *)k->buf : "",
	    .paste_len = k->paste_len,
	    .paste_cut = k->paste_cut,
	};
	k->pasting = false;
	return true;
}

/* The next of the bytes before end; those of an opened paste are not keys. */
static bool
key_next(struct keys *k, size_t end, struct key *key)
{
	while (!k->pasting && k->pos < end) {
		size_t used =
		    key_read(k->buf + k->pos, end - k->pos, k->expired, key);

		k->pos += used;
		if (used == 0 || key->code != KEYS_PASTE)
			return used > 0;
		k->pasting = true;
		k->paste_cut = false;
		k->paste_len = 0;
	}
	return k->pasting && paste_next(k, end, key);
}

bool
keys_next(struct keys *k, struct key *key)
{
	if (k->expired) {
		if (key_next(k, k->closed, key))
			return true;
		k->expired = false;
	}
	if (key_next(k, k->len, key))
		return true;
	if (k->pos == k->len && !k->pasting)
		give_back(k);
	return false;
}

/* Whether a person may have typed just this: ESC, or Alt and an introducer. */
static bool
is_typed(const unsigned char *p, size_t len)
{
	size_t escapes = len > 1 && p[1] == ESC ? 2 : 1;

	if (p[0] != ESC || len > escapes + 1)
		return false;
	return len == escapes || p[escapes] < 0x80;
}

/* The bytes up to and with what closes a paste; 0: it is not there. */
static size_t
paste_size(const unsigned char *p, size_t len)
{
	for (size_t at = 0; len - at >= PASTE_CLOSES_LEN; at++) {
		const unsigned char *esc = memchr(p + at, ESC, len - at);

		if (esc == NULL)
			break;
		at = (size_t)(esc - p);
		if (len - at >= PASTE_CLOSES_LEN &&
		    memcmp(esc, PASTE_CLOSES, PASTE_CLOSES_LEN) == 0)
			return at + PASTE_CLOSES_LEN;
	}
	return 0;
}

/* Reads ahead over the keys that are complete, without taking them. */
unsigned
keys_wait_ms(const struct keys *k)
{
	bool pasting = k->pasting && !k->expired;
	size_t at = k->expired ? k->closed : k->pos;

	while (pasting || at < k->len) {
		const unsigned char *p = k->buf + at;
		size_t len = k->len - at, used;
		struct key key;

		if (pasting) {
			used = paste_size(p, len);
			if (used == 0)
				return KEYS_PASTE_MS;
			pasting = false;
		} else {
			used = key_read(p, len, false, &key);
			if (used == 0)
				return is_typed(p, len) ? KEYS_ESCAPE_MS
							: KEYS_SEQUENCE_MS;
			pasting = key.code == KEYS_PASTE;
		}
		at += used;
	}
	return 0;
}

void
keys_expire(struct keys *k)
{
	k->expired = true;
	k->closed = k->len;
}
