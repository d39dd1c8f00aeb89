/*
 * watch_pipe: yodel --watch where no one looks: what happens, a line each, on
 * stdout.
 *
 * Of a yodeld the events from now on; of a file the last lines, and then what
 * comes, as tail -F has it. When stdout is slow nothing more is read: the server
 * counts what it drops and says so, a file waits.
 */

#ifndef YODEL_WATCH_PIPE_H
#define YODEL_WATCH_PIPE_H

struct settings;
struct target;

/*
 * SIGPIPE has to be ignored. Ends by a signal, or when stdout or the connection
 * does. Returns the exit status, having said on stderr what went wrong:
 * 0  the reader of stdout has left
 * 1  there is no yodeld to connect to, or no file to read
 * 3  the connection broke and is not to come back, or stdout failed
 */
int		 watch_pipe_run(const struct settings *, const struct target *);

#endif
