#include "control_stats.h"

#include <stdlib.h>
#include <unistd.h>

#include "control_answer.h"
#include "crew.h"
#include "log.h"
#include "log_format.h"
#include "rates.h"
#include "sampler.h"
#include "version.h"
#include "worker.h"

#define STATS_FIELDS 32

struct stats_answer {
	struct control_answer answer; /* first: it is freed by this */
	struct control_stats view;
	unsigned worker; /* the next one; behind the last: the summary */
};

/* The fields of a line that grows. */
struct stats_line {
	struct log_field fields[STATS_FIELDS];
	size_t count;
};

static void
stats_put(struct stats_line *line, struct log_field field)
{
	line->fields[line->count++] = field;
}

/* Each rate over each span. */
static void
stats_put_rates(struct stats_line *line, const struct sampler *sampler)
{
	struct rates_values last_1, last_10, last_60;

	sampler_over(sampler, 1, &last_1);
	sampler_over(sampler, 10, &last_10);
	sampler_over(sampler, 60, &last_60);
	stats_put(line, log_thousandths("messages_1s", last_1.messages));
	stats_put(line, log_thousandths("messages_10s", last_10.messages));
	stats_put(line, log_thousandths("messages_60s", last_60.messages));
	stats_put(line, log_thousandths("in_1s", last_1.in_bytes));
	stats_put(line, log_thousandths("in_10s", last_10.in_bytes));
	stats_put(line, log_thousandths("in_60s", last_60.in_bytes));
	stats_put(line, log_thousandths("out_1s", last_1.out_bytes));
	stats_put(line, log_thousandths("out_10s", last_10.out_bytes));
	stats_put(line, log_thousandths("out_60s", last_60.out_bytes));
}

static size_t
stats_put_summary(const struct control_stats *view, char *out)
{
	struct stats_line line = {.count = 0};

	stats_put(&line, log_safe("version", YODEL_VERSION));
	stats_put(&line, log_number("pid", (uint64_t)getpid()));
	stats_put(&line, log_text("addr", view->addr));
	stats_put(&line, log_safe("addrs", view->addrs));
	stats_put(&line, log_seconds("uptime", view->uptime_ms));
	stats_put(&line, log_number("threads", crew_count(view->crew)));
	stats_put(&line, log_number("open", view->stats.open));
	stats_put(&line, log_number("accepted", view->stats.accepted));
	stats_put(&line, log_number("refused", view->stats.refused));
	stats_put(&line, log_number("messages", view->stats.messages));
	stats_put(&line, log_number("in", view->stats.in_bytes));
	stats_put(&line, log_number("out", view->stats.out_bytes));
	stats_put(&line, log_number("rss", stats_rss_bytes()));
	stats_put(&line, log_safe("log_data", view->log_data ? "on" : "off"));
	stats_put_rates(&line, view->sampler);
	return log_format_object(out, line.fields, line.count);
}

static size_t
stats_next(struct control_answer *answer, char *out)
{
	struct stats_answer *stats = (struct stats_answer *)answer;
	const unsigned worker = stats->worker;
	struct log_field fields[2];

	if (worker > crew_count(stats->view.crew))
		return 0;
	stats->worker++;
	if (worker == crew_count(stats->view.crew))
		return stats_put_summary(&stats->view, out);
	fields[0] = log_number("worker", worker);
	fields[1] = log_number(
	    "clients", worker_load(crew_worker(stats->view.crew, worker)));
	return log_format_object(out, fields, 2);
}

static void
stats_free(struct control_answer *answer)
{
	free(answer);
}

struct control_answer *
control_stats_new(const struct control_stats *view)
{
	struct stats_answer *stats;

	stats = calloc(1, sizeof(*stats));
	if (stats == NULL)
		return NULL;
	stats->answer.next = stats_next;
	stats->answer.free = stats_free;
	stats->view = *view;
	return &stats->answer;
}
