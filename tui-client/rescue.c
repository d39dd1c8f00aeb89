#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "rescue.h"

#define TEXT_MAX    255
#define STACK_BYTES (64u << 10) /* the frame alone may take 12 KiB of it */

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT,
    SIGSYS, SIGTRAP, SIGXCPU};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* A signal handler has no other way to reach what it needs. */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios termios;
	size_t len;
	char text[TEXT_MAX];
	struct sigaction before[SIGNALS];
	bool on_stack;
	stack_t stack_before;
	char stack[STACK_BYTES];
} rescue;

static void
rescue_handle(int signo)
{
	if (rescue.armed) {
		ssize_t n = write(rescue.fd, rescue.text, rescue.len);

		(void)n; /* there is nobody left to tell */
		tcsetattr(rescue.fd, TCSANOW, &rescue.termios);
	}
	for (size_t i = 0; i < SIGNALS; i++)
		if (signals[i] == signo)
			sigaction(signo, &rescue.before[i], NULL);
	(void)raise(signo);
}

/* The stack may be what has run out. */
static int
rescue_take_stack(void)
{
	stack_t stack;

	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = rescue.stack;
	stack.ss_size = sizeof(rescue.stack);
	return sigaltstack(&stack, &rescue.stack_before);
}

void
rescue_arm(int fd, const struct termios *termios, const char *text)
{
	struct sigaction action;

	rescue_disarm();
	memset(&action, 0, sizeof(action));
	action.sa_handler = rescue_handle;
	sigemptyset(&action.sa_mask);
	if (rescue_take_stack() == 0)
		action.sa_flags = SA_ONSTACK;
	rescue.on_stack = action.sa_flags != 0;
	rescue.fd = fd;
	rescue.termios = *termios;
	rescue.len = strnlen(text, TEXT_MAX);
	memcpy(rescue.text, text, rescue.len);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &rescue.before[i]);
	rescue.armed = 1;
}

void
rescue_disarm(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &rescue.before[i], NULL);
	if (rescue.on_stack)
		(void)sigaltstack(&rescue.stack_before, NULL);
}
