#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editor_impl.h"
#include "editor_keys.h"
#include "editor_macro.h"
#include "editor_text.h"
#include "eintr.h"

/*
 * More of anything is no .editrc. libedit keeps a key on its stack: 1024 at
 * most.
 */
#define LINE_MAX_BYTES 1024
#define LINES_MAX      4096u
#define WORDS_MAX      16
#define WORD_MAX       255

/* What libedit says is wrong. */
#define ANSWER_MAX 256

struct rc {
	struct editor *ed;
	const char *path;
	unsigned line;
	struct editor_macro *macros; /* that were bound */
};

static void
complain(const struct rc *rc, const char *what)
{
	editor_notice(rc->ed, "%s:%u: %s", rc->path, rc->line, what);
}

/*
 * libedit's rule: the prefix is part of the program's name, or a regex(3) for
 * it.
 */
static bool
is_for(const char *program, const wchar_t *prefix, size_t len)
{
	char *pattern = editor_text_narrow(prefix, len);
	regex_t regex;
	bool match;

	if (pattern == NULL)
		return false;
	match = strstr(program, pattern) != NULL;
	if (!match && regcomp(&regex, pattern, REG_NOSUB) == 0) {
		match = regexec(&regex, program, 0, NULL, 0) == 0;
		regfree(&regex);
	}
	free(pattern);
	return match;
}

/*
 * NULL, or what libedit would make of it: an uninitialised read, another key
 * than was meant, or a read past the end.
 */
static const char *
check_word(const wchar_t *word)
{
	const wchar_t *escape = word;

	if (word[0] == L'\0')
		return "an empty word is no key";
	if (wcslen(word) > WORD_MAX)
		return "a word is too long";
	while ((escape = wcschr(escape, L'\\')) != NULL && escape[1] != L'\0') {
		if (escape[1] == L'U')
			return "\\U is not understood: write the character";
		escape += 2;
	}
	return NULL;
}

static const char *
check_key(const wchar_t *key)
{
	if (key[0] == L'\\')
		key++;
	return key[0] > 0xff ? "only keys below U+0100 can be bound" : NULL;
}

/* The sequence of an arrow key, spelt for bind, or NULL. */
static const wchar_t *
named_key(const wchar_t *name, wchar_t out[4 + EDITOR_KEYS_MAX])
{
	const struct editor_keys_entry *entry;

	for (size_t i = 0; (entry = editor_keys_entry(i)) != NULL; i++) {
		if (entry->name == NULL || wcscmp(entry->name, name) != 0)
			continue;
		wmemcpy(out, L"\\033", 4);
		wmemcpy(out + 4, entry->sequence + 1, EDITOR_KEYS_MAX - 1);
		return out;
	}
	return NULL;
}

/* libedit's answer, where it is a complaint. */
static void
run(const struct rc *rc, int argc, const wchar_t **argv)
{
	char answer[ANSWER_MAX];
	struct editor *ed = rc->ed;
	int result;

	editor_sink_capture(ed->sink, answer, sizeof(answer));
	result = el_wparse(ed->el, argc, argv);
	editor_sink_release(ed->sink);
	answer[strcspn(answer, "\n")] = '\0';
	if (strstr(answer, ": Invalid ") != NULL)
		complain(rc, answer);
	else if (result != 0)
		complain(rc, "bind: not understood");
}

/* The words of a bind command. */
struct bind {
	const wchar_t *argv[WORDS_MAX + 1];
	int argc;
	int key;    /* the first word that is no option, or argc */
	bool reset; /* -e, -v: all keys get libedit's defaults */
	bool macro; /* -s: text, no command */
	bool arrow; /* -k: the key is named */
	wchar_t sequence[4 + EDITOR_KEYS_MAX];
};

/*
 * Leaves -k out: libedit would remember such a key only for the next time that
 * it sets up its maps.
 */
static void
take_words(struct bind *bind, int argc, const wchar_t **argv)
{
	int i = 1;

	bind->argv[bind->argc++] = argv[0];
	for (; i < argc && argv[i][0] == L'-'; i++) {
		wchar_t option = argv[i][1];

		bind->reset = bind->reset || option == L'v' || option == L'e';
		bind->macro = bind->macro || option == L's';
		bind->arrow = bind->arrow || option == L'k';
		if (option != L'k')
			bind->argv[bind->argc++] = argv[i];
	}
	bind->key = bind->argc;
	for (; i < argc; i++)
		bind->argv[bind->argc++] = argv[i];
	bind->argv[bind->argc] = NULL;
}

static const char *
check_bind(struct bind *bind)
{
	const char *wrong = NULL;
	const wchar_t **key = &bind->argv[bind->key];

	for (int i = 1; i < bind->argc && wrong == NULL; i++)
		wrong = check_word(bind->argv[i]);
	if (wrong != NULL || bind->key == bind->argc)
		return wrong;
	if (bind->arrow) {
		*key = named_key(*key, bind->sequence);
		return *key == NULL ? "bind: no such key" : NULL;
	}
	return check_key(*key);
}

static void
run_bind(struct rc *rc, int argc, const wchar_t **argv)
{
	struct bind bind = {.argc = 0};
	const wchar_t **command;
	const char *wrong;

	take_words(&bind, argc, argv);
	command = &bind.argv[bind.key + 1];
	wrong = check_bind(&bind);
	if (wrong == NULL && bind.macro && bind.key + 1 < bind.argc)
		wrong = editor_macro_add(
		    &rc->macros, bind.argv[bind.key], *command);
	if (wrong != NULL) {
		complain(rc, wrong);
		return;
	}
	if (!bind.macro && bind.key + 1 < bind.argc)
		*command = editor_bind_substitute(*command);
	run(rc, bind.argc, bind.argv);
	if (bind.reset)
		editor_bind_defaults(rc->ed);
}

/* These are about a terminal or a history that libedit does not have here. */
static bool
is_elsewhere(const wchar_t *command)
{
	static const wchar_t *const names[] = {L"echotc", L"edit", L"gettc",
	    L"history", L"settc", L"setty", L"telltc"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (wcscmp(names[i], command) == 0)
			return true;
	return false;
}

static void
run_words(struct rc *rc, int argc, const wchar_t **argv)
{
	const wchar_t *command = argv[0], *colon = wcschr(command, L':');

	if (colon != NULL) {
		if (!is_for(rc->ed->options.program, command,
			(size_t)(colon - command)))
			return;
		command = colon + 1;
	}
	if (wcscmp(command, L"bind") == 0) {
		argv[0] = command;
		run_bind(rc, argc, argv);
	} else if (!is_elsewhere(command))
		complain(rc, "unknown command");
}

static void
run_line(struct rc *rc, const wchar_t *text)
{
	TokenizerW *tok;
	const wchar_t **argv = NULL;
	int argc = 0;

	tok = tok_winit(NULL);
	if (tok == NULL) {
		complain(rc, strerror(ENOMEM));
		return;
	}
	switch (tok_wstr(tok, text, &argc, &argv)) {
	case 0:
		if (argc > WORDS_MAX)
			complain(rc, "too many words");
		else if (argc > 0)
			run_words(rc, argc, argv);
		break;
	case 1:
	case 2:
		complain(rc, "unmatched quote");
		break;
	default:
		complain(rc, "the line does not end here");
		break;
	}
	tok_wend(tok);
}

static void
take_line(struct rc *rc, const char *text)
{
	wchar_t *wide;
	size_t len;

	text += strspn(text, " \t\r\v\f");
	if (*text == '\0' || *text == '#')
		return;
	wide = editor_text_widen(text, &len);
	if (wide == NULL) {
		complain(rc, strerror(ENOMEM));
		return;
	}
	run_line(rc, wide);
	free(wide);
}

static void
skip_line(FILE *file)
{
	int c;

	do
		c = getc(file);
	while (c != '\n' && c != EOF);
}

static void
read_lines(struct rc *rc, FILE *file)
{
	char text[LINE_MAX_BYTES];

	for (rc->line = 1; rc->line <= LINES_MAX; rc->line++) {
		size_t len;

		if (fgets(text, sizeof(text), file) == NULL)
			break;
		len = strcspn(text, "\n");
		if (text[len] != '\n' && len == sizeof(text) - 1) {
			skip_line(file);
			complain(rc, "the line is too long");
			continue;
		}
		text[len] = '\0';
		take_line(rc, text);
	}
	if (ferror(file))
		editor_notice(rc->ed, "%s: %s", rc->path, strerror(errno));
}

/* Never waits for a FIFO. */
static FILE *
open_file(const char *path)
{
	int fd =
	    eintr_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	FILE *file;

	if (fd == -1)
		return NULL;
	file = fdopen(fd, "r");
	if (file == NULL)
		close(fd);
	return file;
}

static void
load(struct editor *ed, const char *path, bool optional)
{
	struct rc rc = {.ed = ed, .path = path};
	FILE *file = open_file(path);

	if (file == NULL) {
		if (!optional || errno != ENOENT)
			editor_notice(ed, "%s: %s", path, strerror(errno));
		return;
	}
	read_lines(&rc, file);
	(void)fclose(file);
	editor_macro_free(rc.macros);
	editor_bind_private(ed);
}

void
editor_rc_load(struct editor *ed)
{
	static const char name[] = "/.editrc";
	const char *path = ed->options.editrc, *home = getenv("HOME");
	char *default_path;
	size_t len;

	if (path == NULL)
		path = getenv("EDITRC");
	if (path != NULL) {
		if (*path != '\0')
			load(ed, path, false);
		return;
	}
	if (home == NULL || *home == '\0')
		return;
	len = strlen(home) + sizeof(name);
	default_path = malloc(len);
	if (default_path == NULL)
		return;
	(void)snprintf(default_path, len, "%s%s", home, name);
	load(ed, default_path, true);
	free(default_path);
}
