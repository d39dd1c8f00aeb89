/* app: the full-screen client: what wires the modules together. */

#ifndef YODEL_APP_H
#define YODEL_APP_H

struct settings;

/*
 * Runs until the user quits. Returns the exit status; what went wrong at the
 * start was said on stderr. A terminating signal is raised again, so that the
 * parent sees it, once the terminal is restored.
 */
int		 app_run(const struct settings *);

#endif
