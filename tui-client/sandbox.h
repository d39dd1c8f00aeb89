/*
 * sandbox: gives up what a client never does, by the system's own means, in as
 * far as it has some.
 */

#ifndef YODEL_SANDBOX_H
#define YODEL_SANDBOX_H

/*
 * At the start: on Linux the calls by which an intruder would get further
 * (execute a program, look into another process, change the user, load, mount)
 * fail with EPERM from here on, in all threads. Names are looked up and files
 * opened as before: what for, no list can say beforehand. Returns 0, or -1 with
 * errno; a system or a build without it is no error.
 */
int		 sandbox_enter(void);

#endif
