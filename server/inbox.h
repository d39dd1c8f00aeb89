/*
 * inbox: jobs from other threads for the thread that runs a loop, done in the
 * order in which they came.
 */

#ifndef YODEL_INBOX_H
#define YODEL_INBOX_H

#include <stdbool.h>

struct inbox;
struct loop;

/* fn and arg are the owner's to set; the rest is the inbox's. Zero it first. */
struct inbox_job {
	void	(*fn)(void *arg);
	void	*arg;
	struct inbox_job *next;
	bool	 queued;
};

/* Returns NULL with errno. */
struct inbox	*inbox_new(struct loop *);

/*
 * In the loop's thread, or when that has ended; jobs that still wait are done
 * first: each owns something. NULL is fine.
 */
void		 inbox_free(struct inbox *);

/*
 * Any thread. A job that waits already stays where it is. From the moment when
 * it is called, fn may free its job, or post it again. It can't fail.
 */
void		 inbox_post(struct inbox *, struct inbox_job *);

#endif
