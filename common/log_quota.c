#include "log_quota.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "log_shared.h"

#define SECOND_MS 1000

/*
 * A second and what was asked for in it are one word, so that nobody can see
 * the one without the other: the second in the upper half, the count below.
 * What was asked for beyond the limit is what was kept from the log.
 */
struct log_quota {
	struct log *log;
	struct log_quota *next;
	enum log_level level;
	uint32_t limit;
	_Atomic uint64_t word;
	_Atomic uint64_t untold; /* of seconds before that of word */
};

static uint32_t
word_second(uint64_t word)
{
	return (uint32_t)(word >> 32);
}

static uint32_t
word_excess(uint64_t word, uint32_t limit)
{
	const uint32_t asked = (uint32_t)word;

	return asked > limit ? asked - limit : 0;
}

static uint32_t
second_of(uint64_t now_ms)
{
	return (uint32_t)(now_ms / SECOND_MS);
}

struct log_quota *
log_quota_new(struct log *log, enum log_level level, unsigned per_second)
{
	struct log_quota *quota;

	quota = malloc(sizeof(*quota));
	if (quota == NULL)
		return NULL;
	quota->log = log;
	quota->level = level;
	quota->limit = per_second;
	atomic_init(&quota->word, 0);
	atomic_init(&quota->untold, 0);
	(void)pthread_mutex_lock(&log->mutex);
	quota->next = log->quotas;
	log->quotas = quota;
	(void)pthread_mutex_unlock(&log->mutex);
	return quota;
}

void
log_quota_free(struct log_quota *quota)
{
	struct log_quota *next;

	for (; quota != NULL; quota = next) {
		next = quota->next;
		free(quota);
	}
}

/*
 * Begins a second, and puts aside what the one before it has left. The thread
 * may have looked between the two steps and seen nothing: it looks again.
 */
static void
quota_begin_second(struct log_quota *quota, uint64_t word, uint32_t second)
{
	uint32_t excess;

	if (!atomic_compare_exchange_strong(
		&quota->word, &word, (uint64_t)second << 32))
		return;
	excess = word_excess(word, quota->limit);
	if (excess == 0)
		return;
	atomic_fetch_add(&quota->untold, excess);
	(void)log_shared_wake(quota->log);
}

bool
log_quota_take(struct log_quota *quota)
{
	const uint32_t second = second_of(clock_now_ms());
	uint64_t word;
	uint32_t asked;

	while (word = atomic_load(&quota->word), word_second(word) < second)
		quota_begin_second(quota, word, second);
	/* If the second has changed since, this one belongs to the next. */
	asked = (uint32_t)atomic_fetch_add(&quota->word, 1);
	/* The first one too many: somebody has to look when it is over. */
	if (asked == quota->limit)
		(void)log_shared_wake(quota->log);
	return asked < quota->limit;
}

/* Takes what is over the limit out of the word, if it is still the same. */
static uint64_t
quota_collect(struct log_quota *quota, uint32_t second, bool all)
{
	uint64_t word = atomic_load(&quota->word);
	uint32_t excess;

	do {
		excess = word_excess(word, quota->limit);
		if (!all && word_second(word) >= second)
			excess = 0;
	} while (excess > 0 &&
	    !atomic_compare_exchange_weak(&quota->word, &word, word - excess));
	return excess + atomic_exchange(&quota->untold, 0);
}

void
log_quota_collect(struct log_quota *quota, uint64_t now_ms, bool all)
{
	uint64_t count;

	for (; quota != NULL; quota = quota->next) {
		count = quota_collect(quota, second_of(now_ms), all);
		if (count > 0)
			log_shared_withhold(quota->log, quota->level, count);
	}
}

int
log_quota_wait_ms(struct log_quota *quota, uint64_t now_ms)
{
	bool later = false;
	uint64_t word;

	for (; quota != NULL; quota = quota->next) {
		word = atomic_load(&quota->word);
		if (atomic_load(&quota->untold) > 0)
			return 0;
		if (word_excess(word, quota->limit) == 0)
			continue;
		if (word_second(word) < second_of(now_ms))
			return 0;
		later = true;
	}
	return later ? SECOND_MS - (int)(now_ms % SECOND_MS) : -1;
}
