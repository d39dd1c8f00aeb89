/*
 * pipe: the client where no one looks: stdin -> peer -> stdout, as it is.
 *
 * At the end of the input the sending side is shut, and what still comes is
 * written until the peer closes, or for settings.wait_ms. Both ways hold a
 * bounded number of bytes: when stdout is slow nothing is read from the peer,
 * and when the peer is slow nothing is read from stdin.
 */

#ifndef YODEL_PIPE_H
#define YODEL_PIPE_H

struct settings;

/*
 * SIGPIPE has to be ignored. Returns the exit status, having said on stderr
 * what went wrong:
 * 0  all went both ways; the wait was over; or the reader of stdout has left,
 *    as "| head" does, and takes no more
 * 1  could not connect, or not even begin
 * 3  the connection broke, the peer closed before the end of the input, or
 *    stdin or stdout failed
 */
int		 pipe_run(const struct settings *);

#endif
