/* settings: what the command line of yodel says. */

#ifndef YODEL_SETTINGS_H
#define YODEL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "link.h"
#include "options.h"

/* Strings are argv's. */
struct settings {
	struct endpoint server;
	struct link_options link;
	bool	 pipe;			/* --pipe: even in a terminal */
	bool	 wait;			/* -w was given */
	uint64_t wait_ms;
	/* Of the full screen only: a pipe adds nothing to what it carries. */
	bool	 crlf;			/* lines end with CR LF */
	bool	 hex;			/* what comes back is dumped too */
	const char *log;		/* NULL: none */
	size_t	 scrollback_lines;
	const char *history;		/* NULL: the usual file; "none": none */
	const char *send_on_connect;	/* NULL: nothing */
	/* What --watch makes of it. */
	bool	 watch;
	const char *watch_path;		/* NULL: the only yodeld of this user */
	bool	 json;			/* lines as JSON, even in a terminal */
	const char *talking;		/* an option for conversations, or NULL */
};

/*
 * Fills in the defaults and what argv says. What is wrong is told on stderr, in
 * the words of options_parse().
 */
enum options_result settings_parse(struct settings *, int argc, char **argv);

/*
 * For pipe mode, once it is known that it is one: OPTIONS_USAGE, told on
 * stderr, where something was asked for that a pipe does not do.
 */
enum options_result settings_check_pipe(const struct settings *);

#endif
