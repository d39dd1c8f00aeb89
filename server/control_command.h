/* control_command: a line of a control client -> what it asks for. Pure. */

#ifndef YODEL_CONTROL_COMMAND_H
#define YODEL_CONTROL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum control_verb { CONTROL_STATS, CONTROL_CLIENTS, CONTROL_WATCH, CONTROL_KICK,
	CONTROL_DRAIN, CONTROL_LOG_DATA };

struct control_command {
	enum control_verb verb;
	uint64_t client;	/* CONTROL_KICK */
	bool	 on;		/* CONTROL_LOG_DATA */
};

/* A line of 255 bytes, spelt out, and words around it. */
#define CONTROL_ERROR_MAX	1536

/*
 * Words are separated by blanks. Returns 0, or -1 with a text in
 * error[CONTROL_ERROR_MAX] that is safe to show.
 */
int		 control_command_parse(const char *line,
		    struct control_command *, char *error);

#endif
