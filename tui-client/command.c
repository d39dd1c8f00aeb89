#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command_entry commands[] = {
    {"/clear", "", "empty the transcript", COMMAND_CLEAR},
    {"/connect", "[HOST[:PORT]]", "connect, to another place", COMMAND_CONNECT},
    {"/crlf", "on|off", "end lines with CR LF", COMMAND_CRLF},
    {"/disconnect", "", "close, and stay closed", COMMAND_DISCONNECT},
    {"/drop", "", "drop the lines that wait", COMMAND_DROP},
    {"/help", "", "this page", COMMAND_HELP},
    {"/quit", "", "leave", COMMAND_QUIT},
    {"/reconnect", "", "connect again, now", COMMAND_RECONNECT},
    {"/resend", "", "send the lines that wait", COMMAND_RESEND},
    {"/save", "FILE", "write the transcript to a file", COMMAND_SAVE},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct command_entry *
command_table(size_t *count)
{
	*count = COMMANDS;
	return commands;
}

bool
command_is(const char *line)
{
	return line[0] == '/' && line[1] != '/';
}

/* The first command that begins with name[0..len), and how many there are. */
static const struct command_entry *
command_find(const char *name, size_t len, size_t *count)
{
	const struct command_entry *found = NULL;

	*count = 0;
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, name, len) != 0)
			continue;
		if (commands[i].name[len] == '\0') {
			*count = 1;
			return &commands[i];
		}
		if (found == NULL)
			found = &commands[i];
		(*count)++;
	}
	return found;
}

enum command_id
command_parse(const char *line, const char **argument)
{
	size_t len = strcspn(line, " \t"), count;
	const struct command_entry *entry = command_find(line, len, &count);

	*argument = line + len + strspn(line + len, " \t");
	if (entry == NULL || len < 2)
		return COMMAND_UNKNOWN;
	return count == 1 ? entry->id : COMMAND_AMBIGUOUS;
}

/* How far the names that begin with name[0..len) agree. */
static size_t
command_common(const char *name, size_t len, const char *longest)
{
	size_t common = strlen(longest);

	for (size_t i = 0; i < COMMANDS; i++) {
		size_t n = len;

		if (strncmp(commands[i].name, name, len) != 0)
			continue;
		while (n < common && commands[i].name[n] == longest[n])
			n++;
		common = n;
	}
	return common;
}

size_t
command_complete(const char *line, size_t cursor, char *out, size_t size)
{
	const struct command_entry *entry;
	size_t count;

	out[0] = '\0';
	if (!command_is(line) || memchr(line, ' ', cursor) != NULL)
		return 0;
	entry = command_find(line, cursor, &count);
	if (entry == NULL)
		return 0;
	if (count == 1)
		snprintf(out, size, "%s ", entry->name + cursor);
	else
		snprintf(out, size, "%.*s",
		    (int)(command_common(line, cursor, entry->name) - cursor),
		    entry->name + cursor);
	return count;
}
