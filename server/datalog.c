#include "datalog.h"

#include <stdbool.h>
#include <stdlib.h>

#include "log.h"
#include "loop.h"

#define DATALOG_PERIOD_MS 1000

struct datalog {
	struct loop *loop;
	struct log *log;
	struct loop_source timer; /* runs while a second is being counted */
	bool counting;
	unsigned limit;
	unsigned written;
	uint64_t dropped;
};

static void
datalog_tell_dropped(struct datalog *datalog)
{
	struct log_field field = log_number("events", datalog->dropped);

	if (datalog->dropped > 0)
		log_event(
		    datalog->log, LOG_LEVEL_WARNING, "dropped", &field, 1);
	datalog->dropped = 0;
}

static void
datalog_on_second(void *arg, const struct loop_event *ev)
{
	struct datalog *datalog = arg;

	(void)ev;
	datalog_tell_dropped(datalog);
	datalog->counting = false;
	datalog->written = 0;
}

struct datalog *
datalog_new(struct loop *loop, struct log *log, unsigned limit)
{
	struct datalog *datalog;

	datalog = calloc(1, sizeof(*datalog));
	if (datalog == NULL)
		return NULL;
	datalog->loop = loop;
	datalog->log = log;
	datalog->limit = limit;
	datalog->timer.fn = datalog_on_second;
	datalog->timer.arg = datalog;
	return datalog;
}

void
datalog_free(struct datalog *datalog)
{
	if (datalog == NULL)
		return;
	datalog_tell_dropped(datalog);
	loop_timer_stop(datalog->loop, &datalog->timer);
	free(datalog);
}

/* A second begins with its first event: silence costs no timer. */
static void
datalog_begin_second(struct datalog *datalog)
{
	if (datalog->counting)
		return;
	/* Without a timer the limit can't be kept, so nothing may pass. */
	if (loop_timer_start(
		datalog->loop, &datalog->timer, DATALOG_PERIOD_MS) == -1)
		datalog->written = datalog->limit;
	else
		datalog->counting = true;
}

void
datalog_write(
    struct datalog *datalog, uint64_t client, const void *p, size_t len)
{
	struct log_field fields[] = {
	    log_number("client", client),
	    log_number("bytes", len),
	    log_bytes("text", p, len),
	};

	datalog_begin_second(datalog);
	if (datalog->written >= datalog->limit) {
		datalog->dropped++;
		return;
	}
	datalog->written++;
	log_event(datalog->log, LOG_LEVEL_INFO, "data", fields,
	    sizeof(fields) / sizeof(fields[0]));
}
