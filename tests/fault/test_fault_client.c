/*
 * fault: the client's modules that ask something of the system, with each of
 * their calls failing in turn. Each scene plays a module, and once it is quiet
 * again, the module has to work.
 */

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "echoer.h"
#include "editor.h"
#include "fault.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "harness/scratch.h"
#include "history.h"
#include "keys.h"
#include "link.h"
#include "loop.h"
#include "save.h"
#include "sweep.h"
#include "tape.h"
#include "transcript.h"

#define PATH_SIZE   256
#define PATIENCE_MS 5000
#define BURST	    3

static char path[PATH_SIZE];

static bool
hits(const char *call)
{
	return strcmp(fault_table[fault_armed()->call].name, call) == 0;
}

/* The rest of a scene has nothing to fear. */
static void
calm_down(void)
{
	fault_stay_out();
}

/* link */

#define PIECE  4096
#define PIECES 40

struct talk {
	struct loop *loop;
	struct link *link;
	uint64_t connects; /* to which what follows belongs */
	size_t sent, got;
	const char *wrong;
};

static char
byte_at(size_t at)
{
	return (char)(at + at / 251);
}

/* What was on its way when the connection broke is lost with it. */
static void
on_changed(void *arg)
{
	struct talk *t = arg;

	if (link_status(t->link)->connects == t->connects)
		return;
	t->connects = link_status(t->link)->connects;
	t->sent = t->got = 0;
}

static void
on_received(void *arg, const void *p, size_t len)
{
	struct talk *t = arg;
	const char *bytes = p;
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] != byte_at(t->got + i))
			t->wrong = "another byte came back";
	t->got += len;
	if (t->got > t->sent)
		t->wrong = "more came back than was sent";
}

static void
on_drained(void *arg)
{
	(void)arg;
}

static bool
is_connected(const struct talk *t)
{
	return link_status(t->link)->state == LINK_CONNECTED;
}

static bool
is_closed(const struct talk *t)
{
	return link_status(t->link)->state == LINK_CLOSED;
}

static bool
is_answered(const struct talk *t)
{
	return t->got == t->sent || !is_connected(t);
}

static bool
is_let_go(const struct talk *t)
{
	return !is_connected(t);
}

static void
turn_until(struct talk *t, bool (*holds)(const struct talk *), const char *why)
{
	const uint64_t end_ms = clock_now_ms() + PATIENCE_MS;

	while (t->wrong == NULL && !holds(t)) {
		if (clock_now_ms() > end_ms)
			t->wrong = why;
		else if (loop_once(t->loop, PATIENCE_MS) == -1)
			t->wrong = "the loop gives up";
	}
}

/* Says so many pieces and hears them, in one connection or in several. */
static void
say(struct talk *t, unsigned pieces)
{
	char piece[PIECE];
	size_t i;

	while (pieces > 0 && t->wrong == NULL) {
		turn_until(t, is_connected, "it does not connect");
		for (i = 0; i < sizeof(piece); i++)
			piece[i] = byte_at(t->sent + i);
		if (t->wrong == NULL &&
		    link_send(t->link, piece, sizeof(piece)) == 0) {
			t->sent += sizeof(piece);
			pieces--;
		} else if (t->wrong == NULL && sweep_price() == 0) {
			t->wrong = "it does not take what is sent";
		} else {
			turn_until(t, is_answered, "no answer comes");
		}
	}
	turn_until(t, is_answered, "no answer comes");
}

static void
talk_all(struct talk *t, struct echoer *e, const char *host)
{
	struct endpoint place;

	if (endpoint_parse(&place, host, echoer_port(e)) == -1) {
		t->wrong = "the endpoint";
		return;
	}
	link_connect(t->link, &place);
	say(t, PIECES);
	if (sweep_price() == 0 && t->wrong == NULL &&
	    (t->connects != 1 || link_status(t->link)->tries != 0))
		t->wrong = "it needed more than one connection";
	fault_stay_out();
	echoer_kick(e);
	fault_stay_in();
	turn_until(t, is_let_go, "it does not see the end");
	say(t, 2);
	calm_down();
	say(t, 2);
	turn_until(t, is_connected, "it does not connect");
	link_finish(t->link);
	turn_until(t, is_closed, "it does not finish");
}

static const char *
talk(const char *host)
{
	const struct link_options options = {
	    .reconnect = true, .reconnect_min_ms = 2, .reconnect_max_ms = 4};
	static struct talk t;
	const struct link_handler handler = {.changed = on_changed,
	    .received = on_received,
	    .drained = on_drained,
	    .arg = &t};
	struct echoer *e = echoer_start();

	t = (struct talk){0};
	fault_stay_in();
	t.loop = loop_new();
	if (t.loop != NULL)
		t.link = link_new(t.loop, &options, &handler);
	if (t.link != NULL)
		talk_all(&t, e, host);
	else if (sweep_price() == 0)
		t.wrong = "there is no link";
	link_free(t.link);
	loop_free(t.loop);
	calm_down();
	echoer_stop(e);
	return t.wrong;
}

static const char *
play_link(void)
{
	return talk("127.0.0.1");
}

static const char *
play_link_name(void)
{
	return talk("localhost");
}

/* history */

#define KEPT 4
#define OLD  10 /* so many more that the file is written anew */

static const char *const before[] = {"one", "two two", "three"};
static const char *const after[] = {
    "four", "five", "six", "seven \\ eight", "nine", "ten"};

#define BEFORE (sizeof(before) / sizeof(before[0]))
#define AFTER  (sizeof(after) / sizeof(after[0]))

static const char *
make_history(void)
{
	struct history *h;
	size_t i;

	(void)unlink(path);
	h = history_open(path, OLD + BEFORE);
	if (h == NULL)
		return "no history";
	for (i = 0; i < OLD; i++)
		(void)history_add(h, i % 2 == 0 ? "old" : "older");
	for (i = 0; i < BEFORE; i++)
		(void)history_add(h, before[i]);
	history_close(h);
	return NULL;
}

/*
 * What is in the file in the end: those that were said to be added, the last
 * ones, each whole; and of what was there before only what had to make room.
 */
static const char *
check_history(const bool added[AFTER])
{
	struct history *h = history_open(path, KEPT);
	const char *wrong = NULL;
	size_t i, n, at;

	if (h == NULL || history_error(h) != NULL)
		wrong = "the history can't be read any more";
	n = h == NULL ? 0 : history_count(h);
	at = n;
	for (i = AFTER; wrong == NULL && i-- > 0 && at > 0;) {
		if (strcmp(history_entry(h, at - 1), after[i]) == 0)
			at--;
		else if (added[i])
			wrong = "an entry that was added is not there";
	}
	for (i = BEFORE; wrong == NULL && i-- > 0 && at > 0;)
		if (strcmp(history_entry(h, --at), before[i]) != 0)
			wrong = "an entry of before is not there";
	if (wrong == NULL && n < BEFORE)
		wrong = "entries are lost";
	history_close(h);
	return wrong;
}

/* What is written anew is written beside the file first. */
static bool
is_alone(void)
{
	struct dirent *entry;
	unsigned files = 0;
	DIR *dir = opendir(scratch_dir());

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		files += strncmp(entry->d_name, "history.", 8) == 0;
	if (dir != NULL)
		(void)closedir(dir);
	return files == 0;
}

static const char *
play_history(void)
{
	bool added[AFTER] = {false};
	const char *wrong = make_history();
	struct history *h;
	size_t i;

	if (wrong != NULL)
		return wrong;
	fault_stay_in();
	h = history_open(path, KEPT);
	for (i = 0; h != NULL && i < AFTER; i++) {
		history_refresh(h);
		added[i] =
		    history_add(h, after[i]) == 1 && history_error(h) == NULL;
		if (!added[i] && sweep_price() == 0)
			wrong = "an entry is not added";
	}
	if (h == NULL && sweep_price() == 0)
		wrong = "there is no history";
	history_close(h);
	calm_down();
	/* One that unlink(2) itself left is no fault of ours. */
	if (wrong == NULL && !hits("unlink") && !is_alone())
		wrong = "a part of a new file is left";
	return wrong != NULL ? wrong : check_history(added);
}

/* A disk that is full in the middle of a line, and then has room again. */
static bool
fill_disk(struct history *h)
{
	struct rlimit room, full;
	struct stat st;
	bool added;

	(void)getrlimit(RLIMIT_FSIZE, &room);
	full = room;
	full.rlim_cur = (stat(path, &st) == 0 ? (rlim_t)st.st_size : 0) + 3;
	(void)setrlimit(RLIMIT_FSIZE, &full);
	added = history_add(h, after[0]) == 1 && history_error(h) == NULL;
	(void)setrlimit(RLIMIT_FSIZE, &room);
	return !added;
}

/* Only where it can't be cut off is a part of the line left. */
static const char *
check_full(bool added)
{
	struct history *h = history_open(path, OLD + BEFORE + AFTER);
	size_t n = h == NULL ? 0 : history_count(h);
	const char *wrong = NULL;

	if (h == NULL || history_error(h) != NULL)
		wrong = "the history can't be read any more";
	else if (n > 0 && strcmp(history_entry(h, n - 1), after[1]) == 0)
		n--;
	else if (added)
		wrong = "an entry that was added is not there";
	if (wrong == NULL && n > 0 && hits("ftruncate") &&
	    strncmp(history_entry(h, n - 1), after[0], 3) == 0)
		n--;
	if (wrong == NULL &&
	    (n < BEFORE ||
		strcmp(history_entry(h, n - 1), before[BEFORE - 1]) != 0))
		wrong = "half an entry is left, or one is lost";
	history_close(h);
	return wrong;
}

static const char *
play_full(void)
{
	const char *wrong = make_history();
	struct history *h;
	bool added = false;

	if (wrong != NULL)
		return wrong;
	fault_stay_in();
	h = history_open(path, OLD + BEFORE + AFTER);
	if (h != NULL && !fill_disk(h))
		wrong = "nobody is told that the disk is full";
	if (h != NULL)
		added =
		    history_add(h, after[1]) == 1 && history_error(h) == NULL;
	if (!added && sweep_price() == 0)
		wrong = "an entry is not added where there is room again";
	history_close(h);
	calm_down();
	return wrong != NULL ? wrong : check_full(added);
}

/* save and tape */

static struct transcript *
make_transcript(void)
{
	struct transcript *t = transcript_new(100, 65536);
	uint64_t id;
	int i;

	for (i = 0; t != NULL && i < 20; i++)
		if (transcript_add(t, TRANSCRIPT_SENT, 1000, "some words", 10,
			false, &id) == -1) {
			transcript_free(t);
			return NULL;
		}
	return t;
}

static size_t
count_lines(void)
{
	char *text = scratch_read(path, NULL), *p;
	size_t n = 0;

	for (p = text; p != NULL && (p = strchr(p, '\n')) != NULL; p++)
		n++;
	free(text);
	return n;
}

static const char *
play_save(void)
{
	const char *wrong = NULL;
	struct transcript *t;
	int64_t saved = -1;

	(void)unlink(path);
	fault_stay_in();
	t = make_transcript();
	if (t != NULL)
		saved = save_transcript(t, path);
	calm_down();
	if (saved == -1 && sweep_price() == 0)
		wrong = "nothing is saved";
	else if (saved == -1 && t != NULL && access(path, F_OK) == 0 &&
	    !hits("unlink"))
		wrong = "a part of a file is left";
	else if (saved != -1 && count_lines() != 20)
		wrong = "the file is not whole";
	(void)unlink(path);
	if (wrong == NULL && t != NULL && save_transcript(t, path) != 20)
		wrong = "it does not save any more";
	transcript_free(t);
	return wrong;
}

static bool tape_told;

static void
on_tape_failed(void *arg, const char *text)
{
	(void)arg;
	(void)text;
	tape_told = true;
}

static bool
record(struct loop *loop, struct transcript *transcript)
{
	const struct tape_options options = {
	    .path = path, .transcript = transcript, .failed = on_tape_failed};
	struct tape *tape = tape_open(loop, &options);
	uint64_t id;

	if (tape == NULL)
		return false;
	for (id = transcript_first(transcript); id < transcript_end(transcript);
	     id++) {
		tape_add(tape, id);
		if (id == 5)
			tape_reopen(tape);
		(void)loop_once(loop, 0);
	}
	return tape_close(tape) == 0 && !tape_told;
}

static const char *
play_tape(void)
{
	struct transcript *transcript;
	const char *wrong = NULL;
	struct loop *loop;
	bool whole = false;

	(void)unlink(path);
	tape_told = false;
	fault_stay_in();
	transcript = make_transcript();
	loop = loop_new();
	if (transcript != NULL && loop != NULL)
		whole = record(loop, transcript);
	loop_free(loop);
	transcript_free(transcript);
	calm_down();
	if (!whole && sweep_price() == 0)
		wrong = "the tape ends";
	else if (whole && count_lines() != 20)
		wrong = "the tape is not whole";
	return wrong;
}

/* editor */

static const char *typed;
static struct editor *editor;

static bool
next_key(void *arg, struct key *key)
{
	struct editor_view view;

	(void)arg;
	if (editor != NULL)
		editor_view(editor, &view);
	if (*typed == '\0')
		return false;
	*key = (struct key){.code = KEYS_CHAR, .ch = (unsigned char)*typed};
	if (*typed == '\1') {
		key->code = KEYS_UNKNOWN;
		(void)editor_insert(editor, "pasted", 6);
	}
	typed++;
	return true;
}

/* Returns whether the keys made this line. */
static bool
types(const char *keys, const char *want)
{
	const char *line = NULL;
	size_t len = 0;

	typed = keys;
	return editor_read(editor, &line, &len) == EDITOR_LINE &&
	    len == strlen(want) && memcmp(line, want, len) == 0;
}

static const char *
play_editor(void)
{
	struct editor_options options = {
	    .program = "yodel", .editrc = "", .next_key = next_key};
	const char *wrong = make_history();
	bool all = false;

	if (wrong != NULL)
		return wrong;
	fault_stay_in();
	options.history = history_open(path, KEPT);
	editor = editor_new(&options);
	if (editor != NULL) {
		all = types("hello\r", "hello");
		all &= types("a \1 b\r", "a pasted b");
		all &= types("\20\r", "a pasted b"); /* ^P: the one before */
		all &= types("\22two\r", "two two"); /* ^R */
	}
	calm_down();
	if (!all && sweep_price() == 0)
		wrong = "another line is made than was typed";
	if (editor != NULL && !types("world\r", "world"))
		wrong = "it does not work any more";
	editor_free(editor);
	history_close(options.history);
	editor = NULL;
	return wrong;
}

static void
sweep_named(const char *name, const char *(*scene)(void))
{
	const struct sweep_scene sweep = {
	    .name = name, .play = scene, .burst = BURST};

	(void)scratch_path(path, sizeof(path), name);
	sweep_play(&sweep);
}

static void
test_a_link_comes_back_whatever_call_has_failed(void **state)
{
	(void)state;
	sweep_named("link", play_link);
}

static void
test_a_link_to_a_name_comes_back_as_well(void **state)
{
	(void)state;
	sweep_named("name", play_link_name);
}

static void
test_no_failure_destroys_the_history(void **state)
{
	(void)state;
	sweep_named("history", play_history);
}

static void
test_a_full_disk_tears_no_entry(void **state)
{
	(void)state;
	sweep_named("full", play_full);
}

static void
test_a_file_is_saved_whole_or_not_at_all(void **state)
{
	(void)state;
	sweep_named("save", play_save);
}

static void
test_a_tape_is_whole_or_says_that_it_is_not(void **state)
{
	(void)state;
	sweep_named("tape", play_tape);
}

static void
test_the_editor_works_after_any_failure(void **state)
{
	(void)state;
	sweep_named("editor", play_editor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_link_comes_back_whatever_call_has_failed),
	    cmocka_unit_test(test_a_link_to_a_name_comes_back_as_well),
	    cmocka_unit_test(test_no_failure_destroys_the_history),
	    cmocka_unit_test(test_a_full_disk_tears_no_entry),
	    cmocka_unit_test(test_a_file_is_saved_whole_or_not_at_all),
	    cmocka_unit_test(test_a_tape_is_whole_or_says_that_it_is_not),
	    cmocka_unit_test(test_the_editor_works_after_any_failure),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests_name(
	    "fault: client", tests, region_setup, NULL);
}
