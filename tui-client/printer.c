#include "printer.h"

#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "loop.h"
#include "outlet.h"
#include "record.h"
#include "visible.h"

/* What 64 KiB may become: a byte that is no text is six in JSON. */
#define PRINTER_OUT_BYTES ((size_t)1024 * 1024)
#define PRINTER_PAGE	  65536

struct printer {
	struct loop *loop;
	struct printer_handler handler;
	struct outlet *outlet;
	struct record *record;
	struct loop_task task;
	struct loop_source reader;
	int fd;
	bool json;
	bool middle; /* of a line of which a piece was printed */
	bool full;
	bool over;
	size_t len;
	char page[PRINTER_PAGE]; /* what this batch has printed */
};

/* How what is not safe is spelt: as visible does, or as JSON. */
enum spelling { SPELT_TEXT, SPELT_OBJECT, SPELT_STRING };

static void printer_task(void *);
static void printer_drained(void *);
static void printer_failed(void *, int);
static void printer_reader_told(void *, const struct loop_event *);

/*
 * The end of a pipe that is written is told when the other one is closed: who
 * has nothing to write would not know. Of others nothing can be learnt so.
 */
static void
printer_watch_reader(struct printer *p)
{
	int flags = fcntl(p->fd, F_GETFL);
	struct stat st;

	if (flags == -1 || (flags & O_ACCMODE) != O_WRONLY ||
	    fstat(p->fd, &st) == -1 || !S_ISFIFO(st.st_mode))
		return;
	/* A system that can't tell says so later: by EPIPE. */
	(void)loop_io_set(p->loop, &p->reader, p->fd, LOOP_READ | LOOP_NODATA);
}

struct printer *
printer_new(
    struct loop *loop, int fd, bool json, const struct printer_handler *handler)
{
	struct printer *p = calloc(1, sizeof(*p));
	const struct outlet_handler outlet = {
	    .drained = printer_drained,
	    .failed = printer_failed,
	    .arg = p,
	};

	if (p == NULL)
		return NULL;
	p->loop = loop;
	p->fd = fd;
	p->json = json;
	p->handler = *handler;
	p->task.fn = printer_task;
	p->reader.fn = printer_reader_told;
	p->task.arg = p->reader.arg = p;
	p->record = record_new();
	p->outlet = outlet_new(loop, fd, PRINTER_OUT_BYTES, &outlet);
	if (p->record == NULL || p->outlet == NULL) {
		printer_free(p);
		return NULL;
	}
	printer_watch_reader(p);
	return p;
}

void
printer_free(struct printer *p)
{
	if (p == NULL)
		return;
	loop_cancel(p->loop, &p->task);
	(void)loop_io_set(p->loop, &p->reader, p->fd, 0);
	outlet_free(p->outlet);
	record_free(p->record);
	free(p);
}

static void
printer_failed(void *arg, int error)
{
	struct printer *p = arg;

	if (p->over)
		return;
	p->over = true;
	p->full = false;
	(void)loop_io_set(p->loop, &p->reader, p->fd, 0);
	p->handler.ended(p->handler.arg, error == EPIPE ? 0 : error);
}

static void
printer_reader_told(void *arg, const struct loop_event *event)
{
	struct printer *p = arg;
	struct pollfd end = {.fd = p->fd};

	if (event->eof ||
	    (poll(&end, 1, 0) == 1 && (end.revents & (POLLERR | POLLHUP))))
		printer_failed(p, EPIPE);
	else
		/* Whatever it is, it would be told for ever. */
		(void)loop_io_set(p->loop, &p->reader, p->fd, 0);
}

static void
printer_full_set(struct printer *p, bool full)
{
	if (p->full == full || p->over)
		return;
	p->full = full;
	p->handler.turned(p->handler.arg);
}

static void
printer_drained(void *arg)
{
	printer_full_set(arg, false);
}

static void
printer_flush(struct printer *p)
{
	size_t len = p->len;

	p->len = 0;
	if (len > 0 && !p->over && outlet_write(p->outlet, p->page, len) == -1)
		printer_failed(p, errno);
}

static void
printer_task(void *arg)
{
	struct printer *p = arg;

	printer_flush(p);
	printer_full_set(p, outlet_pending(p->outlet) > 0);
}

static void
printer_put(struct printer *p, const char *text, size_t len)
{
	size_t room;

	loop_defer(p->loop, &p->task);
	while (len > 0) {
		if (p->len == sizeof(p->page))
			printer_flush(p);
		room = sizeof(p->page) - p->len;
		room = room < len ? room : len;
		memcpy(p->page + p->len, text, room);
		p->len += room;
		text += room;
		len -= room;
	}
}

/* How much of it, from its beginning, is as harmless as it is common. */
static size_t
plain_len(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= ' ' && text[i] <= '~')
		i++;
	return i;
}

static void
printer_put_code(struct printer *p, uint32_t code)
{
	char text[16];

	if (code < 0x10000)
		(void)snprintf(text, sizeof(text), "\\u%04x", (unsigned)code);
	else
		(void)snprintf(text, sizeof(text), "\\u%04x\\u%04x",
		    0xd800 + (unsigned)((code - 0x10000) >> 10),
		    0xdc00 + (unsigned)((code - 0x10000) & 0x3ff));
	printer_put(p, text, strlen(text));
}

/* What can't stand as it is: JSON has a spelling of its own. */
static void
printer_put_codes(
    struct printer *p, const char *text, size_t len, enum spelling spelling)
{
	size_t used;
	int32_t code;

	for (; len > 0; text += used, len -= used) {
		code = visible_decode(text, len, &used);
		/* A control in an object is not in a string. */
		if (spelling == SPELT_OBJECT && code >= 0 && code < ' ')
			printer_put(p, " ", 1);
		else
			printer_put_code(
			    p, code == -1 ? 0xfffd : (uint32_t)code);
	}
}

static void
printer_put_safe(
    struct printer *p, const char *text, size_t len, enum spelling spelling)
{
	struct visible unit;
	size_t n;

	while (len > 0) {
		n = plain_len(text, len);
		/* A mark that follows belongs to the last character. */
		if (n > 0 && n < len)
			n--;
		printer_put(p, text, n);
		text += n;
		len -= n;
		if (len == 0)
			break;
		n = visible_next(text, len, &unit);
		if (spelling == SPELT_TEXT)
			printer_put(p, unit.text, unit.text_len);
		else if (unit.escaped)
			printer_put_codes(p, text, n, spelling);
		else
			printer_put(p, text, n);
		text += n;
		len -= n;
	}
}

static bool
is_object(const char *line, size_t len)
{
	json_t *json = json_loadb(line, len, 0, NULL);
	bool is = json_is_object(json);

	json_decref(json);
	return is;
}

/* A line that is no object, as one. */
static void
printer_put_text(struct printer *p, const char *text, size_t len)
{
	size_t n;

	printer_put(p, "{\"text\":\"", 9);
	while (len > 0) {
		n = 0;
		while (n < len && text[n] != '"' && text[n] != '\\')
			n++;
		printer_put_safe(p, text, n, SPELT_STRING);
		if (n < len) {
			printer_put(p, "\\", 1);
			printer_put(p, text + n, 1);
			n++;
		}
		text += n;
		len -= n;
	}
	printer_put(p, "\"}\n", 3);
}

static void
printer_line_json(struct printer *p, const char *line, size_t len, bool whole)
{
	if (!whole || !is_object(line, len)) {
		printer_put_text(p, line, len);
		return;
	}
	printer_put_safe(p, line, len, SPELT_OBJECT);
	printer_put(p, "\n", 1);
}

void
printer_line(struct printer *p, const char *line, size_t len, bool last)
{
	bool whole = !p->middle && last;
	const char *text = line;

	p->middle = !last;
	if (p->over)
		return;
	if (p->json) {
		printer_line_json(p, line, len, whole);
		return;
	}
	if (whole) {
		record_parse(p->record, line, len);
		text = record_line(p->record, &len);
	}
	printer_put_safe(p, text, len, SPELT_TEXT);
	if (last)
		printer_put(p, "\n", 1);
}

bool
printer_is_full(const struct printer *p)
{
	return p->full;
}
