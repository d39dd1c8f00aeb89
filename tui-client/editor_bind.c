#include <stdio.h>
#include <string.h>

#include "editor_impl.h"
#include "editor_keys.h"

/* What libedit answers about one key; a longer answer is about several ones. */
#define ANSWER_MAX 256

struct command {
	const wchar_t *name, *help;
	editor_command_fn *fn;
};

static const struct command commands[] = {
    {L"yodel-paste", L"Insert what was pasted", editor_command_paste},
    {L"yodel-drop", L"Start the line over", editor_command_drop},
    {L"yodel-trim", L"Cut the line to its bound", editor_command_trim},
    {L"yodel-is-insert", L"Say which map", editor_command_is_insert},
    {L"yodel-is-command", L"Say which map", editor_command_is_command},
    {L"yodel-nothing", L"Do nothing", editor_command_nothing},
    {L"yodel-delete", L"Delete in insert mode", editor_command_delete},
    {L"yodel-mend", L"Delete a torn character", editor_command_mend},
    {L"yodel-thin", L"Delete a character's marks", editor_command_thin},
    {L"yodel-end", L"Go behind the last character", editor_command_end},
    {L"yodel-change-case", L"Change the case of characters",
	editor_command_change_case},
    {L"yodel-complete", L"Complete a word", editor_command_complete},
    {L"yodel-older", L"Previous history entry", editor_recall_older},
    {L"yodel-newer", L"Next history entry", editor_recall_newer},
    {L"yodel-older-match", L"Previous one that begins so",
	editor_recall_older_match},
    {L"yodel-newer-match", L"Next one that begins so",
	editor_recall_newer_match},
    {L"yodel-oldest", L"Oldest history entry, or a numbered one",
	editor_recall_oldest},
    {L"yodel-restore", L"Undo all changes", editor_recall_restore},
    {L"yodel-search-older", L"Search back", editor_search_older},
    {L"yodel-search-newer", L"Search forward", editor_search_newer},
    {L"yodel-vi-older", L"Search back", editor_search_vi_older},
    {L"yodel-vi-newer", L"Search forward", editor_search_vi_newer},
    {L"yodel-again", L"Search on", editor_search_again},
    {L"yodel-again-back", L"Search on, the other way",
	editor_search_again_back},
    {L"yodel-undo", L"Undo the last change", editor_undo_last},
};

/* libedit's commands that are not used, and why. */
static const struct {
	const wchar_t *theirs, *ours;
} substitutes[] = {
    /* A line of more than 1024 characters is lost; regular expressions. */
    {L"ed-prev-history", L"yodel-older"},
    {L"ed-next-history", L"yodel-newer"},
    {L"ed-search-prev-history", L"yodel-older-match"},
    {L"ed-search-next-history", L"yodel-newer-match"},
    {L"vi-to-history-line", L"yodel-oldest"},
    {L"vi-undo-line", L"yodel-restore"},
    /* A quarter of all Hangul ends the search; reads out of bounds. */
    {L"em-inc-search-prev", L"yodel-search-older"},
    {L"em-inc-search-next", L"yodel-search-newer"},
    {L"vi-search-prev", L"yodel-vi-older"},
    {L"vi-search-next", L"yodel-vi-newer"},
    {L"vi-repeat-search-next", L"yodel-again"},
    {L"vi-repeat-search-prev", L"yodel-again-back"},
    /* Reads out of bounds. */
    {L"ed-command", L"ed-unassigned"},
    /* Reads freed memory when the line's buffer grows. */
    {L"em-copy-prev-word", L"ed-unassigned"},
    /* Runs $EDITOR on the real terminal. */
    {L"vi-histedit", L"ed-unassigned"},
    /* Counts up to 4,000,000. */
    {L"em-universal-argument", L"ed-unassigned"},
    /* emacs has none of typed text, and the mark is left in freed memory. */
    {L"vi-undo", L"yodel-undo"},
    /* Reads what is before the line, where it has one character. */
    {L"vi-change-case", L"yodel-change-case"},
};

static const struct {
	const char *command;
	enum editor_kind kind;
} kinds[] = {
    {"ed-insert", EDITOR_KIND_TEXT},
    {"ed-digit", EDITOR_KIND_TEXT},
    {"ed-unassigned", EDITOR_KIND_UNBOUND},
    {"is undefined", EDITOR_KIND_UNBOUND},
    {"ed-sequence-lead-in", EDITOR_KIND_PREFIX},
    {"ed-argument-digit", EDITOR_KIND_DIGIT},
    {"vi-zero", EDITOR_KIND_DIGIT},
    {"ed-quoted-insert", EDITOR_KIND_QUOTE},
    {"vi-next-char", EDITOR_KIND_FIND},
    {"vi-prev-char", EDITOR_KIND_FIND},
    {"vi-to-next-char", EDITOR_KIND_FIND},
    {"vi-to-prev-char", EDITOR_KIND_FIND},
    {"vi-replace-char", EDITOR_KIND_REPLACE},
    {"vi-delete-meta", EDITOR_KIND_OPERATOR},
    {"vi-change-meta", EDITOR_KIND_OPERATOR},
    {"vi-yank", EDITOR_KIND_OPERATOR},
    {"ed-next-char", EDITOR_KIND_RIGHT},
    {"ed-prev-char", EDITOR_KIND_LEFT},
    {"ed-delete-next-char", EDITOR_KIND_DELETE},
    {"em-delete-or-list", EDITOR_KIND_DELETE_EOF},
    {"vi-substitute-char", EDITOR_KIND_SUBSTITUTE},
    {"ed-delete-prev-char", EDITOR_KIND_BACKSPACE},
    {"em-delete-prev-char", EDITOR_KIND_BACKSPACE},
    {"vi-delete-prev-char", EDITOR_KIND_BACKSPACE},
    {"ed-move-to-end", EDITOR_KIND_END},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Keys in the spelling of bind: all octal, so that none of them is an option.
 */
#define SPELLING_MAX (4 * EDITOR_KEYS_MAX)

static const wchar_t *
spell(wchar_t out[SPELLING_MAX], const wchar_t *keys)
{
	size_t n = 0;

	do {
		if (*keys > 0xff) {
			out[n++] = *keys;
			continue;
		}
		out[n++] = L'\\';
		out[n++] = (wchar_t)(L'0' + (*keys >> 6 & 3));
		out[n++] = (wchar_t)(L'0' + (*keys >> 3 & 7));
		out[n++] = (wchar_t)(L'0' + (*keys & 7));
	} while (*++keys != L'\0');
	out[n] = L'\0';
	return out;
}

/* An empty string is the key ^@. */
static void
bind(struct editor *ed, bool vi_command, const wchar_t *keys,
    const wchar_t *command)
{
	wchar_t spelling[SPELLING_MAX];

	spell(spelling, keys);
	if (vi_command)
		el_wset(ed->el, EL_BIND, L"-a", spelling, command, NULL);
	else
		el_wset(ed->el, EL_BIND, spelling, command, NULL);
}

/* libedit tells what a key does only by printing it. */
static void
ask(struct editor *ed, bool vi_command, const wchar_t *keys,
    char answer[ANSWER_MAX])
{
	wchar_t spelling[SPELLING_MAX];

	spell(spelling, keys);
	editor_sink_capture(ed->sink, answer, ANSWER_MAX);
	if (vi_command)
		el_wset(ed->el, EL_BIND, L"-a", spelling, NULL);
	else
		el_wset(ed->el, EL_BIND, spelling, NULL);
	editor_sink_release(ed->sink);
}

/* The command in an answer: `^A -> name`, `"^[[A" -> name`; or NULL. */
static const char *
command_of(char answer[ANSWER_MAX])
{
	char *name = strstr(answer, "->"), *end;

	if (name == NULL)
		return NULL;
	name += strspn(name + 2, " \t") + 2;
	end = strchr(name, '\n');
	if (end == NULL || end[1] != '\0')
		return "ed-sequence-lead-in"; /* of several sequences */
	*end = '\0';
	return name;
}

/*
 * Whether the answer about a sequence is about a longer one: "^[[" is in
 * "^[[A".
 */
static bool
is_longer(const char answer[ANSWER_MAX], const wchar_t *keys)
{
	size_t columns = 2;
	const char *end = strstr(answer, "\"->");

	if (end == NULL)
		end = strstr(answer, "\" ");
	for (; *keys != L'\0'; keys++)
		columns += *keys < 0x20 || *keys == 0x7f ? 2 : 1;
	return answer[0] == '"' && end != NULL &&
	    (size_t)(end - answer) + 1 > columns;
}

enum editor_kind
editor_bind_kind(struct editor *ed, bool vi_command, const wchar_t *keys)
{
	char answer[ANSWER_MAX];
	const char *command;

	if (keys[0] > 0xff)
		return vi_command ? EDITOR_KIND_UNBOUND : EDITOR_KIND_TEXT;
	ask(ed, vi_command, keys, answer);
	if (keys[0] != L'\0' && keys[1] != L'\0' && is_longer(answer, keys))
		return EDITOR_KIND_PREFIX;
	command = command_of(answer);
	if (command == NULL)
		return EDITOR_KIND_UNBOUND;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].command, command) == 0)
			return kinds[i].kind;
	return EDITOR_KIND_OTHER;
}

const wchar_t *
editor_bind_substitute(const wchar_t *command)
{
	for (size_t i = 0; i < COUNT(substitutes); i++)
		if (wcscmp(substitutes[i].theirs, command) == 0)
			return substitutes[i].ours;
	return command;
}

static void
substitute(struct editor *ed, bool vi_command, const wchar_t *keys)
{
	char answer[ANSWER_MAX];
	wchar_t name[ANSWER_MAX];
	const wchar_t *ours;
	const char *command;

	ask(ed, vi_command, keys, answer);
	command = command_of(answer);
	if (command == NULL)
		return;
	for (size_t i = 0; i <= strlen(command); i++)
		name[i] = (wchar_t)(unsigned char)command[i];
	ours = editor_bind_substitute(name);
	/* vi's insert mode as ksh has it inserts ^A and its like. */
	if (ed->vi && keys[0] < 0x20 && wcscmp(name, L"ed-insert") == 0)
		ours = L"ed-unassigned";
	if (ours != name)
		bind(ed, vi_command, keys, ours);
}

void
editor_bind_private(struct editor *ed)
{
	static const struct {
		wchar_t keys[2];
		const wchar_t *insert, *command;
	} private[] = {
	    {{EDITOR_PASTE, 0}, L"yodel-paste", L"yodel-paste"},
	    {{EDITOR_ESCAPE, 0}, L"vi-command-mode", L"yodel-nothing"},
	    {{EDITOR_DROP, 0}, L"yodel-drop", L"yodel-drop"},
	    {{EDITOR_TRIM, 0}, L"yodel-trim", L"yodel-trim"},
	    {{EDITOR_PROBE, 0}, L"yodel-is-insert", L"yodel-is-command"},
	    {{EDITOR_ACCEPT, 0}, L"yodel-nothing", L"yodel-nothing"},
	    {{EDITOR_DELETE, 0}, L"yodel-delete", L"yodel-delete"},
	    {{EDITOR_END, 0}, L"yodel-end", L"yodel-end"},
	    {{EDITOR_INSERT, 0}, L"vi-insert", L"vi-insert"},
	    {{EDITOR_MEND, 0}, L"yodel-mend", L"yodel-mend"},
	    {{EDITOR_THIN, 0}, L"yodel-thin", L"yodel-nothing"},
	};

	for (size_t i = 0; i < COUNT(private); i++) {
		bind(ed, false, private[i].keys, private[i].insert);
		bind(ed, true, private[i].keys, private[i].command);
	}
}

/*
 * Where the locale has no such letters, libedit drops them, or takes them for a
 * Meta key of a terminal with 8 bits.
 */
static void
bind_latin(struct editor *ed)
{
	for (wchar_t c = 0xa0; c < 0x100; c++)
		bind(ed, false, (const wchar_t[]){c, 0}, L"ed-insert");
}

static void
bind_sequences(struct editor *ed)
{
	const struct editor_keys_entry *entry;

	for (size_t i = 0; (entry = editor_keys_entry(i)) != NULL; i++)
		if (entry->command != NULL)
			bind(ed, false, entry->sequence,
			    editor_bind_substitute(entry->command));
}

void
editor_bind_defaults(struct editor *ed)
{
	const wchar_t *editor;

	ed->vi = el_wget(ed->el, EL_EDITOR, &editor) == 0 &&
	    wcscmp(editor, L"vi") == 0;
	for (wchar_t c = 0; c < 0x100; c++) {
		const wchar_t key[] = {c, 0}, meta[] = {L'\033', c, 0};

		substitute(ed, false, key);
		if (ed->vi)
			substitute(ed, true, key);
		else if (c > 0 && c < 0x80)
			substitute(ed, false, meta);
	}
	bind_latin(ed);
	bind_sequences(ed);
	bind(ed, false, L"\t", L"yodel-complete");
	bind(ed, false, L"\022", L"yodel-search-older");
	bind(ed, false, L"\023", L"yodel-search-newer");
	if (ed->vi) {
		bind(ed, false, L"\020", L"yodel-older");
		bind(ed, false, L"\016", L"yodel-newer");
		bind(ed, true, L"\022", L"yodel-search-older");
		bind(ed, true, L"\023", L"yodel-search-newer");
		bind(ed, true, L"\004", L"vi-list-or-eof");
		/* Once for arrows: these would wait for the next key. */
		bind(ed, true, L"[", L"ed-unassigned");
		bind(ed, true, L"O", L"ed-unassigned");
	} else {
		bind(ed, false, L"\037", L"yodel-undo");
		bind(ed, false, L"\030\025", L"yodel-undo");
	}
	editor_bind_private(ed);
}

int
editor_bind_setup(struct editor *ed)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (el_wset(ed->el, EL_ADDFN, commands[i].name,
			commands[i].help, commands[i].fn) == -1)
			return -1;
	if (el_wset(ed->el, EL_EDITOR, L"emacs") == -1)
		return -1;
	editor_bind_defaults(ed);
	return 0;
}
