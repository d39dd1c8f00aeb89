/*
 * shortcut: the keys that are the interface's. The screen, the frame and the
 * editor are doubles here; the session, the paster, the view and the finder are
 * real.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor.h"
#include "finder.h"
#include "frame.h"
#include "harness/harness.h"
#include "harness/peer.h"
#include "keys.h"
#include "paster.h"
#include "screen.h"
#include "session_probe.h"
#include "shortcut.h"
#include "view.h"

struct screen {
	int bells, repaints;
	long rows; /* scrolled */
	int pages;
};

struct editor {
	char inserted[64];
	int inserts, drops;
	int error; /* of the next insert */
	bool busy; /* the line is not empty */
};

void
screen_bell(struct screen *s)
{
	s->bells++;
}

void
screen_repaint(struct screen *s)
{
	s->repaints++;
}

void
frame_scroll(struct frame *f, long rows)
{
	f->screen->rows += rows;
}

void
frame_turn(struct frame *f, int pages)
{
	f->screen->pages += pages;
}

void
frame_to_start(struct frame *f)
{
	view_to_start(f->view, f->transcript);
}

void
frame_to_end(struct frame *f)
{
	view_to_end(f->view);
}

void
frame_help(struct frame *f, bool open)
{
	f->help = open;
}

int
editor_insert(struct editor *e, const char *text, size_t len)
{
	if (e->error != 0) {
		errno = e->error;
		return -1;
	}
	assert_in_range(len, 0, sizeof(e->inserted) - 1);
	memcpy(e->inserted, text, len);
	e->inserted[len] = '\0';
	e->inserts++;
	return 0;
}

void
editor_drop_line(struct editor *e)
{
	e->drops++;
}

bool
editor_line_is_empty(struct editor *e)
{
	return !e->busy;
}

struct fixture {
	struct session_probe *probe;
	struct screen screen;
	struct editor editor;
	struct view view;
	struct frame frame;
	struct shortcut shortcut;
	int suspends, quits;
};

static void
count_suspend(void *arg)
{
	struct fixture *f = arg;

	f->suspends++;
}

static void
count_quit(void *arg)
{
	struct fixture *f = arg;

	f->quits++;
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->probe = session_probe_new(NULL, false);
	session_probe_connect(f->probe);
	for (int i = 0; i < 5; i++)
		session_notice(f->probe->session, "%d", i);
	f->probe->next += 5;
	view_init(&f->view, NULL, NULL);
	view_resize(&f->view, f->probe->transcript, 80, 2);
	f->frame = (struct frame){.screen = &f->screen,
	    .view = &f->view,
	    .transcript = f->probe->transcript,
	    .session = f->probe->session,
	    .finder = finder_new(f->probe->transcript, &f->view)};
	assert_non_null(f->frame.finder);
	f->shortcut = (struct shortcut){.frame = &f->frame,
	    .editor = &f->editor,
	    .paster = paster_new(f->probe->session),
	    .suspend = count_suspend,
	    .quit = count_quit,
	    .arg = f};
	assert_non_null(f->shortcut.paster);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	paster_free(f->shortcut.paster);
	finder_free(f->frame.finder);
	session_probe_free(f->probe);
	free(f);
	return 0;
}

static bool
press(struct fixture *f, enum keys_code code, uint32_t ch)
{
	struct key key = {.code = code, .ch = ch};

	return shortcut_take(&f->shortcut, &key);
}

#define control(f, letter) press(f, KEYS_CHAR, (letter) - '@')

/*
 * True where it was taken; else what is left of it must do nothing by itself.
 */
static bool
paste(struct fixture *f, const char *text)
{
	struct key key = {
	    .code = KEYS_PASTE, .paste = text, .paste_len = strlen(text)};
	bool taken = shortcut_take(&f->shortcut, &key);

	if (!taken)
		assert_int_equal(key.code, KEYS_UNKNOWN);
	return taken;
}

static void
what_is_typed_is_the_editors(void **state)
{
	struct fixture *f = *state;

	assert_false(press(f, KEYS_CHAR, 'a'));
	assert_false(press(f, KEYS_CHAR, 's'));
	assert_false(press(f, KEYS_CHAR, 0xd55c));
	assert_false(control(f, 'A'));
	assert_false(control(f, 'M'));
	assert_false(press(f, KEYS_UP, 0));
	assert_false(press(f, KEYS_ESCAPE, 0));
	assert_false(press(f, KEYS_F, 2));
	assert_false(f->frame.help);
	assert_int_equal(f->editor.inserts + f->editor.drops, 0);
}

static void
keys_that_scroll(void **state)
{
	struct fixture *f = *state;

	assert_true(press(f, KEYS_PAGE_UP, 0));
	assert_int_equal(f->screen.pages, -1);
	assert_true(press(f, KEYS_PAGE_DOWN, 0));
	assert_int_equal(f->screen.pages, 0);
	assert_true(press(f, KEYS_MOUSE_UP, 0));
	assert_in_range(-f->screen.rows, 1, 10);
	assert_true(press(f, KEYS_MOUSE_DOWN, 0));
	assert_int_equal(f->screen.rows, 0);
}

static void
alt_with_an_angle_goes_to_an_end(void **state)
{
	struct fixture *f = *state;
	struct key key = {.code = KEYS_CHAR, .ch = '<', .mods = KEYS_ALT};

	assert_true(shortcut_take(&f->shortcut, &key));
	assert_false(f->view.following);
	assert_int_equal(f->view.top_id, 0);
	key.ch = '>';
	assert_true(shortcut_take(&f->shortcut, &key));
	assert_true(f->view.following);
	key.ch = 'f';
	assert_false(shortcut_take(&f->shortcut, &key));
	assert_false(press(f, KEYS_CHAR, '<'));
	assert_true(f->view.following);
}

static void
keys_of_the_whole_program(void **state)
{
	struct fixture *f = *state;

	assert_true(control(f, 'L'));
	assert_int_equal(f->screen.repaints, 1);
	assert_true(control(f, 'Z'));
	assert_int_equal(f->suspends, 1);
	assert_true(press(f, KEYS_F, 1));
	assert_true(f->frame.help);
	assert_true(press(f, KEYS_F, 1));
	assert_false(f->frame.help);
	assert_true(press(f, KEYS_FOCUS, 1));
}

static void
interrupt_drops_the_line_and_a_second_one_quits(void **state)
{
	struct fixture *f = *state;
	struct key key = {.code = KEYS_CHAR, .ch = 'C' - '@'};

	assert_false(shortcut_take(&f->shortcut, &key));
	assert_int_equal(key.code, KEYS_UNKNOWN);
	assert_int_equal(f->editor.drops, 1);
	assert_true(f->shortcut.interrupted);
	assert_int_equal(f->quits, 0);
	assert_true(control(f, 'C'));
	assert_int_equal(f->quits, 1);
	assert_false(f->shortcut.interrupted);
}

static void
a_key_between_two_interrupts_forgives(void **state)
{
	struct fixture *f = *state;

	assert_false(control(f, 'C'));
	assert_false(press(f, KEYS_CHAR, 'x'));
	assert_false(f->shortcut.interrupted);
	assert_false(control(f, 'C'));
	assert_true(press(f, KEYS_PAGE_UP, 0));
	assert_false(control(f, 'C'));
	assert_int_equal(f->editor.drops, 3);
	assert_int_equal(f->quits, 0);
}

static void
a_paste_of_one_line_is_typed_text(void **state)
{
	struct fixture *f = *state;

	assert_false(paste(f, "pasted"));
	assert_string_equal(f->editor.inserted, "pasted");
	assert_false(paste(f, "with an end\r\n"));
	assert_string_equal(f->editor.inserted, "with an end");
	assert_int_equal(f->editor.inserts, 2);
	assert_false(paster_asks(f->shortcut.paster));
}

static void
one_that_the_editor_can_not_take_is_told(void **state)
{
	struct fixture *f = *state;

	f->editor.error = ENOBUFS;
	assert_true(paste(f, "pasted"));
	assert_int_equal(f->screen.bells, 1);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "paste: a line takes at most 65536 characters");
	f->editor.error = ENOMEM;
	assert_true(paste(f, "pasted"));
	assert_int_equal(f->screen.bells, 2);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE, "paste: ");
}

static void
a_paste_of_more_lines_waits_for_an_answer(void **state)
{
	struct fixture *f = *state;
	struct key key = {.code = KEYS_CHAR, .mods = KEYS_ALT};

	assert_true(paste(f, "one\rtwo"));
	assert_true(paster_asks(f->shortcut.paster));
	assert_true(press(f, KEYS_CHAR, 'x'));
	assert_true(press(f, KEYS_LEFT, 0));
	key.ch = 's';
	assert_true(shortcut_take(&f->shortcut, &key));
	assert_int_equal(f->screen.bells, 3);
	assert_true(paster_asks(f->shortcut.paster));
	/* Those of the interface still work, and what is typed by nobody. */
	assert_true(press(f, KEYS_PAGE_UP, 0));
	assert_int_equal(f->screen.pages, -1);
	assert_false(press(f, KEYS_UNKNOWN, 0));
	assert_true(press(f, KEYS_CHAR, 's'));
	assert_int_equal(f->screen.bells, 3);
	assert_false(paster_work(f->shortcut.paster));
	peer_expect(f->probe->peer, "one\ntwo\n");
	assert_false(press(f, KEYS_CHAR, 's'));
	assert_int_equal(f->editor.inserts, 0);
}

static void
interrupt_lets_a_paste_go_before_the_line(void **state)
{
	struct fixture *f = *state;

	assert_true(paste(f, "one\rtwo"));
	assert_true(control(f, 'C'));
	assert_false(paster_asks(f->shortcut.paster));
	assert_false(f->shortcut.interrupted);
	assert_int_equal(f->editor.drops, 0);
	assert_false(control(f, 'C'));
	assert_int_equal(f->editor.drops, 1);
	assert_int_equal(f->quits, 0);
}

static void
expect_made(struct fixture *f, const char *text)
{
	struct key key = {.code = KEYS_CHAR};

	assert_true(shortcut_make(&f->shortcut, &key));
	assert_int_equal(key.code, KEYS_UNKNOWN);
	assert_string_equal(f->editor.inserted, text);
}

static void
expect_none_made(struct fixture *f)
{
	struct key key;

	assert_false(shortcut_make(&f->shortcut, &key));
}

static void
an_edited_paste_makes_a_key_for_each_line(void **state)
{
	struct fixture *f = *state;

	shortcut_line_begins(&f->shortcut);
	expect_none_made(f);
	assert_true(paste(f, "one\rtwo"));
	expect_none_made(f);
	assert_true(press(f, KEYS_CHAR, 'e'));
	expect_made(f, "one");
	expect_none_made(f);
	shortcut_line_begins(&f->shortcut);
	expect_made(f, "two");
	shortcut_line_begins(&f->shortcut);
	expect_none_made(f);
	assert_int_equal(f->editor.inserts, 2);
}

/* What was typed before the paste is not mixed with its first line. */
static void
a_line_that_is_begun_comes_first(void **state)
{
	struct fixture *f = *state;

	f->editor.busy = true;
	assert_true(paste(f, "one\rtwo"));
	assert_true(press(f, KEYS_CHAR, 'e'));
	expect_none_made(f);
	f->editor.busy = false;
	shortcut_line_begins(&f->shortcut);
	expect_made(f, "one");
}

static bool
press_alt(struct fixture *f, uint32_t ch)
{
	struct key key = {.code = KEYS_CHAR, .ch = ch, .mods = KEYS_ALT};

	return shortcut_take(&f->shortcut, &key);
}

/* The pattern and the count, or "" where it is closed. */
static const char *
found(struct fixture *f)
{
	static char text[128];
	struct finder_line line;

	if (!finder_is_open(f->frame.finder))
		return "";
	finder_line(f->frame.finder, &line);
	snprintf(text, sizeof(text), "%.*s %s", (int)line.len, line.pattern,
	    line.count);
	return text;
}

static void
a_search_takes_the_keys_while_it_is_open(void **state)
{
	struct fixture *f = *state;

	session_notice(f->probe->session, "to be found");
	f->frame.help = true;
	assert_true(press_alt(f, '/'));
	assert_false(f->frame.help);
	assert_true(press(f, KEYS_CHAR, 'f'));
	assert_true(press(f, KEYS_CHAR, 'o'));
	assert_true(press(f, KEYS_CHAR, 'u'));
	assert_string_equal(found(f), "fou 1/1");
	assert_true(press(f, KEYS_LEFT, 0));
	assert_true(control(f, 'A'));
	/* Those of the interface still work. */
	assert_true(press(f, KEYS_PAGE_UP, 0));
	assert_int_equal(f->screen.pages, -1);
	assert_true(control(f, 'L'));
	assert_int_equal(f->screen.repaints, 1);
	assert_true(press_alt(f, '>'));
	assert_true(control(f, 'M'));
	assert_true(press(f, KEYS_CHAR, 'n'));
	assert_string_equal(found(f), "fou 1/1");
	assert_true(press_alt(f, '/'));
	assert_string_equal(found(f), "fou ");
	assert_true(control(f, 'M'));
	assert_false(press(f, KEYS_CHAR, 'x'));
	assert_string_equal(found(f), "");
	assert_int_equal(f->editor.inserts + f->editor.drops, 0);
}

static void
interrupt_ends_a_search_and_not_the_line(void **state)
{
	struct fixture *f = *state;

	assert_true(press_alt(f, '/'));
	assert_true(control(f, 'C'));
	assert_string_equal(found(f), "");
	assert_false(f->shortcut.interrupted);
	assert_int_equal(f->editor.drops, 0);
	assert_false(control(f, 'C'));
	assert_int_equal(f->editor.drops, 1);
	assert_int_equal(f->quits, 0);
}

static void
a_paste_into_a_search_is_its_pattern(void **state)
{
	struct fixture *f = *state;

	session_notice(f->probe->session, "to be found");
	assert_true(press_alt(f, '/'));
	assert_true(paste(f, "be found\n"));
	assert_string_equal(found(f), "be found 1/1");
	assert_int_equal(f->editor.inserts, 0);
	assert_true(paste(f, "one\rtwo"));
	assert_string_equal(found(f), "");
	assert_true(paster_asks(f->shortcut.paster));
	/* Its question comes before a search. */
	assert_true(press_alt(f, '/'));
	assert_string_equal(found(f), "");
	assert_int_equal(f->screen.bells, 1);
	assert_true(press(f, KEYS_CHAR, 'd'));
	assert_true(press_alt(f, '/'));
	assert_string_equal(found(f), "be found ");
}

#define shortcut_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    shortcut_test(what_is_typed_is_the_editors),
	    shortcut_test(keys_that_scroll),
	    shortcut_test(alt_with_an_angle_goes_to_an_end),
	    shortcut_test(keys_of_the_whole_program),
	    shortcut_test(interrupt_drops_the_line_and_a_second_one_quits),
	    shortcut_test(a_key_between_two_interrupts_forgives),
	    shortcut_test(a_paste_of_one_line_is_typed_text),
	    shortcut_test(one_that_the_editor_can_not_take_is_told),
	    shortcut_test(a_paste_of_more_lines_waits_for_an_answer),
	    shortcut_test(interrupt_lets_a_paste_go_before_the_line),
	    shortcut_test(an_edited_paste_makes_a_key_for_each_line),
	    shortcut_test(a_line_that_is_begun_comes_first),
	    shortcut_test(a_search_takes_the_keys_while_it_is_open),
	    shortcut_test(interrupt_ends_a_search_and_not_the_line),
	    shortcut_test(a_paste_into_a_search_is_its_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
