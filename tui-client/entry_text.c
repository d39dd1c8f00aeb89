#include <stdio.h>
#include <string.h>
#include <time.h>

#include "entry_text.h"
#include "transcript.h"
#include "units.h"
#include "visible.h"

static int
entry_text_put(struct entry_text *t, const char *p, size_t len)
{
	return len == 0 ? 0 : t->write(t->arg, p, len);
}

/* A flood has many lines in a second: it is asked for only once. */
static void
entry_text_make_stamp(struct entry_text *t, uint64_t second)
{
	time_t seconds = (time_t)second;
	struct tm tm;

	if (t->stamp_len > 0 && t->second == second)
		return;
	localtime_r(&seconds, &tm);
	t->stamp_len =
	    strftime(t->stamp, sizeof(t->stamp), "%Y-%m-%d %H:%M:%S", &tm);
	t->second = second;
}

static int
entry_text_begin(struct entry_text *t, const struct transcript_entry *entry)
{
	static const char glyphs[] = {
	    [TRANSCRIPT_SENT] = '>',
	    [TRANSCRIPT_RECEIVED] = '<',
	    [TRANSCRIPT_NOTICE] = '-',
	};
	unsigned ms = (unsigned)(entry->wall_ms % 1000);
	char text[sizeof(t->stamp) + 8];
	size_t len;

	entry_text_make_stamp(t, entry->wall_ms / 1000);
	len = t->stamp_len;
	memcpy(text, t->stamp, len);
	text[len++] = '.';
	text[len++] = (char)('0' + ms / 100);
	text[len++] = (char)('0' + ms / 10 % 10);
	text[len++] = (char)('0' + ms % 10);
	text[len++] = ' ';
	text[len++] = glyphs[entry->kind];
	text[len++] = ' ';
	return entry_text_put(t, text, len);
}

/* The bytes of p[0..len) that are shown as they are, whatever follows. */
static size_t
plain_run(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= ' ' && p[n] < 0x7f)
		n++;
	/* A mark may follow, which belongs to the character before it. */
	if (n > 0 && n < len && (unsigned char)p[n] >= 0x80)
		n--;
	return n;
}

static int
entry_text_body(struct entry_text *t, const char *p, size_t len)
{
	struct visible unit;
	size_t used;

	while (len > 0) {
		used = plain_run(p, len);
		if (entry_text_put(t, p, used) == -1)
			return -1;
		p += used;
		len -= used;
		if (len == 0)
			break;
		used = visible_next(p, len, &unit);
		if (entry_text_put(t, unit.text, unit.text_len) == -1)
			return -1;
		p += used;
		len -= used;
	}
	return 0;
}

static int
entry_text_verdict(
    struct entry_text *t, const struct transcript_entry *entry, bool begins)
{
	char text[64], trip[32];
	int n = 0;

	switch (entry->mark) {
	case TRANSCRIPT_PLAIN:
		return 0;
	case TRANSCRIPT_WAITING:
		n = snprintf(text, sizeof(text), "\t(waiting)");
		break;
	case TRANSCRIPT_UNANSWERED:
		n = snprintf(text, sizeof(text), "\t(unanswered)");
		break;
	case TRANSCRIPT_DROPPED:
		n = snprintf(text, sizeof(text), "\t(not sent)");
		break;
	case TRANSCRIPT_VERIFIED:
		n = snprintf(text, sizeof(text), "\t(%s)",
		    units_format_us(trip, sizeof(trip), entry->value));
		break;
	case TRANSCRIPT_MISMATCH:
		/* In the last piece of a line the byte counts from there. */
		if (begins)
			n = snprintf(text, sizeof(text),
			    "\t(differs at byte %llu)",
			    (unsigned long long)entry->value);
		else
			n = snprintf(text, sizeof(text), "\t(differs)");
		break;
	}
	return n < 0 ? -1 : entry_text_put(t, text, (size_t)n);
}

int
entry_text_add(struct entry_text *t, const struct transcript_entry *entry)
{
	bool begins;

	/* Something was said in the middle of a line: it ends there. */
	if (entry->kind != t->kind && entry_text_end(t) == -1)
		return -1;
	begins = !t->open;
	t->kind = entry->kind;
	t->open = true;
	if (begins && entry_text_begin(t, entry) == -1)
		return -1;
	if (entry_text_body(t, entry->text, entry->len) == -1 ||
	    entry_text_verdict(t, entry, begins) == -1)
		return -1;
	return entry->continued ? 0 : entry_text_end(t);
}

int
entry_text_end(struct entry_text *t)
{
	if (!t->open)
		return 0;
	if (entry_text_put(t, "\n", 1) == -1)
		return -1;
	t->open = false;
	return 0;
}
