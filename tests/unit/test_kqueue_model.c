/*
 * kqueue: whatever is done, and in whatever order, kevent(2) returns what a
 * simple model of the manual says.
 *
 * A run that fails is cut down to the steps that it takes, and these are
 * printed with the seed. YODEL_SEED=n does that run only, YODEL_LONG=1 many.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "kev_model.h"

#define STEPS	   2000
#define SEEDS	   6
#define SEEDS_LONG 100
#define SHOWN	   60	/* steps of a run that is printed */
#define TRIALS	   3000 /* runs that it may take to cut one down */

static uint64_t
seed_next(uint64_t seed)
{
	/* The same numbers everywhere (Knuth's constants). */
	return seed * 6364136223846793005u + 1442695040888963407u;
}

/* Every other run is without copies: with them less is known for sure. */
static void
steps_make(struct kev_step *steps, uint64_t seed)
{
	const bool copies = seed % 2;
	uint64_t random = seed;
	size_t i;

	for (i = 0; i < STEPS; i++) {
		do {
			random = seed_next(random);
			steps[i].what = (uint8_t)(random >> 56);
			steps[i].who = (uint8_t)(random >> 48);
			steps[i].how = (uint16_t)(random >> 32);
		} while (!copies && kev_model_copies(steps[i]));
	}
}

static const char *
steps_run_until(const struct kev_step *steps, size_t n, size_t *end)
{
	struct kev_model *model;
	const char *wrong = NULL;
	size_t i;

	model = kev_model_new();
	if (model == NULL)
		return "no kqueue";
	for (i = 0; i < n && wrong == NULL; i++)
		wrong = kev_model_step(model, steps[i]);
	kev_model_free(model);
	*end = i;
	return wrong;
}

static const char *failure; /* the one that a run is cut down to */

static const char *
steps_run_same(const struct kev_step *steps, size_t n)
{
	size_t end;
	const char *wrong = steps_run_until(steps, n, &end);

	return wrong != NULL && strcmp(wrong, failure) == 0 ? wrong : NULL;
}

/* Leaves out steps[at, at + len) if it still fails so. Returns how many. */
static size_t
steps_cut(struct kev_step *steps, size_t n, size_t at, size_t len,
    const char *(*fails)(const struct kev_step *, size_t))
{
	static struct kev_step fewer[STEPS];

	memcpy(fewer, steps, at * sizeof(*steps));
	memcpy(&fewer[at], &steps[at + len], (n - at - len) * sizeof(*steps));
	if (fails(fewer, n - len) == NULL)
		return 0;
	memcpy(steps, fewer, (n - len) * sizeof(*steps));
	return len;
}

/* Cuts pieces out, ever smaller ones. Returns how many steps are left. */
static size_t
steps_shrink(struct kev_step *steps, size_t n,
    const char *(*fails)(const struct kev_step *, size_t))
{
	size_t at, len, cut;
	int trials = 0;

	for (len = n / 2; len > 0; len /= 2) {
		for (at = 0; at + len <= n && trials < TRIALS; trials++) {
			cut = steps_cut(steps, n, at, len, fails);
			n -= cut;
			at += cut > 0 ? 0 : len;
		}
	}
	return n;
}

static void
steps_print(const struct kev_step *steps, size_t n)
{
	char words[120];
	size_t i;

	for (i = 0; i < n && i < SHOWN; i++)
		print_error("    %s\n",
		    kev_model_describe(words, sizeof(words), steps[i]));
	if (n > SHOWN)
		print_error("    and %zu more\n", n - SHOWN);
}

static void
check_seed(uint64_t seed)
{
	static struct kev_step steps[STEPS];
	const char *wrong, *again;
	size_t n;

	steps_make(steps, seed);
	wrong = steps_run_until(steps, STEPS, &n);
	if (wrong == NULL)
		return;
	print_error("YODEL_SEED=%llu: %s\n", (unsigned long long)seed, wrong);
	failure = wrong;
	n = steps_shrink(steps, n, steps_run_same);
	again = steps_run_same(steps, n);
	print_error("%zu steps are left: %s\n", n,
	    again == NULL ? "not each time" : again);
	steps_print(steps, n);
	fail();
}

static void
kevent_and_the_model_agree(void **state)
{
	const char *chosen = getenv("YODEL_SEED");
	uint64_t seed, last = getenv("YODEL_LONG") ? SEEDS_LONG : SEEDS;

	(void)state;
	if (chosen != NULL) {
		check_seed(strtoull(chosen, NULL, 10));
		return;
	}
	for (seed = 1; seed <= last; seed++)
		check_seed(seed);
}

/* Fails when a 3 comes before a 7. */
static const char *
three_before_seven(const struct kev_step *steps, size_t n)
{
	bool three = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (three && steps[i].what == 7)
			return "a seven";
		three |= steps[i].what == 3;
	}
	return NULL;
}

static void
a_run_that_fails_is_cut_down(void **state)
{
	static struct kev_step steps[STEPS];
	size_t n;

	(void)state;
	steps_make(steps, 1);
	assert_non_null(three_before_seven(steps, STEPS));
	n = steps_shrink(steps, STEPS, three_before_seven);
	assert_int_equal(n, 2);
	assert_int_equal(steps[0].what, 3);
	assert_int_equal(steps[1].what, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_run_that_fails_is_cut_down),
	    cmocka_unit_test(kevent_and_the_model_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
