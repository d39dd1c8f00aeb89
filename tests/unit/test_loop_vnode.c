/* loop: what becomes of a file, as its sources are told. */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/scratch.h"
#include "loop_probe.h"

#define NOTES (NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME)

static int
file_of(const char *name)
{
	char path[256];
	int fd;

	scratch_write(
	    scratch_path(path, sizeof(path), name), "ten bytes\n", 10);
	fd = open(path, O_RDWR | O_APPEND);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void
file_unlink(const char *name)
{
	char path[256];

	assert_int_equal(unlink(scratch_path(path, sizeof(path), name)), 0);
}

static void
watch(struct probe *probe, int fd, unsigned notes)
{
	probe->src.arg = probe;
	assert_int_equal(
	    loop_vnode_start(probe->loop, &probe->src, fd, notes), 0);
}

static void
growth_and_deletion_are_told(void **state)
{
	struct probe probe = probe_of(*state);
	const int fd = file_of("grows");

	watch(&probe, fd, NOTES);
	probe_send(fd, "more");
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(probe.last.filter, EVFILT_VNODE);
	assert_int_equal(probe.last.data & NOTE_EXTEND, NOTE_EXTEND);
	assert_int_equal(probe.last.error, 0);
	assert_false(probe.last.eof);
	file_unlink("grows");
	probe_turn(*state, &probe.calls, 2);
	assert_int_equal(probe.last.data, NOTE_DELETE);
	assert_int_equal(loop_once(*state, 0), 0);
	loop_vnode_stop(*state, &probe.src);
	close(fd);
}

static void
what_was_stopped_is_not_called(void **state)
{
	struct probe probe = probe_of(*state);
	const int fd = file_of("stopped"), other = file_of("other");

	watch(&probe, fd, NOTES);
	probe_send(fd, "more");
	loop_vnode_stop(*state, &probe.src);
	loop_vnode_stop(*state, &probe.src);
	assert_int_equal(loop_once(*state, 0), 0);
	watch(&probe, other, NOTES);
	probe_send(fd, "more");
	assert_int_equal(loop_once(*state, 0), 0);
	probe_send(other, "more");
	probe_turn(*state, &probe.calls, 1);
	loop_vnode_stop(*state, &probe.src);
	close(fd);
	close(other);
	file_unlink("stopped");
	file_unlink("other");
}

static void
stop_other(struct probe *probe)
{
	loop_vnode_stop(probe->loop, &probe->other->src);
}

static void
the_rest_of_a_batch_is_not_for_who_was_stopped(void **state)
{
	struct probe a = probe_of(*state), b = probe_of(*state);
	const int fd = file_of("batch"), copy = dup(fd);

	a.other = &b;
	b.other = &a;
	a.then = b.then = stop_other;
	watch(&a, fd, NOTES);
	watch(&b, copy, NOTES);
	probe_send(fd, "more");
	assert_int_equal(loop_once(*state, 0), 2);
	assert_int_equal(a.calls + b.calls, 1);
	loop_vnode_stop(*state, &a.src);
	loop_vnode_stop(*state, &b.src);
	close(fd);
	close(copy);
	file_unlink("batch");
}

static void
a_source_has_one_descriptor(void **state)
{
	struct probe probe = probe_of(*state);
	const int fd = file_of("one"), other = file_of("two");
	int fds[2];

	probe_pair(fds);
	watch(&probe, fd, NOTE_DELETE);
	assert_int_equal(
	    loop_vnode_start(*state, &probe.src, other, NOTES), -1);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(
	    loop_io_set(*state, &probe.src, fds[0], LOOP_READ), -1);
	assert_int_equal(errno, EBUSY);
	probe_send(fd, "more");
	assert_int_equal(loop_once(*state, 0), 0);
	watch(&probe, fd, NOTES);
	probe_send(fd, "more");
	probe_turn(*state, &probe.calls, 1);
	loop_vnode_stop(*state, &probe.src);
	assert_int_equal(
	    loop_vnode_start(*state, &probe.src, fds[0], NOTES), -1);
	assert_int_equal(errno, EINVAL);
	probe_watch(&probe, fds[0], LOOP_READ);
	assert_int_equal(loop_io_set(*state, &probe.src, fds[0], 0), 0);
	probe_pair_close(fds);
	close(fd);
	close(other);
	file_unlink("one");
	file_unlink("two");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PROBE_TESTS(growth_and_deletion_are_told),
	    PROBE_TESTS(what_was_stopped_is_not_called),
	    PROBE_TESTS(the_rest_of_a_batch_is_not_for_who_was_stopped),
	    PROBE_TESTS(a_source_has_one_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
