/*
 * kqueue(2), DESCRIPTION: what holds for a knote, whatever it watches. Each
 * rule is a sentence of the manual, and is tried on each kind of source.
 */

#include "kev_source.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

static void
an_event_names_its_knote(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_none(place->kq);
	kev_trigger(place);
	assert_ptr_equal(kev_place_wait(place).udata, place);
}

static void
a_preexisting_condition_is_found(struct kev_place *place)
{
	kev_trigger(place);
	kev_place_change(place, EV_ADD);
	(void)kev_place_wait(place);
}

static void
what_no_longer_holds_is_not_returned(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	kev_quiet(place);
	kev_none(place->kq);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
many_occurrences_are_one_event(struct kev_place *place)
{
	struct kevent events[8];
	int i;

	kev_place_change(place, EV_ADD | EV_CLEAR);
	for (i = 0; i < 4; i++)
		kev_trigger(place);
	assert_int_equal(kev_poll(place->kq, events, 8), 1);
	kev_none(place->kq);
}

static void
a_pair_of_ident_and_filter_is_one_knote(struct kev_place *place)
{
	struct kevent events[8];

	kev_place_change(place, EV_ADD);
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	(void)deadline_wait_fd(deadline_in(DEADLINE_MS), place->kq, POLLIN);
	assert_int_equal(kev_poll(place->kq, events, 8), 1);
	kev_place_change(place, EV_DELETE);
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
}

static void
udata_passes_unchanged(struct kev_place *place)
{
	kev_place_change_udata(place, EV_ADD, (void *)UINTPTR_MAX);
	kev_trigger(place);
	assert_ptr_equal(kev_place_wait(place).udata, (void *)UINTPTR_MAX);
	kev_place_change_udata(place, EV_ADD, NULL);
	kev_trigger(place);
	assert_null(kev_place_wait(place).udata);
}

static void
closing_the_descriptor_removes_the_knote(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	assert_int_equal(close(place->fd), 0);
	place->fd = -1;
	kev_none(place->kq);
	assert_int_equal(kev_place_error(place, EV_DELETE), EBADF);
}

static void
closing_takes_an_event_along_that_waits(struct kev_place *place)
{
	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	(void)kev_place_wait(place);
	assert_int_equal(close(place->fd), 0);
	place->fd = -1;
	kev_none(place->kq);
}

static void
the_next_with_the_number_has_no_knote(struct kev_place *place)
{
	int fds[2];

	kev_place_change(place, EV_ADD);
	kev_trigger(place);
	kev_pair(fds);
	/* Readable, and with room to write. */
	kev_send(fds[1], "other");
	assert_int_equal(dup2(fds[0], place->fd), place->fd);
	kev_none(place->kq);
	assert_int_equal(kev_place_error(place, EV_DELETE), ENOENT);
	kev_pair_close(fds);
}

static void
another_number_of_the_file_is_another_knote(struct kev_place *place)
{
	struct kev_place other = *place;
	struct kevent events[8];

	other.fd = dup(place->fd);
	assert_int_not_equal(other.fd, -1);
	other.ident = (uintptr_t)other.fd;
	kev_place_change(place, EV_ADD);
	kev_place_change(&other, EV_ADD);
	kev_trigger(place);
	(void)deadline_wait_fd(deadline_in(DEADLINE_MS), place->kq, POLLIN);
	assert_int_equal(kev_poll(place->kq, events, 8), 2);
	assert_int_not_equal(events[0].ident, events[1].ident);
	close(other.fd);
	(void)kev_place_wait(place);
	assert_int_equal(kev_poll(place->kq, events, 8), 1);
}

static int
child_of(struct kev_place *place)
{
	struct kevent ev;

	if (kevent(place->kq, NULL, 0, &ev, 1, NULL) != -1 || errno != EBADF)
		return 1;
	return 0;
}

static void
a_child_does_not_inherit_the_queue(struct kev_place *place)
{
	int status;
	pid_t pid;

	kev_place_change(place, EV_ADD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(child_of(place));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	kev_trigger(place);
	(void)kev_place_wait(place);
}

static void
each_queue_is_told(struct kev_place *place)
{
	const int second = kqueue();
	struct kevent ev;

	assert_int_not_equal(second, -1);
	kev_place_change(place, EV_ADD);
	kev_place_change_on(place, second, EV_ADD);
	kev_trigger(place);
	(void)kev_place_wait(place);
	if (place->source->filter == EVFILT_USER) {
		/* But for these, which are each queue's own. */
		kev_none(second);
	} else {
		ev = kev_wait(second);
		assert_true(ev.ident == place->ident);
		assert_ptr_equal(ev.udata, place);
	}
	close(second);
}

static void
the_queue_is_readable_while_there_is_an_event(struct kev_place *place)
{
	struct pollfd p = {.fd = place->kq, .events = POLLIN};

	kev_place_change(place, EV_ADD);
	kev_none(place->kq);
	assert_int_equal(poll(&p, 1, 0), 0);
	kev_trigger(place);
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), place->kq, POLLIN));
	(void)kev_place_wait(place);
	kev_place_change(place, EV_DELETE);
	kev_none(place->kq);
	assert_int_equal(poll(&p, 1, 0), 0);
}

static void
another_queue_can_watch_the_queue(struct kev_place *place)
{
	const int outer = kqueue();

	assert_int_not_equal(outer, -1);
	kev_change(outer, (uintptr_t)place->kq, EVFILT_READ, EV_ADD, 0);
	kev_place_change(place, EV_ADD);
	kev_none(outer);
	kev_trigger(place);
	assert_int_equal(kev_wait(outer).ident, place->kq);
	(void)kev_place_wait(place);
	kev_place_change(place, EV_DELETE);
	kev_none(place->kq);
	kev_none(outer);
	close(outer);
}

static void *
wait_for_it(void *arg)
{
	struct kev_place *place = arg;
	struct kevent ev;

	if (kevent(place->kq, NULL, 0, &ev, 1, NULL) != 1 ||
	    ev.ident != place->ident)
		return NULL;
	return place;
}

static void
a_thread_that_waits_is_woken(struct kev_place *place)
{
	pthread_t thread;
	void *result;

	kev_place_change(place, EV_ADD);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_it, place), 0);
	kev_trigger(place);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, place);
}

int
main(void)
{
	static const struct kev_rule rules[] = {
#define RULE(name, unless, only) KEV_RULE("DESCRIPTION", name, unless, only)
	    RULE(an_event_names_its_knote, 0, 0),
	    RULE(a_preexisting_condition_is_found, KEV_NO_PAST, 0),
	    RULE(what_no_longer_holds_is_not_returned, KEV_NO_QUIET, 0),
	    RULE(many_occurrences_are_one_event, KEV_LATE, 0),
	    RULE(a_pair_of_ident_and_filter_is_one_knote, 0, 0),
	    RULE(udata_passes_unchanged, 0, 0),
	    RULE(closing_the_descriptor_removes_the_knote, 0, KEV_FD),
	    RULE(closing_takes_an_event_along_that_waits, 0, KEV_FD),
	    RULE(the_next_with_the_number_has_no_knote, 0, KEV_FD),
	    RULE(another_number_of_the_file_is_another_knote, 0, KEV_FD),
	    RULE(a_child_does_not_inherit_the_queue, 0, 0),
	    RULE(each_queue_is_told, 0, 0),
	    RULE(the_queue_is_readable_while_there_is_an_event, 0, 0),
	    RULE(another_queue_can_watch_the_queue, 0, 0),
	    RULE(a_thread_that_waits_is_woken, 0, 0),
	};

	return kev_rules_run(rules, sizeof(rules) / sizeof(rules[0]));
}
