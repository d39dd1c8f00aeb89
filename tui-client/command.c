#include <string.h>

#include "command.h"

static const struct command_entry commands[] = {
    {"/clear", "", "empty the transcript", COMMAND_CLEAR, COMMAND_NO_ARGUMENT},
    {"/connect", "[HOST[:PORT]]", "connect, to another place", COMMAND_CONNECT,
	COMMAND_PLACE},
    {"/crlf", "[on|off]", "end lines with CR LF", COMMAND_CRLF, COMMAND_SWITCH},
    {"/disconnect", "", "close, and stay closed", COMMAND_DISCONNECT,
	COMMAND_NO_ARGUMENT},
    {"/drop", "", "drop the lines that wait", COMMAND_DROP,
	COMMAND_NO_ARGUMENT},
    {"/help", "", "this page", COMMAND_HELP, COMMAND_NO_ARGUMENT},
    {"/hex", "[on|off]", "hex dumps of what comes back", COMMAND_HEX,
	COMMAND_SWITCH},
    {"/log", "[FILE|off]", "append what is said to a file", COMMAND_LOG,
	COMMAND_FILE_OR_OFF},
    {"/quit", "", "leave", COMMAND_QUIT, COMMAND_NO_ARGUMENT},
    {"/reconnect", "", "connect again, now", COMMAND_RECONNECT,
	COMMAND_NO_ARGUMENT},
    {"/resend", "", "send the lines that wait", COMMAND_RESEND,
	COMMAND_NO_ARGUMENT},
    {"/save", "FILE", "write the transcript to a file", COMMAND_SAVE,
	COMMAND_FILE},
    {"/set", "[NAME [VALUE]]", "settings: tell them, change one", COMMAND_SET,
	COMMAND_SETTING},
    {"/stats", "", "all that is known of it", COMMAND_STATS,
	COMMAND_NO_ARGUMENT},
    {"/time", "[on|off]", "the time of each line", COMMAND_TIME,
	COMMAND_SWITCH},
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
