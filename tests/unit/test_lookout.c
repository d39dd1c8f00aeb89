/* lookout: when it says that something may have happened, and how it ends. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "lookout.h"
#include "loop.h"

struct scene {
	struct loop *loop;
	struct lookout *lookout;
	char path[256];
	int fd;
	unsigned seen;
};

static void
scene_seen(void *arg)
{
	struct scene *s = arg;

	s->seen++;
}

static int
start(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	*state = s;
	scratch_path(s->path, sizeof(s->path), "watched");
	scratch_write(s->path, "one\n", 4);
	s->fd = open(s->path, O_RDWR | O_APPEND | O_CLOEXEC);
	assert_int_not_equal(s->fd, -1);
	s->loop = loop_new();
	assert_non_null(s->loop);
	s->lookout = lookout_new(s->loop, s->path, scene_seen, s);
	assert_non_null(s->lookout);
	assert_int_equal(lookout_trouble(s->lookout), 0);
	return 0;
}

static int
stop(void **state)
{
	struct scene *s = *state;

	lookout_free(s->lookout);
	loop_free(s->loop);
	close(s->fd);
	(void)unlink(s->path);
	free(s);
	return 0;
}

static void
turn_until_seen(struct scene *s)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (s->seen == 0) {
		assert_true(deadline_left_ms(deadline) > 0);
		assert_int_not_equal(
		    loop_once(s->loop, deadline_left_ms(deadline)), -1);
	}
}

/* All that there is to say is said. */
static void
settle(struct scene *s)
{
	while (loop_once(s->loop, 0) > 0)
		continue;
	s->seen = 0;
}

/* What happened before it was handed over was seen by nobody. */
static void
a_file_is_looked_at_once_when_it_is_given(void **state)
{
	struct scene *s = *state;

	lookout_file(s->lookout, LOOKOUT_NOW, s->fd);
	turn_until_seen(s);
	assert_int_equal(s->seen, 1);
}

static void
what_happens_in_a_batch_is_said_once(void **state)
{
	struct scene *s = *state;

	lookout_file(s->lookout, LOOKOUT_NOW, s->fd);
	settle(s);
	assert_int_equal(write(s->fd, "two\n", 4), 4);
	assert_int_equal(ftruncate(s->fd, 0), 0);
	assert_int_equal(write(s->fd, "three\n", 6), 6);
	turn_until_seen(s);
	assert_int_equal(s->seen, 1);
	settle(s);
	assert_int_equal(loop_once(s->loop, 0), 0);
	assert_int_equal(s->seen, 0);
}

static void
a_name_that_leads_nowhere_is_looked_at_again(void **state)
{
	struct scene *s = *state;

	assert_int_equal(unlink(s->path), 0);
	settle(s);
	lookout_missing(s->lookout, true);
	turn_until_seen(s);
	s->seen = 0;
	turn_until_seen(s);
	lookout_missing(s->lookout, false);
	settle(s);
	assert_int_equal(loop_once(s->loop, 0), 0);
}

static void
a_file_that_was_taken_away_is_not_watched(void **state)
{
	struct scene *s = *state;

	lookout_file(s->lookout, LOOKOUT_NOW, s->fd);
	settle(s);
	lookout_file(s->lookout, LOOKOUT_NOW, -1);
	assert_int_equal(write(s->fd, "two\n", 4), 4);
	assert_int_equal(loop_once(s->loop, 0), 0);
	assert_int_equal(s->seen, 0);
	lookout_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_file_is_looked_at_once_when_it_is_given),
	    TEST(what_happens_in_a_batch_is_said_once),
	    TEST(a_name_that_leads_nowhere_is_looked_at_again),
	    TEST(a_file_that_was_taken_away_is_not_watched),
	};

	return cmocka_run_group_tests_name("lookout", tests, NULL, NULL);
}
