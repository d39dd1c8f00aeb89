#include "datalog.h"

#include <stdatomic.h>
#include <stdlib.h>

struct datalog {
	struct log *log;
	struct log_quota *quota; /* the log's */
	_Atomic bool on;
};

struct datalog *
datalog_new(struct log *log, unsigned per_second)
{
	struct datalog *datalog;

	datalog = malloc(sizeof(*datalog));
	if (datalog == NULL)
		return NULL;
	datalog->log = log;
	atomic_init(&datalog->on, false);
	datalog->quota = log_quota_new(log, LOG_LEVEL_INFO, per_second);
	if (datalog->quota == NULL) {
		free(datalog);
		return NULL;
	}
	return datalog;
}

void
datalog_free(struct datalog *datalog)
{
	free(datalog);
}

void
datalog_set(struct datalog *datalog, bool on)
{
	atomic_store_explicit(&datalog->on, on, memory_order_relaxed);
}

bool
datalog_is_on(const struct datalog *datalog)
{
	return atomic_load_explicit(&datalog->on, memory_order_relaxed);
}

/* What a quiet log leaves out has not been dropped. */
bool
datalog_take(struct datalog *datalog, enum log_level level)
{
	return datalog_is_on(datalog) && log_wants(datalog->log, level) &&
	    log_quota_take(datalog->quota);
}

void
datalog_write(struct datalog *datalog, enum log_level level, uint64_t client,
    uint64_t bytes, const void *p, size_t len)
{
	const struct log_field fields[] = {
	    log_number("client", client),
	    log_number("bytes", bytes),
	    log_bytes("text", p, len),
	};

	log_event(datalog->log, level, "data", fields,
	    sizeof(fields) / sizeof(fields[0]));
}
