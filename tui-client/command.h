/* command: the lines that begin with a slash. Pure: a table and its parser. */

#ifndef YODEL_COMMAND_H
#define YODEL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum command_id {
	COMMAND_UNKNOWN,
	COMMAND_AMBIGUOUS,	/* the beginning of several */
	COMMAND_CLEAR,
	COMMAND_CONNECT,
	COMMAND_CRLF,
	COMMAND_DISCONNECT,
	COMMAND_DROP,
	COMMAND_HELP,
	COMMAND_HEX,
	COMMAND_LOG,
	COMMAND_QUIT,
	COMMAND_RECONNECT,
	COMMAND_RESEND,
	COMMAND_SAVE,
	COMMAND_SET,
	COMMAND_STATS,
	COMMAND_TIME
};

/* What Tab offers behind a command's name. */
enum command_argument {
	COMMAND_NO_ARGUMENT,
	COMMAND_SWITCH,		/* on, off */
	COMMAND_SETTING,	/* a name, then one of its values */
	COMMAND_FILE,
	COMMAND_FILE_OR_OFF,
	COMMAND_PLACE
};

struct command_entry {
	const char *name;	/* with its slash */
	const char *arguments;	/* "" for none */
	const char *help;	/* of at most 34 columns, for the help page */
	enum command_id id;
	enum command_argument argument;
};

/* The table, in alphabetical order; *count entries. */
const struct command_entry *command_table(size_t *count);

/* Whether a line is a command: it begins with one slash, not with two. */
bool		 command_is(const char *line);

/*
 * Which command a line is, by its whole name or a beginning that only one
 * command has; *argument points into line, behind the name, at "" where there
 * is none.
 */
enum command_id	 command_parse(const char *line, const char **argument);

#endif
