#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candidates.h"
#include "command.h"
#include "complete.h"
#include "folder.h"
#include "prefs.h"
#include "words.h"

#define PLACES_MAX 64
#define HINT_BYTES 1024
#define ENOUGH	   512 /* candidates: more than a row can show */

struct complete {
	struct words *words;
	char *places[PLACES_MAX]; /* the latest first; the rest is NULL */
	struct candidates found;  /* by the last Tab, for the hint */
	char hint[HINT_BYTES];
};

struct complete *
complete_new(struct words *words)
{
	struct complete *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->words = words;
	return c;
}

void
complete_free(struct complete *c)
{
	if (c == NULL)
		return;
	candidates_clear(&c->found);
	for (size_t i = 0; i < PLACES_MAX; i++)
		free(c->places[i]);
	free(c);
}

void
complete_learn_place(struct complete *c, const char *place)
{
	char *copy = strdup(place);
	size_t i = 0;

	if (copy == NULL)
		return;
	while (i < PLACES_MAX - 1 && c->places[i] != NULL &&
	    strcmp(c->places[i], place) != 0)
		i++;
	free(c->places[i]);
	memmove(c->places + 1, c->places, i * sizeof(c->places[0]));
	c->places[0] = copy;
}

static void
complete_add(struct complete *c, const char *typed, const char *text)
{
	if (strncmp(text, typed, strlen(typed)) == 0)
		candidates_add(&c->found, text);
}

static void
complete_name(struct complete *c, const char *typed)
{
	size_t count;
	const struct command_entry *table = command_table(&count);

	for (size_t i = 0; i < count; i++)
		complete_add(c, typed, table[i].name);
}

/* One of "ask|always|never". */
static void
complete_values(struct complete *c, const char *typed, const char *values)
{
	while (*values != '\0') {
		size_t len = strcspn(values, "|");
		char value[32];

		(void)snprintf(value, sizeof(value), "%.*s", (int)len, values);
		complete_add(c, typed, value);
		values += len + (values[len] == '|');
	}
}

/* The name of a setting, or, behind one, its values. Returns what is typed. */
static const char *
complete_setting(struct complete *c, const char *argument)
{
	size_t len = strcspn(argument, " \t"), count;
	const char *value = argument + len + strspn(argument + len, " \t");
	const struct prefs_entry *table = prefs_table(&count);

	for (size_t i = 0; i < count; i++)
		if (argument[len] == '\0')
			complete_add(c, argument, table[i].name);
		else if (strlen(table[i].name) == len &&
		    strncmp(table[i].name, argument, len) == 0)
			complete_values(c, value, table[i].values);
	return argument[len] == '\0' ? argument : value;
}

/*
 * Whether more of them would change nothing: there are more than can be shown,
 * and they have nothing further in common.
 */
static bool
complete_is_enough(const struct complete *c, size_t typed)
{
	return c->found.count == CANDIDATES_MAX ||
	    (c->found.count >= ENOUGH && c->found.common <= typed);
}

static void
complete_words(struct complete *c, const char *typed)
{
	size_t len = strlen(typed);
	const char *word = words_match(c->words, typed, len, NULL);

	while (word != NULL && !complete_is_enough(c, len)) {
		candidates_add(&c->found, word);
		word = words_match(c->words, typed, len, word);
	}
}

/* The longest part of the line's end that any word begins with. */
static const char *
complete_word(struct complete *c, const char *line)
{
	size_t len = strlen(line), begin = words_begin(line, len, 0);

	for (size_t nth = 1; begin < len; nth++) {
		complete_words(c, line + begin);
		if (c->found.count > 0)
			break;
		begin = words_begin(line, len, nth);
	}
	return line + begin;
}

/* A place, or a word that may be the name of one. */
static const char *
complete_place(struct complete *c, const char *argument)
{
	for (size_t i = 0; i < PLACES_MAX && c->places[i] != NULL; i++)
		complete_add(c, argument, c->places[i]);
	return c->found.count > 0 ? argument : complete_word(c, argument);
}

/* Returns what is typed of it. A blank behind it would be part of the name. */
static const char *
complete_file(struct complete *c, const char *argument, const char **end)
{
	*end = "";
	return argument + folder_match(argument, &c->found);
}

static enum command_argument
complete_kind(const char *line, const char **argument)
{
	enum command_id id = command_parse(line, argument);
	size_t count;
	const struct command_entry *table = command_table(&count);

	for (size_t i = 0; i < count; i++)
		if (table[i].id == id)
			return table[i].argument;
	return COMMAND_NO_ARGUMENT;
}

/* Finds the candidates. Returns what is typed of them; *end follows one. */
static const char *
complete_find(struct complete *c, const char *line, const char **end)
{
	const char *argument;

	*end = "";
	if (!command_is(line))
		return complete_word(c, line);
	*end = " ";
	if (line[strcspn(line, " \t")] == '\0') {
		complete_name(c, line);
		return line;
	}
	switch (complete_kind(line, &argument)) {
	case COMMAND_NO_ARGUMENT:
		break;
	case COMMAND_SWITCH:
		complete_values(c, argument, "on|off");
		return argument;
	case COMMAND_SETTING:
		return complete_setting(c, argument);
	case COMMAND_PLACE:
		return complete_place(c, argument);
	case COMMAND_FILE_OR_OFF:
		complete_add(c, argument, "off");
		return complete_file(c, argument, end);
	case COMMAND_FILE:
		return complete_file(c, argument, end);
	}
	return argument;
}

size_t
complete_line(
    struct complete *c, const char *line, size_t cursor, char *out, size_t size)
{
	const char *typed, *end;
	size_t count, appended, len;
	char *before;

	out[0] = '\0';
	complete_forget(c);
	before = strndup(line, cursor);
	if (before == NULL)
		return 0;
	typed = complete_find(c, before, &end);
	len = strlen(typed);
	free(before);
	count = c->found.count;
	appended = candidates_extend(&c->found, len, out, size);
	if (count == 1 && len + appended == c->found.common)
		(void)snprintf(out + appended, size - appended, "%s", end);
	else if (count > 0 && appended == 0)
		return count; /* they stay, to be shown */
	complete_forget(c);
	return count;
}

const char *
complete_hint(struct complete *c, size_t columns)
{
	if (c->found.count == 0)
		return NULL;
	return candidates_line(&c->found, columns, c->hint, sizeof(c->hint));
}

void
complete_forget(struct complete *c)
{
	candidates_clear(&c->found);
}
