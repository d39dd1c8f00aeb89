#include "thread.h"

#include <errno.h>
#include <signal.h>

int
thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	int error;

	(void)sigfillset(&all);
	error = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (error == 0) {
		error = pthread_create(thread, NULL, run, arg);
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}
