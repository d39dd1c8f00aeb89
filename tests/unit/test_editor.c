#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "editor.h"
#include "history.h"
#include "keys.h"
#include "scratch.h"
#include "visible.h"

#define SEEN_MAX	32
#define TEXT_MAX	512

/*
 * Someone who types. A script is text; what is in braces is a key or an act:
 *   {^A} {M-b} {enter} {esc} {bs} {tab} {left} {c-left} {m-right} {f5} {nul} ...
 *   {paste:text} {drop} {see} {empty}
 * Where the script ends, so does the input.
 */
struct typist {
	const char *script;
	unsigned asked_after_end;
	unsigned bells;
	char seen[SEEN_MAX][TEXT_MAX]; /* what {see} saw: "(prompt) a|b" */
	size_t seen_count;
	bool vi_command; /* at the last {see} */
	char notices[4][TEXT_MAX];
	size_t notice_count;
	const char *completion;
	size_t candidates;
	char completed[TEXT_MAX];
	struct history *history;
	struct editor *editor;
	const char *line;
	size_t len;
};

static const struct {
	const char *name;
	struct key key;
} names[] = {
	{ "enter", { .code = KEYS_CHAR, .ch = '\r' } },
	{ "tab", { .code = KEYS_CHAR, .ch = '\t' } },
	{ "bs", { .code = KEYS_CHAR, .ch = 0x7f } },
	{ "nul", { .code = KEYS_CHAR, .ch = 0 } },
	{ "c1", { .code = KEYS_CHAR, .ch = 0x80 } },
	{ "esc", { .code = KEYS_ESCAPE } },
	{ "up", { .code = KEYS_UP } },
	{ "down", { .code = KEYS_DOWN } },
	{ "left", { .code = KEYS_LEFT } },
	{ "right", { .code = KEYS_RIGHT } },
	{ "c-left", { .code = KEYS_LEFT, .mods = KEYS_CTRL } },
	{ "c-right", { .code = KEYS_RIGHT, .mods = KEYS_CTRL } },
	{ "m-left", { .code = KEYS_LEFT, .mods = KEYS_ALT } },
	{ "m-right", { .code = KEYS_RIGHT, .mods = KEYS_ALT } },
	{ "s-left", { .code = KEYS_LEFT, .mods = KEYS_SHIFT } },
	{ "home", { .code = KEYS_HOME } },
	{ "end", { .code = KEYS_END } },
	{ "del", { .code = KEYS_DELETE } },
	{ "ins", { .code = KEYS_INSERT } },
	{ "backtab", { .code = KEYS_BACKTAB } },
	{ "f5", { .code = KEYS_F, .ch = 5 } },
	{ "unknown", { .code = KEYS_UNKNOWN } },
};

static void
see(struct typist *t)
{
	struct editor_view view;
	char *out = t->seen[t->seen_count];
	size_t n = 0;

	assert_true(t->seen_count < SEEN_MAX);
	t->seen_count++;
	editor_view(t->editor, &view);
	assert_true(view.cursor <= view.len);
	t->vi_command = view.vi_command;
	for (size_t i = 0; view.search != NULL && i < view.search_len; i++)
		n += (size_t)snprintf(out + n, TEXT_MAX - n, "%lc",
		    (wint_t)view.search[i]);
	for (size_t i = 0; i <= view.len && n < TEXT_MAX - 8; i++) {
		if (i == view.cursor)
			out[n++] = '|';
		if (i < view.len)
			n += (size_t)snprintf(out + n, TEXT_MAX - n, "%lc",
			    (wint_t)view.text[i]);
	}
	out[n] = '\0';
}

static bool
act(struct typist *t, const char *name, size_t len)
{
	if (len > 6 && strncmp(name, "paste:", 6) == 0) {
		assert_int_equal(editor_insert(t->editor, name + 6, len - 6),
		    0);
		return true;
	}
	if (strncmp(name, "drop", len) == 0) {
		editor_drop_line(t->editor);
		return true;
	}
	if (strncmp(name, "empty", len) == 0) {
		snprintf(t->seen[t->seen_count++], TEXT_MAX, "%s",
		    editor_line_is_empty(t->editor) ? "empty" : "not empty");
		return true;
	}
	if (strncmp(name, "see", len) == 0) {
		see(t);
		return true;
	}
	return false;
}

static void
press(struct typist *t, const char *name, size_t len, struct key *key)
{
	key->code = KEYS_UNKNOWN;
	if (len == 2 && name[0] == '^') {
		key->code = KEYS_CHAR;
		key->ch = name[1] & 0x1fu;
		return;
	}
	if (len >= 3 && strncmp(name, "M-", 2) == 0) {
		size_t used;

		key->code = KEYS_CHAR;
		key->ch = (uint32_t)visible_decode(name + 2, len - 2, &used);
		key->mods = KEYS_ALT;
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == len &&
		    strncmp(names[i].name, name, len) == 0) {
			*key = names[i].key;
			return;
		}
	if (!act(t, name, len))
		fail_msg("no such key: %.*s", (int)len, name);
}

static bool
next_key(void *arg, struct key *key)
{
	struct typist *t = arg;
	const char *end;
	size_t used;

	if (*t->script == '\0') {
		t->asked_after_end++;
		return false;
	}
	if (*t->script == '{' && (end = strchr(t->script, '}')) != NULL) {
		press(t, t->script + 1, (size_t)(end - t->script) - 1, key);
		t->script = end + 1;
		return true;
	}
	key->code = KEYS_CHAR;
	key->ch = (uint32_t)visible_decode(t->script, strlen(t->script), &used);
	t->script += used;
	return true;
}

static void
notice(void *arg, const char *text)
{
	struct typist *t = arg;

	if (t->notice_count < 4)
		snprintf(t->notices[t->notice_count], TEXT_MAX, "%s", text);
	t->notice_count++;
}

static void
bell(void *arg)
{
	((struct typist *)arg)->bells++;
}

static size_t
complete(void *arg, const char *line, size_t cursor, char *out, size_t out_size)
{
	struct typist *t = arg;

	snprintf(t->completed, sizeof(t->completed), "%.*s", (int)cursor, line);
	if (t->candidates > 0)
		snprintf(out, out_size, "%s", t->completion);
	return t->candidates;
}

/* editrc is the content of a file, or NULL for none. */
static struct typist *
typist_with(const char *editrc)
{
	struct typist *t = calloc(1, sizeof(*t));
	char path[TEXT_MAX] = "";
	struct editor_options options = { .program = "yodel",
		.editrc = path,
		.next_key = next_key,
		.notice = notice,
		.bell = bell,
		.complete = complete };

	assert_non_null(t);
	if (editrc != NULL)
		scratch_write(scratch_path(path, sizeof(path), "editrc"),
		    editrc, strlen(editrc));
	t->history = history_open(NULL, 100);
	assert_non_null(t->history);
	options.arg = t;
	options.history = t->history;
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	return t;
}

static void
typist_free(struct typist *t)
{
	editor_free(t->editor);
	history_close(t->history);
	free(t);
}

static enum editor_result
type(struct typist *t, const char *script)
{
	enum editor_result result;

	t->script = script;
	t->seen_count = 0;
	t->bells = 0;
	t->line = NULL;
	result = editor_read(t->editor, &t->line, &t->len);
	if (result == EDITOR_LINE)
		assert_int_equal(t->len, strlen(t->line));
	return result;
}

/* A line that is entered, in an editor of its own. */
static void
expect_with(const char *editrc, const char *script, const char *line)
{
	struct typist *t = typist_with(editrc);

	if (type(t, script) != EDITOR_LINE)
		fail_msg("'%s' is no line", script);
	if (strcmp(t->line, line) != 0)
		fail_msg("'%s' is '%s', not '%s'", script, t->line, line);
	typist_free(t);
}

static void
expect(const char *script, const char *line)
{
	expect_with(NULL, script, line);
}

static void
expect_vi(const char *script, const char *line)
{
	expect_with("bind -v\n", script, line);
}

static void
add(struct typist *t, const char *line)
{
	assert_int_equal(history_add(t->history, line), 1);
}

static void
typed_text_of_any_script_is_the_line(void **state)
{
	(void)state;
	expect("hello{enter}", "hello");
	expect("{enter}", "");
	expect("안녕 글 \xf0\x9f\x98\x80 é ß{enter}",
	    "안녕 글 \xf0\x9f\x98\x80 é ß");
}

static void
lines_follow_each_other(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	assert_int_equal(type(t, "one{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "one");
	assert_int_equal(type(t, "two{^A}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xtwo");
	typist_free(t);
}

static void
emacs_keys_edit(void **state)
{
	(void)state;
	expect("bc{^A}a{^E}d{enter}", "abcd");
	expect("abc{^B}{^B}x{^F}y{enter}", "axbyc");
	expect("abcd{^A}{^D}{^E}{bs}{enter}", "bc");
	expect("abcd{^B}{^B}{^K}x{^Y}{enter}", "abxcd");
	expect("one two{^W}x{enter}", "one x");
	expect("one two{^U}three{enter}", "three");
	expect("ab{^T}{enter}", "ba");
	expect("one two{^A}{M-d}x{^E}{^Y}{enter}", "x twoone");
	expect("one two{M-b}{M-u}{enter}", "one TWO");
	expect("{M-3}x{enter}", "xxx");
	expect("{M-1}2x{enter}", "xxxxxxxxxxxx");
}

static void
special_keys_move_and_delete(void **state)
{
	(void)state;
	expect("bc{home}a{end}d{enter}", "abcd");
	expect("abc{left}{left}x{right}y{enter}", "axbyc");
	expect("abc{s-left}x{enter}", "abxc");
	expect("abc{home}{del}{enter}", "bc");
	expect("one two{c-left}x{c-left}{c-left}y{enter}", "yone xtwo");
	expect("one two{home}{c-right}x{m-right}y{enter}", "onex twoy");
	expect("one two{m-left}x{enter}", "one xtwo");
	expect("a{f5}{ins}{backtab}{unknown}b{enter}", "ab");
	expect("a{esc}b{enter}", "ab");
	expect("a{c1}b{enter}", "ab");
	expect("ab{M-[}C{M-O}D{enter}", "abCD");
}

static void
word_moves_know_hangul(void **state)
{
	(void)state;
	expect("안녕 세상{M-b}x{enter}", "안녕 x세상");
	expect("안녕 세상{^W}{enter}", "안녕 ");
}

static void
a_cluster_is_one_step(void **state)
{
	(void)state;
	/* e with U+0301, a family, a flag, jamo. */
	expect("ae\u0301b{left}{left}x{enter}", "axe\u0301b");
	expect("ae\u0301{bs}x{enter}", "ax");
	expect("ae\u0301b{home}{right}{del}{enter}", "ab");
	expect("ae\u0301b{home}{^F}{^D}{enter}", "ab");
	expect("a\U0001F468\u200D\U0001F469\u200D\U0001F467{bs}{enter}", "a");
	expect("\U0001F1F0\U0001F1F7\U0001F1FA\U0001F1F8{bs}{enter}",
	    "\U0001F1F0\U0001F1F7");
	expect("\u1112\u1161\u11ab\u1100\u1173\u11af{bs}{enter}",
	    "\u1112\u1161\u11ab");
	expect("\u2764\ufe0f\U0001F44D\U0001F3FD{bs}{bs}x{enter}", "x");
	expect("e\u0301e\u0301e\u0301{M-2}{^B}x{enter}",
	    "e\u0301xe\u0301e\u0301");
	expect("ae\u0301 b{home}{M-f}x{enter}", "ae\u0301x b");
}

static void
undo_takes_changes_back(void **state)
{
	(void)state;
	expect("abc{^A}{^K}{^_}{enter}", "abc");
	expect("one {^A}two {^_}{enter}", "one ");
	expect("one{^W}{paste:two}{^_}{^_}{enter}", "one");
	expect("one{^_}{enter}", "");
}

static void
vi_keys_edit(void **state)
{
	(void)state;
	expect_vi("abc{esc}0x{enter}", "bc");
	expect_vi("abc{esc}hiX{enter}", "aXbc");
	expect_vi("abc{esc}0iX{esc}AY{enter}", "XabcY");
	expect_vi("one two three{esc}bdw{enter}", "one two ");
	expect_vi("one two three{esc}0cwX{esc}{enter}", "X two three");
	expect_vi("one two{esc}ddithree{enter}", "three");
	expect_vi("abcd{esc}0xp{enter}", "bacd");
	expect_vi("abcd{esc}0xxu{enter}", "bcd");
	expect_vi("abcd{esc}03x{enter}", "d");
	expect_vi("abcd{esc}0rXlrY{enter}", "XYcd");
	expect_vi("abcabc{esc}0fcx{enter}", "ababc");
	expect_vi("abcabc{esc}02fcx{enter}", "abcab");
	expect_vi("abcabc{esc}0tciX{enter}", "aXbcabc");
	expect_vi("one two three{esc}0d2wx{enter}", "hree");
	expect_vi("abc{esc}0ix{esc}l.{enter}", "xxabc");
}

static void
vi_special_keys_stay_in_insert_mode(void **state)
{
	(void)state;
	expect_vi("abc{left}X{enter}", "abXc");
	expect_vi("abc{home}X{end}Y{enter}", "XabcY");
	expect_vi("a{^A}{^E}{^T}{^Z}b{enter}", "ab");
	expect_vi("abc{left}{del}d{enter}", "abd");
	expect_vi("a{^D}{del}{enter}", "a");
	expect_vi("ae\u0301{left}X{enter}", "aXe\u0301");
	expect_vi("ae\u0301{bs}X{enter}", "aX");
	expect_vi("abc{M-0}{M-x}{enter}", "bc");
}

static void
vi_commands_go_by_clusters(void **state)
{
	(void)state;
	expect_vi("ae\u0301b{esc}hx{enter}", "ab");
	expect_vi("e\u0301e\u0301b{esc}02x{enter}", "b");
	expect_vi("ae\u0301b{esc}0ldl{enter}", "ab");
}

static void
vi_mode_is_told(void **state)
{
	struct typist *t = typist_with("bind -v\n");

	(void)state;
	assert_int_equal(type(t, "ab{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	assert_int_equal(type(t, "ab{esc}{see}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_string_equal(t->seen[0], "a|b");
	assert_int_equal(type(t, "ab{esc}0cw{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	assert_int_equal(type(t, "ab{esc}0f{see}b{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(type(t, "ab{esc}0c{see}{esc}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(type(t, "ab{esc}rx{see}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(type(t, "ab{esc}S한{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	typist_free(t);
}

static void
vi_command_mode_takes_no_text(void **state)
{
	(void)state;
	expect_vi("ab{esc}한{enter}", "ab");
	expect_vi("ab{esc}r한{enter}", "a한");
	expect_vi("a한b{esc}0f한x{enter}", "ab");
}

static void
x_on_an_empty_line_is_not_the_end(void **state)
{
	(void)state;
	expect_vi("{esc}x{del}{enter}", "");
	expect("{del}{enter}", "");
}

static void
the_end_of_input_is_control_d_on_an_empty_line(void **state)
{
	struct typist *t = typist_with(NULL), *vi = typist_with("bind -v\n");

	(void)state;
	assert_int_equal(type(t, "{^D}"), EDITOR_EOF);
	assert_int_equal(type(t, "a{^D}{enter}"), EDITOR_LINE);
	assert_int_equal(type(t, "a{bs}{^D}"), EDITOR_EOF);
	assert_int_equal(type(vi, "{^D}"), EDITOR_EOF);
	assert_int_equal(type(vi, "{esc}{^D}"), EDITOR_EOF);
	typist_free(t);
	typist_free(vi);
}

static void
quitting_is_sticky_wherever_it_comes(void **state)
{
	static const char *const scripts[] = { "", "abc", "{^R}", "{^R}x",
		"{^V}", "{^X}", "{M-3}", "{paste:abc}" };
	static const char *const vi_scripts[] = { "{esc}", "a{esc}f", "a{esc}r",
		"a{esc}d", "a{esc}/x", "a{esc}2" };

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct typist *t = typist_with(NULL);

		assert_int_equal(type(t, scripts[i]), EDITOR_QUIT);
		assert_int_equal(t->asked_after_end, 1);
		assert_int_equal(type(t, "abc{enter}"), EDITOR_QUIT);
		typist_free(t);
	}
	for (size_t i = 0; i < sizeof(vi_scripts) / sizeof(vi_scripts[0]);
	     i++) {
		struct typist *t = typist_with("bind -v\n");

		assert_int_equal(type(t, vi_scripts[i]), EDITOR_QUIT);
		assert_int_equal(t->asked_after_end, 1);
		typist_free(t);
	}
}

static void
up_and_down_go_through_the_history(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	add(t, "one");
	add(t, "둘");
	add(t, "three");
	assert_int_equal(type(t,
			     "new{up}{see}{^P}{see}{up}{see}{up}{see}"
			     "{down}{see}{^N}{^N}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "three|");
	assert_string_equal(t->seen[1], "둘|");
	assert_string_equal(t->seen[2], "one|");
	assert_string_equal(t->seen[3], "one|");
	assert_string_equal(t->seen[4], "둘|");
	assert_string_equal(t->seen[5], "new|");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "new");
	assert_int_equal(type(t, "{up}{up}{down}{down}{down}x{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->line, "x");
	typist_free(t);
}

static void
a_long_draft_survives_the_history(void **state)
{
	enum { LENGTH = 5000 };
	struct typist *t = typist_with(NULL);
	char *script = calloc(LENGTH + 64, 1);

	(void)state;
	assert_non_null(script);
	memset(script, 'x', LENGTH);
	strcat(script, "{up}{down}{enter}");
	add(t, "one");
	assert_int_equal(type(t, script), EDITOR_LINE);
	assert_int_equal(t->len, LENGTH);
	assert_int_equal(strspn(t->line, "x"), LENGTH);
	free(script);
	typist_free(t);
}

static void
entered_lines_are_added_to_the_history(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	type(t, "one{enter}");
	type(t, "one{enter}");
	type(t, " secret{enter}");
	type(t, "{enter}");
	type(t, "two{enter}");
	assert_int_equal(history_count(t->history), 2);
	assert_int_equal(type(t, "{up}{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "one");
	typist_free(t);
}

static void
history_is_matched_by_what_is_before_the_cursor(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	add(t, "git log");
	add(t, "make");
	add(t, "git status");
	assert_int_equal(type(t, "git{M-p}{see}{M-p}{see}{M-p}{M-n}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "git status|");
	assert_string_equal(t->seen[1], "git log|");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "git status");
	typist_free(t);
}

static void
vi_keys_go_through_the_history(void **state)
{
	struct typist *t = typist_with("bind -v\n");

	(void)state;
	add(t, "one");
	add(t, "two");
	add(t, "three");
	assert_int_equal(type(t, "{esc}kk{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "two");
	assert_int_equal(type(t, "{esc}2k{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "three");
	assert_int_equal(type(t, "{esc}kj{see}G{see}2G{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "|");
	assert_true(t->vi_command);
	assert_string_equal(t->seen[1], "|one");
	assert_string_equal(t->seen[2], "|two");
	assert_int_equal(type(t, "x{esc}_{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x two");
	typist_free(t);
}

static struct typist *
searcher(const char *editrc)
{
	struct typist *t = typist_with(editrc);

	add(t, "한글 하나");
	add(t, "plain");
	add(t, "smile \xf0\x9f\x98\x80 here");
	add(t, "한글 둘");
	add(t, "last");
	return t;
}

static void
search_finds_any_script(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	assert_int_equal(type(t, "{^R}{see}글{see}{^R}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "(reverse-i-search)'': |");
	assert_string_equal(t->seen[1], "(reverse-i-search)'글': 한|글 둘");
	assert_string_equal(t->seen[2], "(reverse-i-search)'글': 한|글 하나");
	assert_string_equal(t->line, "한글 하나");
	assert_int_equal(type(t, "{^R}\xf0\x9f\x98\x80{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "smile \xf0\x9f\x98\x80 here");
	typist_free(t);
}

static void
search_goes_both_ways(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	assert_int_equal(type(t, "{^R}한글{^R}{^S}{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "(i-search)'한글': |한글 둘");
	assert_string_equal(t->line, "한글 둘");
	typist_free(t);
}

static void
search_says_that_it_fails(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	assert_int_equal(type(t, "{^R}lax{see}{bs}{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0],
	    "(failing reverse-i-search)'lax': |last");
	assert_string_equal(t->seen[1], "(reverse-i-search)'la': |last");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "last");
	typist_free(t);
}

static void
search_is_left_for_editing(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	assert_int_equal(type(t, "{^R}plain{esc}{see}!{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "|plain");
	assert_string_equal(t->line, "!plain");
	assert_int_equal(type(t, "{^R}글 둘{left}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x한글 둘");
	assert_int_equal(type(t, "{^R}plai{right}{end}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "!plainx");
	assert_int_equal(type(t, "{^R}last{M-2}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xxlast");
	assert_int_equal(type(t, "{^R}smile{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "plain");
	typist_free(t);
}

static void
search_is_given_up(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	assert_int_equal(type(t, "draft{left}{^R}plain{^G}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "draf|t");
	assert_string_equal(t->line, "draft");
	assert_int_equal(type(t, "draft{^R}last{esc}{down}{down}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->line, "draft");
	typist_free(t);
}

static void
search_takes_the_last_pattern_again(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	type(t, "{^R}plai{^G}{enter}");
	assert_int_equal(type(t, "{^R}{^R}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "plain");
	typist_free(t);
}

static void
vi_searches_and_goes_on(void **state)
{
	struct typist *t = searcher("bind -v\n");

	(void)state;
	assert_int_equal(type(t, "{esc}/한글{enter}{see}n{see}N{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "|한글 둘");
	assert_string_equal(t->seen[1], "|한글 하나");
	assert_string_equal(t->seen[2], "|한글 둘");
	assert_string_equal(t->line, "한글 둘");
	assert_int_equal(type(t, "{^R}plain{esc}{see}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xplain");
	typist_free(t);
}

static void
a_paste_is_one_insertion(void **state)
{
	(void)state;
	expect("ab{left}{paste:한글 x}c{enter}", "a한글 xcb");
	expect("{paste:a\tb\x01\x1b[31m\x7f" "c\nd\r\ne}{enter}",
	    "a\tb[31mc d e");
	expect("{paste:a\xff\x62}{enter}", "a\xef\xbf\xbd" "b");
	expect("{paste:a}{paste:b}{enter}", "ab");
	expect("{M-3}{paste:a}b{enter}", "ab");
	expect_vi("ab{esc}{paste:X}{enter}", "abX");
	expect_vi("ab{esc}0{paste:X}x{enter}", "ab");
}

static void
a_paste_comes_through_whatever_waits(void **state)
{
	(void)state;
	expect("a{^V}{paste:X}{enter}", "aX");
	expect("a{^X}{paste:X}{enter}", "aX");
	expect("{^R}{paste:X}{enter}", "X");
	expect_vi("ab{esc}0f{paste:X}{enter}", "aXb");
	expect_vi("ab{esc}0r{paste:X}{esc}{enter}", "Xab");
	expect_vi("ab{esc}0d{paste:X}{enter}", "aXb");
}

static void
a_dropped_line_is_gone(void **state)
{
	struct typist *t = searcher(NULL);

	(void)state;
	expect("abc{drop}{see}x{enter}", "x");
	expect("{^V}{drop}x{enter}", "x");
	expect("{M-3}{drop}x{enter}", "x");
	expect("abc{drop}{^_}x{enter}", "x");
	expect("{paste:abc}{drop}x{enter}", "x");
	expect_vi("abc{esc}{drop}xy{enter}", "xy");
	expect_vi("abc{esc}0f{drop}xy{enter}", "xy");
	assert_int_equal(type(t, "{^R}plain{drop}{see}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "|");
	assert_string_equal(t->line, "x");
	assert_int_equal(type(t, "{up}{drop}{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x");
	typist_free(t);
}

static void
an_insertion_before_the_line_is_its_start(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	assert_int_equal(editor_insert(t->editor, "preset", 6), 0);
	assert_int_equal(type(t, "!{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "preset!");
	typist_free(t);
}

static void
tab_completes(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	t->completion = "llo ";
	t->candidates = 1;
	assert_int_equal(type(t, "한 hex{left}{tab}y{enter}"), EDITOR_LINE);
	assert_string_equal(t->completed, "한 he");
	assert_string_equal(t->line, "한 hello yx");
	assert_int_equal(t->bells, 0);
	t->candidates = 2;
	type(t, "he{tab}{see}{enter}");
	assert_string_equal(t->seen[0], "hello |");
	assert_int_equal(t->bells, 1);
	t->candidates = 0;
	assert_int_equal(type(t, "he{tab}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "he");
	typist_free(t);
}

static void
a_quoted_key_is_inserted(void **state)
{
	(void)state;
	expect("a{^V}{^A}b{enter}", "a\x01" "b");
	expect("a{^V}{esc}b{enter}", "a\x1b" "b");
	expect("a{^V}{tab}b{enter}", "a\tb");
	expect("a{^V}{enter}b{enter}", "ab");
	expect("a{^V}{nul}b{enter}", "ab");
	expect("a{^V}{left}b{enter}", "ba");
}

static void
dangerous_commands_do_nothing(void **state)
{
	(void)state;
	expect("a{M-x}b{enter}", "ab");
	expect("a{M-X}b{enter}", "ab");
	expect_vi("ab{esc}:v@{enter}", "ab");
	expect_with("bind ^T ed-command\nbind ^O vi-histedit\n",
	    "a{^T}b{^O}c{enter}", "abc");
	expect("a{^C}{^Z}{^O}{^Q}{^]}b{enter}", "ab");
}

static void
the_line_has_a_bound(void **state)
{
	struct typist *t = typist_with(NULL);
	char *text = malloc(EDITOR_LINE_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', EDITOR_LINE_MAX + 1);
	assert_int_equal(editor_insert(t->editor, text, EDITOR_LINE_MAX + 1),
	    -1);
	assert_int_equal(editor_insert(t->editor, text, EDITOR_LINE_MAX - 1),
	    0);
	assert_int_equal(type(t, "abc{home}d{M-9}9e{enter}"), EDITOR_LINE);
	assert_int_equal(t->len, EDITOR_LINE_MAX);
	assert_int_equal(t->line[0], 'x');
	assert_int_equal(t->line[t->len - 1], 'a');
	assert_true(t->bells >= 3);
	/* Yanked again and again it would be longer, too. */
	assert_int_equal(editor_insert(t->editor, text, 40000), 0);
	assert_int_equal(type(t, "{^A}{^K}{^Y}{^Y}{^Y}{^Y}{see}{enter}"),
	    EDITOR_LINE);
	assert_int_equal(t->len, EDITOR_LINE_MAX);
	free(text);
	typist_free(t);
}

static void
a_count_has_a_bound(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	assert_int_equal(type(t, "{M-9}99999999{M-9}x{enter}"), EDITOR_LINE);
	assert_int_equal(t->len, 9999);
	assert_true(t->bells > 0);
	typist_free(t);
	expect_vi("ab{esc}99999999999x{enter}", "a");
	expect("{M-0}x{enter}", "x");
}

static void
editrc_binds(void **state)
{
	(void)state;
	expect_with("bind ^T ed-move-to-beg\n", "abc{^T}x{enter}", "xabc");
	expect_with("\n  # a comment\n\nyodel:bind ^T ed-move-to-beg\n"
		    "other:bind ^T ed-move-to-end\n"
		    "yo.*:bind \"^O\" ed-move-to-end",
	    "abc{^T}x{^O}y{enter}", "xabcy");
	expect_with("bind -s ^T 'hello'\n", "{^T}!{enter}", "hello!");
	expect_with("bind -k up ed-move-to-beg\n", "abc{up}x{enter}", "xabc");
	expect_with("bind '\\e[15~' ed-move-to-beg\n", "abc{f5}x{enter}",
	    "xabc");
	expect_with("bind '\\ez' ed-move-to-beg\n", "abc{M-z}x{enter}",
	    "xabc");
	expect_with("bind -v\nbind -a z ed-move-to-beg\n",
	    "abc{esc}zix{enter}", "xabc");
	expect_with("bind -v\nbind -e\n", "abc{^A}x{enter}", "xabc");
	expect_with("edit off\nhistory size 3\nsettc li 3\nsetty -a\n",
	    "abc{bs}{enter}", "ab");
	expect_with("bind \\200 ed-newline\nbind -v\n",
	    "a{paste:b}c{enter}", "abc");
}

static void
editrc_commands_use_what_replaces_libedits(void **state)
{
	struct typist *t = searcher("bind ^T em-inc-search-prev\n"
				    "bind ^O ed-prev-history\n");

	(void)state;
	assert_int_equal(type(t, "{^T}글{^T}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "한글 하나");
	assert_int_equal(type(t, "{^O}{^O}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "last");
	typist_free(t);
}

static void
a_bad_line_of_editrc_is_named(void **state)
{
	static const struct {
		const char *editrc, *what;
	} cases[] = {
		{ "\nbind 'a ed-insert\n", "editrc:2: unmatched quote" },
		{ "bind \"a\n", "editrc:1: unmatched quote" },
		{ "bnid ^T ed-insert\n", "editrc:1: unknown command" },
		{ "bind ^T no-such-thing\n", "Invalid command `no-such-thing'" },
		{ "bind '' ed-insert\n", "empty word" },
		{ "bind 글 ed-insert\n", "U+0100" },
		{ "bind '\\U+1' ed-insert\n", "\\U" },
		{ "bind -k sideways ed-insert\n", "no such key" },
		{ "bind ^T ^\n", "Invalid" },
		{ "bind a b c d e f g h i j k l m n o p q\n", "too many" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char editrc[TEXT_MAX];
		struct typist *t;

		snprintf(editrc, sizeof(editrc),
		    "%s" "bind ^O ed-move-to-beg\n", cases[i].editrc);
		t = typist_with(editrc);
		assert_int_equal(t->notice_count, 1);
		if (strstr(t->notices[0], cases[i].what) == NULL)
			fail_msg("'%s' is not in '%s'", cases[i].what,
			    t->notices[0]);
		/* The rest of the file holds. */
		assert_int_equal(type(t, "abc{^O}x{enter}"), EDITOR_LINE);
		assert_string_equal(t->line, "xabc");
		typist_free(t);
	}
}

static void
long_lines_of_editrc_are_skipped(void **state)
{
	char editrc[4096];
	struct typist *t;

	(void)state;
	memset(editrc, 'x', sizeof(editrc));
	snprintf(editrc + 3000, sizeof(editrc) - 3000,
	    "\nbind ^O ed-move-to-beg\nbind %0300d ed-insert\n", 1);
	t = typist_with(editrc);
	assert_int_equal(t->notice_count, 2);
	assert_int_equal(type(t, "abc{^O}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xabc");
	typist_free(t);
}

static void
an_unreadable_editrc_is_named(void **state)
{
	struct typist *t = calloc(1, sizeof(*t));
	struct editor_options options = { .program = "yodel",
		.next_key = next_key, .notice = notice };

	(void)state;
	assert_non_null(t);
	options.arg = t;
	options.editrc = scratch_dir();
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	assert_int_equal(t->notice_count, 1);
	assert_non_null(strstr(t->notices[0], scratch_dir()));
	/* No history, no bell, no completion: all of that is allowed. */
	assert_int_equal(type(t, "{up}{^R}x{tab}{enter}"), EDITOR_LINE);
	typist_free(t);
}

static void
an_empty_line_is_known(void **state)
{
	struct typist *t = typist_with(NULL);

	(void)state;
	assert_int_equal(type(t, "{empty}a{empty}{bs}{empty}{^R}{empty}"),
	    EDITOR_QUIT);
	assert_int_equal(t->seen_count, 4);
	assert_string_equal(t->seen[0], "empty");
	assert_string_equal(t->seen[1], "not empty");
	assert_string_equal(t->seen[2], "empty");
	assert_string_equal(t->seen[3], "not empty");
	typist_free(t);
}

/* A stranger at the keyboard. */
struct monkey {
	struct typist *typist;
	uint32_t random;
	unsigned keys;
};

static uint32_t
draw(struct monkey *m, uint32_t n)
{
	m->random = m->random * 1664525u + 1013904223u;
	return (m->random >> 8) % n;
}

static bool
monkey_key(void *arg, struct key *key)
{
	static const uint32_t wide[] = { 0xe9, 0x301, 0xae00, 0x1f600, 0x200d,
		0x1100, 0x1161, 0xfffd, 0x85 };
	struct monkey *m = arg;
	struct editor_view view;

	if (m->keys == 0)
		return false;
	m->keys--;
	editor_view(m->typist->editor, &view);
	assert_true(view.cursor <= view.len);
	key->code = KEYS_CHAR;
	switch (draw(m, 16)) {
	case 0:
		key->ch = wide[draw(m, sizeof(wide) / sizeof(wide[0]))];
		break;
	case 1:
	case 2:
	case 3:
		key->ch = draw(m, 32);
		break;
	case 4:
	case 5:
		key->ch = draw(m, 128);
		key->mods = KEYS_ALT;
		break;
	case 6:
	case 7:
		*key = names[draw(m, sizeof(names) / sizeof(names[0]))].key;
		break;
	case 8:
		key->code = KEYS_ESCAPE;
		break;
	case 9:
		key->code = KEYS_UNKNOWN;
		if (draw(m, 4) == 0)
			editor_drop_line(m->typist->editor);
		else
			(void)editor_insert(m->typist->editor,
			    "한글 paste e\xcc\x81", draw(m, 18));
		break;
	default:
		key->ch = 0x20 + draw(m, 96);
	}
	return true;
}

static void
run_monkey(const char *editrc, uint32_t seed, unsigned keys)
{
	struct typist *t = typist_with(NULL);
	struct monkey m = { .typist = t, .random = seed, .keys = keys };
	char path[TEXT_MAX];
	struct editor_options options = { .program = "yodel",
		.editrc = scratch_path(path, sizeof(path), "editrc"),
		.history = t->history, .next_key = monkey_key, .arg = &m };
	enum editor_result result;

	scratch_write(path, editrc, strlen(editrc));
	editor_free(t->editor);
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	do {
		result = editor_read(t->editor, &t->line, &t->len);
		if (result == EDITOR_LINE)
			assert_true(t->len <= 4u * EDITOR_LINE_MAX);
	} while (result != EDITOR_QUIT);
	assert_int_equal(m.keys, 0);
	typist_free(t);
}

static void
random_keys_do_no_harm(void **state)
{
	const char *more = getenv("FUZZ_KEYS");
	unsigned keys = more == NULL ? 8000 : (unsigned)atoi(more);
	const char *seed = getenv("FUZZ_SEED");
	uint32_t base = seed == NULL ? 0 : (uint32_t)atoi(seed);

	(void)state;
	for (uint32_t i = 1; i <= 3; i++) {
		run_monkey("\n", base + i, keys);
		run_monkey("bind -v\n", base + i + 100, keys);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_text_of_any_script_is_the_line),
		cmocka_unit_test(lines_follow_each_other),
		cmocka_unit_test(emacs_keys_edit),
		cmocka_unit_test(special_keys_move_and_delete),
		cmocka_unit_test(word_moves_know_hangul),
		cmocka_unit_test(a_cluster_is_one_step),
		cmocka_unit_test(undo_takes_changes_back),
		cmocka_unit_test(vi_keys_edit),
		cmocka_unit_test(vi_special_keys_stay_in_insert_mode),
		cmocka_unit_test(vi_commands_go_by_clusters),
		cmocka_unit_test(vi_mode_is_told),
		cmocka_unit_test(vi_command_mode_takes_no_text),
		cmocka_unit_test(x_on_an_empty_line_is_not_the_end),
		cmocka_unit_test(the_end_of_input_is_control_d_on_an_empty_line),
		cmocka_unit_test(quitting_is_sticky_wherever_it_comes),
		cmocka_unit_test(up_and_down_go_through_the_history),
		cmocka_unit_test(a_long_draft_survives_the_history),
		cmocka_unit_test(entered_lines_are_added_to_the_history),
		cmocka_unit_test(history_is_matched_by_what_is_before_the_cursor),
		cmocka_unit_test(vi_keys_go_through_the_history),
		cmocka_unit_test(search_finds_any_script),
		cmocka_unit_test(search_goes_both_ways),
		cmocka_unit_test(search_says_that_it_fails),
		cmocka_unit_test(search_is_left_for_editing),
		cmocka_unit_test(search_is_given_up),
		cmocka_unit_test(search_takes_the_last_pattern_again),
		cmocka_unit_test(vi_searches_and_goes_on),
		cmocka_unit_test(a_paste_is_one_insertion),
		cmocka_unit_test(a_paste_comes_through_whatever_waits),
		cmocka_unit_test(a_dropped_line_is_gone),
		cmocka_unit_test(an_insertion_before_the_line_is_its_start),
		cmocka_unit_test(tab_completes),
		cmocka_unit_test(a_quoted_key_is_inserted),
		cmocka_unit_test(dangerous_commands_do_nothing),
		cmocka_unit_test(the_line_has_a_bound),
		cmocka_unit_test(a_count_has_a_bound),
		cmocka_unit_test(editrc_binds),
		cmocka_unit_test(editrc_commands_use_what_replaces_libedits),
		cmocka_unit_test(a_bad_line_of_editrc_is_named),
		cmocka_unit_test(long_lines_of_editrc_are_skipped),
		cmocka_unit_test(an_unreadable_editrc_is_named),
		cmocka_unit_test(an_empty_line_is_known),
		cmocka_unit_test(random_keys_do_no_harm),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL &&
	    setlocale(LC_CTYPE, "en_US.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
