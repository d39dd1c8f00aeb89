#include "control_find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "link.h"
#include "loop.h"
#include "record.h"

struct search;

/* One socket, and what becomes of it. */
struct probe {
	struct search *search;
	struct control_found found;
	struct feed *feed;
	bool connected;
	bool over; /* it has answered, or nobody did */
};

struct search {
	struct loop *loop;
	struct loop_source timer;
	size_t count, waiting;
	struct probe probes[CONTROL_FIND_MAX];
};

static void
probe_over(struct probe *p)
{
	if (p->over)
		return;
	p->over = true;
	if (--p->search->waiting == 0)
		loop_stop(p->search->loop);
}

static void
probe_changed(void *arg)
{
	struct probe *p = arg;
	const struct link_status *status = feed_status(p->feed);

	if (status->state == LINK_CONNECTED)
		p->connected = true;
	/* Its question is answered, or can't be asked. */
	if (feed_is_ready(p->feed))
		(void)feed_ask(p->feed, FEED_STATS, 0);
	else if (status->state == LINK_CLOSED)
		probe_over(p);
}

static void
probe_stats(void *arg, const struct record *r)
{
	struct probe *p = arg;
	struct control_found *found = &p->found;
	const struct record_field *addr = record_find(r, "addr");

	found->answers = true;
	if (addr != NULL)
		(void)snprintf(found->addr, sizeof(found->addr), "%.*s",
		    (int)addr->len, addr->text);
	(void)record_count(r, "open", &found->clients);
	(void)record_count(r, "pid", &found->pid);
	probe_over(p);
}

static void
search_add(void *arg, const char *path)
{
	struct search *s = arg;
	struct probe *p = &s->probes[s->count];

	if (s->count == CONTROL_FIND_MAX)
		return;
	p->search = s;
	(void)snprintf(p->found.path, sizeof(p->found.path), "%s", path);
	s->count++;
}

static void
search_late(void *arg, const struct loop_event *event)
{
	struct search *s = arg;

	(void)event;
	loop_stop(s->loop);
}

static int
search_start(struct search *s, unsigned timeout_ms)
{
	/* It is the search that ends: a probe knows no more by then. */
	const struct link_options options = {
	    .connect_timeout_ms = 2 * (uint64_t)timeout_ms};
	struct feed_handler handler = {
	    .changed = probe_changed,
	    .stats = probe_stats,
	};

	s->timer.fn = search_late;
	s->timer.arg = s;
	for (size_t i = 0; i < s->count; i++) {
		handler.arg = &s->probes[i];
		s->probes[i].feed = feed_new(
		    s->loop, s->probes[i].found.path, &options, &handler);
		if (s->probes[i].feed == NULL)
			return -1;
	}
	s->waiting = s->count;
	return loop_timer_start(s->loop, &s->timer, timeout_ms);
}

static int
search_run(struct search *s, const char *dir, unsigned timeout_ms)
{
	if (control_path_each(dir, search_add, s) == -1)
		return errno == ENOENT ? 0 : -1;
	if (s->count == 0)
		return 0;
	if ((s->loop = loop_new()) == NULL || search_start(s, timeout_ms) == -1)
		return -1;
	return loop_run(s->loop);
}

static void
search_free(struct search *s)
{
	int error = errno;

	for (size_t i = 0; i < s->count; i++)
		feed_free(s->probes[i].feed);
	loop_free(s->loop);
	free(s);
	errno = error;
}

static int
compare_paths(const void *a, const void *b)
{
	const struct control_found *one = a, *other = b;

	return strcmp(one->path, other->path);
}

int
control_find(struct control_found found[CONTROL_FIND_MAX], const char *dir,
    unsigned timeout_ms)
{
	struct search *s = calloc(1, sizeof(*s));
	int count = 0;

	if (s == NULL)
		return -1;
	if (search_run(s, dir, timeout_ms) == -1) {
		search_free(s);
		return -1;
	}
	for (size_t i = 0; i < s->count; i++)
		if (s->probes[i].found.answers || !s->probes[i].over)
			found[count++] = s->probes[i].found;
	search_free(s);
	qsort(found, (size_t)count, sizeof(found[0]), compare_paths);
	return count;
}
