#include "census.h"

#include <stdlib.h>

#include "crew.h"
#include "muster.h"
#include "worker.h"

/* What one worker has written down. */
struct census_part {
	struct census_row *rows;
	size_t count;
	size_t next; /* of rows, in the end */
	bool failed;
};

struct census {
	void (*done)(void *arg, struct census *);
	void *arg;
	unsigned count;
	struct census_part parts[];
};

void
census_free(struct census *census)
{
	unsigned i;

	if (census == NULL)
		return;
	for (i = 0; i < census->count; i++)
		free(census->parts[i].rows);
	free(census);
}

/* In the worker's thread. */
static void
census_on_worker(void *arg, struct worker *worker, unsigned index)
{
	struct census *census = arg;
	struct census_part *part = &census->parts[index];
	const size_t room = worker_clients(worker);

	if (room == 0)
		return;
	part->rows = calloc(room, sizeof(part->rows[0]));
	part->failed = part->rows == NULL;
	if (!part->failed)
		part->count = worker_describe(worker, part->rows, room);
}

static int
census_compare(const void *a, const void *b)
{
	const struct census_row *one = a, *other = b;

	return (one->client > other->client) - (one->client < other->client);
}

/* In the asker's thread: no client waits for that. */
static void
census_sort(struct census *census)
{
	unsigned i;

	for (i = 0; i < census->count; i++)
		if (census->parts[i].count > 0)
			qsort(census->parts[i].rows, census->parts[i].count,
			    sizeof(census->parts[i].rows[0]), census_compare);
}

static void
census_on_done(void *arg)
{
	struct census *census = arg;
	void (*done)(void *, struct census *) = census->done;
	void *done_arg = census->arg;
	unsigned i;

	for (i = 0; i < census->count; i++)
		if (census->parts[i].failed)
			break;
	if (i < census->count) {
		census_free(census);
		census = NULL;
	} else {
		census_sort(census);
	}
	done(done_arg, census);
}

int
census_take(struct crew *crew, struct inbox *inbox,
    void (*done)(void *arg, struct census *), void *arg)
{
	const unsigned count = crew_count(crew);
	struct census *census;

	census = calloc(1, sizeof(*census) + count * sizeof(census->parts[0]));
	if (census == NULL)
		return -1;
	census->done = done;
	census->arg = arg;
	census->count = count;
	if (muster_call(
		crew, inbox, census_on_worker, census_on_done, census) == 0)
		return 0;
	census_free(census);
	return -1;
}

const struct census_row *
census_next(struct census *census, unsigned *worker)
{
	const struct census_row *row, *least = NULL;
	unsigned i;

	for (i = 0; i < census->count; i++) {
		if (census->parts[i].next == census->parts[i].count)
			continue;
		row = &census->parts[i].rows[census->parts[i].next];
		if (least == NULL || row->client < least->client) {
			least = row;
			*worker = i;
		}
	}
	if (least != NULL)
		census->parts[*worker].next++;
	return least;
}
