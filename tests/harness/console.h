/*
 * console: a connection to the control socket of a yodeld of the test's own.
 * What is wanted has to come within DEADLINE_MS, else the test fails.
 */

#ifndef HARNESS_CONSOLE_H
#define HARNESS_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

struct console;
struct peer;
struct server;

/* The default path of the server's socket. Returns buf. */
char		*console_path(char *buf, size_t size,
		    const struct server *);

struct console	*console_open(const struct server *);
struct console	*console_open_at(const char *path);
void		 console_free(struct console *); /* NULL is fine */

/* For what is not a command; still the console's. */
struct peer	*console_peer(struct console *);

/*
 * The next answer, its last line included; valid until the next call. What the
 * log has between its lines is put aside.
 */
const char	*console_answer(struct console *);

/* Sends a command, a line without its end, and returns its answer. */
const char	*console_ask(struct console *, const char *command);

/* The same, and all of the answer has to be this. */
void		 console_expect(struct console *, const char *command,
		    const char *answer);

#define CONSOLE_OK	"{\"ok\":true}\n"

/* A refusal with these words, which JSON has to escape nothing in. */
#define CONSOLE_NO(error) "{\"ok\":false,\"error\":\"" error "\"}\n"

/*
 * Reads until an event with this text has come. Returns all events so far, one
 * a line, valid until the next call.
 */
const char	*console_wait_event(struct console *, const char *text);

/* Reads until the end, and returns all events as above. */
const char	*console_wait_end(struct console *);

/* The first number of that key in an answer, its fraction cut off. */
uint64_t	 console_number(const char *answer, const char *key);

/* A number of "stats", and of all clients at this moment. */
uint64_t	 console_stat(struct console *, const char *key);

/* How often a text stands in another. */
size_t		 console_count(const char *in, const char *text);

/* The sum of the events that all "dropped" among these tell of. */
uint64_t	 console_dropped(const char *events);

#endif
