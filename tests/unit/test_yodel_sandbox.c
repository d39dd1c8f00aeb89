/* sandbox: what the client can't do afterwards, and what it still can. */

#include "harness/harness.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "child.h"
#include "sandbox.h"
#include "syscalls.h"

static const char *
get_further(void)
{
	if (sandbox_enter() == -1)
		return "enter";
	if (execl("/bin/true", "true", (char *)NULL) != -1 || errno != EPERM)
		return "a program can be executed";
	if (setuid(getuid()) != -1 || errno != EPERM)
		return "the user can be changed";
	if (chroot("/") != -1 || errno != EPERM)
		return "the root directory can be changed";
	return NULL;
}

static void
test_the_ways_on_are_refused(void **state)
{
	(void)state;
	if (!syscalls_can_be_limited())
		skip();
	child_expect(get_further);
}

static const char *
go_on(void)
{
	if (sandbox_enter() == -1)
		return "enter";
	if (socket(AF_INET, SOCK_STREAM, 0) == -1)
		return "no socket";
	if (open("/etc/passwd", O_RDONLY) == -1)
		return "no file can be read";
	/* in a group of its own, so that nobody else is stopped */
	if (setpgid(0, 0) == -1)
		return "no group";
	if (signal(SIGTSTP, SIG_IGN) == SIG_ERR || kill(0, SIGTSTP) == -1)
		return "the group can't be stopped";
	return NULL;
}

static void
test_sockets_files_and_job_control_go_on(void **state)
{
	(void)state;
	child_expect(go_on);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_ways_on_are_refused),
	    cmocka_unit_test(test_sockets_files_and_job_control_go_on),
	};

	return cmocka_run_group_tests_name("yodel: sandbox", tests, NULL, NULL);
}
