/*
 * driver: a target without libFuzzer, as a program of the test suite.
 *
 *	fuzz_NOUN		the corpus, then mutations of it for a while
 *	fuzz_NOUN FILE...	these inputs only, as libFuzzer's programs do it
 *
 * The while is $FUZZ_SECONDS (5), or as many times RUNS where that is sooner, and
 * $FUZZ_SEED (1) makes other mutations. The target runs in a child, so that
 * whatever ends it leaves the input to be kept.
 */

#include <sys/mman.h>
#include <sys/wait.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "harness/harness.h"

#define CORPUS	      "tests/fuzz/corpus"
#define INPUT_MAX     4096
#define SEEDS_MAX     256
#define CHANGES_MAX   8
#define RUNS	      20000
#define INPUT_SECONDS 10 /* and it hangs */

struct input {
	size_t size;
	uint8_t bytes[INPUT_MAX];
};

/* Shared with the child: what it is at. */
struct state {
	struct input input;
	unsigned long run;
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count;
static struct state *state;

/* The run that random numbers are drawn for. */
static struct fuzz_random dice;

static uint32_t
draw(size_t below)
{
	return fuzz_random_next(&dice, (uint32_t)below);
}

static void
read_input(const char *path, struct input *input)
{
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	input->size = fread(input->bytes, 1, sizeof(input->bytes), file);
	fclose(file);
}

static int
compare(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	size_t size = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->bytes, y->bytes, size);

	return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* In an order that is the same everywhere. */
static void
read_corpus(const char *name)
{
	char path[1024];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", CORPUS, name);
	if ((dir = opendir(path)) == NULL) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir)) != NULL && seed_count < SEEDS_MAX) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", CORPUS, name,
		    entry->d_name);
		read_input(path, &seeds[seed_count++]);
	}
	closedir(dir);
	qsort(seeds, seed_count, sizeof(seeds[0]), compare);
}

/* Takes len bytes at one place out, and puts others there. */
static void
replace(
    struct input *input, size_t at, size_t len, const uint8_t *p, size_t with)
{
	size_t rest = input->size - at - len;

	if (at + with + rest > INPUT_MAX)
		return;
	memmove(input->bytes + at + with, input->bytes + at + len, rest);
	if (with > 0)
		memmove(input->bytes + at, p, with);
	input->size = at + with + rest;
}

static void
change(struct input *input)
{
	static const uint8_t hard[] = {0, '\n', '\r', ' ', '"', '%', '/', ':',
	    '[', '\\', ']', '~', 0x1b, 0x7f, 0x80, 0xc2, 0xed, 0xf0, 0xff};
	const struct input *other = &seeds[draw(seed_count)];
	size_t at = draw(input->size + 1);
	size_t len = draw(input->size - at + 1);
	size_t from = draw(other->size + 1);
	uint8_t byte = (uint8_t)draw(256);

	switch (draw(6)) {
	case 0:
		if (at < input->size)
			input->bytes[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 1:
		replace(input, at, at < input->size, &byte, 1);
		break;
	case 2:
		replace(input, at, 0, &hard[draw(sizeof(hard))], 1);
		break;
	case 3:
		replace(input, at, draw(4) == 0 ? len : len % 4, NULL, 0);
		break;
	case 4:
		replace(input, at, len % 16, other->bytes + from,
		    draw(other->size - from + 1));
		break;
	default:
		if (len > 0)
			replace(input, at, 0, (uint8_t[]){input->bytes[at]}, 1);
	}
}

static void
mutate(struct input *input)
{
	*input = seeds[draw(seed_count)];
	for (size_t n = 1 + draw(CHANGES_MAX); n > 0; n--)
		change(input);
}

static void
run(void)
{
	uint8_t *exact = fuzz_copy(state->input.bytes, state->input.size);

	(void)alarm(INPUT_SECONDS);
	(void)LLVMFuzzerTestOneInput(exact, state->input.size);
	free(exact);
}

static unsigned long
number_from(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What the child does. */
static void
run_all(void)
{
	unsigned long seed = number_from("FUZZ_SEED", 1);
	unsigned long seconds = number_from("FUZZ_SECONDS", 5);
	double end = now() + (double)seconds;

	for (size_t i = 0; i < seed_count; i++) {
		state->input = seeds[i];
		run();
	}
	while (state->run < RUNS * seconds && now() < end) {
		dice.state = (uint32_t)(seed * 2654435761u + state->run);
		mutate(&state->input);
		run();
		state->run++;
	}
	printf("%zu seeds, %lu mutations from FUZZ_SEED=%lu\n", seed_count,
	    state->run, seed);
}

/* Keeps what the child was at when it ended. */
static void
keep(const char *program, int status)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s.input", program);
	file = fopen(path, "wb");
	if (file == NULL ||
	    fwrite(state->input.bytes, 1, state->input.size, file) !=
		state->input.size ||
	    fclose(file) != 0)
		fail_msg("%s can't be written", path);
	fail_msg("ended with status %#x in run %lu; again: %s %s",
	    (unsigned)status, state->run, program, path);
}

static void
no_input_breaks_a_promise(void **data)
{
	const char *program = *data;
	int status;
	pid_t pid;

	read_corpus(strrchr(program, '_') + 1);
	assert_in_range(seed_count, 1, SEEDS_MAX);
	fflush(NULL);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		run_all();
		exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		keep(program, status);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate(no_input_breaks_a_promise, argv[0]),
	};

	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (state == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		read_input(argv[i], &state->input);
		run();
	}
	return argc > 1 ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
