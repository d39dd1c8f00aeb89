/* process: a program under test, its streams and its end. */

#ifndef HARNESS_PROCESS_H
#define HARNESS_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

struct bequest;
struct process;

enum process_stream {
	PROCESS_OUT,
	PROCESS_ERR
};

#define PROCESS_PIPE	0	/* a pipe of ours: what a zeroed option means */
#define PROCESS_NULL	(-1)	/* /dev/null */

/* For each stream PROCESS_PIPE, PROCESS_NULL, or a descriptor (stays ours). */
struct process_options {
	const char *const *env;	/* "NAME=value" to add, "NAME" to remove; NULL */
	int	 stdin_fd;
	int	 stdout_fd;
	int	 stderr_fd;
	const struct bequest *bequest;	/* sockets to start with, or NULL */
	/* Does something to the child before it is the program; or NULL. */
	void	(*prepare)(void);
};

/*
 * Where the programs under test are: $YODELD and $YODEL, by default
 * build/yodeld and build/yodel.
 */
const char	*process_yodeld(void);
const char	*process_yodel(void);

/* The directory that yodeld is in, for what else was built. Returns buf. */
char		*process_build_dir(char *buf, size_t size);

/*
 * Starts argv[0] (searched in PATH when without a slash) with the
 * NULL-terminated argv; options may be NULL. What it writes to our pipes is
 * collected while any function below waits. All that wait fail the test after
 * DEADLINE_MS and show what the program had written.
 */
struct process	*process_start(const char *const *argv,
		    const struct process_options *);

/*
 * For a forked child: becomes the program with these streams, default signals
 * and this environment as in process_options; it dies with the test (on Linux).
 */
_Noreturn void	 process_become(const char *const *argv,
		    const char *const *env, const int fds[3]);

/* Kills and reaps it if it still runs; NULL is fine. */
void		 process_free(struct process *);

/*
 * Frees what a failed test left behind: a cmocka teardown for tests and groups
 * (`cmocka_unit_test_teardown(test_x, process_teardown)`). Whatever is left
 * when the program ends is killed anyway.
 */
int		 process_teardown(void **state);

pid_t		 process_pid(const struct process *);
void		 process_signal(struct process *, int sig);

/* Writes all of it to the program's input, collecting its output meanwhile. */
void		 process_write(struct process *, const void *data, size_t len);
void		 process_close_stdin(struct process *);

/*
 * What came out so far, NUL-terminated, valid until the next call with this
 * process; len may be NULL.
 */
const char	*process_output(struct process *, enum process_stream,
		    size_t *len);

/*
 * Waits until text came out. Returns where it stands, valid as with
 * process_output().
 */
const char	*process_wait_text(struct process *, enum process_stream,
		    const char *text);

/* The same, until the line that text stands in has ended. */
const char	*process_wait_line(struct process *, enum process_stream,
		    const char *text);

/* Waits until len bytes in all came out. Returns all, as process_output(). */
const char	*process_wait_bytes(struct process *, enum process_stream,
		    size_t len);

/*
 * Waits for the end of the program and of its output. Returns its exit status,
 * or 128 + the signal that ended it.
 */
int		 process_wait_exit(struct process *);

/*
 * The same, and fails the test, showing its stderr, if it is not this status.
 */
void		 process_expect_exit(struct process *, int status);

#endif
