/*
 * loop_probe: a source that counts its calls and then does what a test wants.
 */

#ifndef UNIT_LOOP_PROBE_H
#define UNIT_LOOP_PROBE_H

#include "loop.h"

struct probe {
	struct loop_source src;
	struct loop *loop;
	int	 calls;
	int	 reads;		/* calls with EVFILT_READ */
	int	 writes;	/* calls with EVFILT_WRITE */
	struct loop_event last;
	void	(*then)(struct probe *);
	struct probe *other;	/* for then */
	struct probe *heir;	/* for then */
	int	 fd;		/* for then */
};

/* For fixtures: *state is a new loop, and is freed. */
int		 probe_setup(void **state);
int		 probe_setup_spinning(void **state);
int		 probe_teardown(void **state);

/* Entries of a table of tests: with a loop that sleeps, and one that spins. */
#define PROBE_TESTS(name) \
	cmocka_unit_test_setup_teardown(name, probe_setup, probe_teardown), \
	{#name "_spinning", name, probe_setup_spinning, probe_teardown, NULL}

struct probe	 probe_of(struct loop *);

/* From these on the probe must stay where it is. They fail the test. */
void		 probe_watch(struct probe *, int fd, unsigned want);
void		 probe_timer(struct probe *, uint64_t ms);
void		 probe_signal(struct probe *, int signo);
void		 probe_wake(struct probe *);

/* Turns the loop until *calls reaches count; fails the test if it does not. */
void		 probe_turn(struct loop *, const int *calls, int count);

/* Two connected non-blocking sockets. */
void		 probe_pair(int fds[2]);
void		 probe_pair_close(int fds[2]);
void		 probe_send(int fd, const char *text);

#endif
