#define _GNU_SOURCE /* SO_DOMAIN */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"

#define CALLS_MAX 96

/*
 * The process's own, as the wrapped functions are: they have no argument in
 * which a context could be passed.
 */
static struct {
	struct fault fault;
	atomic_bool armed;
	atomic_bool fired;
	atomic_uint counts[CALLS_MAX];
} state;

static _Thread_local bool out;

void
fault_arm(const struct fault *fault)
{
	size_t i;

	state.fault = *fault;
	for (i = 0; i < CALLS_MAX; i++)
		atomic_store(&state.counts[i], 0);
	atomic_store(&state.fired, false);
	atomic_store(&state.armed, true);
}

void
fault_disarm(void)
{
	atomic_store(&state.armed, false);
}

bool
fault_has_fired(void)
{
	return atomic_load(&state.fired);
}

unsigned
fault_count(unsigned call)
{
	return atomic_load(&state.counts[call]);
}

const struct fault *
fault_armed(void)
{
	return atomic_load(&state.armed) ? &state.fault : NULL;
}

static const struct fault_answer *
find_answer(const struct fault *fault)
{
	const struct fault_answer *answer;

	for (answer = fault_table[fault->call].answers; answer->error != 0;
	     answer++)
		if (answer->error == fault->error)
			return answer;
	return NULL;
}

enum fault_cost
fault_cost(const struct fault *fault)
{
	const struct fault_answer *answer = find_answer(fault);

	return answer == NULL ? FAULT_HIDDEN : answer->cost;
}

void
fault_stay_out(void)
{
	out = true;
}

void
fault_stay_in(void)
{
	out = false;
}

static unsigned
socket_kind(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	memset(&name, 0, sizeof(name));
	if (getsockname(fd, (struct sockaddr *)&name, &len) == -1)
		return FAULT_ON_OTHER;
	return name.ss_family == AF_UNIX ? FAULT_ON_UNIX : FAULT_ON_INET;
}

/* All of its kind have one inode: only the name tells them from each other. */
static unsigned
other_kind(int fd)
{
	static const char eventfd[] = "anon_inode:[eventfd]";
	char name[64], target[sizeof(eventfd)];
	ssize_t len;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, target, sizeof(target));
	return len == sizeof(eventfd) - 1 &&
		memcmp(target, eventfd, sizeof(eventfd) - 1) == 0
	    ? FAULT_ON_EVENTFD
	    : FAULT_ON_OTHER;
}

static unsigned
kind_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return 0;
	if (S_ISSOCK(st.st_mode))
		return socket_kind(fd);
	if (S_ISFIFO(st.st_mode))
		return FAULT_ON_PIPE;
	return S_ISREG(st.st_mode) ? FAULT_ON_FILE : other_kind(fd);
}

/*
 * Of what is no descriptor a call says so before anything else. What is asked
 * here is not asked by the code under test.
 */
static bool
is_possible(const struct fault_answer *answer, int fd)
{
	unsigned kind;
	int saved_errno;

	if (fd == -1)
		return true;
	saved_errno = errno;
	out = true;
	kind = kind_of(fd);
	out = false;
	errno = saved_errno;
	return kind != 0 && (answer->kinds == 0 || kind & answer->kinds);
}

int
fault_hit(unsigned call, int fd)
{
	const struct fault *fault = &state.fault;
	const struct fault_answer *answer;
	unsigned n;

	if (out || !atomic_load_explicit(&state.armed, memory_order_acquire))
		return 0;
	n = atomic_fetch_add(&state.counts[call], 1) + 1;
	if (fault->times == 0 || call != fault->call || n < fault->at ||
	    n - fault->at >= fault->times)
		return 0;
	answer = find_answer(fault);
	if (answer == NULL || !is_possible(answer, fd))
		return 0;
	atomic_store(&state.fired, true);
	return fault->error;
}

const char *
fault_error_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {{FAULT_SHORT, "short"}, {EACCES, "EACCES"},
	    {EADDRINUSE, "EADDRINUSE"}, {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	    {EAGAIN, "EAGAIN"}, {EBUSY, "EBUSY"},
	    {ECONNABORTED, "ECONNABORTED"}, {ECONNREFUSED, "ECONNREFUSED"},
	    {ECONNRESET, "ECONNRESET"}, {EINTR, "EINTR"}, {EINVAL, "EINVAL"},
	    {EIO, "EIO"}, {EMFILE, "EMFILE"}, {ENETDOWN, "ENETDOWN"},
	    {ENETUNREACH, "ENETUNREACH"}, {ENFILE, "ENFILE"},
	    {ENOBUFS, "ENOBUFS"}, {ENOLCK, "ENOLCK"}, {ENOMEM, "ENOMEM"},
	    {ENOSPC, "ENOSPC"}, {ENOTCONN, "ENOTCONN"}, {ENOTTY, "ENOTTY"},
	    {EPERM, "EPERM"}, {EPIPE, "EPIPE"}, {EPROTO, "EPROTO"},
	    {ETIMEDOUT, "ETIMEDOUT"}};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return "?";
}
