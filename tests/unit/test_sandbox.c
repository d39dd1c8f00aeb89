/* sandbox: what is out of reach afterwards, and what is not. */

#ifdef __linux__
#define _GNU_SOURCE /* O_PATH */
#endif

#include "harness/harness.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifdef __linux__
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <endian.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#endif

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "harness/refuse.h"
#include "harness/scratch.h"
#include "sandbox.h"

#define PATH_SIZE 256
#define FDS	  64 /* more than are open in a child */
#define ABI_TCP	  4  /* Landlock's, from which on it knows of TCP */
#define ABI_SCOPE 6  /* of signals and abstract sockets */

/* Landlock's ABI, 0 where the system does not have it. */
static long
landlock_abi(void)
{
#ifdef SYS_landlock_create_ruleset
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u);

	return abi < 0 ? 0 : abi;
#else
	return 0;
#endif
}

static void
need_abi(long abi)
{
	if (landlock_abi() < abi)
		skip();
}

/* Its directory `in` is let in, beside one that is not there. */
static bool
enter(void)
{
	char in[PATH_SIZE], gone[PATH_SIZE];
	const char *const dirs[] = {
	    scratch_path(in, sizeof(in), "in"),
	    scratch_path(gone, sizeof(gone), "gone"),
	    NULL,
	};

	return sandbox_begin() == 0 && sandbox_enter(dirs, NULL) == 0;
}

static int
open_in_scratch(const char *name, int flags)
{
	char path[PATH_SIZE];
	int fd = open(scratch_path(path, sizeof(path), name), flags, 0600);

	if (fd != -1)
		close(fd);
	return fd;
}

static bool
can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static int
set_up(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	scratch_write(scratch_path(path, sizeof(path), "file"), "secret", 6);
	if (mkdir(scratch_path(path, sizeof(path), "in"), 0700) == -1)
		return -1;
	scratch_write(scratch_path(path, sizeof(path), "in/file"), "hi", 2);
	return 0;
}

#ifdef PR_GET_NO_NEW_PRIVS
static const char *
begin_only(void)
{
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return NULL; /* whoever runs the tests has it already */
	if (sandbox_begin() == -1)
		return "begin";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "execve(2) may still bring new rights";
	return open_in_scratch("file", O_RDWR) != -1 ? NULL : "a file is gone";
}

static void
test_the_begin_only_keeps_new_rights_away(void **state)
{
	(void)state;
	child_expect(begin_only);
}
#endif

static const char *
reach_files(void)
{
	char path[PATH_SIZE];

	if (!enter())
		return "enter";
	if (open_in_scratch("file", O_RDONLY) != -1 || errno != EACCES)
		return "a file can be read";
	if (open_in_scratch("file", O_WRONLY) != -1 || errno != EACCES)
		return "a file can be written";
	if (open_in_scratch("new", O_WRONLY | O_CREAT) != -1 || errno != EACCES)
		return "a file can be made";
	if (unlink(scratch_path(path, sizeof(path), "file")) != -1 ||
	    errno != EACCES)
		return "a file can be removed";
	if (can_open("/", O_RDONLY) || errno != EACCES)
		return "a directory can be read";
	if (open_in_scratch("in/file", O_RDONLY) != -1 || errno != EACCES)
		return "a file can be read where only sockets are ours";
	return NULL;
}

static void
test_files_are_out_of_reach(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(reach_files);
}

static bool
bind_unix(const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char path[PATH_SIZE];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), saved_errno;
	bool bound;

	scratch_path(path, sizeof(path), name);
	if (strlen(path) < sizeof(un.sun_path))
		memcpy(un.sun_path, path, strlen(path));
	bound = bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0;
	saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return bound;
}

static const char *
only_remove_sockets(void)
{
	char path[PATH_SIZE];

	if (!bind_unix("in/before") || !enter())
		return "enter";
	if (unlink(scratch_path(path, sizeof(path), "in/before")) == -1)
		return "what is there can't be removed";
	if (bind_unix("in/after") || errno != EACCES)
		return "a socket can be made";
	if (bind_unix("outside") || errno != EACCES)
		return "a socket can be made elsewhere";
	return NULL;
}

static void
test_sockets_only_go_below_the_directories(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(only_remove_sockets);
}

static const char *
reach_own(void)
{
	char other[PATH_SIZE];

	if (!enter())
		return "enter";
	if (!can_open("/dev/null", O_RDONLY))
		return "/dev/null can't be opened";
	if (!can_open("/proc/self/statm", O_RDONLY))
		return "statm can't be read";
	snprintf(other, sizeof(other), "/proc/%d/statm", (int)getppid());
	if (can_open(other, O_RDONLY))
		return "another one's statm can be read";
	if (can_open("/proc/self/exe", O_RDONLY))
		return "what /proc points to can be read";
	return NULL;
}

static void
test_the_spare_and_the_own_statistics_can_be_opened(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(reach_own);
}

/* Else the rule ends when /proc forgets what the rule is about. */
static const char *
hold_own(void)
{
	struct stat own, st;
	int fd;

	if (!enter() || stat("/proc/self", &own) == -1)
		return "enter";
	for (fd = 0; fd < FDS; fd++)
		if (fstat(fd, &st) == 0 && st.st_dev == own.st_dev &&
		    st.st_ino == own.st_ino)
			return NULL;
	return "no descriptor is the process's own directory in /proc";
}

static void
test_the_own_directory_in_proc_is_held_open(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(hold_own);
}

static int
listen_tcp(struct sockaddr_in *in)
{
	socklen_t len = sizeof(*in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*in = (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(fd, (struct sockaddr *)in, len) == -1 || listen(fd, 1) == -1 ||
	    getsockname(fd, (struct sockaddr *)in, &len) == -1)
		return -1;
	return fd;
}

static const char *
use_tcp(void)
{
	struct sockaddr_in in;
	int listener = listen_tcp(&in);
	int early = socket(AF_INET, SOCK_STREAM, 0);
	int late = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(early, (struct sockaddr *)&in, sizeof(in)) == -1)
		return "no connection before";
	if (!enter())
		return "enter";
	if (connect(late, (struct sockaddr *)&in, sizeof(in)) != -1 ||
	    errno != EACCES)
		return "it connects";
	in.sin_port = 0;
	if (bind(late, (struct sockaddr *)&in, sizeof(in)) != -1 ||
	    errno != EACCES)
		return "it binds";
	late = accept(listener, NULL, NULL);
	if (late == -1 || send(late, "x", 1, 0) != 1)
		return "it does not accept any more";
	return NULL;
}

static void
test_tcp_is_accepted_but_not_begun(void **state)
{
	(void)state;
	need_abi(ABI_TCP);
	child_expect(use_tcp);
}

static const char *
reach_processes(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(sa_family_t); /* a name of the system's choice */
	int told = socket(AF_UNIX, SOCK_DGRAM, 0);
	int early = socket(AF_UNIX, SOCK_DGRAM, 0);
	int late = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (bind(told, (struct sockaddr *)&un, len) == -1)
		return "no abstract socket";
	len = sizeof(un);
	if (getsockname(told, (struct sockaddr *)&un, &len) == -1 ||
	    connect(early, (struct sockaddr *)&un, len) == -1 || !enter())
		return "enter";
	if (kill(getppid(), 0) != -1 || errno != EPERM)
		return "another process can be signalled";
	if (kill(getpid(), 0) == -1 || raise(SIGCHLD) != 0)
		return "it can't signal itself";
	if (connect(late, (struct sockaddr *)&un, len) != -1 || errno != EPERM)
		return "an abstract socket can be connected";
	if (send(early, "x", 1, 0) != 1)
		return "what was connected before can't send";
	return NULL;
}

static void
test_other_processes_are_out_of_reach(void **state)
{
	(void)state;
	need_abi(ABI_SCOPE);
	child_expect(reach_processes);
}

/* Opens a file once there is something to read. Returns arg if it could. */
static void *
open_when_told(void *arg)
{
	int *ends = arg;
	char byte;

	return read(ends[0], &byte, 1) == 1 &&
		open_in_scratch("file", O_RDWR) != -1
	    ? arg
	    : NULL;
}

static const char *
reach_files_from_threads(void)
{
	pthread_t before, after;
	void *before_can, *after_can;
	int ends[2];

	if (pipe(ends) == -1 ||
	    pthread_create(&before, NULL, open_when_told, ends) != 0 ||
	    !enter() ||
	    pthread_create(&after, NULL, open_when_told, ends) != 0 ||
	    write(ends[1], "xx", 2) != 2 ||
	    pthread_join(before, &before_can) != 0 ||
	    pthread_join(after, &after_can) != 0)
		return "enter";
	if (before_can == NULL)
		return "the thread that was there is confined";
	return after_can == NULL ? NULL : "a new thread is not confined";
}

static void
test_threads_are_confined_that_come_later(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(reach_files_from_threads);
}

#ifdef SYS_landlock_create_ruleset
#define WITHOUT_FLAGS 0 /* makes a set of rules; with one it is a question */

/* Whether it is refused, and for this reason. */
static bool
fails_for(const char *dir, int error)
{
	const char *const dirs[] = {dir, NULL};

	errno = 0;
	return sandbox_begin() == 0 && sandbox_enter(dirs, NULL) == -1 &&
	    errno == error;
}

static const char *
enter_without_landlock(void)
{
	if (refuse(&(struct refusal){
		SYS_landlock_create_ruleset, ENOSYS, REFUSE_ANY, 0}) == -1 ||
	    !enter())
		return "enter";
	return open_in_scratch("file", O_RDONLY) != -1 ? NULL
						       : "a file is gone";
}

static const char *
make_no_rules(void)
{
	if (refuse(&(struct refusal){
		SYS_landlock_create_ruleset, ENOMEM, 2, WITHOUT_FLAGS}) == -1)
		return "refuse";
	return fails_for(scratch_dir(), ENOMEM) ? NULL : "it goes on";
}

static const char *
add_no_rule(void)
{
	if (refuse(&(struct refusal){
		SYS_landlock_add_rule, ENOMEM, REFUSE_ANY, 0}) == -1)
		return "refuse";
	return fails_for(scratch_dir(), ENOMEM) ? NULL : "it goes on";
}

static const char *
keep_no_rules(void)
{
	if (refuse(&(struct refusal){
		SYS_landlock_restrict_self, E2BIG, REFUSE_ANY, 0}) == -1)
		return "refuse";
	return fails_for(scratch_dir(), E2BIG) ? NULL : "it goes on";
}

/* What can't be opened for lack of something may be there all the same. */
static const char *
open_no_path(void)
{
	if (refuse(&(struct refusal){
		SYS_openat, EMFILE, 2, O_PATH | O_CLOEXEC}) == -1)
		return "refuse";
	return fails_for(scratch_dir(), EMFILE) ? NULL : "it goes on";
}

static void
test_a_sandbox_that_is_not_whole_is_an_error(void **state)
{
	(void)state;
	need_abi(1);
	if (!refuse_is_possible())
		skip();
	child_expect(make_no_rules);
	child_expect(add_no_rule);
	child_expect(keep_no_rules);
	child_expect(open_no_path);
}

/* Says what the first Landlock says of itself, in place of the kernel. */
static void *
answer_once(void *arg)
{
	struct seccomp_notif question;
	struct seccomp_notif_resp answer = {.val = 1};
	int *ends = arg, fd;

	memset(&question, 0, sizeof(question));
	if (read(ends[0], &fd, sizeof(fd)) != sizeof(fd) ||
	    ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &question) == -1)
		return NULL;
	answer.id = question.id;
	return ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == -1 ? NULL : arg;
}

/* The question alone: what asks for no version goes on to the kernel. */
static int
divert_question(void)
{
	const size_t low = BYTE_ORDER == BIG_ENDIAN ? sizeof(uint32_t) : 0;
	struct sock_filter filter[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args[1]) + low),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
	    .len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* Files are confined, and TCP, which it knows nothing of, is not. */
static const char *
enter_the_first_landlock(void)
{
	struct sockaddr_in in;
	int ends[2], fd, tcp = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;
	void *answered;

	if (sandbox_begin() == -1 || listen_tcp(&in) == -1 ||
	    pipe(ends) == -1 ||
	    pthread_create(&thread, NULL, answer_once, ends) != 0)
		return "set up";
	fd = divert_question();
	if (fd == -1 || write(ends[1], &fd, sizeof(fd)) != sizeof(fd))
		return "divert";
	if (!enter())
		return "enter";
	if (pthread_join(thread, &answered) != 0 || answered == NULL)
		return "nobody has asked which one it is";
	if (open_in_scratch("file", O_RDONLY) != -1 || errno != EACCES)
		return "a file can be read";
	return connect(tcp, (struct sockaddr *)&in, sizeof(in)) == 0
	    ? NULL
	    : "it forbids what it does not know";
}

static void
test_an_older_one_forbids_what_it_knows(void **state)
{
	(void)state;
	need_abi(ABI_TCP);
	if (!refuse_is_possible())
		skip();
	child_expect(enter_the_first_landlock);
}

static void
test_a_kernel_without_it_is_no_error(void **state)
{
	(void)state;
	if (!refuse_is_possible())
		skip();
	child_expect(enter_without_landlock);
}

static const char *
enter_for_what_is_no_path(void)
{
	char path[PATH_MAX + 2], in_file[PATH_SIZE];
	const char *const dirs[] = {
	    scratch_path(in_file, sizeof(in_file), "file/below"), NULL};

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	if (!fails_for(path, ENAMETOOLONG))
		return "a path that is too long is no error";
	return sandbox_begin() == 0 && sandbox_enter(dirs, NULL) == 0
	    ? NULL
	    : "what can't be there is an error";
}

static void
test_a_directory_that_can_not_be_needs_no_rule(void **state)
{
	(void)state;
	need_abi(1);
	child_expect(enter_for_what_is_no_path);
}
#endif

static const char *
enter_anywhere(void)
{
	return enter() ? NULL : "enter";
}

static void
test_a_system_that_has_nothing_is_no_error(void **state)
{
	(void)state;
	child_expect(enter_anywhere);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef PR_GET_NO_NEW_PRIVS
	    cmocka_unit_test(test_the_begin_only_keeps_new_rights_away),
#endif
	    cmocka_unit_test(test_files_are_out_of_reach),
	    cmocka_unit_test(test_sockets_only_go_below_the_directories),
	    cmocka_unit_test(
		test_the_spare_and_the_own_statistics_can_be_opened),
	    cmocka_unit_test(test_the_own_directory_in_proc_is_held_open),
	    cmocka_unit_test(test_tcp_is_accepted_but_not_begun),
	    cmocka_unit_test(test_other_processes_are_out_of_reach),
	    cmocka_unit_test(test_threads_are_confined_that_come_later),
	    cmocka_unit_test(test_a_system_that_has_nothing_is_no_error),
#ifdef SYS_landlock_create_ruleset
	    cmocka_unit_test(test_a_sandbox_that_is_not_whole_is_an_error),
	    cmocka_unit_test(test_an_older_one_forbids_what_it_knows),
	    cmocka_unit_test(test_a_kernel_without_it_is_no_error),
	    cmocka_unit_test(test_a_directory_that_can_not_be_needs_no_rule),
#endif
	};

	return cmocka_run_group_tests_name("sandbox", tests, set_up, NULL);
}
