/* report_json: see report.h. */

#include <string.h>

#include "calls.h"
#include "idle.h"
#include "ledger.h"
#include "report.h"
#include "servers.h"
#include "shape.h"
#include "stall.h"

static const char *const field_names[LEDGER_FIELDS] = {"messages_per_s",
    "p50_us", "p99_us", "p999_us", "server_cpu_us_per_message",
    "generator_cpu_us_per_message", "server_resident_bytes"};

static void
print_text(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void
print_quartiles(const char *name, struct quartiles q, FILE *out)
{
	fprintf(out,
	    ",\n     \"%s\": {\"q1\": %.6g, \"median\": %.6g, \"q3\": %.6g}",
	    name, q.low, q.median, q.high);
}

static void
print_windows(const struct report *r, size_t kase, size_t server, FILE *out)
{
	static const char *const states[] = {
	    "not run", "good", "stalled", "failed"};
	size_t round;

	fputs(",\n     \"windows\": [", out);
	for (round = 0; round < r->rounds; round++) {
		const struct ledger_entry *e =
		    ledger_at(r->ledger, round, kase, server);
		int field;

		fprintf(out, "%s\n      {\"state\": \"%s\"",
		    round == 0 ? "" : ",", states[e->state]);
		if (e->state == LEDGER_FAILED) {
			fputs(", \"error\": ", out);
			print_text(strerror(e->error), out);
		}
		for (field = 0; field < LEDGER_FIELDS; field++)
			if (e->state == LEDGER_GOOD ||
			    e->state == LEDGER_STALLED)
				fprintf(out, ", \"%s\": %.6g",
				    field_names[field],
				    ledger_value(
					&e->result, (enum ledger_field)field));
		fputc('}', out);
	}
	fputs("]", out);
}

static void
print_server(const struct report *r, size_t kase, size_t server, FILE *out)
{
	struct ledger *l = r->ledger;
	int field;

	fputs("    {\"server\": ", out);
	print_text(r->servers[server]->name, out);
	fprintf(out, ", \"good\": %zu, \"stalled\": %zu, \"failed\": %zu",
	    ledger_count(l, kase, server, LEDGER_GOOD),
	    ledger_count(l, kase, server, LEDGER_STALLED),
	    ledger_count(l, kase, server, LEDGER_FAILED));
	for (field = 0; field < LEDGER_FIELDS; field++)
		print_quartiles(field_names[field],
		    ledger_quartiles(l, kase, server, (enum ledger_field)field),
		    out);
	print_quartiles("cpu_ratio",
	    ledger_ratio(l, kase, server, r->baseline, LEDGER_CPU_US), out);
	print_quartiles("rate_ratio",
	    ledger_ratio(l, kase, server, r->baseline, LEDGER_PER_S), out);
	print_quartiles("yodeld_cpu_ratio",
	    ledger_ratio(l, kase, r->ours, server, LEDGER_CPU_US), out);
	print_quartiles("yodeld_rate_ratio",
	    ledger_ratio(l, kase, r->ours, server, LEDGER_PER_S), out);
	print_windows(r, kase, server, out);
	fputc('}', out);
}

static void
print_shape(const struct report *r, size_t kase, FILE *out)
{
	const struct shape *s = &r->shapes[kase];
	size_t i;

	fprintf(out,
	    "  {\"clients\": %u, \"bytes\": %zu, \"depth\": %u, \"servers\": "
	    "[\n",
	    s->clients, s->size, s->depth);
	for (i = 0; i < r->server_count; i++) {
		print_server(r, kase, i, out);
		fputs(i + 1 < r->server_count ? ",\n" : "]}", out);
	}
}

static void
print_goal(const struct report *r, const struct goal *g, FILE *out)
{
	size_t kase;

	fputs("  {\"server\": ", out);
	print_text(g->server, out);
	fputs(", \"other\": ", out);
	print_text(
	    g->other != NULL ? g->other : r->servers[r->baseline]->name, out);
	fputs(", \"of\": ", out);
	print_text(field_names[g->field], out);
	fprintf(out, ", \"%s\": %.6g, \"verdict\": \"%s\", \"ratios\": [",
	    g->at_most > 0 ? "at_most" : "at_least",
	    g->at_most > 0 ? g->at_most : g->at_least,
	    goal_word(report_goal_verdict(r, g)));
	for (kase = 0; kase < r->shape_count; kase++) {
		struct quartiles q = report_goal_ratio(r, g, kase);

		fputs(kase == 0 ? "" : ", ", out);
		if (q.count > 0 && goal_concerns(g, &r->shapes[kase]))
			fprintf(out, "%.6g", q.median);
		else
			fputs("null", out);
	}
	fputs("]}", out);
}

/* In the order of the cases; null: not asked for, or not measured. */
static void
print_goals(const struct report *r, FILE *out)
{
	size_t i, count;
	const struct goal *goals = goals_all(&count);

	fputs(" \"goals\": [\n", out);
	for (i = 0; i < count; i++) {
		print_goal(r, &goals[i], out);
		fputs(i + 1 < count ? ",\n" : "],\n", out);
	}
	if (r->calls != NULL)
		fprintf(out, " \"calls_per_message\": %.6g,\n",
		    calls_total(r->calls));
	if (r->idle != NULL)
		fprintf(out,
		    " \"idle_clients\": %u, \"bytes_per_idle_client\": "
		    "%.6g,\n",
		    r->idle->clients, r->idle->bytes);
}

void
report_json(const struct report *r, FILE *out)
{
	char text[1024];
	size_t i;

	fputs("{\"conditions\": ", out);
	print_text(report_conditions(r, text, sizeof(text)), out);
	fputs(",\n \"baseline\": ", out);
	print_text(r->servers[r->baseline]->name, out);
	fprintf(out,
	    ",\n \"rounds\": %zu, \"window_s\": %.6g, \"seed\": %llu,\n"
	    " \"slices\": %d,\n",
	    r->rounds, r->seconds, (unsigned long long)r->seed, STALL_SLICES);
	print_goals(r, out);
	fputs(" \"cases\": [\n", out);
	for (i = 0; i < r->shape_count; i++) {
		print_shape(r, i, out);
		fputs(i + 1 < r->shape_count ? ",\n" : "]}\n", out);
	}
}
