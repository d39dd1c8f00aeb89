#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

struct lines {
	char *buf;  /* limit bytes, made when a line first waits */
	size_t len; /* of them in use: the end of the line so far */
	size_t limit;
	bool middle; /* pieces of this line were handed out already */
	bool cr;     /* behind buf: half of a CR LF, or else text */
};

/* Whom to call. */
struct sink {
	void (*fn)(void *arg, const struct line *);
	void *arg;
};

/* How the text at hand ends. */
enum end { END_NONE, END_LF, END_CRLF, END_STREAM };

struct lines *
lines_new(size_t limit_bytes)
{
	struct lines *lines;

	if ((lines = calloc(1, sizeof(*lines))) == NULL)
		return NULL;
	lines->limit = limit_bytes;
	return lines;
}

void
lines_free(struct lines *lines)
{
	if (lines == NULL)
		return;
	free(lines->buf);
	free(lines);
}

size_t
lines_pending(const struct lines *lines)
{
	return lines->len + lines->cr;
}

static void
emit(struct lines *lines, const struct sink *sink, const char *text, size_t len,
    enum end end)
{
	const struct line line = {
	    .text = text,
	    .len = len,
	    .first = !lines->middle,
	    .last = end != END_NONE,
	    .crlf = end == END_CRLF,
	    .ended = end == END_LF || end == END_CRLF,
	};

	lines->middle = !line.last;
	sink->fn(sink->arg, &line);
}

/*
 * Of a full piece: a character of UTF-8 that its end would tear belongs to the
 * next one.
 */
static size_t
untorn(const char *text, size_t limit)
{
	for (size_t back = 1; back < 4 && back < limit; back++) {
		unsigned char c = (unsigned char)text[limit - back];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (c < 0x80)
			break;
		if (c >= 0xc0)
			return need > back ? limit - back : limit;
	}
	return limit;
}

/*
 * Fills the buffer from text and hands it out where it is full and more
 * follows, or where the line ends with it. Returns the bytes taken.
 */
static size_t
take_into(struct lines *lines, const struct sink *sink, const char *text,
    size_t len, enum end end)
{
	size_t room = lines->limit - lines->len;
	size_t taken = room < len ? room : len;
	size_t piece;

	memcpy(lines->buf + lines->len, text, taken);
	lines->len += taken;
	if (taken == len) {
		if (end == END_NONE)
			return taken;
		emit(lines, sink, lines->buf, lines->len, end);
		lines->len = 0;
		return taken;
	}
	piece = untorn(lines->buf, lines->limit);
	emit(lines, sink, lines->buf, piece, END_NONE);
	lines->len -= piece;
	memmove(lines->buf, lines->buf + piece, lines->len);
	return taken;
}

/*
 * Text of the line, and perhaps its end. A full piece is handed out only when
 * more text follows it: else it may be the line's last.
 */
static void
take(struct lines *lines, const struct sink *sink, const char *text, size_t len,
    enum end end)
{
	while (lines->len > 0) {
		size_t taken = take_into(lines, sink, text, len, end);

		text += taken;
		len -= taken;
		if (len == 0)
			return;
	}
	while (len > lines->limit) {
		size_t piece = untorn(text, lines->limit);

		emit(lines, sink, text, piece, END_NONE);
		text += piece;
		len -= piece;
	}
	if (end != END_NONE) {
		emit(lines, sink, text, len, end);
	} else if (len > 0) {
		memcpy(lines->buf, text, len);
		lines->len = len;
	}
}

/* Settles a CR that waited: an end of line together with LF, else text. */
static size_t
take_cr(struct lines *lines, const struct sink *sink, char next)
{
	lines->cr = false;
	take(lines, sink, "\r", next == '\n' ? 0 : 1,
	    next == '\n' ? END_CRLF : END_NONE);
	return next == '\n' ? 1 : 0;
}

/* Takes from p[0..len) what belongs to one line, and returns its bytes. */
static size_t
take_line(
    struct lines *lines, const struct sink *sink, const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);
	size_t text = lf != NULL ? (size_t)(lf - p) : len;
	bool cr = text > 0 && p[text - 1] == '\r';

	if (lf == NULL) {
		take(lines, sink, p, text - cr, END_NONE);
		lines->cr = cr;
		return len;
	}
	take(lines, sink, p, text - cr, cr ? END_CRLF : END_LF);
	return text + 1;
}

int
lines_feed(struct lines *lines, const void *p, size_t len,
    void (*fn)(void *arg, const struct line *), void *arg)
{
	const struct sink sink = {fn, arg};
	const char *s = p;
	size_t i = 0;

	if (len == 0)
		return 0;
	/* The whole of it at once: pages that no line reaches cost nothing. */
	if (lines->buf == NULL && (s[len - 1] != '\n') &&
	    (lines->buf = malloc(lines->limit)) == NULL)
		return -1;
	if (lines->cr)
		i = take_cr(lines, &sink, s[0]);
	while (i < len)
		i += take_line(lines, &sink, s + i, len - i);
	return 0;
}

void
lines_flush(
    struct lines *lines, void (*fn)(void *arg, const struct line *), void *arg)
{
	const struct sink sink = {fn, arg};

	if (lines->len == 0)
		return;
	emit(lines, &sink, lines->buf, lines->len, END_NONE);
	lines->len = 0;
	if (!lines->cr) {
		free(lines->buf);
		lines->buf = NULL;
	}
}

void
lines_finish(
    struct lines *lines, void (*fn)(void *arg, const struct line *), void *arg)
{
	const struct sink sink = {fn, arg};

	if (lines->cr) {
		lines->cr = false;
		take(lines, &sink, "\r", 1, END_STREAM);
	} else if (lines->len > 0) {
		take(lines, &sink, "", 0, END_STREAM);
	}
	lines->middle = false;
	free(lines->buf);
	lines->buf = NULL;
}
