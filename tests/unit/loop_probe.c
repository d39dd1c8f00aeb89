#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "loop_probe.h"

int
probe_setup(void **state)
{
	*state = loop_new();
	return *state == NULL ? -1 : 0;
}

int
probe_setup_spinning(void **state)
{
	if (probe_setup(state) == -1)
		return -1;
	loop_set_spin(*state, 500);
	return 0;
}

int
probe_teardown(void **state)
{
	loop_free(*state);
	return 0;
}

static void
probe_call(void *arg, const struct loop_event *event)
{
	struct probe *probe = arg;

	probe->calls++;
	probe->reads += event->filter == EVFILT_READ;
	probe->writes += event->filter == EVFILT_WRITE;
	probe->last = *event;
	if (probe->then != NULL)
		probe->then(probe);
}

struct probe
probe_of(struct loop *loop)
{
	return (struct probe){.src.fn = probe_call, .loop = loop, .fd = -1};
}

void
probe_watch(struct probe *probe, int fd, unsigned want)
{
	probe->src.arg = probe;
	assert_int_equal(loop_io_set(probe->loop, &probe->src, fd, want), 0);
}

void
probe_timer(struct probe *probe, uint64_t ms)
{
	probe->src.arg = probe;
	assert_int_equal(loop_timer_start(probe->loop, &probe->src, ms), 0);
}

void
probe_signal(struct probe *probe, int signo)
{
	probe->src.arg = probe;
	assert_int_equal(loop_signal_start(probe->loop, &probe->src, signo), 0);
}

void
probe_wake(struct probe *probe)
{
	probe->src.arg = probe;
	assert_int_equal(loop_wake_start(probe->loop, &probe->src), 0);
}

void
probe_turn(struct loop *loop, const int *calls, int count)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (*calls < count) {
		int left_ms = deadline_left_ms(deadline);

		assert_int_not_equal(left_ms, 0);
		assert_int_not_equal(loop_once(loop, left_ms), -1);
	}
}

void
probe_pair(int fds[2])
{
	int i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
}

void
probe_pair_close(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

void
probe_send(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}
