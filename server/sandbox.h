/*
 * sandbox: gives up what a server that only echoes never needs, by the system's
 * own means, in as far as it has some. For good, and for the threads that are
 * started later too.
 */

#ifndef YODEL_SANDBOX_H
#define YODEL_SANDBOX_H

/*
 * At the start, before the first thread: no new rights through execve(2)
 * (PR_SET_NO_NEW_PRIVS). Returns 0, or -1 with errno; a system without it is no
 * error.
 */
int		 sandbox_begin(void);

/*
 * Once all is open, for the thread that calls it and those that it starts later
 * (landlock(7), as much of it as the kernel knows): no file is opened any more
 * but /dev/null and what the process reads about itself in /proc, none is made,
 * and none removed but below dirs (NULL-terminated), where the Unix sockets
 * are; no TCP socket is bound or connected; no signal is sent to another
 * process, no abstract Unix socket of another one connected. Descriptors that
 * are open stay as they are, and accept what arrives. A thread that is there
 * already is not confined: the log's has to open its file again. One descriptor
 * is left open until the process ends. log_path (NULL: stderr) is what the log's
 * thread opens again.
 *
 * On OpenBSD unveil(2) hides all other files, of all threads; on FreeBSD there is
 * Capsicum, if there is neither a log's path nor a Unix socket, as nothing can be
 * opened or removed by name then, the spare /dev/null neither. Both are written
 * by their manuals, and have not been run.
 *
 * Returns 0, or -1 with errno: the process
 * should not go on. A kernel without it is no error.
 */
int		 sandbox_enter(const char *const *dirs, const char *log_path);

#endif
