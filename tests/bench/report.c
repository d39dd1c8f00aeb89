/*
 * report: see report.h. The tables; the rest is in report_goals, report_json
 * and report_chart.
 */

#include <string.h>

#include "ledger.h"
#include "report.h"
#include "servers.h"
#include "shape.h"
#include "stall.h"

#define MB 1e6

char *
report_conditions(const struct report *r, char *buf, size_t size)
{
	(void)snprintf(buf, size,
	    "%s; loopback; %zu interleaved rounds in random order, windows of "
	    "%.2g s; medians, [quartiles] of ratios paired within a round; "
	    "every "
	    "byte checked.",
	    r->machine, r->rounds, r->seconds);
	return buf;
}

int
report_find(const struct report *r, const char *name)
{
	size_t i;

	if (name == NULL)
		return (int)r->baseline;
	for (i = 0; i < r->server_count; i++)
		if (strcmp(r->servers[i]->name, name) == 0)
			return (int)i;
	return -1;
}

static double
median(
    const struct report *r, size_t kase, size_t server, enum ledger_field field)
{
	return ledger_quartiles(r->ledger, kase, server, field).median;
}

static void
print_failure(const struct report *r, size_t kase, size_t server, FILE *out)
{
	size_t round;

	for (round = 0; round < r->rounds; round++) {
		const struct ledger_entry *e =
		    ledger_at(r->ledger, round, kase, server);

		if (e->state != LEDGER_FAILED)
			continue;
		fprintf(out, "  %-13s failed %zu times, first: %s\n",
		    r->servers[server]->name,
		    ledger_count(r->ledger, kase, server, LEDGER_FAILED),
		    strerror(e->error));
		return;
	}
}

static void
print_ratio(struct quartiles q, FILE *out)
{
	if (q.count > 0)
		fprintf(out, "  %5.2f [%5.2f %5.2f]", q.median, q.low, q.high);
	else
		fprintf(out, "  %5s %13s", "-", "");
}

static void
print_good(const struct report *r, size_t kase, size_t server, FILE *out)
{
	struct ledger *l = r->ledger;

	fprintf(out, "  %-13s %8.0f %7.0f %7.0f %7.0f %8.2f",
	    r->servers[server]->name, median(r, kase, server, LEDGER_PER_S),
	    median(r, kase, server, LEDGER_P50_US),
	    median(r, kase, server, LEDGER_P99_US),
	    median(r, kase, server, LEDGER_P999_US),
	    median(r, kase, server, LEDGER_CPU_US));
	print_ratio(
	    ledger_ratio(l, kase, server, r->baseline, LEDGER_CPU_US), out);
	print_ratio(
	    ledger_ratio(l, kase, server, r->baseline, LEDGER_PER_S), out);
	fprintf(out, " %7.1f %4zu/%zu\n",
	    median(r, kase, server, LEDGER_RESIDENT_BYTES) / MB,
	    ledger_count(l, kase, server, LEDGER_GOOD),
	    ledger_count(l, kase, server, LEDGER_GOOD) +
		ledger_count(l, kase, server, LEDGER_STALLED));
}

static void
print_row(const struct report *r, size_t kase, size_t server, FILE *out)
{
	size_t stalled = ledger_count(r->ledger, kase, server, LEDGER_STALLED);

	if (ledger_count(r->ledger, kase, server, LEDGER_GOOD) > 0)
		print_good(r, kase, server, out);
	else if (stalled > 0)
		fprintf(out, "  %-13s stalled in all of %zu windows\n",
		    r->servers[server]->name, stalled);
	print_failure(r, kase, server, out);
}

static void
print_shape(const struct report *r, size_t kase, FILE *out)
{
	const char *baseline = r->servers[r->baseline]->name;
	char text[SHAPE_TEXT_MAX];
	size_t i;

	fprintf(out, "\n%s\n", shape_format(text, &r->shapes[kase]));
	fprintf(out,
	    "  %-13s %8s %7s %7s %7s %8s  CPU / %-14s rate / %-13s %7s %6s\n",
	    "", "msgs/s", "p50 us", "p99", "p99.9", "CPU us", baseline,
	    baseline, "RSS MB", "good");
	for (i = 0; i < r->server_count; i++)
		print_row(r, kase, i, out);
}

void
report_table(const struct report *r, FILE *out)
{
	char text[1024];
	size_t i;

	fprintf(out, "\n%s\n", report_conditions(r, text, sizeof(text)));
	for (i = 0; i < r->shape_count; i++)
		print_shape(r, i, out);
	report_goals(r, out);
	fprintf(out,
	    "\nCPU us: the server's CPU time for a message, its children's "
	    "too.\n"
	    "good: windows that count. The others had, %d times running, one "
	    "of "
	    "%d slices with\nless than half of the median slice's messages and "
	    "of its CPU time at once.\n",
	    STALL_TRIES, STALL_SLICES);
	for (i = 0; i < r->server_count; i++)
		fprintf(out, "  %-13s %s\n", r->servers[i]->name,
		    r->servers[i]->what);
}
