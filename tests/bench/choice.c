/* choice: see choice.h. */

#include <err.h>

#include "choice.h"
#include "instant.h"
#include "seconds.h"

#define ROUNDS_MAX     1000
#define ROUNDS_DEFAULT 12
#define SEED_MAX       4294967295
#define WINDOW_DEFAULT (300 * INSTANT_MS)

static const char *
set_dir(void *into, const char *value)
{
	((struct choice *)into)->dir = value;
	return NULL;
}

OPTIONS_NUMBER(set_rounds, choice, rounds, uint64_t, 1, ROUNDS_MAX)
OPTIONS_NUMBER(set_seed, choice, seed, uint64_t, 1, SEED_MAX)

static const char *
set_seconds(void *into, const char *value)
{
	struct choice *c = into;

	if (seconds_parse_ns(value, &c->window_ns) == -1)
		return SECONDS_WANTED;
	return NULL;
}

static const char *
set_servers(void *into, const char *value)
{
	((struct choice *)into)->names = value[0] == '\0' ? NULL : value;
	return NULL;
}

static const struct options_entry entries[] = {
    {'b', "build", "DIR", "where the programs are (default build)", set_dir},
    {'r', "rounds", "N", "how many (default 12)", set_rounds},
    {'t', "seconds", "S", "of a window (default 0.3)", set_seconds},
    {'n', "servers", "NAMES", "only these, separated by blanks", set_servers},
    {'e', "seed", "N", "of the order (default: another one each time)",
	set_seed},
};

static const struct options_program program = {
    .name = "bench",
    .operands = "CLIENTSxBYTESxDEPTH...",
    .summary = "Measures echo servers against each other and writes "
	       "DIR/bench.json and DIR/bench.svg.",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = CHOICE_SHAPES_MAX,
};

static enum options_result
parse_shapes(struct choice *c, int count, char **texts)
{
	int i;

	for (i = 0; i < count; i++)
		if (shape_parse(texts[i], &c->shapes[c->count++]) == -1) {
			warnx(
			    "'%s': a load is CLIENTSxBYTESxDEPTH, as 50x64Kx1",
			    texts[i]);
			return OPTIONS_USAGE;
		}
	if (count > 0)
		return OPTIONS_RUN;
	warnx("at least one CLIENTSxBYTESxDEPTH is wanted");
	return OPTIONS_USAGE;
}

enum options_result
choice_parse(struct choice *c, int argc, char **argv)
{
	enum options_result result;
	int first;

	*c = (struct choice){.dir = "build",
	    .rounds = ROUNDS_DEFAULT,
	    .window_ns = WINDOW_DEFAULT,
	    .seed = instant_now_ns() % UINT32_MAX + 1};
	result = options_parse(&program, argc, argv, c, &first);
	if (result != OPTIONS_RUN)
		return result;
	return parse_shapes(c, argc - first, argv + first);
}
