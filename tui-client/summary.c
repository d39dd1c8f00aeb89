#include <string.h>

#include "record.h"
#include "summary.h"

#define MOST 1e15 /* beyond, a number is nonsense */

static uint64_t
number_of(const struct record *r, const char *key, double factor)
{
	double number;

	if (!record_number(r, key, &number) || !(number > 0))
		return 0;
	number *= factor;
	return (uint64_t)(number < MOST ? number : MOST);
}

static void
copy_text(char *buf, size_t size, const struct record *r, const char *key)
{
	const struct record_field *f = record_find(r, key);
	size_t len = f == NULL ? 0 : f->len;

	len = len < size ? len : size - 1;
	if (len > 0)
		memcpy(buf, f->text, len);
	buf[len] = '\0';
}

void
summary_take(struct summary *s, const struct record *r)
{
	s->known = true;
	s->log_data = record_is(r, "log_data", "on");
	copy_text(s->addr, sizeof(s->addr), r, "addr");
	s->uptime_ms = number_of(r, "uptime", 1000);
	s->open = number_of(r, "open", 1);
	s->refused = number_of(r, "refused", 1);
	s->messages = number_of(r, "messages_1s", 1);
	s->bytes = number_of(r, "in_1s", 1);
	series_add(&s->messages_minute, s->messages);
	series_add(&s->bytes_minute, s->bytes);
}
