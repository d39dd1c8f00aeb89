#include "kev.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "kev_watched.h"

static void
a_level_is_reported_until_it_is_gone(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_watched_read(p, EV_ADD);
	kev_none(p.kq);
	kev_send(p.peer, "hello");
	kev_watched_expect_read(p);
	assert_int_equal(kev_wait(p.kq).data, 5);
	kev_drain(p.fd);
	kev_none(p.kq);
	kev_watched_close(p);
}

static void
what_was_there_before_the_knote_counts(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_send(p.peer, "x");
	kev_watched_read(p, EV_ADD | EV_CLEAR);
	kev_watched_expect_read(p);
	kev_none(p.kq);
	kev_watched_close(p);
}

static void
both_filters_of_a_descriptor_come_in_one_call(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	struct kevent events[4];

	kev_watched_read(p, EV_ADD);
	kev_watched_write(p, EV_ADD);
	kev_send(p.peer, "x");
	assert_int_equal(kev_poll(p.kq, events, 4), 2);
	assert_int_not_equal(events[0].filter, events[1].filter);
	kev_watched_write(p, EV_DELETE);
	assert_int_equal(kev_poll(p.kq, events, 4), 1);
	assert_int_equal(events[0].filter, EVFILT_READ);
	kev_watched_close(p);
}

static void
a_full_socket_is_not_writable_until_it_is_read(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_fill(p.fd);
	kev_watched_write(p, EV_ADD);
	kev_none(p.kq);
	kev_drain(p.peer);
	kev_watched_expect_write(p);
	assert_true(kev_wait(p.kq).data > 0);
	kev_watched_close(p);
}

static void
a_disabled_knote_is_silent_until_it_is_enabled(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	struct pollfd queue = {.fd = p.kq, .events = POLLIN};

	kev_watched_read(p, EV_ADD | EV_DISABLE);
	kev_send(p.peer, "x");
	kev_none(p.kq);
	kev_watched_read(p, EV_ENABLE);
	kev_watched_expect_read(p);
	kev_watched_read(p, EV_DISABLE);
	kev_none(p.kq);
	kev_watched_read(p, EV_DISABLE);
	close(p.peer);
	kev_none(p.kq);
	/* Nor may the end that nobody wants to know of keep waking us. */
	assert_int_equal(poll(&queue, 1, 0), 0);
	kev_watched_read(p, EV_ENABLE);
	kev_watched_expect_read(p);
	close(p.fd);
}

static void
a_deleted_knote_is_unknown(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_watched_read(p, EV_ADD);
	kev_send(p.peer, "x");
	kev_watched_read(p, EV_DELETE);
	kev_none(p.kq);
	assert_int_equal(
	    kev_change_error(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_DELETE, 0),
	    ENOENT);
	kev_watched_read(p, EV_ADD);
	kev_watched_expect_read(p);
	kev_watched_close(p);
}

static void
adding_again_changes_udata_and_enabling_may_keep_it(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	struct kevent ev;
	int other;

	kev_send(p.peer, "x");
	kev_watched_read(p, EV_ADD);
	EV_SET(&ev, (uintptr_t)p.fd, EVFILT_READ, EV_ADD, 0, 0, &other);
	assert_int_equal(kevent(p.kq, &ev, 1, NULL, 0, NULL), 0);
	assert_ptr_equal(kev_wait(p.kq).udata, &other);
#ifdef EV_KEEPUDATA
	EV_SET(&ev, (uintptr_t)p.fd, EVFILT_READ, EV_ENABLE | EV_KEEPUDATA, 0,
	    0, NULL);
	assert_int_equal(kevent(p.kq, &ev, 1, NULL, 0, NULL), 0);
	assert_ptr_equal(kev_wait(p.kq).udata, &other);
#endif
	kev_watched_close(p);
}

static void
oneshot_is_returned_once_and_gone(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_send(p.peer, "x");
	kev_watched_read(p, EV_ADD | EV_ONESHOT);
	kev_watched_expect_read(p);
	kev_none(p.kq);
	kev_send(p.peer, "x");
	kev_none(p.kq);
	assert_int_equal(
	    kev_change_error(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_ENABLE, 0),
	    ENOENT);
	kev_watched_read(p, EV_ADD | EV_ONESHOT);
	kev_watched_expect_read(p);
	kev_watched_close(p);
}

static void
oneshot_leaves_the_other_filter_alone(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_watched_read(p, EV_ADD | EV_ONESHOT);
	kev_watched_write(p, EV_ADD);
	kev_send(p.peer, "x");
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_READ);
	kev_watched_expect_write(p);
	kev_watched_expect_write(p);
	kev_watched_close(p);
}

static void
dispatch_is_silent_after_each_event_until_enabled(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	int i;

	kev_watched_read(p, EV_ADD | EV_DISPATCH);
	kev_send(p.peer, "x");
	for (i = 0; i < 3; i++) {
		kev_watched_expect_read(p);
		kev_none(p.kq);
		kev_watched_read(p, EV_ENABLE);
	}
	kev_watched_write(p, EV_ADD | EV_DISPATCH);
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_WRITE);
	kev_watched_write(p, EV_DELETE);
	kev_watched_read(p, EV_DELETE);
	kev_none(p.kq);
	kev_watched_close(p);
}

static void
clear_is_returned_once_for_each_change(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_watched_read(p, EV_ADD | EV_CLEAR);
	kev_send(p.peer, "x");
	kev_watched_expect_read(p);
	kev_none(p.kq);
	kev_send(p.peer, "y");
	kev_watched_expect_read(p);
	kev_none(p.kq);
	kev_watched_write(p, EV_ADD | EV_CLEAR);
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_WRITE);
	kev_watched_close(p);
}

/* Counts what n calls with room for one event bring. */
static void
count_events(struct kev_watched p, int n, int *reads, int *writes)
{
	struct kevent ev;

	*reads = *writes = 0;
	while (n-- > 0 && kev_poll(p.kq, &ev, 1) == 1) {
		*reads += ev.filter == EVFILT_READ;
		*writes += ev.filter == EVFILT_WRITE;
	}
}

static void
a_level_beside_an_edge_neither_stops_nor_repeats_it(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	struct kevent events[4];
	int reads, writes;

	kev_watched_read(p, EV_ADD | EV_CLEAR);
	kev_watched_write(p, EV_ADD);
	count_events(p, 20, &reads, &writes);
	assert_int_equal(reads, 0);
	assert_int_equal(writes, 20);
	kev_send(p.peer, "x");
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_READ);
	count_events(p, 20, &reads, &writes);
	assert_int_equal(reads, 0);
	assert_int_equal(writes, 20);
	/* Each once in a call, though two ways lead to the level. */
	kev_send(p.peer, "y");
	assert_int_equal(kev_poll(p.kq, events, 4), 2);
	assert_int_not_equal(events[0].filter, events[1].filter);
	kev_fill(p.fd);
	count_events(p, 20, &reads, &writes);
	assert_int_equal(reads + writes, 0);
	kev_drain(p.peer);
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_WRITE);
	kev_watched_close(p);
}

static void
an_edge_beside_a_level_to_read(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	int reads, writes;

	kev_watched_read(p, EV_ADD);
	kev_watched_write(p, EV_ADD | EV_CLEAR);
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_WRITE);
	kev_none(p.kq);
	kev_send(p.peer, "x");
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_READ);
	count_events(p, 20, &reads, &writes);
	assert_true(reads >= 19);
	assert_true(writes <= 1);
	kev_watched_read(p, EV_DISABLE);
	(void)kev_poll(p.kq, &(struct kevent){0}, 1);
	kev_none(p.kq);
	kev_watched_read(p, EV_ENABLE);
	(void)kev_wait_for(p.kq, (uintptr_t)p.fd, EVFILT_READ);
	kev_watched_write(p, EV_DELETE);
	count_events(p, 20, &reads, &writes);
	assert_int_equal(reads, 20);
	kev_drain(p.fd);
	kev_none(p.kq);
	kev_watched_close(p);
}

static void
two_edges_at_once_both_come_through_a_narrow_door(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	int reads, writes;

	kev_send(p.peer, "x");
	kev_watched_read(p, EV_ADD | EV_CLEAR | EV_DISABLE);
	kev_watched_write(p, EV_ADD | EV_CLEAR | EV_DISABLE);
	kev_watched_read(p, EV_ENABLE);
	kev_watched_write(p, EV_ENABLE);
	count_events(p, 20, &reads, &writes);
	assert_int_equal(reads, 1);
	assert_int_equal(writes, 1);
	kev_watched_close(p);
}

static void
check_low_water_mark(int kq, int fds[2])
{
	kev_change_data(
	    kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 10);
	kev_send(fds[1], "12345");
	kev_none(kq);
	kev_send(fds[1], "67890");
	assert_int_equal(kev_wait(kq).data, 10);
	assert_int_equal(kev_wait(kq).data, 10);
	kev_drain(fds[0]);
	kev_none(kq);
	kev_send(fds[1], "12345");
	kev_none(kq);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	assert_int_equal(kev_wait(kq).data, 5);
	kev_change_data(
	    kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 10);
	kev_none(kq);
	close(fds[1]);
	/* The end comes whatever the mark is. */
	assert_true(kev_wait(kq).flags & EV_EOF);
	close(fds[0]);
}

static void
the_low_water_mark_holds_events_back(void **state)
{
	int fds[2];

	kev_pair(fds);
	check_low_water_mark(kev_queue(state), fds);
	kev_pair_tcp(fds);
	check_low_water_mark(kev_queue(state), fds);
}

static void
a_low_water_mark_may_be_any_number(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_send(p.peer, "x");
	kev_change_data(
	    p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_ADD, NOTE_LOWAT, INT64_MIN);
	assert_int_equal(kev_wait(p.kq).ident, p.fd);
	kev_change_data(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_ADD, NOTE_LOWAT,
	    (int64_t)INT32_MIN - 1);
	assert_int_equal(kev_wait(p.kq).ident, p.fd);
	kev_watched_close(p);
}

static void
without_data_events_come_all_the_same(void **state)
{
	struct kev_watched p = kev_watched_of(state);
	struct kevent ev;

	kev_change(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_ADD, NOTE_NODATA);
	kev_send(p.peer, "x");
	ev = kev_wait(p.kq);
	assert_int_equal(ev.ident, p.fd);
	assert_int_equal(ev.fflags, 0);
	assert_int_equal(ev.data, NOTE_NODATA == 0);
	kev_watched_close(p);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_level_is_reported_until_it_is_gone),
	    TEST(what_was_there_before_the_knote_counts),
	    TEST(both_filters_of_a_descriptor_come_in_one_call),
	    TEST(a_full_socket_is_not_writable_until_it_is_read),
	    TEST(a_disabled_knote_is_silent_until_it_is_enabled),
	    TEST(a_deleted_knote_is_unknown),
	    TEST(adding_again_changes_udata_and_enabling_may_keep_it),
	    TEST(oneshot_is_returned_once_and_gone),
	    TEST(oneshot_leaves_the_other_filter_alone),
	    TEST(dispatch_is_silent_after_each_event_until_enabled),
	    TEST(clear_is_returned_once_for_each_change),
	    TEST(a_level_beside_an_edge_neither_stops_nor_repeats_it),
	    TEST(an_edge_beside_a_level_to_read),
	    TEST(two_edges_at_once_both_come_through_a_narrow_door),
	    TEST(the_low_water_mark_holds_events_back),
	    TEST(a_low_water_mark_may_be_any_number),
	    TEST(without_data_events_come_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
