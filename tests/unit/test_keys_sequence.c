/* keys: what terminals send and answer, and what of it is cut short. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "keys_seen.h"

static struct keys_seen seen; /* too large for a stack */

#define SHIFT KEYS_SHIFT
#define ALT   KEYS_ALT
#define CTRL  KEYS_CTRL

struct sequence {
	const char *bytes;
	enum keys_code code;
	uint32_t ch;
	unsigned mods;
};

static const struct sequence sequences[] = {
    /* xterm, tmux, vt100: cursor keys, normal and application mode */
    {"\033[A", KEYS_UP, 0, 0},
    {"\033[B", KEYS_DOWN, 0, 0},
    {"\033[C", KEYS_RIGHT, 0, 0},
    {"\033[D", KEYS_LEFT, 0, 0},
    {"\033OA", KEYS_UP, 0, 0},
    {"\033OB", KEYS_DOWN, 0, 0},
    {"\033OC", KEYS_RIGHT, 0, 0},
    {"\033OD", KEYS_LEFT, 0, 0},
    {"\033[H", KEYS_HOME, 0, 0},
    {"\033[F", KEYS_END, 0, 0},
    {"\033OH", KEYS_HOME, 0, 0},
    {"\033OF", KEYS_END, 0, 0},
    {"\033[2~", KEYS_INSERT, 0, 0},
    {"\033[3~", KEYS_DELETE, 0, 0},
    {"\033[5~", KEYS_PAGE_UP, 0, 0},
    {"\033[6~", KEYS_PAGE_DOWN, 0, 0},
    {"\033[Z", KEYS_BACKTAB, 0, 0},
    /* screen, tmux, the Linux console */
    {"\033[1~", KEYS_HOME, 0, 0},
    {"\033[4~", KEYS_END, 0, 0},
    /* rxvt */
    {"\033[7~", KEYS_HOME, 0, 0},
    {"\033[8~", KEYS_END, 0, 0},
    {"\033Oa", KEYS_UP, 0, CTRL},
    {"\033Ob", KEYS_DOWN, 0, CTRL},
    {"\033Oc", KEYS_RIGHT, 0, CTRL},
    {"\033Od", KEYS_LEFT, 0, CTRL},
    {"\033[a", KEYS_UP, 0, SHIFT},
    {"\033[d", KEYS_LEFT, 0, SHIFT},
    {"\033[3$", KEYS_DELETE, 0, SHIFT},
    {"\033[5^", KEYS_PAGE_UP, 0, CTRL},
    {"\033[7@", KEYS_HOME, 0, CTRL | SHIFT},
    /* xterm with modifiers, and as it was long ago */
    {"\033[1;2A", KEYS_UP, 0, SHIFT},
    {"\033[1;3B", KEYS_DOWN, 0, ALT},
    {"\033[1;5D", KEYS_LEFT, 0, CTRL},
    {"\033[1;6C", KEYS_RIGHT, 0, CTRL | SHIFT},
    {"\033[1;9H", KEYS_HOME, 0, ALT},
    {"\033[1;8F", KEYS_END, 0, CTRL | ALT | SHIFT},
    {"\033[3;5~", KEYS_DELETE, 0, CTRL},
    {"\033[6;3~", KEYS_PAGE_DOWN, 0, ALT},
    {"\033[15;2~", KEYS_F, 5, SHIFT},
    {"\033[1;2P", KEYS_F, 1, SHIFT},
    {"\033[1;5R", KEYS_F, 3, CTRL},
    {"\033[1;2Z", KEYS_BACKTAB, 0, SHIFT},
    {"\033O5D", KEYS_LEFT, 0, CTRL},
    {"\033O1;2Q", KEYS_F, 2, SHIFT},
    {"\033[5C", KEYS_RIGHT, 0, CTRL},
    /* function keys: vt100 and xterm, rxvt and vt220, the Linux console */
    {"\033OP", KEYS_F, 1, 0},
    {"\033OQ", KEYS_F, 2, 0},
    {"\033OR", KEYS_F, 3, 0},
    {"\033OS", KEYS_F, 4, 0},
    {"\033[11~", KEYS_F, 1, 0},
    {"\033[14~", KEYS_F, 4, 0},
    {"\033[15~", KEYS_F, 5, 0},
    {"\033[17~", KEYS_F, 6, 0},
    {"\033[18~", KEYS_F, 7, 0},
    {"\033[19~", KEYS_F, 8, 0},
    {"\033[20~", KEYS_F, 9, 0},
    {"\033[21~", KEYS_F, 10, 0},
    {"\033[23~", KEYS_F, 11, 0},
    {"\033[24~", KEYS_F, 12, 0},
    {"\033[25~", KEYS_F, 13, 0},
    {"\033[34~", KEYS_F, 20, 0},
    {"\033[[A", KEYS_F, 1, 0},
    {"\033[[B", KEYS_F, 2, 0},
    {"\033[[C", KEYS_F, 3, 0},
    {"\033[[D", KEYS_F, 4, 0},
    {"\033[[E", KEYS_F, 5, 0},
    /* the keypad in application mode */
    {"\033OM", KEYS_CHAR, '\r', 0},
    {"\033Op", KEYS_CHAR, '0', 0},
    {"\033Oy", KEYS_CHAR, '9', 0},
    {"\033Ok", KEYS_CHAR, '+', 0},
    {"\033On", KEYS_CHAR, '.', 0},
    {"\033OX", KEYS_CHAR, '=', 0},
    /* an ESC before it */
    {"\033[1;3D", KEYS_LEFT, 0, ALT},
    {"\033\033[A", KEYS_UP, 0, ALT},
    {"\033\033OD", KEYS_LEFT, 0, ALT},
    {"\033\033[5~", KEYS_PAGE_UP, 0, ALT},
    {"\033\033[1;5C", KEYS_RIGHT, 0, CTRL | ALT},
    {"\033\033OM", KEYS_CHAR, '\r', ALT},
    {"\033b", KEYS_CHAR, 'b', ALT},
    {"\033/", KEYS_CHAR, '/', ALT},
    {"\033<", KEYS_CHAR, '<', ALT},
    {"\033\r", KEYS_CHAR, '\r', ALT},
    {"\033\177", KEYS_CHAR, 0x7f, ALT},
    {"\033\xed\x95\x9c", KEYS_CHAR, 0xd55c, ALT},
    /* the mouse */
    {"\033[<64;10;20M", KEYS_MOUSE_UP, 20, 0},
    {"\033[<65;1;1M", KEYS_MOUSE_DOWN, 1, 0},
    {"\033[<68;200;300M", KEYS_MOUSE_UP, 300, SHIFT},
    {"\033[<81;1;1M", KEYS_MOUSE_DOWN, 1, CTRL},
    {"\033[<72;1;1M", KEYS_MOUSE_UP, 1, ALT},
    {"\033[<0;1;1M", KEYS_UNKNOWN, 0, 0},
    {"\033[<0;1;1m", KEYS_UNKNOWN, 0, 0},
    {"\033[<66;1;1M", KEYS_UNKNOWN, 0, 0},
    {"\033[<64;1M", KEYS_UNKNOWN, 0, 0},
    {"\033[M`!!", KEYS_MOUSE_UP, 1, 0},
    {"\033[Ma\xff\xfe", KEYS_MOUSE_DOWN, 222, 0},
    {"\033[Ma\xff ", KEYS_MOUSE_DOWN, 0, 0},
    {"\033[M !!", KEYS_UNKNOWN, 0, 0},
    /* what the terminal says */
    {"\033[I", KEYS_FOCUS, 1, 0},
    {"\033[O", KEYS_FOCUS, 0, 0},
    {"\033[24;80R", KEYS_UNKNOWN, 0, 0},
    {"\033[1;1R", KEYS_UNKNOWN, 0, 0},
    {"\033[0n", KEYS_UNKNOWN, 0, 0},
    {"\033[?1;2c", KEYS_UNKNOWN, 0, 0},
    {"\033[>41;351;0c", KEYS_UNKNOWN, 0, 0},
    {"\033[?2004;1$y", KEYS_UNKNOWN, 0, 0},
    {"\033[4;2$y", KEYS_UNKNOWN, 0, 0},
    {"\033[8;24;80t", KEYS_UNKNOWN, 0, 0},
    {"\033]11;rgb:0000/1111/2222\007", KEYS_UNKNOWN, 0, 0},
    {"\033]11;rgb:0000/1111/2222\033\\", KEYS_UNKNOWN, 0, 0},
    {"\033]l\xed\x95\x9c\033\\", KEYS_UNKNOWN, 0, 0},
    {"\033P>|XTerm(390)\033\\", KEYS_UNKNOWN, 0, 0},
    /* not known, and never text */
    {"\033[99~", KEYS_UNKNOWN, 0, 0},
    {"\033\033[99~", KEYS_UNKNOWN, 0, 0},
    {"\033[$w", KEYS_UNKNOWN, 0, 0},
    {"\033[200;1~", KEYS_UNKNOWN, 0, 0},
    {"\033[201~", KEYS_UNKNOWN, 0, 0},
    {"\033[27;5;13~", KEYS_UNKNOWN, 0, 0},
    {"\033[13;5u", KEYS_UNKNOWN, 0, 0},
    {"\033[1;2;3;4;5A", KEYS_UNKNOWN, 0, 0},
    {"\033[1:3A", KEYS_UNKNOWN, 0, 0},
    {"\033[99999999999999999999A", KEYS_UNKNOWN, 0, 0},
    {"\033[1;5I", KEYS_UNKNOWN, 0, 0},
    {"\033[~", KEYS_UNKNOWN, 0, 0},
    {"\033[ q", KEYS_UNKNOWN, 0, 0},
    {"\033[[F", KEYS_UNKNOWN, 0, 0},
    {"\033Oz", KEYS_UNKNOWN, 0, 0},
    /* characters */
    {"a", KEYS_CHAR, 'a', 0},
    {"\001", KEYS_CHAR, 1, 0},
    {"\r", KEYS_CHAR, '\r', 0},
    {"\t", KEYS_CHAR, '\t', 0},
    {"\177", KEYS_CHAR, 0x7f, 0},
    {"\xc3\xa9", KEYS_CHAR, 0xe9, 0},
    {"\xed\x95\x9c", KEYS_CHAR, 0xd55c, 0},
    {"\xed\x9f\xbf", KEYS_CHAR, 0xd7ff, 0},
    {"\xee\x80\x80", KEYS_CHAR, 0xe000, 0},
    {"\xf0\x9f\x98\x80", KEYS_CHAR, 0x1f600, 0},
    {"\xf4\x8f\xbf\xbf", KEYS_CHAR, 0x10ffff, 0},
};

static void
each_sequence_is_one_key_at_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sequences); i++) {
		const struct sequence *s = &sequences[i];
		size_t len = strlen(s->bytes);

		for (size_t split = 0; split <= len; split++) {
			struct keys *k = keys_seen_new(&seen);

			keys_seen_string(k, &seen, "x");
			keys_seen_feed(k, &seen, s->bytes, split);
			if (split < len)
				assert_int_equal(seen.count, 1);
			keys_seen_feed(k, &seen, s->bytes + split, len - split);
			assert_int_equal(keys_wait_ms(k), 0);
			keys_seen_string(k, &seen, "y");
			assert_int_equal(seen.count, 3);
			keys_seen_assert(&seen, 0, KEYS_CHAR, 'x', 0);
			keys_seen_assert(&seen, 1, s->code, s->ch, s->mods);
			keys_seen_assert(&seen, 2, KEYS_CHAR, 'y', 0);
			keys_free(k);
		}
	}
}

static void
all_sequences_at_once_and_byte_by_byte(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	for (size_t i = 0; i < COUNT(sequences); i++)
		assert_int_equal(keys_feed(k, sequences[i].bytes,
				     strlen(sequences[i].bytes)),
		    0);
	keys_seen_feed(k, &seen, "", 0);
	for (size_t i = 0; i < COUNT(sequences); i++)
		for (const char *p = sequences[i].bytes; *p != '\0'; p++)
			keys_seen_feed(k, &seen, p, 1);
	assert_int_equal(seen.count, 2 * COUNT(sequences));
	for (size_t i = 0; i < seen.count; i++) {
		const struct sequence *s = &sequences[i % COUNT(sequences)];

		keys_seen_assert(&seen, i, s->code, s->ch, s->mods);
	}
	keys_free(k);
}

static void
an_escape_alone_waits_and_expires(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	assert_int_equal(keys_wait_ms(k), 0);
	keys_seen_string(k, &seen, "\033");
	assert_int_equal(seen.count, 0);
	assert_int_equal(keys_wait_ms(k), KEYS_ESCAPE_MS);
	keys_expire(k);
	keys_seen_string(k, &seen, "[A"); /* too late to belong to it */
	assert_int_equal(seen.count, 3);
	keys_seen_assert(&seen, 0, KEYS_ESCAPE, 0, 0);
	keys_seen_assert(&seen, 1, KEYS_CHAR, '[', 0);
	keys_seen_assert(&seen, 2, KEYS_CHAR, 'A', 0);
	keys_free(k);
}

struct expiry {
	const char *bytes;
	unsigned wait_ms;
	size_t count;
	struct sequence keys[2];
};

static const struct expiry expiries[] = {
    {"\033\033", KEYS_ESCAPE_MS, 2,
	{{NULL, KEYS_ESCAPE, 0, 0}, {NULL, KEYS_ESCAPE, 0, 0}}},
    {"\033[", KEYS_ESCAPE_MS, 1, {{NULL, KEYS_CHAR, '[', ALT}}},
    {"\033O", KEYS_ESCAPE_MS, 1, {{NULL, KEYS_CHAR, 'O', ALT}}},
    {"\033]", KEYS_ESCAPE_MS, 1, {{NULL, KEYS_CHAR, ']', ALT}}},
    {"\033P", KEYS_ESCAPE_MS, 1, {{NULL, KEYS_CHAR, 'P', ALT}}},
    {"\033\033[", KEYS_ESCAPE_MS, 2,
	{{NULL, KEYS_ESCAPE, 0, 0}, {NULL, KEYS_CHAR, '[', ALT}}},
    {"\033[1;", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_UNKNOWN, 0, 0}}},
    {"\033O5", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_UNKNOWN, 0, 0}}},
    {"\033[[", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_UNKNOWN, 0, 0}}},
    {"\033[M`", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_UNKNOWN, 0, 0}}},
    {"\033]0;tit", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_UNKNOWN, 0, 0}}},
    {"\033]0\033", KEYS_SEQUENCE_MS, 2,
	{{NULL, KEYS_UNKNOWN, 0, 0}, {NULL, KEYS_ESCAPE, 0, 0}}},
    {"\xed", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_CHAR, 0xfffd, 0}}},
    {"\xf0\x9f\x98", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_CHAR, 0xfffd, 0}}},
    {"\033\xed\x95", KEYS_SEQUENCE_MS, 1, {{NULL, KEYS_CHAR, 0xfffd, ALT}}},
};

static void
what_expires_becomes_what_it_can_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(expiries); i++) {
		const struct expiry *e = &expiries[i];
		struct keys *k = keys_seen_new(&seen);

		keys_seen_string(k, &seen, e->bytes);
		assert_int_equal(seen.count, 0);
		assert_int_equal(keys_wait_ms(k), e->wait_ms);
		keys_seen_expire(k, &seen);
		keys_seen_string(k, &seen, "x");
		assert_int_equal(seen.count, e->count + 1);
		for (size_t n = 0; n < e->count; n++)
			keys_seen_assert(&seen, n, e->keys[n].code,
			    e->keys[n].ch, e->keys[n].mods);
		keys_seen_assert(&seen, e->count, KEYS_CHAR, 'x', 0);
		keys_free(k);
	}
}

static void
a_control_or_escape_ends_a_sequence_and_is_a_key(void **state)
{
	struct keys *k = keys_seen_new(&seen);

	(void)state;
	keys_seen_string(k, &seen, "\033[1;\003");
	keys_seen_string(k, &seen, "\033]0;title\r");
	keys_seen_string(k, &seen, "\033[1\033[A");
	keys_seen_string(k, &seen, "\033[\r");
	keys_seen_string(k, &seen, "\033\033\033[B");
	keys_seen_string(k, &seen, "\033[M`\033[C");
	assert_int_equal(seen.count, 12);
	keys_seen_assert(&seen, 0, KEYS_UNKNOWN, 0, 0);
	keys_seen_assert(&seen, 1, KEYS_CHAR, 3, 0);
	keys_seen_assert(&seen, 2, KEYS_UNKNOWN, 0, 0);
	keys_seen_assert(&seen, 3, KEYS_CHAR, '\r', 0);
	keys_seen_assert(&seen, 4, KEYS_UNKNOWN, 0, 0);
	keys_seen_assert(&seen, 5, KEYS_UP, 0, 0);
	keys_seen_assert(&seen, 6, KEYS_CHAR, '[', ALT);
	keys_seen_assert(&seen, 7, KEYS_CHAR, '\r', 0);
	keys_seen_assert(&seen, 8, KEYS_ESCAPE, 0, 0);
	keys_seen_assert(&seen, 9, KEYS_DOWN, 0, ALT);
	keys_seen_assert(&seen, 10, KEYS_UNKNOWN, 0, 0);
	keys_seen_assert(&seen, 11, KEYS_RIGHT, 0, 0);
	keys_free(k);
}

static void
a_sequence_without_an_end_is_bounded(void **state)
{
	static const char *const begins[] = {
	    "\033]", "\033P", "\033[", "\033O"};

	(void)state;
	for (size_t i = 0; i < COUNT(begins); i++) {
		struct keys *k = keys_seen_new(&seen);
		char nines[1024];

		memset(nines, '9', sizeof(nines));
		keys_seen_string(k, &seen, begins[i]);
		for (int n = 0; n < 3; n++)
			keys_seen_feed(k, &seen, nines, sizeof(nines));
		assert_int_equal(seen.count, 0);
		keys_seen_feed(k, &seen, nines, sizeof(nines));
		keys_seen_assert(&seen, 0, KEYS_UNKNOWN, 0, 0);
		keys_seen_assert(&seen, 1, KEYS_CHAR, '9', 0);
		keys_free(k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_sequence_is_one_key_at_every_split),
	    cmocka_unit_test(all_sequences_at_once_and_byte_by_byte),
	    cmocka_unit_test(an_escape_alone_waits_and_expires),
	    cmocka_unit_test(what_expires_becomes_what_it_can_be),
	    cmocka_unit_test(a_control_or_escape_ends_a_sequence_and_is_a_key),
	    cmocka_unit_test(a_sequence_without_an_end_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
