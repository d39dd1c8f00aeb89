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
	void	(*ended)(void *arg, int signo);	/* INT, TERM, HUP */
	void	*arg;
};

/*
 * Starts watching them: after curses has installed handlers of its own, before
 * the first thread. PIPE is ignored from then on. Returns NULL with errno.
 */
struct signals	*signals_new(struct loop *, const struct signals_handler *);

/* Back to the default actions. NULL is fine. */
void		 signals_free(struct signals *);

/* Stops this process group as ^Z does, and returns when it is continued. */
void		 signals_stop(struct signals *);

/* Dies of signo, so that the parent sees what ended the program. */
void		 signals_raise(int signo);

#endif
