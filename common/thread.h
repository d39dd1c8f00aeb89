/* thread: a thread that leaves the signals to whoever starts it. */

#ifndef YODEL_THREAD_H
#define YODEL_THREAD_H

#include <pthread.h>

/*
 * As pthread_create(3), with all signals blocked in the new thread. Returns 0,
 * or -1 with errno.
 */
int		 thread_start(pthread_t *, void *(*run)(void *arg), void *arg);

#endif
