/*
 * tty: keys as a terminal sends them, or something that can be read like one.
 */

#include <sys/types.h>
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <pty.h>
#elif defined(__FreeBSD__)
#include <libutil.h>
#else
#include <util.h>
#endif

#include "harness/deadline.h"
#include "harness/harness.h"
#include "keys.h"
#include "loop.h"
#include "loop_probe.h"
#include "tty.h"

struct fixture {
	struct loop *loop;
	struct tty *tty;
	int fds[2]; /* ours, and what it reads */
	int gone;
};

static void
count_gone(void *arg)
{
	struct fixture *f = arg;

	f->gone++;
}

static void
start(struct fixture *f, size_t paste_limit_bytes)
{
	*f = (struct fixture){.loop = loop_new()};
	assert_non_null(f->loop);
	probe_pair(f->fds);
	f->tty = tty_new(f->loop, f->fds[1], paste_limit_bytes, count_gone, f);
	assert_non_null(f->tty);
}

static void
stop(struct fixture *f)
{
	tty_free(f->tty);
	/* What was watched is not any more. */
	probe_send(f->fds[0], "x");
	assert_int_equal(loop_once(f->loop, 0), 0);
	assert_int_equal(f->gone, 0);
	loop_free(f->loop);
	probe_pair_close(f->fds);
}

/* Turns the loop until there is a key. */
static void
expect(struct fixture *f, enum keys_code code, uint32_t ch)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct key key;

	while (!tty_next_key(f->tty, &key)) {
		int left = deadline_left_ms(deadline);

		assert_int_not_equal(left, 0);
		assert_int_not_equal(loop_once(f->loop, left), -1);
	}
	assert_int_equal(key.code, code);
	if (code == KEYS_CHAR)
		assert_int_equal(key.ch, ch);
}

static void
expect_none(struct fixture *f)
{
	struct key key;

	assert_false(tty_next_key(f->tty, &key));
}

static void
keys_come_as_they_are_typed(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1000);
	expect_none(&f);
	probe_send(f.fds[0], "a한\033[A\003");
	expect(&f, KEYS_CHAR, 'a');
	expect(&f, KEYS_CHAR, 0xd55c);
	expect(&f, KEYS_UP, 0);
	expect(&f, KEYS_CHAR, 'C' - '@');
	expect_none(&f);
	stop(&f);
}

static void
an_escape_alone_is_a_key_when_nothing_follows(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1000);
	probe_send(f.fds[0], "\033");
	expect(&f, KEYS_ESCAPE, 0);
	expect_none(&f);
	probe_send(f.fds[0], "[A");
	expect(&f, KEYS_CHAR, '[');
	expect(&f, KEYS_CHAR, 'A');
	stop(&f);
}

static void
a_sequence_may_come_in_pieces(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1000);
	probe_send(f.fds[0], "\033[");
	assert_int_equal(loop_once(f.loop, DEADLINE_MS), 1);
	expect_none(&f);
	probe_send(f.fds[0], "B");
	expect(&f, KEYS_DOWN, 0);
	/* Nothing is ambiguous any more: there is no timer to come. */
	assert_int_equal(loop_once(f.loop, (int)KEYS_SEQUENCE_MS + 50), 0);
	expect_none(&f);
	stop(&f);
}

static void
a_paste_is_cut_at_its_bound(void **state)
{
	struct fixture f;
	struct key key;

	(void)state;
	start(&f, 4);
	probe_send(f.fds[0], "\033[200~123456\033[201~");
	assert_int_equal(loop_once(f.loop, DEADLINE_MS), 1);
	assert_true(tty_next_key(f.tty, &key));
	assert_int_equal(key.code, KEYS_PASTE);
	assert_true(key.paste_cut);
	assert_int_equal(key.paste_len, 4);
	assert_memory_equal(key.paste, "1234", 4);
	stop(&f);
}

static void
an_end_is_told_once_and_what_was_typed_stays(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1000);
	probe_send(f.fds[0], "a");
	assert_int_equal(shutdown(f.fds[0], SHUT_WR), 0);
	while (f.gone == 0)
		assert_int_equal(loop_once(f.loop, DEADLINE_MS), 1);
	expect(&f, KEYS_CHAR, 'a');
	assert_int_equal(loop_once(f.loop, 0), 0);
	assert_int_equal(f.gone, 1);
	tty_free(f.tty);
	loop_free(f.loop);
	probe_pair_close(f.fds);
}

static void
a_terminal_is_there_until_it_is_closed(void **state)
{
	struct loop *loop = loop_new();
	int master, slave;
	struct fixture f = {.gone = 0};
	struct tty *tty;

	(void)state;
	assert_non_null(loop);
	if (openpty(&master, &slave, NULL, NULL, NULL) == -1)
		skip();
	tty = tty_new(loop, slave, 1000, count_gone, &f);
	assert_non_null(tty);
	assert_true(tty_is_there(tty));
	close(master);
	assert_false(tty_is_there(tty));
	tty_free(tty);
	loop_free(loop);
	close(slave);
}

static void
what_is_no_terminal_is_not_there(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1000);
	assert_false(tty_is_there(f.tty));
	stop(&f);
}

static void
a_descriptor_that_is_none_is_an_error(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	assert_non_null(loop);
	assert_null(tty_new(loop, -1, 1000, count_gone, NULL));
	loop_free(loop);
	tty_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_come_as_they_are_typed),
	    cmocka_unit_test(an_escape_alone_is_a_key_when_nothing_follows),
	    cmocka_unit_test(a_sequence_may_come_in_pieces),
	    cmocka_unit_test(a_paste_is_cut_at_its_bound),
	    cmocka_unit_test(an_end_is_told_once_and_what_was_typed_stays),
	    cmocka_unit_test(a_terminal_is_there_until_it_is_closed),
	    cmocka_unit_test(what_is_no_terminal_is_not_there),
	    cmocka_unit_test(a_descriptor_that_is_none_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
