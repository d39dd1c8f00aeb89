#include "stage.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "screen.h"
#include "signals.h"
#include "tty.h"

#define PASTE_BYTES (64u << 20)

static void
stage_resized(void *arg)
{
	struct stage *stage = arg;

	screen_resize(stage->screen);
	/* It may have had other sizes in between, and lost what it showed. */
	screen_repaint(stage->screen);
	pace_mark(&stage->pace);
}

static void
stage_continued(void *arg)
{
	struct stage *stage = arg;

	screen_resume(stage->screen);
	pace_mark(&stage->pace);
}

static void
stage_stopped(void *arg)
{
	stage_suspend(arg);
}

static void
stage_ended(void *arg, int signo)
{
	struct stage *stage = arg;

	/* A rotated log is opened anew; a terminal that has gone is the end. */
	if (signo == SIGHUP && stage->rotated != NULL &&
	    tty_is_there(stage->tty) && stage->rotated(stage->arg))
		return;
	stage->end_signal = signo;
	stage->quit = true;
}

static void
stage_gone(void *arg)
{
	struct stage *stage = arg;

	/* Whether its end or the signal of it is seen first is chance. */
	stage->end_signal = SIGHUP;
	stage->quit = true;
}

int
stage_init(struct stage *stage)
{
	stage->loop = loop_new();
	if (stage->loop == NULL)
		return -1;
	pace_init(&stage->pace, stage->loop);
	return 0;
}

/*
 * The signals come first: one that ends the program while the terminal is being
 * taken waits for the loop, and does not leave it raw.
 */
int
stage_open(struct stage *stage)
{
	struct signals_handler handler = {
	    stage_resized, stage_stopped, stage_continued, stage_ended, stage};
	char error[256];

	stage->signals = signals_new(stage->loop, &handler);
	if (stage->signals == NULL) {
		(void)fprintf(stderr, "yodel: signals: %s\n", strerror(errno));
		return -1;
	}
	stage->screen = screen_open(error, sizeof(error));
	if (stage->screen == NULL) {
		(void)fprintf(stderr, "yodel: %s\n", error);
		return -1;
	}
	stage->tty =
	    tty_new(stage->loop, STDIN_FILENO, PASTE_BYTES, stage_gone, stage);
	if (stage->tty == NULL) {
		int saved = errno;

		stage_leave(stage);
		(void)fprintf(
		    stderr, "yodel: the terminal: %s\n", strerror(saved));
		return -1;
	}
	return 0;
}

void
stage_leave(struct stage *stage)
{
	screen_close(stage->screen);
	stage->screen = NULL;
}

void
stage_close(struct stage *stage)
{
	stage_leave(stage);
	pace_end(&stage->pace);
	tty_free(stage->tty);
	signals_free(stage->signals);
	loop_free(stage->loop);
}

void
stage_turn(struct stage *stage, bool more)
{
	if (loop_once(stage->loop, more ? 0 : -1) == -1) {
		stage->error = errno;
		stage->quit = true;
	}
}

void
stage_suspend(struct stage *stage)
{
	screen_suspend(stage->screen);
	signals_stop(stage->signals);
	stage_continued(stage);
}

int
stage_end(const struct stage *stage)
{
	if (stage->error != 0)
		(void)fprintf(stderr, "yodel: waiting for events: %s\n",
		    strerror(stage->error));
	if (stage->end_signal != 0)
		signals_raise(stage->end_signal);
	return stage->error == 0 ? 0 : 1;
}
