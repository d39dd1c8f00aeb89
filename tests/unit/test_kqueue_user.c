#include "kev.h"

#include <errno.h>
#include <stdint.h>

#include "harness/harness.h"

static void
trigger(int kq, uintptr_t ident, unsigned fflags)
{
	kev_change(kq, ident, EVFILT_USER, 0, NOTE_TRIGGER | fflags);
}

static void
an_event_comes_when_it_is_triggered(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	kev_none(kq);
	trigger(kq, 7, 0);
	trigger(kq, 7, 0);
	ev = kev_wait(kq);
	assert_int_equal(ev.ident, 7);
	assert_int_equal(ev.filter, EVFILT_USER);
	assert_ptr_equal(ev.udata, (void *)7);
	kev_none(kq);
}

static void
without_clear_it_stays_triggered(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD, 0);
	trigger(kq, 7, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
	assert_int_equal(kev_wait(kq).ident, 7);
	kev_change(kq, 7, EVFILT_USER, EV_DISABLE, 0);
	kev_none(kq);
	kev_change(kq, 7, EVFILT_USER, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
	kev_change(kq, 7, EVFILT_USER, EV_DELETE, 0);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, 7, EVFILT_USER, 0, NOTE_TRIGGER), ENOENT);
}

static unsigned
flags_after(int kq, unsigned fflags)
{
	struct kevent ev;

	trigger(kq, 7, fflags);
	ev = kev_wait(kq);
	return ev.fflags & NOTE_FFLAGSMASK;
}

static void
the_operations_change_the_flags(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	assert_int_equal(flags_after(kq, NOTE_FFCOPY | 0xf0f0), 0xf0f0);
	assert_int_equal(flags_after(kq, NOTE_FFNOP | 0x1), 0xf0f0);
	assert_int_equal(flags_after(kq, NOTE_FFOR | 0x0f), 0xf0ff);
	assert_int_equal(flags_after(kq, NOTE_FFAND | 0xff0), 0xf0);
	assert_int_equal(flags_after(kq, NOTE_FFCOPY | 0xffffff), 0xffffff);
	/* Without a trigger they change too, and nothing happens. */
	kev_change(kq, 7, EVFILT_USER, 0, NOTE_FFCOPY | 0x3);
	kev_none(kq);
	assert_int_equal(flags_after(kq, NOTE_FFNOP), 0x3);
}

/* Each operation on each start, also in a change that triggers nothing. */
static void
each_operation_is_what_its_name_says(void **state)
{
	static const unsigned values[] = {
	    0, 1, 0x5a5a5a, 0xa5a5a5, 0xfff000, 0xffffff};
	const size_t n = sizeof(values) / sizeof(values[0]);
	const int kq = kev_queue(state);
	unsigned a, b;
	size_t i;

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	for (i = 0; i < n * n; i++) {
		a = values[i / n];
		b = values[i % n];
		(void)flags_after(kq, NOTE_FFCOPY | a);
		assert_int_equal(flags_after(kq, NOTE_FFNOP | b), a);
		assert_int_equal(flags_after(kq, NOTE_FFAND | b), a & b);
		kev_change(kq, 7, EVFILT_USER, 0, NOTE_FFCOPY | a);
		kev_change(kq, 7, EVFILT_USER, 0, NOTE_FFOR | b);
		kev_none(kq);
		assert_int_equal(flags_after(kq, NOTE_FFNOP), a | b);
	}
}

/* "... the users defined flags in the lower 24 bits", and nothing above. */
static void
what_is_returned_is_the_lower_bits(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0xabcdef);
	kev_change(kq, 7, EVFILT_USER, 0, NOTE_TRIGGER);
#ifdef __linux__
	assert_int_equal(kev_wait(kq).fflags, 0xabcdef);
#else
	assert_int_equal(kev_wait(kq).fflags & NOTE_FFLAGSMASK, 0xabcdef);
#endif
	kev_none(kq);
}

#ifdef __linux__
/* README.md: FreeBSD's kernel does not look at these together. */
static void
a_trigger_counts_in_the_change_that_adds(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, NOTE_TRIGGER | 0x3);
	assert_int_equal(kev_wait(kq).fflags, 0x3);
	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR,
	    NOTE_TRIGGER | NOTE_FFOR | 0x4);
	assert_int_equal(kev_wait(kq).fflags, 0x7);
	kev_none(kq);
}
#endif

/* A change with EV_CLEAR resets the state of what waits. */
static void
clear_takes_a_trigger_back(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD, 0);
	trigger(kq, 7, 0);
	kev_change(kq, 7, EVFILT_USER, EV_CLEAR, 0);
	kev_none(kq);
	trigger(kq, 7, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
}

static void
data_is_what_the_last_change_said(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	kev_change_data(kq, 7, EVFILT_USER, 0, NOTE_TRIGGER, -42);
	assert_int_equal(kev_wait(kq).data, -42);
}

static void
oneshot_and_dispatch_work_for_user_events(void **state)
{
	const int kq = kev_queue(state);

	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_ONESHOT, 0);
	trigger(kq, 7, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
	assert_int_equal(
	    kev_change_error(kq, 7, EVFILT_USER, 0, NOTE_TRIGGER), ENOENT);
	kev_change(kq, 7, EVFILT_USER, EV_ADD | EV_DISPATCH | EV_CLEAR, 0);
	trigger(kq, 7, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
	trigger(kq, 7, 0);
	kev_none(kq);
	kev_change(kq, 7, EVFILT_USER, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).ident, 7);
	kev_none(kq);
}

static void
idents_are_any_numbers(void **state)
{
	const int kq = kev_queue(state);
	static const uintptr_t idents[] = {0, 1, UINTPTR_MAX, 1u << 31};
	size_t i;

	for (i = 0; i < sizeof(idents) / sizeof(idents[0]); i++)
		kev_change(kq, idents[i], EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	for (i = 0; i < sizeof(idents) / sizeof(idents[0]); i++) {
		trigger(kq, idents[i], 0);
		assert_true(kev_wait(kq).ident == idents[i]);
	}
	kev_none(kq);
}

static void
thousands_come_and_go(void **state)
{
	const int kq = kev_queue(state), n = 3000;
	struct kevent ev;
	int i;

	for (i = 0; i < n; i++)
		kev_change(
		    kq, (uintptr_t)i * 64, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	for (i = 0; i < n; i += 2)
		kev_change(kq, (uintptr_t)i * 64, EVFILT_USER, EV_DELETE, 0);
	for (i = 1; i < n; i += 2)
		trigger(kq, (uintptr_t)i * 64, 0);
	for (i = 1; i < n; i += 2) {
		ev = kev_wait(kq);
		assert_int_equal(ev.ident / 64 % 2, 1);
	}
	kev_none(kq);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(an_event_comes_when_it_is_triggered),
	    TEST(without_clear_it_stays_triggered),
	    TEST(the_operations_change_the_flags),
	    TEST(each_operation_is_what_its_name_says),
	    TEST(what_is_returned_is_the_lower_bits),
#ifdef __linux__
	    TEST(a_trigger_counts_in_the_change_that_adds),
#endif
	    TEST(clear_takes_a_trigger_back),
	    TEST(data_is_what_the_last_change_said),
	    TEST(oneshot_and_dispatch_work_for_user_events),
	    TEST(idents_are_any_numbers),
	    TEST(thousands_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
