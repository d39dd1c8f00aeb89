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
	COMMAND_QUIT,
	COMMAND_RECONNECT,
	COMMAND_RESEND,
	COMMAND_SAVE
};

struct command_entry {
	const char *name;	/* with its slash */
	const char *arguments;	/* "" for none */
	const char *help;
	enum command_id id;
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

/*
 * Completes the name that line[0..cursor) begins with: what to append goes to
 * out, terminated. Returns how many commands begin like that.
 */
size_t		 command_complete(const char *line, size_t cursor, char *out,
		    size_t size);

#endif
