#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"
#include "signals.h"

static const int watched[] = {
    SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP};
#define WATCHED (sizeof(watched) / sizeof(watched[0]))

struct signals {
	struct loop *loop;
	struct signals_handler handler;
	struct watch {
		struct loop_source source;
		struct signals *owner;
		int signo;
	} watches[WATCHED];
};

static void
signals_deliver(void *arg, const struct loop_event *event)
{
	struct watch *w = arg;
	const struct signals_handler *h = &w->owner->handler;

	(void)event;
	switch (w->signo) {
	case SIGWINCH:
		h->resized(h->arg);
		break;
	case SIGTSTP:
		h->suspended(h->arg);
		break;
	case SIGCONT:
		h->continued(h->arg);
		break;
	default:
		h->ended(h->arg, w->signo);
		break;
	}
}

struct signals *
signals_new(struct loop *loop, const struct signals_handler *handler)
{
	struct signals *s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	s->loop = loop;
	s->handler = *handler;
	for (size_t i = 0; i < WATCHED; i++) {
		struct watch *w = &s->watches[i];

		w->owner = s;
		w->signo = watched[i];
		w->source.fn = signals_deliver;
		w->source.arg = w;
		if (loop_signal_start(loop, &w->source, w->signo) == -1) {
			error = errno;
			signals_free(s);
			errno = error;
			return NULL;
		}
	}
	return s;
}

void
signals_free(struct signals *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < WATCHED; i++)
		if (s->watches[i].owner != NULL)
			loop_signal_stop(
			    s->loop, &s->watches[i].source, watched[i]);
	free(s);
}

/* The default action, although the loop has the signal blocked or ignored. */
static void
signals_act(pid_t target, int signo)
{
	struct sigaction deflt = {.sa_handler = SIG_DFL}, before;
	sigset_t set, mask;

	sigemptyset(&deflt.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigaction(signo, &deflt, &before);
	sigprocmask(SIG_UNBLOCK, &set, &mask);
	kill(target, signo);
	/* Here again: continued, or the signal was one that only stops. */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(signo, &before, NULL);
}

void
signals_stop(struct signals *s)
{
	(void)s;
	signals_act(0, SIGTSTP);
}

void
signals_raise(int signo)
{
	signals_act(getpid(), signo);
}
