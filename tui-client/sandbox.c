#include "sandbox.h"

#include <errno.h>

#include "syscalls.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif

#define NEVER(call)                            \
	{                                      \
		.name = (call), .error = EPERM \
	}

static const struct syscalls_rule sandbox_refused[] = {
    /* other programs: vi's `v`, which would start an editor, is not bound */
    NEVER("execve"),
    NEVER("execveat"),
#ifndef SANDBOX_SANITIZED
    /* other processes; AddressSanitizer searches its own for leaks by these */
    NEVER("ptrace"),
    NEVER("process_vm_readv"),
#endif
    NEVER("process_vm_writev"),
    NEVER("kcmp"),
    NEVER("pidfd_getfd"),
    NEVER("process_madvise"),
    /* another user, other rights */
    NEVER("setuid"),
    NEVER("setgid"),
    NEVER("setreuid"),
    NEVER("setregid"),
    NEVER("setresuid"),
    NEVER("setresgid"),
    NEVER("setgroups"),
    NEVER("setfsuid"),
    NEVER("setfsgid"),
    NEVER("capset"),
    /* another view of the system */
    NEVER("mount"),
    NEVER("umount2"),
    NEVER("pivot_root"),
    NEVER("chroot"),
    NEVER("unshare"),
    NEVER("setns"),
    NEVER("move_mount"),
    NEVER("fsopen"),
    NEVER("open_tree"),
    NEVER("open_by_handle_at"),
    NEVER("mknod"),
    NEVER("mknodat"),
    /* the system itself */
    NEVER("init_module"),
    NEVER("finit_module"),
    NEVER("delete_module"),
    NEVER("kexec_load"),
    NEVER("kexec_file_load"),
    NEVER("reboot"),
    NEVER("swapon"),
    NEVER("swapoff"),
    NEVER("acct"),
    NEVER("quotactl"),
    NEVER("sethostname"),
    NEVER("setdomainname"),
    NEVER("settimeofday"),
    NEVER("clock_settime"),
    NEVER("syslog"),
    NEVER("iopl"),
    NEVER("ioperm"),
    /* parts of the kernel that have had holes, and that no client asks for */
    NEVER("bpf"),
    NEVER("perf_event_open"),
    NEVER("userfaultfd"),
    NEVER("io_uring_setup"),
    NEVER("io_uring_enter"),
    NEVER("io_uring_register"),
    NEVER("keyctl"),
    NEVER("add_key"),
    NEVER("request_key"),
};

int
sandbox_enter(void)
{
	return syscalls_limit(sandbox_refused,
	    sizeof(sandbox_refused) / sizeof(sandbox_refused[0]),
	    SYSCALLS_REST_PASSES);
}
