/* journal: what a yodeld of the test's own has logged to stderr, in text. */

#ifndef HARNESS_JOURNAL_H
#define HARNESS_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

struct server;

/* Waits for a line that this extended regular expression matches. */
void		 journal_expect(struct server *, const char *pattern);

/* How often text stands in it now, in lines that have ended. */
size_t		 journal_count(struct server *, const char *text);

/* Waits until text stands in it so many times. */
void		 journal_wait_count(struct server *, const char *text,
		    size_t count);

/* The sum of the events that all "dropped" lines tell of now. */
uint64_t	 journal_dropped(struct server *);

/*
 * Asks for a "stats" event (SIGUSR1) and returns the number of one of its keys.
 */
uint64_t	 journal_stat(struct server *, const char *key);

#endif
