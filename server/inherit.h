/*
 * inherit: listening sockets that whoever started the process has opened for
 * it, as systemd's socket activation does (sd_listen_fds(3)): LISTEN_PID says
 * whom they are for, LISTEN_FDS how many there are, from descriptor 3 on.
 */

#ifndef YODEL_INHERIT_H
#define YODEL_INHERIT_H

#define INHERIT_FIRST_FD	3

/*
 * Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment.
 * Returns how many descriptors there are for this process, 0 where there are
 * none, or -1 with *error pointing at a constant sentence: LISTEN_FDS is no
 * number, or more than max. Call it before any other descriptor is opened.
 */
int		 inherit_take(int max, const char **error);

/*
 * Whether fd is a stream socket that listens, of a family that yodeld serves;
 * makes it non-blocking and close-on-exec. Returns 0, or -1 with *error
 * pointing at a constant sentence.
 */
int		 inherit_check(int fd, const char **error);

#endif
