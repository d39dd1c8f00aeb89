/*
 * soak: one yodeld with two threads, and for a long time mixed clients: fast,
 * slow, dead, rude ones, and those that are always back; from one to 2,000 of
 * them. Meanwhile its log is rotated, a watcher listens, and the statistics are
 * asked for. Every byte is verified, every event accounted for, and in the end
 * it holds what it held in the beginning.
 *
 * Exit: 0 when all of that is so, 1 when not, 2 usage.
 */

#include <sys/resource.h>

#include <err.h>
#include <signal.h>
#include <stdlib.h>

#include "course.h"
#include "options.h"

#define SECONDS_MIN  10
#define SECONDS_MAX  86400
#define SEED_MAX     4294967295
#define FILES_WANTED 8192

OPTIONS_NUMBER(
    set_seconds, course_plan, seconds, uint64_t, SECONDS_MIN, SECONDS_MAX)
OPTIONS_NUMBER(
    set_clients, course_plan, clients, uint64_t, 1, COURSE_CLIENTS_MAX)
OPTIONS_NUMBER(set_seed, course_plan, seed, uint64_t, 0, SEED_MAX)

static const struct options_entry entries[] = {
    {'s', "seconds", "N", "how long (default 900)", set_seconds},
    {'c', "clients", "N", "how many at most (default 2000)", set_clients},
    {'r', "seed", "N", "of what the clients do (default 1)", set_seed},
};

static const struct options_program program = {
    .name = "soak",
    .operands = "YODELD",
    .summary = "Mixed clients of a yodeld for a long time, and what is left "
	       "of them.",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = 1,
};

/* For the server too, which is started from here. */
static void
raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		err(1, "RLIMIT_NOFILE");
	if (limit.rlim_cur >= FILES_WANTED)
		return;
	limit.rlim_cur =
	    limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		err(1, "RLIMIT_NOFILE");
}

int
main(int argc, char **argv)
{
	struct course_plan plan = {
	    .seconds = 900, .seed = 1, .clients = COURSE_CLIENTS_MAX};
	bool good = false;
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
		errx(2, "the yodeld to be soaked is wanted");
	plan.yodeld = argv[first];
	(void)signal(SIGPIPE, SIG_IGN);
	raise_files();
	if (course_run(&plan, &good) == -1)
		err(1, "%s", plan.yodeld);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
