#include "sim_log.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "sim.h"

void __wrap_log_event(struct log *, enum log_level, const char *,
    const struct log_field *, size_t);
bool __wrap_log_wants(const struct log *, enum log_level);
bool __wrap_log_is_terminal(const struct log *);
void __wrap_log_reopen(struct log *);
struct log_quota *__wrap_log_quota_new(struct log *, enum log_level, unsigned);
bool __wrap_log_quota_take(struct log_quota *);

/* What stands in for the log and for its quotas: nobody looks inside. */
static char log_itself, quota_itself;

static struct {
	void (*fn)(void *, const char *, const struct log_field *, size_t);
	void *arg;
} reader;

struct log *
sim_log_new(void (*fn)(void *, const char *, const struct log_field *, size_t),
    void *arg)
{
	reader.fn = fn;
	reader.arg = arg;
	return (struct log *)(void *)&log_itself;
}

static const struct log_field *
find(const struct log_field *fields, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

uint64_t
sim_log_number(const struct log_field *fields, size_t n, const char *key)
{
	const struct log_field *field = find(fields, n, key);

	return field == NULL ? 0 : field->number;
}

const char *
sim_log_text(const struct log_field *fields, size_t n, const char *key)
{
	const struct log_field *field = find(fields, n, key);

	return field == NULL || field->text == NULL ? "" : field->text;
}

void
__wrap_log_event(struct log *log, enum log_level level, const char *event,
    const struct log_field *fields, size_t n)
{
	const int saved_errno = errno;

	(void)log;
	(void)level;
	reader.fn(reader.arg, event, fields, n);
	errno = saved_errno;
}

bool
__wrap_log_wants(const struct log *log, enum log_level level)
{
	(void)log;
	(void)level;
	return true;
}

bool
__wrap_log_is_terminal(const struct log *log)
{
	(void)log;
	return false;
}

void
__wrap_log_reopen(struct log *log)
{
	(void)log;
}

struct log_quota *
__wrap_log_quota_new(struct log *log, enum log_level level, unsigned limit)
{
	(void)log;
	(void)level;
	(void)limit;
	if (!sim_lacks_memory())
		return (struct log_quota *)(void *)&quota_itself;
	errno = ENOMEM;
	return NULL;
}

bool
__wrap_log_quota_take(struct log_quota *quota)
{
	(void)quota;
	return true;
}
