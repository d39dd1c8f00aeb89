#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <pty.h>
#elif defined(__FreeBSD__)
#include <libutil.h>
#else
#include <util.h>
#endif

#include "capture.h"
#include "deadline.h"
#include "environment.h"
#include "harness.h"
#include "job.h"
#include "term.h"

#define DEFAULT_ROWS	24
#define DEFAULT_COLUMNS 80
#define PENDING_MAX	(1 << 20)
#define SLICE_BYTES	((size_t)1 << 14)
#define ASK_EVERY_MS	5

struct term {
	struct term *next;
	struct job *job;
	struct emulator *emulator;
	struct capture raw; /* its descriptor is our end of the pty */
	struct termios before;
	char *pending; /* typed, not taken by the pty yet */
	size_t pending_len;
	char *shown;  /* what term_row() handed out last */
	int slave_fd; /* kept: the settings outlive the program */
};

/* As in process: a failed test jumps away from what it has started. */
static struct term *terms;

static void
on_reply(void *arg, const char *data, size_t len)
{
	struct term *t = arg;

	if (len > PENDING_MAX - t->pending_len)
		fail_msg("the program does not read what is typed");
	memcpy(t->pending + t->pending_len, data, len);
	t->pending_len += len;
}

/* Our end never blocks, and neither of the two gets into the program. */
static void
set_flags(int master_fd, int slave_fd)
{
	if (fcntl(master_fd, F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(master_fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(slave_fd, F_SETFD, FD_CLOEXEC) == -1)
		fail_msg("fcntl: %s", strerror(errno));
}

struct term *
term_start(const char *const *argv, const struct term_options *options)
{
	static const struct term_options defaults;
	const struct term_options *o = options != NULL ? options : &defaults;
	struct winsize size = {
	    .ws_row = (unsigned short)(o->rows > 0 ? o->rows : DEFAULT_ROWS),
	    .ws_col =
		(unsigned short)(o->columns > 0 ? o->columns : DEFAULT_COLUMNS),
	};
	struct term *t = calloc(1, sizeof(*t));
	char **env;

	if (t == NULL || (t->pending = malloc(PENDING_MAX)) == NULL)
		fail_msg("no memory");
	if (openpty(&t->raw.fd, &t->slave_fd, NULL, NULL, &size) == -1)
		fail_msg("openpty: %s", strerror(errno));
	set_flags(t->raw.fd, t->slave_fd);
	if (tcgetattr(t->slave_fd, &t->before) == -1)
		fail_msg("tcgetattr: %s", strerror(errno));
	t->emulator = emulator_new(size.ws_row, size.ws_col, on_reply, t);
	env = environment_new(o->env);
	t->job = job_start(argv, (const char *const *)env, t->slave_fd);
	environment_free(env);
	t->next = terms;
	terms = t;
	return t;
}

void
term_free(struct term *t)
{
	struct term **at = &terms;

	if (t == NULL)
		return;
	job_free(t->job);
	while (*at != NULL && *at != t)
		at = &(*at)->next;
	if (*at == t)
		*at = t->next;
	close(t->slave_fd);
	capture_end(&t->raw);
	emulator_free(t->emulator);
	free(t->pending);
	free(t->shown);
	free(t);
}

int
term_teardown(void **state)
{
	(void)state;
	while (terms != NULL)
		term_free(terms);
	return 0;
}

pid_t
term_pid(const struct term *t)
{
	return job_pid(t->job);
}

void
term_signal(struct term *t, int sig)
{
	job_signal(t->job, sig);
}

static void
term_flush(struct term *t)
{
	ssize_t n = write(t->raw.fd, t->pending, t->pending_len);

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		fail_msg("write to the terminal: %s", strerror(errno));
	if (n > 0) {
		t->pending_len -= (size_t)n;
		memmove(t->pending, t->pending + n, t->pending_len);
	}
}

/*
 * Waits for output, or for room for what is typed, or until the time is over;
 * what comes goes to the emulator, whose answers go back.
 */
static void
term_pump(struct term *t, int wait_ms)
{
	struct pollfd p = {.fd = t->raw.fd, .events = POLLIN};
	size_t n;

	if (t->pending_len > 0)
		p.events |= POLLOUT;
	if (poll(&p, 1, wait_ms) <= 0)
		return;
	if (p.revents & POLLIN) {
		n = capture_read(&t->raw);
		emulator_write(t->emulator, t->raw.data + t->raw.len - n, n);
	}
	if (t->pending_len > 0)
		term_flush(t);
}

/* Takes in all that the program has written until now. */
static void
term_update(struct term *t)
{
	size_t before;

	do {
		before = t->raw.len;
		term_pump(t, 0);
	} while (t->raw.len > before);
}

static void
term_give_up(struct term *t, const char *what, const char *text)
{
	int row, column;

	term_update(t);
	term_cursor(t, &row, &column);
	print_error("--- the screen, %d x %d, cursor at %d, %d%s:\n",
	    term_rows(t), term_columns(t), row, column,
	    job_has_ended(t->job) ? ", program ended" : "");
	for (int i = 0; i < term_rows(t); i++)
		print_error("%2d|%s\n", i, term_row(t, i));
	fail_msg("terminal: %s%s", what, text);
}

void
term_wait(struct term *t, bool (*condition)(struct term *, void *arg),
    void *arg, const char *what)
{
	struct deadline d = deadline_in(DEADLINE_MS);

	for (;;) {
		bool ended = job_has_ended(t->job);

		term_update(t);
		if (condition(t, arg))
			return;
		/* asked once more after the end: its last words count */
		if (ended)
			term_give_up(t, "the program ended before ", what);
		if (deadline_left_ms(d) == 0)
			term_give_up(t, "this did not happen: ", what);
		if (!ended)
			term_pump(t, ASK_EVERY_MS);
	}
}

static bool
is_all_taken(struct term *t, void *arg)
{
	(void)arg;
	return t->pending_len == 0;
}

static void
term_wait_taken(struct term *t)
{
	term_wait(t, is_all_taken, NULL, "the program reads what is typed");
}

void
term_send(struct term *t, const void *data, size_t len)
{
	const char *p = data;

	/* In slices: a large paste takes its time to be read. */
	while (len > 0) {
		size_t n = len < SLICE_BYTES ? len : SLICE_BYTES;

		on_reply(t, p, n);
		term_wait_taken(t);
		p += n;
		len -= n;
	}
}

void
term_type(struct term *t, const char *text)
{
	term_send(t, text, strlen(text));
}

void
term_key(struct term *t, enum emulator_key key, int modifiers)
{
	term_update(t);
	emulator_key(t->emulator, key, modifiers);
	term_wait_taken(t);
}

void
term_paste(struct term *t, const char *text)
{
	term_update(t);
	emulator_paste(t->emulator, text);
	term_wait_taken(t);
}

void
term_wheel(struct term *t, int row, int column, bool up)
{
	term_update(t);
	emulator_wheel(t->emulator, row, column, up);
	term_wait_taken(t);
}

void
term_vanish(struct term *t)
{
	term_update(t);
	close(t->raw.fd);
	t->raw.fd = -1;
}

void
term_resize(struct term *t, int rows, int columns)
{
	struct winsize size = {
	    .ws_row = (unsigned short)rows,
	    .ws_col = (unsigned short)columns,
	};

	term_update(t);
	emulator_resize(t->emulator, rows, columns);
	if (ioctl(t->raw.fd, TIOCSWINSZ, &size) == -1)
		fail_msg("TIOCSWINSZ: %s", strerror(errno));
}

/* The emulator's row, remembered so that it can be freed. */
static const char *
show_row(struct term *t, int row)
{
	if (row < 0)
		row += term_rows(t);
	free(t->shown);
	t->shown = emulator_row(t->emulator, row);
	return t->shown;
}

const char *
term_row(struct term *t, int row)
{
	term_update(t);
	return show_row(t, row);
}

const char *
term_screen(struct term *t)
{
	size_t size = 1, len = 0;
	char *all = NULL;

	term_update(t);
	for (int row = 0; row < term_rows(t); row++) {
		const char *text = show_row(t, row);
		char *more = realloc(all, size + strlen(text) + 1);

		if (more == NULL)
			fail_msg("no memory");
		all = more;
		size += strlen(text) + 1;
		len += (size_t)sprintf(all + len, "%s\n", text);
	}
	free(t->shown);
	t->shown = all;
	return all;
}

struct emulator_cell
term_cell(struct term *t, int row, int column)
{
	term_update(t);
	return emulator_cell(t->emulator, row, column);
}

void
term_cursor(struct term *t, int *row, int *column)
{
	term_update(t);
	emulator_cursor(t->emulator, row, column);
}

struct emulator_modes
term_modes(struct term *t)
{
	term_update(t);
	return emulator_modes(t->emulator);
}

int
term_rows(const struct term *t)
{
	int rows, columns;

	emulator_size(t->emulator, &rows, &columns);
	return rows;
}

int
term_columns(const struct term *t)
{
	int rows, columns;

	emulator_size(t->emulator, &rows, &columns);
	return columns;
}

const char *
term_raw(struct term *t, size_t *len)
{
	term_update(t);
	if (len != NULL)
		*len = t->raw.len;
	return t->raw.data != NULL ? t->raw.data : "";
}

static bool
has_ended(struct term *t, void *arg)
{
	(void)arg;
	return job_has_ended(t->job);
}

int
term_wait_exit(struct term *t)
{
	term_wait(t, has_ended, NULL, "the end of the program");
	term_update(t);
	return job_status(t->job);
}

void
term_expect_exit(struct term *t, int status)
{
	int got = term_wait_exit(t);
	char text[64];

	if (got == status)
		return;
	snprintf(text, sizeof(text), "%d instead of %d", got, status);
	term_give_up(t, "exit status ", text);
}

static bool
is_stopped(struct term *t, void *arg)
{
	(void)arg;
	return job_is_stopped(t->job);
}

void
term_wait_stop(struct term *t)
{
	term_wait(t, is_stopped, NULL, "the program is suspended");
	term_update(t);
}

void
term_expect_restored(struct term *t)
{
	struct emulator_modes modes = term_modes(t);
	struct termios now;

	if (tcgetattr(t->slave_fd, &now) == -1)
		fail_msg("tcgetattr: %s", strerror(errno));
	if (modes.alternate)
		term_give_up(t, "left in the alternate screen", "");
	if (!modes.cursor_shown)
		term_give_up(t, "left with a hidden cursor", "");
	if (modes.mouse)
		term_give_up(t, "left with mouse reports", "");
	if (modes.bracketed_paste)
		term_give_up(t, "left in bracketed paste mode", "");
	if (now.c_iflag != t->before.c_iflag ||
	    now.c_oflag != t->before.c_oflag ||
	    now.c_cflag != t->before.c_cflag ||
	    now.c_lflag != t->before.c_lflag ||
	    memcmp(now.c_cc, t->before.c_cc, sizeof(now.c_cc)) != 0 ||
	    cfgetispeed(&now) != cfgetispeed(&t->before) ||
	    cfgetospeed(&now) != cfgetospeed(&t->before))
		term_give_up(t, "left with other termios settings", "");
}
