/*
 * sim: a system that is made up: descriptors, sockets, a kqueue and a clock
 * that only moves when the code under test waits. What happens, and when, comes
 * out of one generator, so a seed is a whole run and plays again as it was.
 *
 * The linker's --wrap leads the calls of tests.mk's SIMS here. The state is
 * the process's own, as the calls are: they have no argument for it.
 */

#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_FD_BASE	1000	/* those below are the system's */
#define SIM_FDS		512

/* Of 1024 times that it is possible, so often it happens. */
struct sim_odds {
	unsigned eintr;
	unsigned eagain;	/* and there was something */
	unsigned shorter;	/* less is moved than could be */
	unsigned late;		/* an event waits for another turn */
	unsigned spurious;	/* an event of what is not ready */
	unsigned nomem;		/* of 65536 */
	unsigned accept;	/* accept4(2) fails */
	unsigned reset;		/* a connection breaks between two calls */
	unsigned leap;		/* the clock leaps, as after a suspension */
};

/* What is to be played. */
struct sim_plan {
	uint64_t seed;
	unsigned turns;		/* before the end begins */
	unsigned clients;	/* of a server; 0: as many as the seed says */
};

/* What came of it. */
struct sim_result {
	const char *blame;	/* NULL: all was well; until the next run */
	uint64_t hash;		/* of all that happened */
	uint64_t events;	/* of the kqueue */
	uint64_t calls;
	uint64_t clients;	/* or connections of a client */
};

/* Who is at the other side of the system. */
struct sim_world {
	void	(*step)(void *arg);	/* in each turn: do something */
	void	(*check)(void *arg);	/* in each turn: is all well? */
	void	*arg;
};

struct sim_count {
	uint64_t turns;		/* waits for events */
	uint64_t events;	/* that they brought */
	uint64_t calls;		/* all others */
	uint64_t faults;	/* of memory */
};

void		 sim_begin(uint64_t seed, const struct sim_world *);

/* Blames what is still open; ends the simulation. All but the clients. */
void		 sim_end(struct sim_result *);

/* Some of what may go wrong, as often as the code under test has to bear. */
void		 sim_choose_odds(struct sim_odds *);

/* The code under test is at work: until now nothing of it fails. */
void		 sim_let_fail(const struct sim_odds *);
const struct sim_odds *sim_odds(void);

/* From the generator: any number, one below n (at least 1), a chance. */
uint64_t	 sim_random(void);
uint64_t	 sim_below(uint64_t n);
bool		 sim_happens(unsigned of_1024);

uint64_t	 sim_now_us(void);
void		 sim_pass(uint64_t us);

/* The time after the last leap of the clock; 0: there was none. */
uint64_t	 sim_leapt_us(void);
void		 sim_leap(void);

/* Into the trace: who does what with what result. */
void		 sim_trace(unsigned what, uint64_t who, uint64_t result);
struct sim_count *sim_count(void);

/* Whether memory is to fail now. */
bool		 sim_lacks_memory(void);
void		 sim_enter(bool code_under_test);

/* The first one counts; kevent(2) ends the run then. NULL: none. */
void		 sim_blame(const char *format, ...)
		    __attribute__((format(printf, 1, 2)));
const char	*sim_blamed(void);

/* Blames a crash where a run has not come to its end. Whether it has not. */
bool		 sim_blame_crash(void);

/* Turns, for what waits for its turn. */
void		 sim_turn(void);

/* sim_kqueue: of EVFILT_SIGNAL; what a descriptor that is closed leaves. */
void		 sim_signal(int signo);
void		 sim_kqueue_reset(void);
void		 sim_kqueue_forget(int fd);

#endif
