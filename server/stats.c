#include "stats.h"

#include <sys/resource.h>

#include <stdio.h>
#include <unistd.h>

#include "log.h"

/* ru_maxrss is in bytes on macOS, in KiB elsewhere. */
#ifdef __APPLE__
#define STATS_MAXRSS_UNIT 1
#else
#define STATS_MAXRSS_UNIT 1024
#endif

void
stats_collect(struct stats *stats, const struct stats_traffic *traffic)
{
	stats->messages +=
	    atomic_load_explicit(&traffic->messages, memory_order_relaxed);
	stats->in_bytes +=
	    atomic_load_explicit(&traffic->in_bytes, memory_order_relaxed);
	stats->out_bytes +=
	    atomic_load_explicit(&traffic->out_bytes, memory_order_relaxed);
}

void
stats_log(const struct stats *stats, struct log *log)
{
	struct log_field fields[] = {
	    log_number("open", stats->open),
	    log_number("accepted", stats->accepted),
	    log_number("in", stats->in_bytes),
	    log_number("out", stats->out_bytes),
	    log_number("refused", stats->refused),
	    log_number("rss", stats_rss_bytes()),
	};

	log_event(log, LOG_LEVEL_INFO, "stats", fields,
	    sizeof(fields) / sizeof(fields[0]));
}

/* The second number of Linux's /proc/self/statm; 0 elsewhere. */
static uint64_t
stats_statm_pages(void)
{
	unsigned long pages;
	FILE *file;

	file = fopen("/proc/self/statm", "re");
	if (file == NULL)
		return 0;
	/* NOLINTNEXTLINE(cert-err34-c): the kernel has no such number */
	if (fscanf(file, "%*u %lu", &pages) != 1)
		pages = 0;
	(void)fclose(file);
	return pages;
}

uint64_t
stats_rss_bytes(void)
{
	struct rusage usage;
	uint64_t pages;

	pages = stats_statm_pages();
	if (pages > 0)
		return pages * (uint64_t)sysconf(_SC_PAGESIZE);
	if (getrusage(RUSAGE_SELF, &usage) == -1)
		return 0;
	return (uint64_t)usage.ru_maxrss * STATS_MAXRSS_UNIT;
}
