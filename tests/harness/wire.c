/* wire: see wire.h. */

#ifdef __linux__
#define _GNU_SOURCE /* setns(2) */
#endif

#include "wire.h"

#include "harness.h"

#ifdef __linux__

#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "network.h"
#include "relay.h"

#define COMMAND_MAX 512
#define PATH	    "PATH=$PATH:/usr/sbin:/sbin; "

/* The networks: they are there for as long as these are open. */
static int ends[2] = {-1, -1};

static const char *const addresses[2] = {WIRE_NEAR_ADDRESS, WIRE_FAR_ADDRESS};

void
wire_go(enum wire_end end)
{
	if (setns(ends[end], CLONE_NEWNET) == -1)
		fail_msg("setns: %s", strerror(errno));
}

/* Its exit status; its errors are the test's. */
static int
run(enum wire_end end, const char *command)
{
	char text[COMMAND_MAX];
	int status;

	(void)snprintf(text, sizeof(text), PATH "{ %s; } >/dev/null", command);
	wire_go(end);
	status = system(text);
	wire_go(WIRE_NEAR);
	return status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
wire_run(enum wire_end end, const char *command)
{
	int status = run(end, command);

	if (status != 0)
		fail_msg("'%s' ends with %d", command, status);
}

bool
wire_can(enum wire_end end, const char *command)
{
	if (ends[end] != -1 && run(end, command) == 0)
		return true;
	(void)fprintf(stderr, "skipped: '%s' can't be done here\n", command);
	return false;
}

static bool
open_end(enum wire_end end)
{
	if (!network_enter())
		return false;
	ends[end] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return ends[end] != -1;
}

bool
wire_lay(void)
{
	char command[COMMAND_MAX];

	if (!open_end(WIRE_FAR) || !open_end(WIRE_NEAR)) {
		(void)fprintf(stderr, "skipped: no network of one's own\n");
		ends[WIRE_NEAR] = ends[WIRE_FAR] = -1;
		return false;
	}
	(void)snprintf(command, sizeof(command),
	    "ip link add wire type veth peer name wire netns /proc/%ld/fd/%d",
	    (long)getpid(), ends[WIRE_FAR]);
	if (!wire_can(WIRE_NEAR, command))
		return false;
	wire_mend();
	return true;
}

/* What there is no tool for has not been changed either. */
static void
mend_end(enum wire_end end)
{
	char command[COMMAND_MAX];

	(void)snprintf(command, sizeof(command),
	    "tc qdisc del dev wire root 2>/dev/null; "
	    "nft flush ruleset 2>/dev/null; ip link set wire up && "
	    "ip addr replace %s/24 dev wire",
	    addresses[end]);
	wire_run(end, command);
}

void
wire_mend(void)
{
	mend_end(WIRE_FAR);
	mend_end(WIRE_NEAR);
}

static int
open_tun(enum wire_end end)
{
	struct ifreq request = {
	    .ifr_name = "relay", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd;

	wire_go(end);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd != -1 && ioctl(fd, TUNSETIFF, &request) == -1) {
		(void)close(fd);
		fd = -1;
	}
	wire_go(WIRE_NEAR);
	return fd;
}

bool
wire_lay_relay(unsigned seed)
{
	static const char command[] =
	    "ip addr add %s peer %s dev relay && ip link set relay up";
	char near_command[COMMAND_MAX], far_command[COMMAND_MAX];
	int near_fd = open_tun(WIRE_NEAR), far_fd = open_tun(WIRE_FAR);

	if (near_fd == -1 || far_fd == -1) {
		(void)fprintf(stderr, "skipped: no tun\n");
		return false;
	}
	relay_start(near_fd, far_fd, seed);
	(void)close(near_fd);
	(void)close(far_fd);
	(void)snprintf(near_command, sizeof(near_command), command,
	    WIRE_RELAY_NEAR, WIRE_RELAY_FAR);
	(void)snprintf(far_command, sizeof(far_command), command,
	    WIRE_RELAY_FAR, WIRE_RELAY_NEAR);
	wire_run(WIRE_NEAR, near_command);
	wire_run(WIRE_FAR, far_command);
	return true;
}

#else

bool
wire_lay(void)
{
	return false;
}

bool
wire_can(enum wire_end end, const char *command)
{
	(void)end;
	(void)command;
	return false;
}

void
wire_go(enum wire_end end)
{
	(void)end;
}

void
wire_run(enum wire_end end, const char *command)
{
	(void)end;
	(void)command;
}

void
wire_mend(void)
{
}

bool
wire_lay_relay(unsigned seed)
{
	(void)seed;
	return false;
}

#endif
