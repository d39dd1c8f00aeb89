/*
 * signals: the ones that a full-screen program must answer, through the loop.
 */

#ifndef YODEL_SIGNALS_H
#define YODEL_SIGNALS_H

struct loop;
struct signals;

struct signals_handler {
	void	(*resized)(void *arg);		/* WINCH */
	void	(*suspended)(void *arg);	/* TSTP from outside */
	void	(*continued)(void *arg);	/* CONT */
	/* INT, TERM, HUP: which of them, as HUP may only mean a rotation. */
	void	(*ended)(void *arg, int signo);
	void	*arg;
};

/*
 * Starts watching them: before the terminal is taken, which none of them may
 * leave raw, and before the first thread. PIPE and XFSZ are ignored from then
 * on: a log that nobody reads, or that has become too large, is an error of
 * write(2). Returns NULL with errno.
 */
struct signals	*signals_new(struct loop *, const struct signals_handler *);

/* Back to the default actions. NULL is fine. */
void		 signals_free(struct signals *);

/* Stops this process group as ^Z does, and returns when it is continued. */
void		 signals_stop(struct signals *);

/* Dies of signo, so that the parent sees what ended the program. */
void		 signals_raise(int signo);

#endif
