/* log: far more events than it can hold, from threads that must not wait. */

#include <sys/stat.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "log_lines.h"
#include "log_ring.h"
#include "log_sink.h"

#define THREADS	    4
#define PIPE_EVENTS 1000000
#define DISK_EVENTS 100000
#define CLIENTS	    100 /* that come and go meanwhile */
#define RING	    (64 * 1024)
#define PIPE_MAX    (1024 * 1024) /* no pipe holds more, unless asked to */

/* What one thread has to say. */
struct flood {
	pthread_t thread;
	struct log *log;
	unsigned events;
	unsigned clients;
};

/* Clients come and go evenly among a lot of small talk. */
static void *
flood_run(void *arg)
{
	const struct flood *flood = arg;
	const unsigned every = flood->events / flood->clients;
	const struct log_field field = log_number("n", 1);
	unsigned i;

	for (i = 0; i < flood->events; i++) {
		log_event(flood->log, LOG_LEVEL_INFO, "data", &field, 1);
		if (i % every == 0)
			log_event(
			    flood->log, LOG_LEVEL_INFO, "connect", &field, 1);
		if (i % every == every / 2)
			log_event(
			    flood->log, LOG_LEVEL_INFO, "close", &field, 1);
	}
	return NULL;
}

/* Returns when all is said, though nothing is written meanwhile. */
static void
flood_log(struct log *log, unsigned events)
{
	struct flood floods[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		floods[i].log = log;
		floods[i].events = events / THREADS;
		floods[i].clients = CLIENTS / THREADS;
		assert_int_equal(pthread_create(&floods[i].thread, NULL,
				     flood_run, &floods[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(floods[i].thread, NULL), 0);
}

/* Nothing is lost that is not counted, and no client's coming and going. */
static void
check_flood(const char *text, unsigned events)
{
	const size_t lines = log_lines_count(text, " data ");

	assert_true(lines > 0);
	assert_int_equal(lines + log_lines_dropped(text), events);
	assert_int_equal(log_lines_count(text, " connect "), CLIENTS);
	assert_int_equal(log_lines_count(text, " close "), CLIENTS);
}

static void *
close_log(void *log)
{
	log_close(log, DEADLINE_MS);
	return NULL;
}

static void
a_million_events_do_not_wait_for_a_reader(void **state)
{
	struct log_place place = log_place("unread");
	pthread_t thread;
	struct log *log;
	char *text;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(place.path, 0600), 0);
	fd = open(place.path, O_RDONLY | O_NONBLOCK);
	assert_int_not_equal(fd, -1);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, RING);
	flood_log(log, PIPE_EVENTS);
	assert_int_equal(pthread_create(&thread, NULL, close_log, log), 0);
	text = log_lines_drain(fd);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(fd);
	/* All that it held was the ring, and a batch on its way. */
	assert_in_range(
	    strlen(text), RING / 2, RING + LOG_BATCH_MAX + PIPE_MAX);
	check_flood(text, PIPE_EVENTS);
	free(text);
}

static void
a_full_disk_is_no_reason_to_wait(void **state)
{
	struct log_place place = log_place("full");
	struct log *log;
	char *text;

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	assert_int_equal(symlink("/dev/full", place.path), 0);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, RING);
	flood_log(log, DISK_EVENTS);
	/* Room on the disk again. */
	assert_int_equal(unlink(place.path), 0);
	log_reopen(log);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_in_range(strlen(text), RING / 2, RING + LOG_BATCH_MAX);
	check_flood(text, DISK_EVENTS);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_million_events_do_not_wait_for_a_reader),
	    cmocka_unit_test(a_full_disk_is_no_reason_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
