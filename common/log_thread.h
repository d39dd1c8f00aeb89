/*
 * log_thread: the thread that writes a log out, and the only one that waits
 * for its file. For log.c alone.
 */

#ifndef YODEL_LOG_THREAD_H
#define YODEL_LOG_THREAD_H

struct log;

/*
 * Starts it, with all signals blocked: who asked for the log gets them. It ends
 * when the log is closing and nothing is left to write, and says so with
 * log->ended and an end of file; or frees the log where it is orphaned. Returns
 * 0, or -1 with errno.
 */
int		 log_thread_start(struct log *);

#endif
