#ifdef __linux__
#define _GNU_SOURCE /* unshare(2) */
#endif

#include "network.h"

#include "harness.h"

#ifdef __linux__

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_CHARS 8192

static bool
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	bool written;

	if (file == NULL)
		return false;
	written = fputs(text, file) != EOF;
	return fclose(file) == 0 && written;
}

/* To be the same user in a namespace where that user may do this. */
static bool
enter_as_user(void)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "%u %u 1", geteuid(), geteuid());
	snprintf(gids, sizeof(gids), "%u %u 1", getegid(), getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return false;
	if (!write_text("/proc/self/setgroups", "deny") ||
	    !write_text("/proc/self/uid_map", uids) ||
	    !write_text("/proc/self/gid_map", gids))
		fail_msg("a user namespace without users");
	return true;
}

bool
network_enter(void)
{
	if (unshare(CLONE_NEWNET) == -1 && !enter_as_user())
		return false;
	network_set_link(true);
	return true;
}

void
network_set_link(bool up)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || ioctl(fd, SIOCGIFFLAGS, &request) == -1)
		fail_msg("lo: %s", strerror(errno));
	if (up)
		request.ifr_flags |= IFF_UP;
	else
		request.ifr_flags &= (short)~IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) == -1)
		fail_msg("lo: %s", strerror(errno));
	close(fd);
}

bool
network_set_somaxconn(unsigned count)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", count);
	return write_text("/proc/sys/net/core/somaxconn", text);
}

/* A line of names and one of numbers, in the same order. */
static uint64_t
find_number(char *names, char *numbers, const char *wanted)
{
	char *name, *number, *names_left, *numbers_left;

	name = strtok_r(names, " \n", &names_left);
	number = strtok_r(numbers, " \n", &numbers_left);
	for (; name != NULL && number != NULL;
	     name = strtok_r(NULL, " \n", &names_left),
	     number = strtok_r(NULL, " \n", &numbers_left))
		if (strcmp(name, wanted) == 0)
			return strtoull(number, NULL, 10);
	fail_msg("no %s", wanted);
	return 0;
}

uint64_t
network_listen_overflows(void)
{
	char names[LINE_MAX_CHARS], numbers[LINE_MAX_CHARS];
	FILE *file = fopen("/proc/net/netstat", "r");

	if (file == NULL || fgets(names, sizeof(names), file) == NULL ||
	    fgets(numbers, sizeof(numbers), file) == NULL)
		fail_msg("/proc/net/netstat: %s", strerror(errno));
	fclose(file);
	return find_number(names, numbers, "ListenOverflows");
}

#else

bool
network_enter(void)
{
	return false;
}

void
network_set_link(bool up)
{
	(void)up;
	skip();
}

bool
network_set_somaxconn(unsigned count)
{
	(void)count;
	return false;
}

uint64_t
network_listen_overflows(void)
{
	return 0;
}

#endif
