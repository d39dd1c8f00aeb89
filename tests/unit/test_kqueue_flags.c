/*
 * kqueue(2), the flags: what each says of a knote, whatever it watches. Each
 * rule is a sentence of the manual, and is tried on each kind of source.
 */

#include "kev_source.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

static void
adding_again_changes_what_is_there(struct kev_place *place)
{
	int other;

	kev_place_change(place, EV_ADD);
	kev_place_change_udata(place, EV_ADD | EV_DISPATCH, &other);
	kev_trigger(place);
	assert_ptr_equal(kev_place_wait(place).udata, &other);
#ifdef __linux__
	/* FreeBSD's kernel leaves the flags as they were. */
	kev_none(place->kq);
#endif
}

static void
adding_again_enables(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
unless_it_is_added_disabled(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_trigger(place);
	kev_none(place->kq);
	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_none(place->kq);
	kev_place_change(place, EV_ENABLE);
	(void)kev_place_wait(place);
}

static void
enabled_it_is_returned_if_it_is_triggered(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_place_change(place, EV_ENABLE);
	kev_none(place->kq);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
disabled_it_is_not_returned(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	kev_place_change(place, EV_DISABLE);
	kev_none(place->kq);
	kev_place_change(place, EV_DISABLE);
	kev_none(place->kq);
}

/* "The filter itself is not disabled." */
static void
what_happens_meanwhile_counts(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_place_change(place, EV_DISABLE);
	kev_trigger(place);
	kev_none(place->kq);
	kev_place_change(place, EV_ENABLE);
	(void)kev_place_wait(place);
}

static void
what_was_over_meanwhile_does_not(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_trigger(place);
	kev_quiet(place);
	kev_place_change(place, EV_ENABLE);
	kev_none(place->kq);
}

static void
dispatch_disables_after_each_event(struct kev_place *place)
{
	int i;

	kev_place_change(place, EV_ADD | EV_DISPATCH);
	for (i = 0; i < 3; i++) {
		kev_trigger(place);
		(void)kev_place_wait(place);
		kev_trigger(place);
		kev_none(place->kq);
		kev_place_change(place, EV_ENABLE);
		(void)kev_place_wait(place);
		if (place->source->quiet != NULL)
			kev_quiet(place);
		kev_none(place->kq);
		kev_place_change(place, EV_DELETE);
		kev_place_change(place, EV_ADD | EV_DISPATCH);
	}
}

static void
deleted_it_is_unknown(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	kev_place_change(place, EV_DELETE);
	kev_none(place->kq);
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
	assert_int_equal(kev_place_error(place, EV_ENABLE), ENOENT);
	assert_int_equal(kev_place_error(place, EV_DISABLE), ENOENT);
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
what_was_never_added_is_unknown(struct kev_place *place)
{
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
	assert_int_equal(kev_place_error(place, EV_ENABLE), ENOENT);
	assert_int_equal(kev_place_error(place, EV_DISABLE), ENOENT);
	assert_int_equal(kev_place_error(place, 0), ENOENT);
	kev_none(place->kq);
}

static void
a_receipt_holds_events_back(struct kev_place *place)
{
	struct kevent change, events[4];

	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	EV_SET(&change, place->ident, (short)place->source->filter,
	    EV_ADD | EV_RECEIPT, place->source->fflags, 0, place);
	assert_int_equal(kevent(place->kq, &change, 1, events, 4, NULL), 1);
	assert_true(events[0].ident == place->ident);
	assert_int_equal(events[0].filter, place->source->filter);
	assert_true(events[0].flags & EV_ERROR);
	assert_int_equal(events[0].data, 0);
	(void)kev_place_wait(place);
}

static void
a_receipt_tells_of_an_error(struct kev_place *place)
{
	struct kevent change, events[4];

	EV_SET(&change, place->ident, (short)place->source->filter,
	    EV_DELETE | EV_RECEIPT, 0, 0, place);
	assert_int_equal(kevent(place->kq, &change, 1, events, 4, NULL), 1);
	assert_true(events[0].flags & EV_ERROR);
	assert_int_equal(events[0].data, ENOENT);
	assert_ptr_equal(events[0].udata, place);
}

static void
oneshot_is_deleted_once_returned(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_ONESHOT);
	kev_none(place->kq);
	kev_trigger(place);
	assert_true(kev_place_wait(place).flags & EV_ONESHOT);
	kev_none(place->kq);
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
	kev_place_change(place, EV_ADD | EV_ONESHOT);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
oneshot_waits_while_it_is_disabled(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_ONESHOT | EV_DISABLE);
	kev_trigger(place);
	kev_none(place->kq);
	kev_place_change(place, EV_ENABLE);
	(void)kev_place_wait(place);
	assert_int_equal(kev_place_error(place, EV_ENABLE), ENOENT);
}

static void
with_clear_it_is_returned_once(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_CLEAR);
	kev_trigger(place);
	assert_true(kev_place_wait(place).flags & EV_CLEAR);
	kev_none(place->kq);
}

static void
with_clear_it_comes_for_each_transition(struct kev_place *place)
{
	int i;

	kev_place_change(place, EV_ADD | EV_CLEAR);
	for (i = 0; i < 5; i++) {
		kev_trigger(place);
		(void)kev_place_wait(place);
	}
}

/* Read empty in between, so that it looks as it did before. */
static void
with_clear_it_comes_after_it_was_dealt_with(struct kev_place *place)
{
	int i;

	kev_place_change(place, EV_ADD | EV_CLEAR);
	for (i = 0; i < 5; i++) {
		kev_trigger(place);
		(void)kev_place_wait(place);
		kev_quiet(place);
		if (i > 2)
			kev_none(place->kq);
	}
}

static void
without_clear_the_state_is_returned(struct kev_place *place)
{
	int i;

	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	for (i = 0; i < 5; i++)
		(void)kev_place_wait(place);
}

static void
some_filters_set_clear_themselves(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	assert_true(kev_place_wait(place).flags & EV_CLEAR);
	kev_none(place->kq);
}

static void
clear_and_dispatch_go_together(struct kev_place *place)
{
	kev_place_change(place, EV_ADD | EV_CLEAR | EV_DISPATCH);
	kev_trigger(place);
	(void)kev_place_wait(place);
	kev_trigger(place);
	kev_none(place->kq);
	kev_place_change(place, EV_ENABLE);
	(void)kev_place_wait(place);
	kev_none(place->kq);
}

#ifdef EV_KEEPUDATA
static void
a_change_takes_udata_unless_it_is_to_be_kept(struct kev_place *place)
{
	int other;

	kev_place_change(place, EV_ADD | EV_DISABLE);
	kev_trigger(place);
	kev_place_change_udata(place, EV_ENABLE | EV_KEEPUDATA, NULL);
	assert_ptr_equal(kev_place_wait(place).udata, place);
	kev_place_change_udata(place, EV_DISABLE, NULL);
	kev_trigger(place);
	kev_place_change_udata(place, EV_ENABLE, &other);
	assert_ptr_equal(kev_place_wait(place).udata, &other);
}

static void
udata_can_not_be_kept_when_adding(struct kev_place *place)
{
	assert_int_equal(kev_place_error(place, EV_ADD | EV_KEEPUDATA), EINVAL);
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
}
#endif

int
main(void)
{
	static const struct kev_rule rules[] = {
#define RULE KEV_RULE
	    RULE("EV_ADD", adding_again_changes_what_is_there, 0, 0),
	    RULE("EV_ADD", adding_again_enables, 0, 0),
	    RULE("EV_ADD", unless_it_is_added_disabled, 0, 0),
	    RULE("EV_ENABLE", enabled_it_is_returned_if_it_is_triggered, 0, 0),
	    RULE("EV_DISABLE", disabled_it_is_not_returned, 0, 0),
	    RULE("EV_DISABLE", what_happens_meanwhile_counts, 0, 0),
	    RULE("EV_DISABLE", what_was_over_meanwhile_does_not, KEV_NO_QUIET,
		0),
	    RULE("EV_DISPATCH", dispatch_disables_after_each_event, 0, 0),
	    RULE("EV_DELETE", deleted_it_is_unknown, 0, 0),
	    RULE("EV_DELETE", what_was_never_added_is_unknown, 0, 0),
	    RULE("EV_RECEIPT", a_receipt_holds_events_back, 0, 0),
	    RULE("EV_RECEIPT", a_receipt_tells_of_an_error, 0, 0),
	    RULE("EV_ONESHOT", oneshot_is_deleted_once_returned, 0, 0),
	    RULE("EV_ONESHOT", oneshot_waits_while_it_is_disabled, 0, 0),
	    RULE("EV_CLEAR", with_clear_it_is_returned_once, 0, 0),
	    RULE("EV_CLEAR", with_clear_it_comes_for_each_transition, 0, 0),
	    RULE("EV_CLEAR", with_clear_it_comes_after_it_was_dealt_with,
		KEV_NO_QUIET, 0),
	    RULE(
		"EV_CLEAR", without_clear_the_state_is_returned, KEV_CLEARS, 0),
	    RULE("EV_CLEAR", some_filters_set_clear_themselves, 0, KEV_CLEARS),
	    RULE("EV_CLEAR", clear_and_dispatch_go_together, KEV_LATE, 0),
#ifdef EV_KEEPUDATA
	    RULE("EV_KEEPUDATA", a_change_takes_udata_unless_it_is_to_be_kept,
		0, 0),
	    RULE("EV_KEEPUDATA", udata_can_not_be_kept_when_adding, 0, 0),
#endif
	};

	return kev_rules_run(rules, sizeof(rules) / sizeof(rules[0]));
}
