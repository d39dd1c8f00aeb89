/*
 * bench: many servers under the same loads, in interleaved rounds: in each
 * round every server has one window of every load, the loads and within each
 * the servers in random order, each time freshly started. See stall.h for what
 * is left out, goals.h for what is wanted.
 */

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"
#include "calls.h"
#include "choice.h"
#include "crowd.h"
#include "idle.h"
#include "instant.h"
#include "launch.h"
#include "ledger.h"
#include "machine.h"
#include "report.h"
#include "servers.h"
#include "shape.h"
#include "shuffle.h"
#include "stall.h"

#define WARM_NS		 (100 * INSTANT_MS)
#define DESCRIPTORS_MORE 64 /* of a server, beside its clients */
#define TEXT_BYTES	 512

/* From so much in a turn of all clients on it takes a while: longer windows. */
#define HEAVY_CLIENTS 5000
#define HEAVY_BYTES   ((size_t)32 * 1024 * 1024)
#define HEAVY_TIMES   5

struct bench {
	const struct choice *choice;
	const struct server *servers[SERVERS_MAX];
	size_t server_count;
	size_t descriptors;
	struct ledger *ledger;
	uint64_t random;
	struct calls calls;
	struct idle idle;
	bool calls_known, idle_known;
};

static volatile sig_atomic_t interrupted;

static void
on_signal(int number)
{
	interrupted = number;
}

static bool
is_heavy(const struct shape *s)
{
	return s->clients >= HEAVY_CLIENTS ||
	    s->size * s->clients * s->depth >= HEAVY_BYTES;
}

static void
run_window(const struct bench *b, const struct server *server,
    const struct shape *shape, struct ledger_entry *entry)
{
	unsigned times = is_heavy(shape) ? HEAVY_TIMES : 1;
	struct crowd_plan plan = {.shape = *shape,
	    .warm_ns = WARM_NS * times,
	    .window_ns = b->choice->window_ns * times};

	entry->state = LEDGER_FAILED;
	plan.port = launch_free_port();
	if (plan.port == 0) {
		entry->error = errno;
		return;
	}
	plan.group = launch_start(server->argv, b->choice->dir, plan.port);
	if (plan.group == -1) {
		entry->error = errno;
		return;
	}
	if (crowd_run(&plan, &entry->result) == -1)
		entry->error = errno;
	else
		entry->state =
		    entry->result.stalled ? LEDGER_STALLED : LEDGER_GOOD;
	launch_stop(plan.group);
}

static void
measure(const struct bench *b, const struct server *server,
    const struct shape *shape, struct ledger_entry *entry)
{
	int tries = STALL_TRIES;

	do
		run_window(b, server, shape, entry);
	while (
	    --tries > 0 && entry->state == LEDGER_STALLED && interrupted == 0);
}

/* Too many clients for it, or for the descriptors that we have. */
static bool
is_too_much(const struct bench *b, const struct server *server,
    const struct shape *shape)
{
	return shape->clients + DESCRIPTORS_MORE > b->descriptors ||
	    (server->clients_max != 0 && shape->clients > server->clients_max);
}

static int
run_round(struct bench *b, size_t round)
{
	size_t shapes[CHOICE_SHAPES_MAX], servers[SERVERS_MAX];
	size_t i, j;

	shuffle_order(shapes, b->choice->count, &b->random);
	for (i = 0; i < b->choice->count; i++) {
		const struct shape *shape = &b->choice->shapes[shapes[i]];

		shuffle_order(servers, b->server_count, &b->random);
		for (j = 0; j < b->server_count; j++) {
			const struct server *s = b->servers[servers[j]];

			if (!is_too_much(b, s, shape))
				measure(b, s, shape,
				    ledger_at(b->ledger, round, shapes[i],
					servers[j]));
			if (interrupted != 0)
				return -1;
		}
	}
	return 0;
}

static size_t
find(const struct bench *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->server_count; i++)
		if (strcmp(b->servers[i]->name, name) == 0)
			return i;
	errx(1, "%s is missing", name);
}

static int
write_file(const struct report *report, const char *dir, const char *name,
    void (*print)(const struct report *, FILE *))
{
	char path[PATH_MAX];
	FILE *file;
	int failed;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	file = fopen(path, "w");
	if (file == NULL)
		return -1;
	print(report, file);
	failed = ferror(file);
	if (fclose(file) != 0 || failed != 0)
		return -1;
	printf("%s\n", path);
	return 0;
}

static int
tell(const struct bench *b, const char *machine)
{
	const struct choice *c = b->choice;
	const struct report report = {
	    .ledger = b->ledger,
	    .rounds = (size_t)c->rounds,
	    .seconds = (double)c->window_ns / 1e9,
	    .seed = c->seed,
	    .shapes = c->shapes,
	    .shape_count = c->count,
	    .servers = b->servers,
	    .server_count = b->server_count,
	    .ours = find(b, SERVERS_OURS),
	    .baseline = find(b, servers_baseline()),
	    .calls = b->calls_known ? &b->calls : NULL,
	    .idle = b->idle_known ? &b->idle : NULL,
	    .machine = machine,
	};

	report_table(&report, stdout);
	if (write_file(&report, c->dir, "bench.json", report_json) == -1 ||
	    write_file(&report, c->dir, "bench.svg", report_chart) == -1)
		return -1;
	return fflush(stdout) == 0 ? 0 : -1;
}

/* Did our own server fail at anything? */
static bool
has_failed(const struct bench *b)
{
	size_t i, ours = find(b, SERVERS_OURS);

	for (i = 0; i < b->choice->count; i++)
		if (ledger_count(b->ledger, i, ours, LEDGER_FAILED) > 0)
			return true;
	return false;
}

/* What is no ratio; where it cannot be measured, the report does without. */
static void
measure_ours(struct bench *b)
{
	const struct server *ours = b->servers[find(b, SERVERS_OURS)];
	unsigned clients = IDLE_CLIENTS;

	b->calls_known = calls_measure(&b->calls, ours, b->choice->dir) == 0;
	if (!b->calls_known)
		warn("left out: the system calls per message, by strace");
	if (b->descriptors < IDLE_CLIENTS + DESCRIPTORS_MORE)
		clients = (unsigned)b->descriptors / 2;
	b->idle_known = clients > 1 &&
	    idle_measure(&b->idle, ours, b->choice->dir, clients) == 0;
	if (!b->idle_known)
		warn("left out: the memory of an idle client");
}

static int
run(struct bench *b)
{
	const struct choice *c = b->choice;
	char machine[TEXT_BYTES];
	uint64_t start = instant_now_ns();
	size_t round;

	(void)machine_describe(machine, sizeof(machine));
	if (affinity_take_load())
		(void)strncat(machine,
		    ", the load on the last CPU, the servers on the others",
		    sizeof(machine) - strlen(machine) - 1);
	for (round = 0; round < c->rounds; round++) {
		if (run_round(b, round) == -1)
			return -1;
		fprintf(stderr, "round %zu of %zu, %.0f s\n", round + 1,
		    (size_t)c->rounds,
		    (double)(instant_now_ns() - start) / 1e9);
	}
	measure_ours(b);
	if (tell(b, machine) == -1) {
		warn("the results");
		return -1;
	}
	if (!has_failed(b))
		return 0;
	warnx("%s failed; %s/bench.log may say why", SERVERS_OURS, c->dir);
	return -1;
}

static void
remove_logs(const char *dir)
{
	static const char *const names[] = {
	    "bench.log", "bench-yodeld.log", "bench-yodeld.sock"};
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (snprintf(path, sizeof(path), "%s/%s", dir, names[i]) <
			(int)sizeof(path) &&
		    unlink(path) == -1 && errno != ENOENT)
			warn("%s", path);
}

static void
catch_signals(void)
{
	/* without SA_RESTART: what waits is to notice */
	const struct sigaction action = {.sa_handler = on_signal};
	const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], &action, NULL) == -1)
			err(1, "sigaction");
	(void)signal(SIGPIPE, SIG_IGN);
}

int
main(int argc, char **argv)
{
	struct choice choice;
	struct bench bench = {.choice = &choice};
	int count, status;

	switch (choice_parse(&choice, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_USAGE:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	count = servers_choose(choice.names, choice.dir, bench.servers);
	if (count == -1)
		errx(2, "'%s': no such server", choice.names);
	bench.server_count = (size_t)count;
	bench.random = choice.seed;
	bench.descriptors = machine_raise_descriptors();
	bench.ledger =
	    ledger_new((size_t)choice.rounds, choice.count, bench.server_count);
	if (bench.ledger == NULL)
		err(1, "ledger");
	catch_signals();
	remove_logs(choice.dir);
	status = run(&bench) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	ledger_free(bench.ledger);
	return interrupted != 0 ? 128 + interrupted : status;
}
