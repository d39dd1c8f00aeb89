#include "kev.h"

#include <errno.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "kev_watched.h"

static void
closing_the_descriptor_ends_its_knotes(void **state)
{
	struct kev_watched p = kev_watched_of(state);

	kev_watched_read(p, EV_ADD);
	kev_watched_write(p, EV_ADD);
	close(p.fd);
	kev_none(p.kq);
	assert_int_equal(
	    kev_change_error(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_DELETE, 0),
	    EBADF);
	close(p.peer);
}

static void
a_number_that_comes_back_is_another_descriptor(void **state)
{
	struct kev_watched p = kev_watched_of(state), next;
	struct kevent events[4];

	kev_watched_write(p, EV_ADD);
	kev_watched_read(p, EV_ADD);
	close(p.fd);
	next = kev_watched_of(state);
	assert_int_equal(next.fd, p.fd);
	assert_int_equal(
	    kev_change_error(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_DISABLE, 0),
	    ENOENT);
	kev_watched_read(next, EV_ADD);
	kev_none(p.kq);
	kev_send(next.peer, "x");
	assert_int_equal(kev_poll(p.kq, events, 4), 1);
	assert_int_equal(events[0].filter, EVFILT_READ);
	close(p.peer);
	kev_watched_close(next);
}

/* Who is told that there is none adds it: who is not waits for ever. */
static void
a_number_that_came_back_has_nothing_to_enable(void **state)
{
	struct kev_watched p = kev_watched_of(state), next;

	kev_watched_read(p, EV_ADD);
	close(p.fd);
	next = kev_watched_of(state);
	assert_int_equal(next.fd, p.fd);
	assert_int_equal(
	    kev_change_error(p.kq, (uintptr_t)p.fd, EVFILT_READ, EV_ENABLE, 0),
	    ENOENT);
	close(p.peer);
	kev_watched_close(next);
}

static void
adding_to_a_number_that_came_back_starts_afresh(void **state)
{
	struct kev_watched p = kev_watched_of(state), next;
	struct kevent events[4];

	kev_watched_write(p, EV_ADD);
	close(p.fd);
	next = kev_watched_of(state);
	assert_int_equal(next.fd, p.fd);
	kev_watched_read(next, EV_ADD);
	kev_none(p.kq);
	kev_send(next.peer, "x");
	assert_int_equal(kev_poll(p.kq, events, 4), 1);
	assert_int_equal(events[0].filter, EVFILT_READ);
	close(p.peer);
	kev_watched_close(next);
}

static void
a_number_reused_for_an_edge_and_a_level(void **state)
{
	struct kev_watched p = kev_watched_of(state), next;
	struct kevent ev;

	kev_watched_read(p, EV_ADD | EV_CLEAR);
	kev_watched_write(p, EV_ADD);
	kev_watched_expect_write(p);
	close(p.fd);
	next = kev_watched_of(state);
	assert_int_equal(next.fd, p.fd);
	/* It is writable, but nobody has asked for it. */
	assert_int_equal(kev_poll(p.kq, &ev, 1), 0);
	close(p.peer);
	kev_watched_close(next);
}

static void
a_dup_that_lives_brings_no_events_of_the_past(void **state)
{
	struct kev_watched p = kev_watched_of(state), next;
	struct kevent events[4];
	int copy, i;

	kev_watched_read(p, EV_ADD);
	copy = dup(p.fd);
	assert_int_not_equal(copy, -1);
	close(p.fd);
	next = kev_watched_of(state);
	assert_int_equal(next.fd, p.fd);
	kev_watched_read(next, EV_ADD);
	kev_send(p.peer, "old");
	for (i = 0; i < 20; i++)
		assert_int_equal(kev_poll(p.kq, events, 4), 0);
	kev_send(next.peer, "newer");
	for (i = 0; i < 20; i++) {
		assert_int_equal(kev_poll(p.kq, events, 4), 1);
		assert_int_equal(events[0].data, 5);
	}
	close(copy);
	close(p.peer);
	kev_watched_close(next);
}

static void
a_closed_number_is_silent_though_a_dup_lives(void **state)
{
	struct kev_watched p = kev_watched_of(state),
			   other = kev_watched_of(state);
	const int inner = kqueue();
	int copy;

	/* The queue is watched itself: nothing of this may be lost. */
	kev_change(inner, (uintptr_t)p.kq, EVFILT_READ, EV_ADD, 0);
	kev_watched_read(p, EV_ADD);
	kev_watched_read(other, EV_ADD);
	kev_change(p.kq, 9, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	copy = dup(p.fd);
	assert_int_not_equal(copy, -1);
	close(p.fd);
	kev_send(p.peer, "x");
	kev_none(p.kq);
	kev_none(inner);
	kev_send(other.peer, "x");
	kev_watched_expect_read(other);
	assert_int_equal(kev_wait(inner).ident, p.kq);
	kev_drain(other.fd);
	kev_change(p.kq, 9, EVFILT_USER, 0, NOTE_TRIGGER);
	assert_int_equal(kev_wait(p.kq).ident, 9);
	kev_change_data(p.kq, 9, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1);
	assert_int_equal(kev_wait(p.kq).ident, 9);
	close(inner);
	close(copy);
	close(p.peer);
	kev_watched_close(other);
}

#ifdef __linux__
/*
 * README.md: the knote is there again with its number. But it must not get the
 * events of the file that had the number in between, and lives on as well.
 */
static void
a_number_that_is_an_older_file_again_has_its_events(void **state)
{
	struct kev_watched first = kev_watched_of(state), second;
	struct kevent events[4];
	int copies[2], i;

	kev_watched_read(first, EV_ADD);
	copies[0] = dup(first.fd);
	close(first.fd);
	second = kev_watched_of(state);
	assert_int_equal(second.fd, first.fd);
	kev_watched_read(second, EV_ADD);
	copies[1] = dup(second.fd);
	close(second.fd);
	assert_int_equal(dup(copies[0]), first.fd);
	kev_watched_read(first, EV_ENABLE);
	kev_send(second.peer, "between");
	for (i = 0; i < 20; i++)
		assert_int_equal(kev_poll(first.kq, events, 4), 0);
	kev_send(first.peer, "old");
	for (i = 0; i < 20; i++) {
		assert_int_equal(kev_poll(first.kq, events, 4), 1);
		assert_int_equal(events[0].data, 3);
	}
	close(copies[0]);
	close(copies[1]);
	close(second.peer);
	kev_watched_close(first);
}
#endif

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(closing_the_descriptor_ends_its_knotes),
	    TEST(a_number_that_comes_back_is_another_descriptor),
	    TEST(a_number_that_came_back_has_nothing_to_enable),
	    TEST(adding_to_a_number_that_came_back_starts_afresh),
	    TEST(a_number_reused_for_an_edge_and_a_level),
	    TEST(a_dup_that_lives_brings_no_events_of_the_past),
	    TEST(a_closed_number_is_silent_though_a_dup_lives),
#ifdef __linux__
	    TEST(a_number_that_is_an_older_file_again_has_its_events),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
