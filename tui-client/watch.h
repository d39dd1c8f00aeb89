/* watch: --watch in a terminal: a yodeld and its clients, or a log file. */

#ifndef YODEL_WATCH_H
#define YODEL_WATCH_H

struct settings;
struct target;

/*
 * Runs until the user quits. Returns the exit status; what went wrong at the
 * start was said on stderr. A terminating signal is raised again.
 */
int		 watch_run(const struct settings *, const struct target *);

#endif
