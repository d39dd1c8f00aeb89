/*
 * term: a program in a terminal of its own: a pty, and an emulator that shows
 * what the program draws and answers as a terminal does. All that wait do it
 * until DEADLINE_MS has passed; then they show the screen and fail the test.
 */

#ifndef HARNESS_TERM_H
#define HARNESS_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "emulator.h"

struct term;

struct term_options {
	int	 rows;			/* 0: 24 */
	int	 columns;		/* 0: 80 */
	const char *const *env;		/* as in struct process_options */
};

/*
 * Starts argv[0] with TERM=xterm-256color, LC_ALL=C.UTF-8 and the scratch
 * directory as HOME and XDG_STATE_HOME; env is added to that. options may be
 * NULL. The program runs as a shell's job does: ^Z stops it.
 */
struct term	*term_start(const char *const *argv,
		    const struct term_options *);

/* Kills and reaps the program if it still runs; NULL is fine. */
void		 term_free(struct term *);

/* A cmocka teardown that frees what a failed test has left. */
int		 term_teardown(void **state);

pid_t		 term_pid(const struct term *);
void		 term_signal(struct term *, int sig);

/*
 * What is typed: bytes, text, a key (KEY_UP, KEY_CTRL ...), a paste, the wheel.
 */
void		 term_send(struct term *, const void *data, size_t len);
void		 term_type(struct term *, const char *text);
void		 term_key(struct term *, enum emulator_key, int modifiers);
void		 term_paste(struct term *, const char *text);
void		 term_wheel(struct term *, int row, int column, bool up);

/*
 * The terminal goes, as when its window is closed. What the program does then
 * shows in its exit status only.
 */
void		 term_vanish(struct term *);

/* Another size, told to the program with SIGWINCH. */
void		 term_resize(struct term *, int rows, int columns);

/* Waits until text is shown in some row. Returns that row. */
int		 term_wait_text(struct term *, const char *text);

/* Waits until text is shown nowhere. */
void		 term_wait_no_text(struct term *, const char *text);

/* Waits until text is shown in this row; a negative one counts from the end. */
void		 term_wait_row(struct term *, int row, const char *text);

void		 term_wait_cursor(struct term *, int row, int column);

/*
 * Waits until condition(term, arg) is true; it is asked after every change.
 * what says in the failure what was waited for.
 */
void		 term_wait(struct term *,
		    bool (*condition)(struct term *, void *arg), void *arg,
		    const char *what);

/*
 * What is shown, once all that the program has written until now is taken in: a
 * row as UTF-8 without blanks at the end, and all rows, a newline after each.
 * Valid until the next call for the same terminal.
 */
const char	*term_row(struct term *, int row);
const char	*term_screen(struct term *);

struct emulator_cell term_cell(struct term *, int row, int column);
void		 term_cursor(struct term *, int *row, int *column);
struct emulator_modes term_modes(struct term *);
int		 term_rows(const struct term *);
int		 term_columns(const struct term *);

/*
 * Every byte the program has written so far. Of an update: take the length
 * before, wait for its last text, and what came after is its cost.
 */
const char	*term_raw(struct term *, size_t *len);

/*
 * Waits for the end of the program. Returns its exit status, or 128 + the
 * signal that ended it. All it wrote is on the screen then.
 */
int		 term_wait_exit(struct term *);
void		 term_expect_exit(struct term *, int status);

/*
 * Waits until the program is stopped, by ^Z for example; all it wrote before is
 * on the screen then. term_signal() with SIGCONT continues it.
 */
void		 term_wait_stop(struct term *);

/*
 * Fails the test unless the terminal is as it was before the program: every
 * setting of termios(3), the main screen, the cursor shown, no mouse, no
 * bracketed paste.
 */
void		 term_expect_restored(struct term *);

#endif
