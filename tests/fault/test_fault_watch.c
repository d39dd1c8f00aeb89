/*
 * fault: what waits for something to become of a descriptor or of a file, with
 * each of its calls failing in turn: a log that is followed over its rotations,
 * and a queue that has to begin anew.
 */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backlog_file.h"
#include "clock.h"
#include "fault.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "loop.h"
#include "sweep.h"

#define PATH_SIZE   256
#define PATIENCE_MS 8000 /* it may look but once a second */
#define LINES	    12
#define LINE_BYTES  5 /* "l 07\n" */
#define BURST	    3

static char path[PATH_SIZE], old_path[PATH_SIZE];

/* follow */

struct reader {
	struct loop *loop;
	struct backlog_file *file;
	unsigned written, last; /* the last line that there is, that came */
	uint64_t at;
	const char *wrong;
};

static void
write_line(struct reader *r)
{
	char line[LINE_BYTES + 1];
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	(void)snprintf(line, sizeof(line), "l %02u\n", ++r->written % 100);
	if (fd == -1 || write(fd, line, LINE_BYTES) != LINE_BYTES)
		r->wrong = "a line can't be written";
	(void)close(fd);
}

/* Each line once, in order; one that fell out takes a failure. */
static void
take_line(struct reader *r, const char *line)
{
	unsigned n;

	if (line[LINE_BYTES - 1] != '\n' || sscanf(line, "l %2u", &n) != 1)
		r->wrong = "it is another line than was written";
	else if (n <= r->last || n > r->written)
		r->wrong = "a line comes twice";
	else if (n > r->last + 1 && sweep_price() == 0)
		r->wrong = "a line is lost";
	else
		r->last = n;
}

static void
on_changed(void *arg)
{
	struct reader *r = arg;
	const struct backlog *b;
	char line[LINE_BYTES];
	ssize_t n = 0;

	if (r->file == NULL)
		return;
	b = backlog_file_backlog(r->file);
	if (r->at < b->first)
		r->at = b->first;
	while (r->wrong == NULL && r->at + LINE_BYTES <= b->end &&
	    (n = b->read(b->self, r->at, line, sizeof(line))) == LINE_BYTES) {
		r->at += LINE_BYTES;
		take_line(r, line);
	}
	if (n == -1 && sweep_price() == 0)
		r->wrong = "the log can't be read";
}

static void
read_to_the_end(struct reader *r)
{
	const uint64_t end_ms = clock_now_ms() + PATIENCE_MS;

	fault_stay_in();
	while (r->wrong == NULL && r->last < r->written) {
		if (clock_now_ms() > end_ms)
			r->wrong = "what is written does not come";
		else if (loop_once(r->loop, 100) == -1)
			r->wrong = "the loop gives up";
		/* What could not be read then, can be now. */
		on_changed(r);
	}
	fault_stay_out();
}

/* Grows, is rotated, grows; what is under test only reads. */
static void
live(struct reader *r)
{
	unsigned i;

	for (i = 0; i < LINES; i++) {
		if (i == LINES / 2)
			(void)rename(path, old_path);
		write_line(r);
		read_to_the_end(r);
	}
}

static const char *
play_follow(void)
{
	static struct reader r;
	const struct backlog_file_handler handler = {
	    .changed = on_changed, .arg = &r};

	r = (struct reader){0};
	(void)unlink(path);
	(void)unlink(old_path);
	write_line(&r);
	fault_stay_in();
	r.loop = loop_new();
	if (r.loop != NULL)
		r.file = backlog_file_open(r.loop, path, &handler);
	fault_stay_out();
	if (r.file != NULL)
		live(&r);
	else if (sweep_price() == 0)
		r.wrong = "it does not open";
	fault_stay_in();
	backlog_file_free(r.file);
	loop_free(r.loop);
	fault_stay_out();
	return r.wrong;
}

/* queue */

#define TURNS  32 /* more than it takes to notice what is stale */
#define EVENTS 4

struct queue {
	int kq;
	int gone[2], here[2];
	int copy; /* of what is gone: the file lives on in it */
	const char *wrong;
};

static bool
watch(int kq, int fd)
{
	struct kevent change;

	EV_SET(&change, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0, 0, NULL);
	while (kevent(kq, &change, 1, NULL, 0, NULL) == -1)
		if (errno != EINTR)
			return false;
	return true;
}

/* Returns whether the one that is there has something to read. */
static bool
turn(struct queue *q, int ms)
{
	const struct timespec timeout = {ms / 1000, ms % 1000 * 1000000L};
	struct kevent events[EVENTS];
	bool here = false;
	int i, n;

	fault_stay_in();
	n = kevent(q->kq, NULL, 0, events, EVENTS, &timeout);
	fault_stay_out();
	if (n == -1 && errno != EINTR && sweep_price() == 0)
		q->wrong = "waiting fails";
	for (i = 0; i < n; i++) {
		if (events[i].ident == (uintptr_t)q->gone[0])
			q->wrong = "an event of what is closed";
		here |= events[i].ident == (uintptr_t)q->here[0];
	}
	return here;
}

static bool
is_readable(int fd)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	return poll(&pfd, 1, 0) == 1;
}

/* In the end it sleeps, and only what happens wakes it up. */
static void
outlive(struct queue *q)
{
	int i;

	q->copy = fcntl(q->gone[0], F_DUPFD_CLOEXEC, 0);
	(void)close(q->gone[0]);
	if (write(q->gone[1], "x", 1) != 1)
		q->wrong = "a pipe can't be written";
	for (i = 0; i < TURNS; i++)
		if (turn(q, 0))
			q->wrong = "an event of what has nothing to read";
	if (q->wrong == NULL && is_readable(q->kq))
		q->wrong = "what is stale keeps it awake";
	if (write(q->here[1], "x", 1) != 1)
		q->wrong = "a pipe can't be written";
	for (i = 0; i < TURNS && !turn(q, PATIENCE_MS / TURNS);)
		i++;
	if (q->wrong == NULL && i == TURNS)
		q->wrong = "an event does not come";
	(void)close(q->copy);
}

static const char *
play_queue(void)
{
	struct queue q = {.copy = -1};
	bool watched = false;

	if (pipe(q.gone) == -1 || pipe(q.here) == -1)
		return "no pipes";
	fault_stay_in();
	q.kq = kqueue();
	if (q.kq != -1)
		watched = watch(q.kq, q.gone[0]) && watch(q.kq, q.here[0]);
	fault_stay_out();
	if (watched)
		outlive(&q);
	else if (sweep_price() == 0)
		q.wrong = "it can't be watched";
	if (!watched)
		(void)close(q.gone[0]);
	(void)close(q.gone[1]);
	(void)close(q.here[0]);
	(void)close(q.here[1]);
	if (q.kq != -1)
		(void)close(q.kq);
	return q.wrong;
}

static void
sweep_named(const char *name, const char *(*scene)(void))
{
	const struct sweep_scene sweep = {name, scene, BURST, false};

	(void)scratch_path(path, sizeof(path), "followed");
	(void)scratch_path(old_path, sizeof(old_path), "followed.1");
	sweep_play(&sweep);
}

static void
test_a_log_is_followed_whatever_call_has_failed(void **state)
{
	(void)state;
	sweep_named("follow", play_follow);
}

static void
test_a_queue_forgets_what_is_stale_whatever_call_has_failed(void **state)
{
	(void)state;
	sweep_named("queue", play_queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_log_is_followed_whatever_call_has_failed),
	    cmocka_unit_test(
		test_a_queue_forgets_what_is_stale_whatever_call_has_failed),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("fault: watch", tests, NULL, NULL);
}
