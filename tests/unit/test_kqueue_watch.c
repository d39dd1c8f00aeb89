/* EVFILT_VNODE: many files, many knotes of one, and numbers that are closed. */

#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "kev.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/scratch.h"

#define FILES 200

static int
file_of(const char *name)
{
	char path[256];
	int fd;

	(void)scratch_path(path, sizeof(path), name);
	scratch_write(path, "0123456789", 10);
	fd = open(path, O_RDWR);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void
file_unlink(const char *name)
{
	char path[256];

	assert_int_equal(unlink(scratch_path(path, sizeof(path), name)), 0);
}

static void
watch(int kq, int fd, int flags, unsigned notes)
{
	kev_change(kq, (uintptr_t)fd, EVFILT_VNODE, EV_ADD | flags, notes);
}

static void
touch(int fd)
{
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
}

static void
many_files_are_told_apart(void **state)
{
	const int kq = kev_queue(state);
	struct kevent events[7];
	char name[32];
	int fds[FILES], i, k, n, seen = 0;

	for (i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "many%d", i);
		fds[i] = file_of(name);
		watch(kq, fds[i], EV_CLEAR, NOTE_WRITE);
		file_unlink(name);
	}
	for (i = 0; i < FILES; i += 2)
		kev_change(kq, (uintptr_t)fds[i], EVFILT_VNODE, EV_DELETE, 0);
	for (i = 0; i < FILES; i++)
		touch(fds[i]);
	while ((n = kev_poll(kq, events, 7)) > 0) {
		for (k = 0; k < n; k++) {
			assert_int_equal(events[k].fflags, NOTE_WRITE);
			assert_int_equal(
			    events[k].ident, fds[1 + 2 * (seen + k)]);
		}
		seen += n;
	}
	assert_int_equal(seen, FILES / 2);
	for (i = 0; i < FILES; i++)
		close(fds[i]);
	kev_none(kq);
}

static void
each_descriptor_of_a_file_has_its_own_knote(void **state)
{
	const int kq = kev_queue(state), fd = file_of("own");
	char path[256];
	struct kevent events[4];
	int copy = dup(fd), other, i;

	other = open(scratch_path(path, sizeof(path), "own"), O_RDONLY);
	watch(kq, fd, EV_CLEAR, NOTE_WRITE);
	watch(kq, copy, EV_CLEAR, NOTE_WRITE | NOTE_ATTRIB);
	watch(kq, other, EV_ONESHOT, NOTE_WRITE);
	touch(fd);
	assert_int_equal(kev_poll(kq, events, 4), 3);
	for (i = 0; i < 3; i++)
		assert_int_equal(events[i].fflags, NOTE_WRITE);
	assert_int_equal(fchmod(fd, 0640), 0);
	assert_int_equal(kev_wait(kq).ident, copy);
	kev_change(kq, (uintptr_t)fd, EVFILT_VNODE, EV_DELETE, 0);
	touch(fd);
	assert_int_equal(kev_wait(kq).ident, copy);
	kev_none(kq);
	close(fd);
	close(copy);
	close(other);
	file_unlink("own");
}

static void
two_queues_watch_one_file(void **state)
{
	const int kq = kev_queue(state), fd = file_of("two"), kq2 = kqueue();

	watch(kq, fd, EV_CLEAR, NOTE_WRITE);
	watch(kq2, fd, EV_CLEAR, NOTE_WRITE);
	touch(fd);
	assert_int_equal(kev_wait(kq).ident, fd);
	close(kq);
	assert_int_equal(kev_wait(kq2).ident, fd);
	touch(fd);
	assert_int_equal(kev_wait(kq2).ident, fd);
	close(kq2);
	close(fd);
	file_unlink("two");
}

static void
a_closed_number_is_not_told_of(void **state)
{
	const int kq = kev_queue(state), fd = file_of("closed");
	const int copy = dup(fd);

	watch(kq, fd, 0, NOTE_WRITE);
	touch(fd);
	assert_int_equal(kev_wait(kq).ident, fd);
	/* It waits in the queue, and the file lives on. */
	close(fd);
	kev_none(kq);
	touch(copy);
	kev_none(kq);
	assert_int_equal(dup2(copy, fd), fd);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fd, EVFILT_VNODE, EV_DELETE, 0),
	    ENOENT);
	watch(kq, fd, EV_CLEAR, NOTE_WRITE);
	touch(copy);
	assert_int_equal(kev_wait(kq).ident, fd);
	close(fd);
	close(copy);
	file_unlink("closed");
	kev_none(kq);
}

static void
a_number_may_become_another_file(void **state)
{
	const int kq = kev_queue(state);
	int fd, i;

	/* The inode of one that is gone may be the next one's. */
	for (i = 0; i < 8; i++) {
		fd = file_of("again");
		assert_int_equal(kev_change_error(kq, (uintptr_t)fd,
				     EVFILT_VNODE, EV_DELETE, 0),
		    ENOENT);
		touch(fd);
		kev_none(kq);
		watch(kq, fd, EV_CLEAR, NOTE_WRITE | NOTE_DELETE);
		touch(fd);
		assert_int_equal(kev_wait(kq).fflags, NOTE_WRITE);
		file_unlink("again");
		close(fd);
	}
	kev_none(kq);
}

static void
nobody_is_told_after_fork(void **state)
{
	const int kq = kev_queue(state), fd = file_of("fork");
	struct kevent ev;
	pid_t pid;
	int status;

	watch(kq, fd, EV_CLEAR, NOTE_WRITE);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(kevent(kq, NULL, 0, &ev, 1, NULL) == -1 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* Nor has the child taken anything from its parent. */
	touch(fd);
	assert_int_equal(kev_wait(kq).fflags, NOTE_WRITE);
	close(fd);
	file_unlink("fork");
}

#ifdef __linux__

static void
without_a_descriptor_it_is_refused(void **state)
{
	const int kq = kev_queue(state), fd = file_of("refused");
	struct rlimit before, none;
	int error;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	error = kev_change_error(
	    kq, (uintptr_t)fd, EVFILT_VNODE, EV_ADD, NOTE_WRITE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(error, EMFILE);
	watch(kq, fd, EV_CLEAR, NOTE_WRITE);
	touch(fd);
	assert_int_equal(kev_wait(kq).ident, fd);
	close(fd);
	file_unlink("refused");
}

/* Two watches only, for this process: 0, or -1 where it may not. */
static int
limit_watches(void)
{
	int fd, result;

	if (unshare(CLONE_NEWUSER) == -1)
		return -1;
	fd = open("/proc/sys/user/max_inotify_watches", O_WRONLY);
	if (fd == -1)
		return -1;
	result = write(fd, "2", 1) == 1 ? 0 : -1;
	close(fd);
	return result;
}

#define NOT_HERE 77

static int
watch_three(const int *fds)
{
	struct kevent change;
	int kq, i, error = 0;

	if (limit_watches() == -1)
		return NOT_HERE;
	kq = kqueue();
	for (i = 0; i < 3 && error == 0; i++) {
		EV_SET(&change, (uintptr_t)fds[i], EVFILT_VNODE,
		    EV_ADD | EV_CLEAR, NOTE_WRITE, 0, NULL);
		if (kevent(kq, &change, 1, NULL, 0, NULL) == -1)
			error = errno;
	}
	if (i != 3 || error != ENOSPC)
		return 1;
	/* Those that are there go on; and one that goes makes room. */
	if (pwrite(fds[1], "x", 1, 0) != 1 ||
	    kevent(kq, NULL, 0, &change, 1, NULL) != 1 ||
	    change.ident != (uintptr_t)fds[1])
		return 2;
	change.flags = EV_DELETE;
	if (kevent(kq, &change, 1, NULL, 0, NULL) == -1)
		return 3;
	EV_SET(&change, (uintptr_t)fds[2], EVFILT_VNODE, EV_ADD, NOTE_WRITE, 0,
	    NULL);
	return kevent(kq, &change, 1, NULL, 0, NULL) == -1 ? 4 : 0;
}

static void
past_the_limit_of_watches_it_is_refused(void **state)
{
	const int fds[3] = {file_of("a"), file_of("b"), file_of("c")};
	pid_t pid;
	int status, i;

	(void)state;
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(watch_three(fds));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	file_unlink("a");
	file_unlink("b");
	file_unlink("c");
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_HERE)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static long
queued_max(void)
{
	FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	long n = 0;

	if (file != NULL) {
		if (fscanf(file, "%ld", &n) != 1)
			n = 0;
		(void)fclose(file);
	}
	return n;
}

static void
what_inotify_loses_is_told_nevertheless(void **state)
{
	const int kq = kev_queue(state), a = file_of("lost1");
	const int b = file_of("lost2"), c = file_of("lost3");
	const long max = queued_max();
	struct kevent ev;
	unsigned notes = 0;
	long i;

	if (max == 0 || max > 100000)
		skip();
	watch(kq, a, EV_CLEAR, NOTE_WRITE);
	watch(kq, b, EV_CLEAR, NOTE_WRITE);
	watch(kq, c, EV_CLEAR, NOTE_DELETE | NOTE_EXTEND);
	for (i = 0; i <= max; i++)
		touch(i % 2 == 0 ? a : b);
	assert_int_equal(pwrite(c, "x", 1, 10), 1);
	file_unlink("lost3");
	while (kev_poll(kq, &ev, 1) == 1)
		notes |= ev.ident == (uintptr_t)c ? ev.fflags : 0;
	assert_int_equal(notes, NOTE_DELETE | NOTE_EXTEND);
	close(a);
	close(b);
	close(c);
	file_unlink("lost1");
	file_unlink("lost2");
}

#endif

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(many_files_are_told_apart),
	    TEST(each_descriptor_of_a_file_has_its_own_knote),
	    TEST(two_queues_watch_one_file),
	    TEST(a_closed_number_is_not_told_of),
	    TEST(a_number_may_become_another_file),
	    TEST(nobody_is_told_after_fork),
#ifdef __linux__
	    TEST(without_a_descriptor_it_is_refused),
	    TEST(past_the_limit_of_watches_it_is_refused),
	    TEST(what_inotify_loses_is_told_nevertheless),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
