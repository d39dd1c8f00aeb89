/*
 * crowd: scripted clients of an echo server that say the lines of a file at
 * human speed, for a demonstration, and compare what comes back.
 *
 * Exit: 0 when it is over, 1 where an echo differed or the server was not there
 * at all, 2 usage.
 */

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "options.h"
#include "party.h"
#include "script.h"
#include "units.h"
#include "visible.h"

#define PORT		8080
#define CLIENTS_MAX	1000
#define LINES_MAX	1000000
#define SEED_MAX	4294967295
#define TIME_MAX_MS	(UINT64_C(24) * 3600 * 1000)
#define SHOWN		60 /* columns of a line that differed */
#define DURATION_WANTED "a duration from 1ms to 24h"

OPTIONS_NUMBER(set_clients, party_plan, guests, unsigned, 1, CLIENTS_MAX)
OPTIONS_NUMBER(set_lines, party_plan, lines, uint64_t, 1, LINES_MAX)
OPTIONS_NUMBER(set_seed, party_plan, seed, uint64_t, 0, SEED_MAX)

static const char *
set_duration(uint64_t *into, const char *value)
{
	uint64_t ms;

	if (units_parse_ms(value, &ms) == -1 || ms == 0 || ms > TIME_MAX_MS)
		return DURATION_WANTED;
	*into = ms;
	return NULL;
}

static const char *
set_pause(void *into, const char *value)
{
	struct party_plan *plan = into;

	return set_duration(&plan->pause_ms, value);
}

static const char *
set_for(void *into, const char *value)
{
	struct party_plan *plan = into;

	return set_duration(&plan->end_ms, value);
}

static const struct options_entry entries[] = {
    {'c', "clients", "N", "how many (default 10)", set_clients},
    {'l', "lines", "N",
	"each leaves for good after so many (default: it comes again)",
	set_lines},
    {'p', "pause", "DUR",
	"between two lines of a client, on the average (default 8s)",
	set_pause},
    {'f', "for", "DUR", "how long, at most (default 1h)", set_for},
    {'s', "seed", "N",
	"of what is said and when: the same once more for the same (default "
	"1)",
	set_seed},
};

static const struct options_program program = {
    .name = "crowd",
    .operands = "[HOST:PORT | unix:/path] FILE",
    .summary = "Clients of an echo server that say the lines of a file at "
	       "human speed.",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = 2,
};

static void
find(const char *place, struct endpoint_addr *addr)
{
	struct endpoint endpoint;
	const char *error;

	if (endpoint_parse(&endpoint, place, PORT) == -1)
		errx(2, "'%s' is no address", place);
	if (endpoint_resolve(&endpoint, AF_UNSPEC, addr, 1, &error) == -1)
		errx(1, "%s: %s", place, error);
}

static void
tell_difference(void *arg, unsigned number, const char *came, size_t came_len,
    const char *expected, size_t len)
{
	char one[SHOWN * 4 + 1], other[SHOWN * 4 + 1];

	(void)arg;
	(void)visible_text(
	    one, sizeof(one), expected, len, SHOWN, VISIBLE_QUOTE);
	(void)visible_text(
	    other, sizeof(other), came, came_len, SHOWN, VISIBLE_QUOTE);
	warnx(
	    "client %u: \"%s\" was expected, \"%s\" came", number, one, other);
}

static int
tell(const struct party_plan *plan, const struct guest_tally *t)
{
	printf("%u clients came %llu times and sent %llu lines: %llu verified, "
	       "%llu differed, %llu without an answer\n",
	    plan->guests, (unsigned long long)t->visits,
	    (unsigned long long)t->sent, (unsigned long long)t->verified,
	    (unsigned long long)t->differed, (unsigned long long)t->lost);
	if (fflush(stdout) != 0)
		return EXIT_FAILURE;
	return t->differed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct party_plan plan = {
	    .guests = 10,
	    .seed = 1,
	    .pause_ms = 8000,
	    .end_ms = 3600 * 1000,
	    .differed = tell_difference,
	};
	struct endpoint_addr addr;
	struct guest_tally tally;
	struct script *script;
	const char *place = "127.0.0.1";
	int first;

	switch (options_parse(&program, argc, argv, &plan, &first)) {
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_USAGE:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	if (first == argc)
		errx(2, "a file with lines to say is wanted");
	if (first + 1 < argc)
		place = argv[first++];
	(void)signal(SIGPIPE, SIG_IGN);
	find(place, &addr);
	script = script_read(argv[first]);
	if (script == NULL)
		err(1, "%s", argv[first]);
	plan.addr = &addr;
	plan.script = script;
	if (party_run(&plan, &tally) == -1)
		err(1, "%s", place);
	script_free(script);
	return tell(&plan, &tally);
}
