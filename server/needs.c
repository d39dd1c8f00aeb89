#ifdef __linux__
#define _GNU_SOURCE /* CLONE_THREAD */
#endif

#include "needs.h"

#include <unistd.h>

#ifdef __linux__

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <errno.h>
#include <sched.h>

#include "syscalls.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NEEDS_OF_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NEEDS_OF_SANITIZER 1
#endif
#endif

#define ALWAYS(call)           \
	{                      \
		.name = (call) \
	}
#define NEVER_EXECUTABLE(call)                                          \
	{                                                               \
		.name = (call), .arg = 2, .bits = PROT_EXEC, .value = 0 \
	}
#define REQUEST(number)                                        \
	{                                                      \
		.name = "ioctl", .arg = 1, .bits = UINT32_MAX, \
		.value = (number)                              \
	}

/* One call has several names where an architecture came with another one. */
static const struct syscalls_rule needs[] = {
    /* clients' bytes, the log's lines, the pipe that wakes its thread */
    ALWAYS("read"),
    ALWAYS("write"),
    ALWAYS("writev"),
    ALWAYS("recvfrom"),
    ALWAYS("recv"),
    ALWAYS("sendto"),
    ALWAYS("send"),
    ALWAYS("splice"),
    ALWAYS("pipe2"),
    /* newcomers, what is known and wanted of their sockets, their end */
    ALWAYS("accept"),
    ALWAYS("accept4"),
    ALWAYS("getpeername"),
    ALWAYS("getsockname"),
    ALWAYS("getsockopt"),
    ALWAYS("setsockopt"),
    ALWAYS("shutdown"),
    ALWAYS("close"),
    ALWAYS("fcntl"),
    ALWAYS("fcntl64"),
    /* how many bytes wait, to come in and to go out */
    REQUEST(FIONREAD),
    REQUEST(TIOCOUTQ),
    /* the kqueue layer, and queues that are made for threads yet to come */
    ALWAYS("epoll_create1"),
    ALWAYS("epoll_ctl"),
    ALWAYS("epoll_wait"),
    ALWAYS("epoll_pwait"),
    ALWAYS("epoll_pwait2"),
    ALWAYS("eventfd2"),
    ALWAYS("timerfd_create"),
    ALWAYS("timerfd_settime"),
    ALWAYS("timerfd_settime64"),
    ALWAYS("timerfd_gettime"),
    ALWAYS("timerfd_gettime64"),
    ALWAYS("signalfd4"),
    ALWAYS("dup3"),
    ALWAYS("inotify_init1"),
    ALWAYS("inotify_add_watch"),
    ALWAYS("inotify_rm_watch"),
    ALWAYS("poll"),
    ALWAYS("ppoll"),
    ALWAYS("ppoll_time64"),
    /* the log after a rotation, the spare /dev/null, statm; Landlock says which */
    ALWAYS("open"),
    ALWAYS("openat"),
    ALWAYS("fstat"),
    ALWAYS("fstat64"),
    ALWAYS("newfstatat"),
    ALWAYS("fstatat64"),
    ALWAYS("statx"),
    ALWAYS("lseek"),
    ALWAYS("_llseek"),
    /* Unix sockets are removed at exit, if they are still the same */
    ALWAYS("lstat"),
    ALWAYS("lstat64"),
    ALWAYS("unlink"),
    ALWAYS("unlinkat"),
    /* memory, none of which is ever code */
    ALWAYS("brk"),
    ALWAYS("munmap"),
    ALWAYS("mremap"),
    ALWAYS("madvise"),
    NEVER_EXECUTABLE("mmap"),
    NEVER_EXECUTABLE("mmap2"),
    NEVER_EXECUTABLE("mprotect"),
    ALWAYS("getrandom"),
    /* threads; clone3's flags can't be seen, and without it there is clone */
    {.name = "clone", .bits = CLONE_THREAD, .value = CLONE_THREAD},
    {.name = "clone3", .error = ENOSYS},
    ALWAYS("set_robust_list"),
    ALWAYS("rseq"),
    ALWAYS("set_tid_address"),
    ALWAYS("futex"),
    ALWAYS("futex_time64"),
    ALWAYS("sched_yield"),
    ALWAYS("sched_getaffinity"),
    ALWAYS("gettid"),
    ALWAYS("getpid"),
    ALWAYS("prlimit64"),
    ALWAYS("getrlimit"),
    ALWAYS("ugetrlimit"),
    ALWAYS("sysinfo"),
    /* signals: masks, handlers, the one that waits, and abort(3)'s own */
    ALWAYS("rt_sigprocmask"),
    ALWAYS("rt_sigaction"),
    ALWAYS("rt_sigreturn"),
    ALWAYS("rt_sigtimedwait"),
    ALWAYS("rt_sigtimedwait_time64"),
    ALWAYS("tgkill"),
    ALWAYS("restart_syscall"),
    /* the time, where the vDSO does not have it; what was used so far */
    ALWAYS("clock_gettime"),
    ALWAYS("clock_gettime64"),
    ALWAYS("getrusage"),
    ALWAYS("gettimeofday"),
    ALWAYS("clock_nanosleep"),
    ALWAYS("clock_nanosleep_time64"),
    ALWAYS("nanosleep"),
    /* the end */
    ALWAYS("exit"),
    ALWAYS("exit_group"),
#ifdef NEEDS_OF_SANITIZER
    /* its stacks for signals, its threads, the search for leaks by ptrace(2) */
    ALWAYS("sigaltstack"),
    ALWAYS("clone"),
    ALWAYS("mmap"),
    ALWAYS("mprotect"),
    ALWAYS("prctl"),
    ALWAYS("ptrace"),
    ALWAYS("wait4"),
    ALWAYS("process_vm_readv"),
    ALWAYS("readlink"),
    ALWAYS("readlinkat"),
    ALWAYS("getdents"),
    ALWAYS("getdents64"),
    ALWAYS("getppid"),
    ALWAYS("geteuid"),
    ALWAYS("getuid"),
    ALWAYS("kill"),
    ALWAYS("ioctl"),
    ALWAYS("pipe"),
    ALWAYS("stat"),
    ALWAYS("access"),
    ALWAYS("uname"),
    ALWAYS("pread64"),
    ALWAYS("personality"),
    ALWAYS("mincore"),
#endif
};

int
needs_enforce(void)
{
	return syscalls_limit(
	    needs, sizeof(needs) / sizeof(needs[0]), SYSCALLS_REST_KILLS);
}

#elif defined(__OpenBSD__)

/*
 * accept(2) is in inet and unix; the log is opened again with wpath and cpath,
 * with which the sockets are removed, and /dev/null with rpath.
 */
int
needs_enforce(void)
{
	return pledge("stdio rpath wpath cpath inet unix", NULL);
}

#else

int
needs_enforce(void)
{
	return 0;
}

#endif
