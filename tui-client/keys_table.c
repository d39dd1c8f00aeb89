#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys.h"
#include "keys_table.h"

#define PASTE_OPENS  200u
#define MODIFIER_MAX 16u

/* Sequences that end in a letter, with a modifier or none before it. */
static const struct letter {
	char intro; /* '[', 'O', or 0 for either */
	char final;
	enum keys_code code;
	uint32_t ch;
	unsigned mods;
} letters[] = {
    {0, 'A', KEYS_UP, 0, 0},
    {0, 'B', KEYS_DOWN, 0, 0},
    {0, 'C', KEYS_RIGHT, 0, 0},
    {0, 'D', KEYS_LEFT, 0, 0},
    {0, 'H', KEYS_HOME, 0, 0},
    {0, 'F', KEYS_END, 0, 0},
    {0, 'P', KEYS_F, 1, 0},
    {0, 'Q', KEYS_F, 2, 0},
    {0, 'R', KEYS_F, 3, 0},
    {0, 'S', KEYS_F, 4, 0},
    {'[', 'Z', KEYS_BACKTAB, 0, 0},
    {'[', 'I', KEYS_FOCUS, 1, 0},
    {'[', 'O', KEYS_FOCUS, 0, 0},
    {'[', 'a', KEYS_UP, 0, KEYS_SHIFT}, /* rxvt */
    {'[', 'b', KEYS_DOWN, 0, KEYS_SHIFT},
    {'[', 'c', KEYS_RIGHT, 0, KEYS_SHIFT},
    {'[', 'd', KEYS_LEFT, 0, KEYS_SHIFT},
    {'O', 'a', KEYS_UP, 0, KEYS_CTRL},
    {'O', 'b', KEYS_DOWN, 0, KEYS_CTRL},
    {'O', 'c', KEYS_RIGHT, 0, KEYS_CTRL},
    {'O', 'd', KEYS_LEFT, 0, KEYS_CTRL},
    {'O', 'M', KEYS_CHAR, '\r', 0}, /* the keypad in application mode */
    {'O', 'I', KEYS_CHAR, '\t', 0},
    {'O', ' ', KEYS_CHAR, ' ', 0},
    {'O', 'X', KEYS_CHAR, '=', 0},
    {'O', 'j', KEYS_CHAR, '*', 0},
    {'O', 'k', KEYS_CHAR, '+', 0},
    {'O', 'l', KEYS_CHAR, ',', 0},
    {'O', 'm', KEYS_CHAR, '-', 0},
    {'O', 'n', KEYS_CHAR, '.', 0},
    {'O', 'o', KEYS_CHAR, '/', 0},
    {'O', 'p', KEYS_CHAR, '0', 0},
    {'O', 'q', KEYS_CHAR, '1', 0},
    {'O', 'r', KEYS_CHAR, '2', 0},
    {'O', 's', KEYS_CHAR, '3', 0},
    {'O', 't', KEYS_CHAR, '4', 0},
    {'O', 'u', KEYS_CHAR, '5', 0},
    {'O', 'v', KEYS_CHAR, '6', 0},
    {'O', 'w', KEYS_CHAR, '7', 0},
    {'O', 'x', KEYS_CHAR, '8', 0},
    {'O', 'y', KEYS_CHAR, '9', 0},
};

/* CSI sequences that are told apart by their number. */
static const struct number {
	unsigned number;
	enum keys_code code;
	uint32_t ch;
} numbers[] = {
    {1, KEYS_HOME, 0},
    {2, KEYS_INSERT, 0},
    {3, KEYS_DELETE, 0},
    {4, KEYS_END, 0},
    {5, KEYS_PAGE_UP, 0},
    {6, KEYS_PAGE_DOWN, 0},
    {7, KEYS_HOME, 0},
    {8, KEYS_END, 0},
    {11, KEYS_F, 1},
    {12, KEYS_F, 2},
    {13, KEYS_F, 3},
    {14, KEYS_F, 4},
    {15, KEYS_F, 5},
    {17, KEYS_F, 6},
    {18, KEYS_F, 7},
    {19, KEYS_F, 8},
    {20, KEYS_F, 9},
    {21, KEYS_F, 10},
    {23, KEYS_F, 11},
    {24, KEYS_F, 12},
    {25, KEYS_F, 13},
    {26, KEYS_F, 14},
    {28, KEYS_F, 15},
    {29, KEYS_F, 16},
    {31, KEYS_F, 17},
    {32, KEYS_F, 18},
    {33, KEYS_F, 19},
    {34, KEYS_F, 20},
};

/* What ends a numbered sequence; rxvt tells the modifier by it. */
static const struct ending {
	char final;
	unsigned mods;
} endings[] = {
    {'~', 0},
    {'$', KEYS_SHIFT},
    {'^', KEYS_CTRL},
    {'@', KEYS_CTRL | KEYS_SHIFT},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
set(struct key *key, enum keys_code code, uint32_t ch, unsigned mods)
{
	key->code = code;
	key->ch = ch;
	key->mods = mods;
	/* A modified character has a code point of its own, but for Alt. */
	if (code == KEYS_CHAR)
		key->mods &= KEYS_ALT;
}

/* xterm's modifier: 1 and a bit each for Shift, Alt, Ctrl, Meta. */
static unsigned
mods_of(unsigned param)
{
	unsigned bits = param > 0 ? param - 1 : 0;
	unsigned mods = 0;

	if (bits & 1)
		mods |= KEYS_SHIFT;
	if (bits & (2 | 8))
		mods |= KEYS_ALT;
	if (bits & 4)
		mods |= KEYS_CTRL;
	return mods;
}

/*
 * xterm sends 1;MOD, its forebears only MOD. Else it is a report: the cursor's
 * is row;columnR, which only in row 1 looks like a modified F3; xterm sends
 * that one with a modifier that is more than 1.
 */
static bool
letter_fits(const struct letter *l, const struct keys_params *params)
{
	if (params->count == 0)
		return true;
	if (l->code == KEYS_FOCUS)
		return false;
	if (params->value[params->count - 1] > MODIFIER_MAX)
		return false;
	if (params->count == 1)
		return l->final != 'R';
	return params->count == 2 && params->value[0] == 1 &&
	    params->value[1] > (l->final == 'R');
}

static void
letter_find(char intro, const struct keys_params *params, unsigned char last,
    struct key *key)
{
	unsigned mods = 0;

	if (params->count > 0)
		mods = mods_of(params->value[params->count - 1]);
	for (size_t i = 0; i < COUNT(letters); i++) {
		const struct letter *l = &letters[i];

		if ((l->intro != 0 && l->intro != intro) ||
		    l->final != (char)last || !letter_fits(l, params))
			continue;
		set(key, l->code, l->ch, l->mods | mods);
		return;
	}
}

static void
number_find(const struct keys_params *params, const struct ending *ending,
    struct key *key)
{
	unsigned mods = ending->mods;

	if (params->count == 0 || params->count > 2)
		return;
	if (params->count == 1 && params->value[0] == PASTE_OPENS &&
	    ending->final == '~')
		set(key, KEYS_PASTE, 0, 0);
	if (params->count == 2)
		mods |= mods_of(params->value[1]);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		const struct number *n = &numbers[i];

		if (n->number == params->value[0]) {
			set(key, n->code, n->ch, mods);
			return;
		}
	}
}

void
keys_table_find(char intro, const struct keys_params *params,
    unsigned char last, struct key *key)
{
	set(key, KEYS_UNKNOWN, 0, 0);
	for (size_t i = 0; intro == '[' && i < COUNT(endings); i++)
		if (endings[i].final == (char)last) {
			number_find(params, &endings[i], key);
			return;
		}
	letter_find(intro, params, last, key);
}
