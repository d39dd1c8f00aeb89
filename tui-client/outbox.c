#include <stdlib.h>
#include <string.h>

#include "outbox.h"

struct entry {
	struct entry *next;
	uint64_t id;
	size_t len;
	char text[];
};

struct outbox {
	struct entry *first, **end;
	size_t count, bytes;
};

static void
outbox_reset(struct outbox *o)
{
	o->first = NULL;
	o->end = &o->first;
	o->count = 0;
	o->bytes = 0;
}

struct outbox *
outbox_new(void)
{
	struct outbox *o = malloc(sizeof(*o));

	if (o != NULL)
		outbox_reset(o);
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	while (o->first != NULL)
		outbox_remove_first(o);
	free(o);
}

int
outbox_add(struct outbox *o, const struct outbox_line *line)
{
	struct entry *e = malloc(sizeof(*e) + line->len);

	if (e == NULL)
		return -1;
	e->next = NULL;
	e->id = line->id;
	e->len = line->len;
	if (line->len > 0)
		memcpy(e->text, line->text, line->len);
	*o->end = e;
	o->end = &e->next;
	o->count++;
	o->bytes += sizeof(*e) + line->len;
	return 0;
}

bool
outbox_first(const struct outbox *o, struct outbox_line *line)
{
	const struct entry *e = o->first;

	if (e == NULL)
		return false;
	*line = (struct outbox_line){e->id, e->text, e->len};
	return true;
}

void
outbox_remove_first(struct outbox *o)
{
	struct entry *e = o->first;

	o->first = e->next;
	if (o->first == NULL)
		o->end = &o->first;
	o->count--;
	o->bytes -= sizeof(*e) + e->len;
	free(e);
}

void
outbox_move(struct outbox *to, struct outbox *from)
{
	struct entry **at = &to->first, *moved;

	while ((moved = from->first) != NULL) {
		while (*at != NULL && (*at)->id < moved->id)
			at = &(*at)->next;
		from->first = moved->next;
		moved->next = *at;
		*at = moved;
		at = &moved->next;
	}
	if (*at == NULL)
		to->end = at;
	to->count += from->count;
	to->bytes += from->bytes;
	outbox_reset(from);
}

size_t
outbox_count(const struct outbox *o)
{
	return o->count;
}

size_t
outbox_bytes(const struct outbox *o)
{
	return o->bytes;
}
