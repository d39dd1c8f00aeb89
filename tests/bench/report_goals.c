/*
 * report_goals: see report.h. A row for each goal, a column for each shape;
 * what a goal is not for stands in parentheses.
 */

#include <string.h>

#include "calls.h"
#include "goals.h"
#include "idle.h"
#include "ledger.h"
#include "report.h"
#include "servers.h"
#include "shape.h"

static const char *
field_name(enum ledger_field field)
{
	switch (field) {
	case LEDGER_PER_S:
		return "rate";
	case LEDGER_P50_US:
		return "p50";
	case LEDGER_CPU_US:
		return "CPU";
	default:
		return "?";
	}
}

static void
print_header(const struct report *r, FILE *out)
{
	char text[SHAPE_TEXT_MAX];
	size_t i;

	fprintf(out,
	    "\nwhat is wanted: CPU time for a message, messages a second or "
	    "median round trip,\nthe one divided by the other; in parentheses: "
	    "not asked for; !: misses it\n  %-28s",
	    "");
	for (i = 0; i < r->shape_count; i++)
		fprintf(out, " %11s", shape_name(text, &r->shapes[i]));
	fputs("   wanted\n", out);
}

struct quartiles
report_goal_ratio(const struct report *r, const struct goal *g, size_t kase)
{
	int server = report_find(r, g->server);
	int other = report_find(r, g->other);

	if (server == -1 || other == -1)
		return (struct quartiles){0};
	return ledger_ratio(
	    r->ledger, kase, (size_t)server, (size_t)other, g->field);
}

enum goal_verdict
report_goal_verdict(const struct report *r, const struct goal *g)
{
	enum goal_verdict verdict = GOAL_UNKNOWN;
	struct quartiles q;
	size_t kase;

	for (kase = 0; kase < r->shape_count; kase++) {
		q = report_goal_ratio(r, g, kase);
		if (q.count > 0 && goal_concerns(g, &r->shapes[kase]))
			verdict = goal_judge(g, verdict, q.median);
	}
	return verdict;
}

static void
print_cell(const struct report *r, const struct goal *g, size_t kase, FILE *out)
{
	struct quartiles q = report_goal_ratio(r, g, kase);
	char text[32];

	if (q.count == 0)
		(void)snprintf(text, sizeof(text), "- ");
	else if (!goal_concerns(g, &r->shapes[kase]))
		(void)snprintf(text, sizeof(text), "(%.3f)", q.median);
	else
		(void)snprintf(text, sizeof(text), "%.3f%c", q.median,
		    goal_judge(g, GOAL_UNKNOWN, q.median) == GOAL_MET ? ' '
								      : '!');
	fprintf(out, " %11s", text);
}

static enum goal_verdict
print_goal(const struct report *r, const struct goal *g, FILE *out)
{
	enum goal_verdict verdict = report_goal_verdict(r, g);
	size_t kase;

	fprintf(out, "  %-5s%-11s / %-9s", field_name(g->field), g->server,
	    g->other != NULL ? g->other : r->servers[r->baseline]->name);
	for (kase = 0; kase < r->shape_count; kase++)
		print_cell(r, g, kase, out);
	fprintf(out, "   %s %.2f  %s\n", g->at_most > 0 ? "<=" : ">=",
	    g->at_most > 0 ? g->at_most : g->at_least, goal_word(verdict));
	return verdict;
}

static enum goal_verdict
print_calls(const struct report *r, FILE *out)
{
	enum goal_verdict verdict = GOAL_UNKNOWN;
	char text[CALLS_TEXT_MAX];
	double total;

	fputs("\nsystem calls per message: ", out);
	if (r->calls != NULL) {
		total = calls_total(r->calls);
		verdict = total <= CALLS_WANTED ? GOAL_MET : GOAL_MISSED;
		fprintf(out, "%.2f (%s; %d clients)   <= %.2f  ", total,
		    calls_format(text, r->calls), CALLS_CLIENTS, CALLS_WANTED);
	}
	fprintf(out, "%s\n", goal_word(verdict));
	return verdict;
}

static enum goal_verdict
print_idle(const struct report *r, FILE *out)
{
	enum goal_verdict verdict = GOAL_UNKNOWN;

	fputs("memory of an idle client: ", out);
	if (r->idle != NULL) {
		verdict =
		    r->idle->bytes <= IDLE_WANTED ? GOAL_MET : GOAL_MISSED;
		fprintf(out, "%.0f bytes (%u clients)   <= %d  ",
		    r->idle->bytes, r->idle->clients, IDLE_WANTED);
	}
	fprintf(out, "%s\n", goal_word(verdict));
	return verdict;
}

void
report_goals(const struct report *r, FILE *out)
{
	size_t verdict_counts[3] = {0}, i, count;
	const struct goal *goals = goals_all(&count);

	print_header(r, out);
	for (i = 0; i < count; i++)
		verdict_counts[print_goal(r, &goals[i], out)]++;
	verdict_counts[print_calls(r, out)]++;
	verdict_counts[print_idle(r, out)]++;
	fprintf(out, "goals: %zu met, %zu missed, %zu not measured\n",
	    verdict_counts[GOAL_MET], verdict_counts[GOAL_MISSED],
	    verdict_counts[GOAL_UNKNOWN]);
}
