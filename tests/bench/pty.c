/* pty: see pty.h. */

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "instant.h"
#include "pty.h"

#define PATIENCE_MS  30000
#define EXIT_NO_EXEC 127

/* The end of a text that the beginning of what is looked for may stand in. */
#define KEPT_BYTES 256

static _Noreturn void
become(const char *const *argv, int slave)
{
	if (setsid() != -1 && ioctl(slave, TIOCSCTTY, 0) != -1 &&
	    dup2(slave, 0) != -1 && dup2(slave, 1) != -1 &&
	    dup2(slave, 2) != -1)
		execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(EXIT_NO_EXEC);
}

void
pty_start(
    struct pty *p, const char *const *argv, unsigned rows, unsigned columns)
{
	struct winsize size = {
	    .ws_row = (unsigned short)rows,
	    .ws_col = (unsigned short)columns,
	};
	int slave = -1;

	memset(p, 0, sizeof(*p));
	p->fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (p->fd == -1 || grantpt(p->fd) == -1 || unlockpt(p->fd) == -1 ||
	    (slave = open(ptsname(p->fd), O_RDWR | O_NOCTTY | O_CLOEXEC)) ==
		-1 ||
	    ioctl(slave, TIOCSWINSZ, &size) == -1 ||
	    fcntl(p->fd, F_SETFD, FD_CLOEXEC) == -1)
		err(1, "no terminal");
	p->started_ns = instant_now_ns();
	p->pid = fork();
	if (p->pid == -1)
		err(1, "fork");
	if (p->pid == 0)
		become(argv, slave);
	(void)close(slave);
}

/* Returns false when nothing came for so long. */
static bool
pty_read(struct pty *p, int wait_ms)
{
	struct pollfd readable = {.fd = p->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&readable, 1, wait_ms) <= 0)
		return false;
	if (sizeof(p->text) - 1 - p->len < sizeof(p->text) / 2) {
		memmove(p->text, p->text + p->len - KEPT_BYTES, KEPT_BYTES);
		p->len = KEPT_BYTES;
	}
	n = read(p->fd, p->text + p->len, sizeof(p->text) - 1 - p->len);
	if (n <= 0 && errno != EINTR)
		errx(1, "the client has ended");
	if (n > 0) {
		p->len += (size_t)n;
		p->drawn += (size_t)n;
	}
	return true;
}

void
pty_type(struct pty *p, const char *keys)
{
	p->len = p->drawn = 0;
	p->started_ns = instant_now_ns();
	if (write(p->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
		err(1, "typing");
}

uint64_t
pty_wait(struct pty *p, const char *text)
{
	for (;;) {
		p->text[p->len] = '\0';
		if (strstr(p->text, text) != NULL)
			return instant_now_ns() - p->started_ns;
		if (!pty_read(p, PATIENCE_MS))
			errx(1, "'%s' was not shown", text);
	}
}

void
pty_settle(struct pty *p, int quiet_ms)
{
	while (pty_read(p, quiet_ms))
		continue;
}

void
pty_stop(struct pty *p)
{
	(void)kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	(void)close(p->fd);
}
