#include <stdint.h>

#include "keys.h"
#include "keys_sequence.h"
#include "keys_table.h"

#define PARAM_MAX 9999u

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_graphic(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static size_t
unknown(struct key *key, size_t used)
{
	*key = (struct key){.code = KEYS_UNKNOWN};
	return used;
}

/* It ends before p[used]. */
static size_t
cut_short(const unsigned char *p, size_t used, struct key *key)
{
	if (used > 1)
		return unknown(key, used);
	*key = (struct key){.code = KEYS_CHAR, .ch = p[0], .mods = KEYS_ALT};
	return used;
}

/* False for what is not a list of a few numbers. */
static bool
params_read(const unsigned char *p, size_t len, struct keys_params *params)
{
	unsigned *value = params->value;

	*params = (struct keys_params){.count = len > 0};
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ';') {
			if (params->count == KEYS_PARAMS_MAX)
				return false;
			value = &params->value[params->count++];
		} else if (!is_digit(p[i])) {
			return false;
		} else if (*value <= PARAM_MAX) {
			*value = *value * 10 + (p[i] - (unsigned)'0');
		}
	}
	return true;
}

static void
wheel(unsigned button, unsigned row, struct key *key)
{
	unsigned mods = 0;

	if (button & 4)
		mods |= KEYS_SHIFT;
	if (button & 8)
		mods |= KEYS_ALT;
	if (button & 16)
		mods |= KEYS_CTRL;
	if ((button & ~28u) == 64)
		*key = (struct key){
		    .code = KEYS_MOUSE_UP, .ch = row, .mods = mods};
	else if ((button & ~28u) == 65)
		*key = (struct key){
		    .code = KEYS_MOUSE_DOWN, .ch = row, .mods = mods};
}

/* [ M, then button, column and row, each a byte from 32 on (0: too far). */
static size_t
x10_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	for (size_t i = 2; i < 5; i++) {
		if (i == len)
			return final ? cut_short(p, i, key) : 0;
		if (p[i] == 0x1b)
			return cut_short(p, i, key);
	}
	unknown(key, 5);
	if (p[2] >= 32)
		wheel(p[2] - 32u, p[4] > 32 ? p[4] - 32u : 0, key);
	return 5;
}

/* [ [ A to [ [ E: the Linux console's F1 to F5. */
static size_t
console_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	if (len == 2)
		return final ? cut_short(p, 2, key) : 0;
	if (!is_graphic(p[2]))
		return cut_short(p, 2, key);
	unknown(key, 3);
	if (p[2] >= 'A' && p[2] <= 'E')
		*key = (struct key){
		    .code = KEYS_F, .ch = p[2] - (uint32_t)'A' + 1};
	return 3;
}

/*
 * Where the final byte of a CSI sequence is or should be. "$" would be an
 * intermediate byte, but behind a lone number it is rxvt's Shift.
 */
static size_t
csi_final(const unsigned char *p, size_t len)
{
	bool number = true;
	size_t i = 1;

	for (; i < len && i < KEYS_SEQUENCE_MAX; i++) {
		if (p[i] < 0x20 || p[i] > 0x3f)
			break;
		if (p[i] == '$' && number && i > 1)
			break;
		number = number && is_digit(p[i]);
	}
	return i;
}

static void
csi_find(const unsigned char *p, size_t final_at, struct key *key)
{
	struct keys_params params = {0};
	bool mouse = p[1] == '<';
	size_t from = mouse ? 2 : 1;

	if (!params_read(p + from, final_at - from, &params))
		return;
	if (mouse) {
		if (p[final_at] == 'M' && params.count == 3)
			wheel(params.value[0], params.value[2], key);
		return;
	}
	keys_table_find('[', &params, p[final_at], key);
}

static size_t
csi_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	size_t i;

	if (len > 1 && p[1] == 'M')
		return x10_read(p, len, final, key);
	if (len > 1 && p[1] == '[')
		return console_read(p, len, final, key);
	i = csi_final(p, len);
	if (i == len && i < KEYS_SEQUENCE_MAX && !final)
		return 0;
	if (i == len || i == KEYS_SEQUENCE_MAX || !is_graphic(p[i]))
		return cut_short(p, i, key);
	unknown(key, i + 1);
	csi_find(p, i, key);
	return i + 1;
}

static size_t
ss3_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	struct keys_params params = {0};
	size_t i = 1;

	while (
	    i < len && i < KEYS_SEQUENCE_MAX && (is_digit(p[i]) || p[i] == ';'))
		i++;
	if (i == len && i < KEYS_SEQUENCE_MAX && !final)
		return 0;
	if (i == len || i == KEYS_SEQUENCE_MAX || !is_graphic(p[i]))
		return cut_short(p, i, key);
	unknown(key, i + 1);
	if (params_read(p + 1, i - 1, &params))
		keys_table_find('O', &params, p[i], key);
	return i + 1;
}

/*
 * OSC and DCS: up to ST; OSC up to BEL too. No other control is in an answer,
 * so one ends it: Enter and ^C work whatever came before them.
 */
static size_t
string_read(const unsigned char *p, size_t len, bool final, struct key *key)
{
	for (size_t i = 1; i < len; i++) {
		if (i == KEYS_SEQUENCE_MAX)
			return cut_short(p, i, key);
		if (p[i] >= 0x20)
			continue;
		if (p[i] == 0x07 && p[0] == ']')
			return unknown(key, i + 1);
		if (p[i] != 0x1b)
			return cut_short(p, i, key);
		if (i + 1 == len && !final)
			return 0;
		if (i + 1 < len && p[i + 1] == '\\')
			return unknown(key, i + 2);
		return cut_short(p, i, key);
	}
	return final ? cut_short(p, len, key) : 0;
}

bool
keys_sequence_begins(unsigned char c)
{
	return c == '[' || c == 'O' || c == ']' || c == 'P';
}

size_t
keys_sequence_read(
    const unsigned char *p, size_t len, bool final, struct key *key)
{
	switch (p[0]) {
	case '[':
		return csi_read(p, len, final, key);
	case 'O':
		return ss3_read(p, len, final, key);
	default:
		return string_read(p, len, final, key);
	}
}
