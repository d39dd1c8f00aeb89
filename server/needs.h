/*
 * needs: the system calls that serving takes. sandbox says which files, sockets
 * and processes are in reach; this says what can be asked of the kernel at all.
 */

#ifndef YODEL_NEEDS_H
#define YODEL_NEEDS_H

/*
 * Once all is open, behind sandbox_enter(); threads may still be started. On
 * Linux, for all threads, the log's too: what is not in the list kills the
 * process, so no program is executed, no process made, no socket opened, bound
 * or connected, no memory made executable. On OpenBSD pledge(2) promises as
 * much; it has only been read against its manual. Elsewhere nothing. Returns 0,
 * or -1 with errno: the process should not go on. A kernel or a build without
 * it is no error.
 */
int		 needs_enforce(void);

#endif
