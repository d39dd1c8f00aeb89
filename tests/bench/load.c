/* load: a closed-loop load on an echo server that checks every byte. */

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "affinity.h"
#include "crowd.h"
#include "instant.h"
#include "ledger.h"
#include "machine.h"
#include "options.h"
#include "seconds.h"
#include "shape.h"
#include "units.h"

#define PID_MAX	   4194304 /* of Linux, and more than the others have */
#define DEFAULT_NS (2 * INSTANT_S)

struct choice {
	struct shape shape;
	uint64_t window_ns, pid;
};

OPTIONS_NUMBER(
    set_clients, choice, shape.clients, unsigned, 1, SHAPE_CLIENTS_MAX)
OPTIONS_NUMBER(set_depth, choice, shape.depth, unsigned, 1, SHAPE_DEPTH_MAX)
OPTIONS_NUMBER(set_pid, choice, pid, uint64_t, 1, PID_MAX)

static const char *
set_size(void *into, const char *value)
{
	struct choice *c = into;
	uint64_t n;

	if (units_parse_bytes(value, &n) == -1 || n == 0 || n > SHAPE_BYTES_MAX)
		return "a size from 1 to 16M";
	c->shape.size = (size_t)n;
	return NULL;
}

static const char *
set_seconds(void *into, const char *value)
{
	struct choice *c = into;

	if (seconds_parse_ns(value, &c->window_ns) == -1)
		return SECONDS_WANTED;
	return NULL;
}

static const struct options_entry entries[] = {
    {'c', "clients", "N", "connections at once (default 50)", set_clients},
    {'s', "size", "BYTES", "of a message (default 64)", set_size},
    {'d', "depth", "N", "messages of a client under way (default 1)",
	set_depth},
    {'t', "seconds", "S",
	"how long to measure, after a tenth of it unmeasured "
	"(default 2)",
	set_seconds},
    {'p', "pid", "PID", "the server, to tell its CPU time and memory", set_pid},
};

static const struct options_program program = {
    .name = "load",
    .operands = "PORT",
    .summary = "A closed-loop load on an echo server at 127.0.0.1; it checks "
	       "every byte.",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = 1,
};

static void
show(const struct crowd_result *r)
{
	printf(
	    "%.0f messages/s in %.2f s, p50 %.1f us, p99 %.1f us, p99.9 %.1f "
	    "us%s\n",
	    ledger_value(r, LEDGER_PER_S), r->seconds, r->p50_us, r->p99_us,
	    r->p999_us, r->stalled ? " (stalled)" : "");
	printf("a message took %.2f us of CPU here",
	    ledger_value(r, LEDGER_OWN_CPU_US));
	if (r->cpu_us > 0)
		printf(", %.2f us there", ledger_value(r, LEDGER_CPU_US));
	if (r->resident_bytes > 0)
		printf(", the server has %.1f MB", r->resident_bytes / 1e6);
	putchar('\n');
}

int
main(int argc, char **argv)
{
	struct choice c = {
	    .shape = {.clients = 50, .size = 64, .depth = 1},
	    .window_ns = DEFAULT_NS,
	};
	struct crowd_result result;
	struct crowd_plan plan = {0};
	uint64_t port;
	int first;

	switch (options_parse(&program, argc, argv, &c, &first)) {
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_USAGE:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	if (first == argc ||
	    units_parse_number(argv[first], 1, UINT16_MAX, &port) == -1)
		errx(2, "a port from 1 to 65535 is wanted");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)machine_raise_descriptors();
	(void)affinity_take_load();
	plan.port = (unsigned)port;
	plan.group = (pid_t)c.pid;
	plan.shape = c.shape;
	plan.window_ns = c.window_ns;
	plan.warm_ns = c.window_ns / 10;
	if (crowd_run(&plan, &result) == -1)
		err(1, "port %u", plan.port);
	show(&result);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
