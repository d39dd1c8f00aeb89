/* EVFILT_VNODE: what becomes of a file, and when it is returned. */

#include "kev.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

#define ALL                                                                 \
	(NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK | \
	    NOTE_RENAME | NOTE_REVOKE)

/* A file of ten bytes, open to be written; and its path. */
struct file {
	char path[256];
	int fd;
};

static struct file
file_of(const char *name)
{
	struct file file;

	(void)scratch_path(file.path, sizeof(file.path), name);
	scratch_write(file.path, "0123456789", 10);
	file.fd = open(file.path, O_RDWR);
	assert_int_not_equal(file.fd, -1);
	return file;
}

static void
file_end(const struct file *file)
{
	(void)close(file->fd);
	(void)unlink(file->path);
}

/* A file that is watched, for everything, with EV_CLEAR. */
static struct file
file_watched(int kq, const char *name)
{
	struct file file = file_of(name);

	kev_change(
	    kq, (uintptr_t)file.fd, EVFILT_VNODE, EV_ADD | EV_CLEAR, ALL);
	kev_none(kq);
	return file;
}

static unsigned
notes_of(int kq, int fd)
{
	struct kevent ev = kev_wait(kq);

	assert_int_equal(ev.ident, fd);
	assert_int_equal(ev.filter, EVFILT_VNODE);
	assert_ptr_equal(ev.udata, (void *)(intptr_t)fd);
	assert_int_equal(ev.data, 0);
	return ev.fflags;
}

/* All of these, and of those that Linux tells apart no other. */
static void
assert_notes(int kq, int fd, unsigned notes)
{
	const unsigned got = notes_of(kq, fd);

	assert_int_equal(got & notes, notes);
#ifdef __linux__
	assert_int_equal(got, notes);
#endif
	kev_none(kq);
}

static void
append(const struct file *file)
{
	assert_int_not_equal(lseek(file->fd, 0, SEEK_END), -1);
	assert_int_equal(write(file->fd, "more", 4), 4);
}

static void
overwrite(const struct file *file)
{
	assert_int_equal(pwrite(file->fd, "x", 1, 0), 1);
}

static void
a_write_is_told_from_growth(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "write");

	overwrite(&file);
	assert_notes(kq, file.fd, NOTE_WRITE);
	append(&file);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	file_end(&file);
}

static void
a_truncation_is_told(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "truncate");

	assert_int_equal(truncate(file.path, 3), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_ATTRIB);
	kev_none(kq);
	/* It grows from there, though it was larger once. */
	append(&file);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	file_end(&file);
}

static void
a_change_of_mode_is_told(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "mode");

	assert_int_equal(chmod(file.path, 0640), 0);
	assert_notes(kq, file.fd, NOTE_ATTRIB);
	assert_int_equal(futimens(file.fd, NULL), 0);
	assert_notes(kq, file.fd, NOTE_ATTRIB);
	file_end(&file);
}

static void
a_renamed_file_is_still_watched(void **state)
{
	const int kq = kev_queue(state);
	struct file file = file_watched(kq, "rename");
	char to[256];

	assert_int_equal(
	    rename(file.path, scratch_path(to, sizeof(to), "renamed")), 0);
	assert_notes(kq, file.fd, NOTE_RENAME);
	append(&file);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	assert_int_equal(unlink(to), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_DELETE);
	file_end(&file);
}

static void
a_deleted_file_is_still_watched(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "delete");

	assert_int_equal(unlink(file.path), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_DELETE);
	append(&file);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	file_end(&file);
	kev_none(kq);
}

static void
to_be_replaced_is_to_be_deleted(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "replaced");
	const struct file other = file_watched(kq, "replaces");
	struct kevent ev;
	unsigned seen = 0;
	int i;

	assert_int_equal(rename(other.path, file.path), 0);
	for (i = 0; i < 2; i++) {
		ev = kev_wait(kq);
		if (ev.ident == (uintptr_t)file.fd)
			assert_true(ev.fflags & NOTE_DELETE);
		else
			assert_int_equal(ev.fflags, NOTE_RENAME);
		seen |= 1u << (ev.ident == (uintptr_t)file.fd);
	}
	assert_int_equal(seen, 3);
	kev_none(kq);
	(void)close(other.fd);
	file_end(&file);
}

static void
links_are_counted(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "link");
	char other[256];

	(void)scratch_path(other, sizeof(other), "link2");
	assert_int_equal(link(file.path, other), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_LINK);
	/* First the name that it was opened by, then the last one. */
	assert_int_equal(unlink(file.path), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_DELETE);
	assert_int_equal(unlink(other), 0);
	assert_true(notes_of(kq, file.fd) & NOTE_DELETE);
	kev_none(kq);
	append(&file);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	file_end(&file);
}

static void
a_directory_tells_of_its_entries(void **state)
{
	const int kq = kev_queue(state);
	char dir[256], path[300];
	struct file file;
	int fd;

	(void)scratch_path(dir, sizeof(dir), "directory");
	assert_int_equal(mkdir(dir, 0700), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	kev_change(kq, (uintptr_t)fd, EVFILT_VNODE, EV_ADD | EV_CLEAR, ALL);
	file = file_of("directory/file");
	assert_true(notes_of(kq, fd) & NOTE_WRITE);
	/* What happens to a file in it is not its own. */
	append(&file);
	assert_int_equal(fchmod(file.fd, 0640), 0);
	kev_none(kq);
	file_end(&file);
	assert_true(notes_of(kq, fd) & NOTE_WRITE);
	(void)snprintf(path, sizeof(path), "%s/inner", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_notes(kq, fd, NOTE_WRITE | NOTE_LINK);
	assert_int_equal(rmdir(path), 0);
	assert_notes(kq, fd, NOTE_WRITE | NOTE_LINK);
	assert_int_equal(chmod(dir, 0750), 0);
	assert_notes(kq, fd, NOTE_ATTRIB);
	(void)close(fd);
	assert_int_equal(rmdir(dir), 0);
	kev_none(kq);
}

static void
only_what_was_asked_for_is_told(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_of("asked");
	const uintptr_t ident = (uintptr_t)file.fd;

	kev_change(kq, ident, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_ATTRIB);
	append(&file);
	kev_none(kq);
	kev_change(kq, ident, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_EXTEND);
	overwrite(&file);
	kev_none(kq);
	append(&file);
	assert_true(notes_of(kq, file.fd) & NOTE_EXTEND);
	file_end(&file);
}

static void
what_happens_adds_up_until_it_is_returned(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "adds");
	const uintptr_t ident = (uintptr_t)file.fd;

	kev_change(kq, ident, EVFILT_VNODE, EV_DISABLE, 0);
	append(&file);
	kev_none(kq);
	assert_int_equal(chmod(file.path, 0640), 0);
	kev_none(kq);
	kev_change(kq, ident, EVFILT_VNODE, EV_ENABLE, 0);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB);
	file_end(&file);
}

static void
without_clear_it_stays(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_of("stays");
	const uintptr_t ident = (uintptr_t)file.fd;
	struct pollfd p = {.fd = kq, .events = POLLIN};

	kev_change(kq, ident, EVFILT_VNODE, EV_ADD, NOTE_WRITE | NOTE_ATTRIB);
	overwrite(&file);
	assert_int_equal(notes_of(kq, file.fd), NOTE_WRITE);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(chmod(file.path, 0640), 0);
	/* It is still in the queue: this one may come before inotify's. */
	(void)notes_of(kq, file.fd);
	assert_int_equal(notes_of(kq, file.fd), NOTE_WRITE | NOTE_ATTRIB);
	kev_change(kq, ident, EVFILT_VNODE, EV_DELETE, 0);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, ident, EVFILT_VNODE, EV_DELETE, 0), ENOENT);
	file_end(&file);
}

static void
oneshot_is_once(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_of("once");
	const uintptr_t ident = (uintptr_t)file.fd;

	kev_change(kq, ident, EVFILT_VNODE, EV_ADD | EV_ONESHOT, NOTE_WRITE);
	overwrite(&file);
	assert_notes(kq, file.fd, NOTE_WRITE);
	overwrite(&file);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, ident, EVFILT_VNODE, EV_ENABLE, 0), ENOENT);
	file_end(&file);
}

static void
dispatch_waits_to_be_enabled(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_of("dispatch");
	const uintptr_t ident = (uintptr_t)file.fd;

	kev_change(kq, ident, EVFILT_VNODE, EV_ADD | EV_CLEAR | EV_DISPATCH,
	    NOTE_WRITE | NOTE_EXTEND);
	overwrite(&file);
	assert_int_equal(notes_of(kq, file.fd), NOTE_WRITE);
	append(&file);
	kev_none(kq);
	kev_change(kq, ident, EVFILT_VNODE, EV_ENABLE, 0);
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	kev_change(kq, ident, EVFILT_VNODE, EV_ENABLE, 0);
	kev_none(kq);
	file_end(&file);
}

static void
it_wakes_who_waits(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "wakes");
	struct pollfd p = {.fd = kq, .events = POLLIN};

	assert_int_equal(poll(&p, 1, 0), 0);
	append(&file);
	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), kq, POLLIN));
	assert_notes(kq, file.fd, NOTE_WRITE | NOTE_EXTEND);
	assert_int_equal(poll(&p, 1, 0), 0);
	file_end(&file);
}

static void
read_and_vnode_go_together(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_watched(kq, "both");
	const uintptr_t ident = (uintptr_t)file.fd;

	assert_int_equal(lseek(file.fd, 0, SEEK_END), 10);
	kev_change(kq, ident, EVFILT_READ, EV_ADD, 0);
	kev_none(kq);
	assert_int_equal(pwrite(file.fd, "more", 4, 10), 4);
	assert_int_equal(kev_wait_for(kq, ident, EVFILT_READ).data, 4);
	assert_int_equal(pwrite(file.fd, "more", 4, 14), 4);
	assert_true(kev_wait_for(kq, ident, EVFILT_VNODE).fflags & NOTE_EXTEND);
	kev_change(kq, ident, EVFILT_READ, EV_DELETE, 0);
	append(&file);
	assert_true(notes_of(kq, file.fd) & NOTE_EXTEND);
	file_end(&file);
}

static void
what_is_no_file_is_refused(void **state)
{
	const int kq = kev_queue(state);
	const struct file file = file_of("refused");
	int fds[2];

	kev_pair(fds);
	assert_int_equal(kev_change_error(kq, (uintptr_t)fds[0], EVFILT_VNODE,
			     EV_ADD, NOTE_WRITE),
	    EINVAL);
	kev_pair_close(fds);
	assert_int_equal(kev_change_error(kq, (uintptr_t)fds[0], EVFILT_VNODE,
			     EV_ADD, NOTE_WRITE),
	    EBADF);
	assert_int_equal(kev_change_error(kq, (uintptr_t)file.fd, EVFILT_VNODE,
			     EV_ENABLE, 0),
	    ENOENT);
#ifdef __linux__
	assert_int_equal(kev_change_error(kq, (uintptr_t)file.fd, EVFILT_VNODE,
			     EV_ADD, 0x80000),
	    EINVAL);
	assert_int_equal(kev_change_error(kq, (uintptr_t)-1, EVFILT_VNODE,
			     EV_ADD, NOTE_WRITE),
	    EBADF);
#endif
	kev_none(kq);
	file_end(&file);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_write_is_told_from_growth),
	    TEST(a_truncation_is_told),
	    TEST(a_change_of_mode_is_told),
	    TEST(a_renamed_file_is_still_watched),
	    TEST(a_deleted_file_is_still_watched),
	    TEST(to_be_replaced_is_to_be_deleted),
	    TEST(links_are_counted),
	    TEST(a_directory_tells_of_its_entries),
	    TEST(only_what_was_asked_for_is_told),
	    TEST(what_happens_adds_up_until_it_is_returned),
	    TEST(without_clear_it_stays),
	    TEST(oneshot_is_once),
	    TEST(dispatch_waits_to_be_enabled),
	    TEST(it_wakes_who_waits),
	    TEST(read_and_vnode_go_together),
	    TEST(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
