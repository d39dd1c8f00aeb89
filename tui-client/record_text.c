#include <string.h>

#include "log_format.h"
#include "record.h"
#include "record_impl.h"

/* Where the line is read, of what is left of it. */
struct cursor {
	const char *p, *end;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(const struct cursor *c)
{
	size_t n = 0;

	while (c->p + n < c->end && is_digit(c->p[n]))
		n++;
	return n;
}

/* The bytes up to a blank or the end. */
static size_t
word(const struct cursor *c)
{
	const char *blank = memchr(c->p, ' ', (size_t)(c->end - c->p));

	return (size_t)((blank == NULL ? c->end : blank) - c->p);
}

static bool
is_number(const char *text, size_t len)
{
	struct cursor c = {text, text + len};
	size_t whole = digits(&c);

	if (whole == len || whole == 0)
		return whole > 0;
	c.p += whole + 1;
	return text[whole] == '.' && c.p < c.end &&
	    digits(&c) == (size_t)(c.end - c.p);
}

static bool
add(struct record *r, const char *key, size_t key_len, const char *text,
    size_t len, bool number)
{
	return record_add(
	    r, &(struct record_field){key, key_len, text, len, number});
}

static bool
take_stamp(struct record *r, struct cursor *c)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd.ddd ";
	const size_t len = sizeof(form) - 1;

	if ((size_t)(c->end - c->p) < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (form[i] == 'd' ? !is_digit(c->p[i]) : c->p[i] != form[i])
			return false;
	add(r, "ts", 2, c->p, RECORD_STAMP, false);
	r->dated = true;
	c->p += len;
	return true;
}

/* A word, then the blanks that make it as wide as columns, and one. */
static bool
take_padded(struct record *r, struct cursor *c, const char *key, size_t columns)
{
	size_t len = word(c), blanks = len < columns ? columns - len + 1 : 1;

	if (len == 0)
		return false;
	add(r, key, strlen(key), c->p, len, false);
	c->p += len;
	if (c->p == c->end)
		return true;
	for (; blanks > 0; blanks--)
		if (c->p == c->end || *c->p++ != ' ')
			return false;
	return c->p < c->end;
}

/* What stands between the quotes; *c is behind them then. */
static bool
take_quoted(struct cursor *c, const char **text, size_t *len)
{
	const char *p = c->p + 1;

	for (; p < c->end && *p != '"'; p++)
		if (*p == '\\' && ++p == c->end)
			return false;
	if (p >= c->end)
		return false;
	*text = c->p + 1;
	*len = (size_t)(p - *text);
	c->p = p + 1;
	return true;
}

/* Whose address it is that stands there without a key. */
static bool
add_bare(struct record *r, const char *text, size_t len)
{
	bool peer =
	    record_is(r, "event", "refuse") || record_find(r, "client") != NULL;

	return add(r, peer ? "peer" : "addr", 4, text, len, false);
}

/* "hello\n" is what a client said, or an address that has a blank. */
static bool
take_bare_quoted(struct record *r, struct cursor *c)
{
	const char *text;
	size_t len;

	if (!take_quoted(c, &text, &len))
		return false;
	if (record_is(r, "event", "data"))
		return add(r, "text", 4, text, len, false);
	return add_bare(r, text, len);
}

/* The bytes of a key that has a value, or 0. */
static size_t
key_before(const struct cursor *c)
{
	size_t n = 0;

	while (c->p + n < c->end &&
	    ((c->p[n] >= 'a' && c->p[n] <= 'z') || c->p[n] == '_' ||
		c->p[n] == '-' || is_digit(c->p[n])))
		n++;
	return c->p + n < c->end && c->p[n] == '=' ? n : 0;
}

/* key=value or key="value" */
static bool
take_pair(struct record *r, struct cursor *c, size_t key_len)
{
	const char *key = c->p, *text;
	size_t len;

	c->p += key_len + 1;
	if (c->p < c->end && *c->p == '"')
		return take_quoted(c, &text, &len) &&
		    add(r, key, key_len, text, len, false);
	text = c->p;
	len = word(c);
	c->p += len;
	return len > 0 && memchr(text, '"', len) == NULL &&
	    add(r, key, key_len, text, len, is_number(text, len));
}

/* #1, 12 B, or an address */
static bool
take_bare(struct record *r, struct cursor *c)
{
	bool client = *c->p == '#';
	size_t n, len;

	c->p += client ? 1 : 0;
	len = word(c);
	n = digits(c);
	if (client) {
		c->p += len;
		return len > 0 && n == len &&
		    add(r, "client", 6, c->p - len, len, true);
	}
	if (n == len && c->end - c->p >= (ptrdiff_t)len + 2 &&
	    c->p[n + 1] == 'B') {
		c->p += len + 2;
		return add(r, "bytes", 5, c->p - len - 2, len, true);
	}
	c->p += len;
	return len > 0 && memchr(c->p - len, '"', len) == NULL &&
	    add_bare(r, c->p - len, len);
}

static bool
take_field(struct record *r, struct cursor *c)
{
	size_t key_len = key_before(c);

	if (key_len > 0)
		return take_pair(r, c, key_len);
	return *c->p == '"' ? take_bare_quoted(r, c) : take_bare(r, c);
}

bool
record_parse_text(struct record *r)
{
	struct cursor c = {r->line, r->line + r->len};

	record_begin(r, RECORD_TEXT);
	if (!take_stamp(r, &c) ||
	    !take_padded(r, &c, "level", LOG_LEVEL_COLUMNS) || c.p == c.end ||
	    !take_padded(r, &c, "event", LOG_EVENT_COLUMNS))
		return false;
	r->named = true;
	r->level = record_level_of(r->fields[1].text, r->fields[1].len);
	if (r->level == RECORD_NO_LEVEL)
		return false;
	while (c.p < c.end) {
		if (!take_field(r, &c))
			return false;
		/* A blank is between two of them, never behind the last. */
		if (c.p < c.end && (*c.p++ != ' ' || c.p == c.end))
			return false;
	}
	return true;
}
