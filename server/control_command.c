#include "control_command.h"

#include <stdio.h>
#include <string.h>

#include "control_input.h"
#include "units.h"
#include "visible.h"

#define COMMAND_BLANKS	  " \t"
#define COMMAND_WORDS_MAX 2
#define COMMAND_SHOWN_MAX (4 * CONTROL_LINE_MAX + 1) /* each byte as \xNN */

_Static_assert(COMMAND_SHOWN_MAX + 256 <= CONTROL_ERROR_MAX, "words fit too");

static int
command_set_client(struct control_command *command, const char *argument)
{
	return units_parse_number(argument, 0, UINT64_MAX, &command->client);
}

static int
command_set_on(struct control_command *command, const char *argument)
{
	command->on = strcmp(argument, "on") == 0;
	return command->on || strcmp(argument, "off") == 0 ? 0 : -1;
}

static const struct {
	const char *name;
	enum control_verb verb;
	/* NULL, both: it takes no argument. */
	const char *argument;
	int (*set)(struct control_command *, const char *argument);
} commands[] = {
    {"stats", CONTROL_STATS, NULL, NULL},
    {"clients", CONTROL_CLIENTS, NULL, NULL},
    {"watch", CONTROL_WATCH, NULL, NULL},
    {"kick", CONTROL_KICK, "ID", command_set_client},
    {"drain", CONTROL_DRAIN, NULL, NULL},
    {"log-data", CONTROL_LOG_DATA, "on|off", command_set_on},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Returns how many words there are; beyond the second they are one. */
static size_t
command_split(char *line, char *words[COMMAND_WORDS_MAX])
{
	size_t count = 0, len = strlen(line);

	while (len > 0 && strchr(COMMAND_BLANKS, line[len - 1]) != NULL)
		line[--len] = '\0';
	for (line += strspn(line, COMMAND_BLANKS); *line != '\0';
	     line += strspn(line, COMMAND_BLANKS)) {
		words[count++] = line;
		if (count == COMMAND_WORDS_MAX)
			break;
		line += strcspn(line, COMMAND_BLANKS);
		if (*line != '\0')
			*line++ = '\0';
	}
	return count;
}

static int
command_refuse(
    char *error, const char *before, const char *word, const char *after)
{
	char shown[COMMAND_SHOWN_MAX];

	(void)visible_text(
	    shown, sizeof(shown), word, strlen(word), 0, VISIBLE_QUOTE);
	(void)snprintf(
	    error, CONTROL_ERROR_MAX, "%s\"%s\"%s", before, shown, after);
	return -1;
}

static int
command_refuse_name(char *error, const char *name)
{
	char list[256] = ": ";
	size_t i, len = strlen(list);

	for (i = 0; i < COMMANDS; i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%s%s%s%s", i == 0 ? "" : ", ", commands[i].name,
		    commands[i].argument == NULL ? "" : " ",
		    commands[i].argument == NULL ? "" : commands[i].argument);
	return command_refuse(error, "unknown command ", name, list);
}

static int
command_refuse_argument(char *error, size_t i, const char *argument)
{
	char before[64];

	if (commands[i].argument == NULL)
		(void)snprintf(before, sizeof(before),
		    "%s takes no argument: ", commands[i].name);
	else
		(void)snprintf(before, sizeof(before), "%s takes %s, not ",
		    commands[i].name, commands[i].argument);
	return command_refuse(error, before, argument, "");
}

int
control_command_parse(
    const char *line, struct control_command *command, char *error)
{
	char copy[CONTROL_LINE_MAX + 1];
	char *words[COMMAND_WORDS_MAX] = {"", ""};
	size_t i;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	(void)command_split(copy, words);
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, words[0]) == 0)
			break;
	if (i == COMMANDS)
		return command_refuse_name(error, words[0]);
	command->verb = commands[i].verb;
	if (commands[i].set == NULL ? words[1][0] != '\0'
				    : commands[i].set(command, words[1]) == -1)
		return command_refuse_argument(error, i, words[1]);
	return 0;
}
