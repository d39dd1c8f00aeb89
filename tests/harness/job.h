/*
 * job: a program in the foreground of a terminal, as a shell would run it: in a
 * session it does not lead, so that ^Z can stop it.
 */

#ifndef HARNESS_JOB_H
#define HARNESS_JOB_H

#include <stdbool.h>
#include <sys/types.h>

struct job;

/*
 * Starts argv[0] on the terminal slave_fd, which stays the caller's; env as in
 * struct process_options. Failures fail the test.
 */
struct job	*job_start(const char *const *argv, const char *const *env,
		    int slave_fd);

/* Kills and reaps what still runs; NULL is fine. */
void		 job_free(struct job *);

pid_t		 job_pid(const struct job *);
void		 job_signal(struct job *, int sig);

/* Whether it is stopped now, or has ended. */
bool		 job_is_stopped(struct job *);
bool		 job_has_ended(struct job *);

/* Of one that has ended: its exit status, or 128 + the signal. */
int		 job_status(const struct job *);

#endif
