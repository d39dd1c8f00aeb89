#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "drawn.h"
#include "harness.h"
#include "term.h"

#define SHOWN_BYTES 24
#define PARAM_MAX   64

/* What moves the cursor, erases, scrolls and repeats (ECMA-48). */
#define FINALS "@ABCDGHJKLMPSTXZbdr"

/* The modes of DEC and xterm that are set and reset. */
static const char *const modes[] = {"1", "7", "12", "25", "12;25", "1000",
    "1002", "1006", "1006;1000", "1049", "2004", "2026"};

struct range {
	uint32_t first, last;
};

/* Controls, and characters without a shape of their own (UAX #9, #31). */
static const struct range unseen[] = {
    {0x00, 0x1f},
    {0x7f, 0x9f},
    {0x61c, 0x61c},
    {0x200b, 0x200c},
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0xd800, 0xdfff},
    {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},
    {0xe0000, 0xe007f},
};

static bool
is_seen(uint32_t c)
{
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return false;
	return c <= 0x10ffff;
}

/* The length of the character at p, 0 when it is none or not to be seen. */
static size_t
take_character(const char *p, size_t len)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	unsigned char lead = (unsigned char)*p;
	size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? lead : lead & (0x3fu >> more);

	if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || more >= len)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	}
	return c >= least[more] && is_seen(c) ? more + 1 : 0;
}

static bool
is_mode(const char *params)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(params, modes[i]) == 0)
			return true;
	return false;
}

/* No number is spelt with a zero before it, and the blinking is not used. */
static bool
is_plain(const char *params, bool style)
{
	bool begins = true;

	for (const char *p = params; *p != '\0'; p++) {
		bool ends = p[1] == ';' || p[1] == '\0';

		if (*p != ';' && (*p < '0' || *p > '9'))
			return false;
		if (begins &&
		    ((*p == '0' && !ends) || (style && *p == '5' && ends)))
			return false;
		begins = *p == ';';
	}
	return true;
}

static bool
is_sequence(const char *params, char final)
{
	switch (final) {
	case 'h':
	case 'l':
		return strcmp(params, "4") == 0 ||
		    (*params == '?' && is_mode(params + 1));
	case 't':
		/* xterm's own title, kept and brought back */
		return strcmp(params, "22;0;0") == 0 ||
		    strcmp(params, "23;0;0") == 0;
	case 'm':
		return is_plain(params, true);
	}
	return final != '\0' && strchr(FINALS, final) != NULL &&
	    is_plain(params, false);
}

/* The length of the escape sequence at p, 0 for one that is not allowed. */
static size_t
take_sequence(const char *p, size_t len)
{
	char params[PARAM_MAX];
	size_t n = 0;

	if (len >= 2 && strchr("=>M78", p[1]) != NULL && p[1] != '\0')
		return 2;
	if (len >= 3 && p[1] == '(')
		return p[2] == 'B' ? 3 : 0;
	if (len < 3 || p[1] != '[')
		return 0;
	while (2 + n < len && n + 1 < sizeof(params) && p[2 + n] < '@') {
		params[n] = p[2 + n];
		n++;
	}
	params[n] = '\0';
	return 2 + n < len && is_sequence(params, p[2 + n]) ? n + 3 : 0;
}

const char *
drawn_reject(const char *bytes, size_t len)
{
	size_t taken;

	for (size_t at = 0; at < len; at += taken) {
		if (bytes[at] == '\033')
			taken = take_sequence(bytes + at, len - at);
		else if (bytes[at] != '\0' &&
		    strchr("\r\n\b\t", bytes[at]) != NULL)
			taken = 1;
		else
			taken = take_character(bytes + at, len - at);
		if (taken == 0)
			return bytes + at;
	}
	return NULL;
}

void
drawn_expect(struct term *term)
{
	size_t len, n;
	const char *raw = term_raw(term, &len);
	const char *bad = drawn_reject(raw, len);

	if (bad == NULL)
		return;
	n = len - (size_t)(bad - raw);
	for (size_t i = 0; i < n && i < SHOWN_BYTES; i++)
		print_error("%s%02x", i == 0 ? "" : " ",
		    (unsigned)(unsigned char)bad[i]);
	print_error("\n");
	fail_msg("this got to the terminal at byte %zu", (size_t)(bad - raw));
}
