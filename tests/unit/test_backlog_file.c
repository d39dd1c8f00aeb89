/* backlog_file: a log that grows, is rotated, cut, deleted, and comes back. */

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backlog_file.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "loop.h"

#define TEXT_MAX  65536
#define ROTATIONS 50
#define LINES	  20 /* between two rotations */

struct watcher {
	struct loop *loop;
	struct backlog_file *file;
	char path[256], old[256];
	char notices[512];
	char text[TEXT_MAX]; /* all that came, as it came */
	size_t len;
	uint64_t at;
	unsigned changes;
};

static void
watcher_changed(void *arg)
{
	struct watcher *w = arg;
	const struct backlog *b = backlog_file_backlog(w->file);
	ssize_t n;

	w->changes++;
	if (w->at < b->first)
		w->at = b->first;
	while (w->at < b->end) {
		assert_true(w->len < TEXT_MAX);
		n = b->read(
		    b->self, w->at, w->text + w->len, TEXT_MAX - w->len);
		assert_true(n > 0);
		w->at += (uint64_t)n;
		w->len += (size_t)n;
	}
}

static void
watcher_noticed(void *arg, const char *what)
{
	struct watcher *w = arg;

	strcat(strcat(w->notices, what), ". ");
}

static void
append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int
start(void **state)
{
	struct watcher *w = calloc(1, sizeof(*w));
	const struct backlog_file_handler handler = {
	    .changed = watcher_changed,
	    .noticed = watcher_noticed,
	    .arg = w,
	};

	assert_non_null(w);
	*state = w;
	scratch_path(w->path, sizeof(w->path), "log");
	scratch_path(w->old, sizeof(w->old), "log.1");
	(void)unlink(w->path);
	append(w->path, "first\n");
	w->loop = loop_new();
	assert_non_null(w->loop);
	w->file = backlog_file_open(w->loop, w->path, &handler);
	assert_non_null(w->file);
	assert_int_equal(backlog_file_backlog(w->file)->end, 6);
	assert_string_equal(backlog_file_status(w->file), "");
	watcher_changed(w);
	return 0;
}

static int
stop(void **state)
{
	struct watcher *w = *state;

	backlog_file_free(w->file);
	loop_free(w->loop);
	free(w);
	return 0;
}

static void
turn_until(struct watcher *w, bool (*holds)(struct watcher *, const char *),
    const char *arg)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int left;

	while (!holds(w, arg)) {
		left = deadline_left_ms(deadline);
		if (left == 0)
			fail_msg("'%s' never comes: '%.*s', '%s', '%s'", arg,
			    (int)w->len, w->text, w->notices,
			    backlog_file_status(w->file));
		assert_int_not_equal(loop_once(w->loop, left), -1);
	}
}

static bool
has_text(struct watcher *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->text, text, w->len) == 0;
}

static bool
has_notices(struct watcher *w, const char *notices)
{
	return strcmp(w->notices, notices) == 0;
}

static bool
has_status(struct watcher *w, const char *status)
{
	return strcmp(backlog_file_status(w->file), status) == 0;
}

static void
expect(struct watcher *w, const char *text, const char *notices)
{
	turn_until(w, has_text, text);
	turn_until(w, has_notices, notices);
}

static void
settle(struct watcher *w)
{
	while (loop_once(w->loop, 0) > 0)
		continue;
}

static void
move(const char *from, const char *to)
{
	assert_int_equal(rename(from, to), 0);
}

static void
what_is_written_is_told(void **state)
{
	struct watcher *w = *state;

	append(w->path, "second\n");
	expect(w, "first\nsecond\n", "");
	append(w->path, "th");
	expect(w, "first\nsecond\nth", "");
	append(w->path, "ird\n");
	expect(w, "first\nsecond\nthird\n", "");
}

static void
nothing_written_is_nothing_told(void **state)
{
	struct watcher *w = *state;
	unsigned changes = w->changes;

	settle(w);
	append(w->old, "of another file\n");
	settle(w);
	assert_int_equal(w->changes, changes);
}

static void
a_rotation_goes_on_in_the_new_file(void **state)
{
	struct watcher *w = *state;
	char all[32];

	move(w->path, w->old);
	append(w->path, "second\n");
	expect(w, "first\nsecond\n", "rotated. ");
	append(w->path, "third\n");
	expect(w, "first\nsecond\nthird\n", "rotated. ");
	assert_string_equal(backlog_file_status(w->file), "");
	/* The old lines can still be scrolled to, whatever becomes of them. */
	assert_int_equal(unlink(w->old), 0);
	assert_int_equal(
	    backlog_file_backlog(w->file)->read(w->file, 0, all, sizeof(all)),
	    6);
	assert_memory_equal(all, "first\n", 6);
}

static void
an_empty_new_file_is_not_gone_over_to(void **state)
{
	struct watcher *w = *state;

	move(w->path, w->old);
	append(w->path, "");
	turn_until(w, has_notices, "rotated. ");
	assert_string_equal(
	    backlog_file_status(w->file), "the new file is still empty");
	append(w->old, "still to the old one\n");
	expect(w, "first\nstill to the old one\n", "rotated. ");
	append(w->old, "its last\n");
	append(w->path, "the new one\n");
	expect(w, "first\nstill to the old one\nits last\nthe new one\n",
	    "rotated. ");
	assert_string_equal(backlog_file_status(w->file), "");
}

static void
an_empty_new_file_that_goes_again_is_forgotten(void **state)
{
	struct watcher *w = *state;

	move(w->path, w->old);
	append(w->path, "");
	turn_until(w, has_notices, "rotated. ");
	assert_int_equal(unlink(w->path), 0);
	turn_until(
	    w, has_notices, "rotated. moved away, waiting for a new one. ");
	append(w->path, "the second of them\n");
	expect(w, "first\nthe second of them\n",
	    "rotated. moved away, waiting for a new one. rotated. ");
}

static void
half_a_line_is_ended_by_a_rotation(void **state)
{
	struct watcher *w = *state;

	append(w->path, "half");
	move(w->path, w->old);
	append(w->path, "whole\n");
	expect(w, "first\nhalf\nwhole\n", "rotated. ");
}

static void
a_file_cut_in_place_begins_anew(void **state)
{
	struct watcher *w = *state;
	char c;

	assert_int_equal(truncate(w->path, 0), 0);
	expect(w, "first\n", "truncated. ");
	append(w->path, "new\n");
	expect(w, "first\nnew\n", "truncated. ");
	assert_int_equal(backlog_file_backlog(w->file)->first, 6);
	assert_int_equal(
	    backlog_file_backlog(w->file)->read(w->file, 0, &c, 1), -1);
}

static void
a_cut_that_was_grown_over_is_found(void **state)
{
	struct watcher *w = *state;

	assert_int_equal(truncate(w->path, 0), 0);
	append(w->path, "longer than it was\n");
	expect(w, "first\nlonger than it was\n", "truncated. ");
}

static void
a_read_of_what_was_cut_is_an_error_and_no_signal(void **state)
{
	struct watcher *w = *state;
	const struct backlog *b = backlog_file_backlog(w->file);
	char c;

	assert_int_equal(truncate(w->path, 0), 0);
	assert_int_equal(b->read(b->self, 0, &c, 1), -1);
	assert_int_equal(errno, EIO);
}

static void
a_deleted_file_is_waited_for(void **state)
{
	struct watcher *w = *state;

	assert_int_equal(unlink(w->path), 0);
	turn_until(w, has_notices, "deleted, waiting for it. ");
	assert_string_equal(
	    backlog_file_status(w->file), "deleted, waiting for it");
	append(w->path, "back\n");
	expect(w, "first\nback\n", "deleted, waiting for it. there again. ");
	assert_string_equal(backlog_file_status(w->file), "");
}

static void
a_file_that_comes_home_is_the_same(void **state)
{
	struct watcher *w = *state;

	move(w->path, w->old);
	turn_until(w, has_notices, "moved away, waiting for a new one. ");
	append(w->old, "from afar\n");
	expect(w, "first\nfrom afar\n", "moved away, waiting for a new one. ");
	move(w->old, w->path);
	append(w->path, "home\n");
	expect(w, "first\nfrom afar\nhome\n",
	    "moved away, waiting for a new one. ");
	assert_string_equal(backlog_file_status(w->file), "");
}

static void
a_directory_in_its_place_is_no_file(void **state)
{
	struct watcher *w = *state;

	assert_int_equal(unlink(w->path), 0);
	assert_int_equal(mkdir(w->path, 0700), 0);
	turn_until(w, has_notices, "no file any more, waiting for one. ");
	assert_int_equal(rmdir(w->path), 0);
	append(w->path, "a file\n");
	turn_until(w, has_text, "first\na file\n");
}

static void
a_link_to_another_directory_is_followed(void **state)
{
	struct watcher *w = *state;
	const struct backlog_file_handler handler = {
	    .changed = watcher_changed,
	    .noticed = watcher_noticed,
	    .arg = w,
	};
	char dir[256], file[300], old[300];

	scratch_path(dir, sizeof(dir), "elsewhere");
	assert_int_equal(mkdir(dir, 0700), 0);
	(void)snprintf(file, sizeof(file), "%s/log", dir);
	(void)snprintf(old, sizeof(old), "%s/log.1", dir);
	append(file, "linked\n");
	assert_int_equal(unlink(w->path), 0);
	assert_int_equal(symlink(file, w->path), 0);
	backlog_file_free(w->file);
	w->at = w->len = 0;
	w->file = backlog_file_open(w->loop, w->path, &handler);
	assert_non_null(w->file);
	watcher_changed(w);
	move(file, old);
	turn_until(w, has_notices, "moved away, waiting for a new one. ");
	append(file, "rotated there\n");
	turn_until(w, has_text, "linked\nrotated there\n");
}

/* Follows the log of a directory by this path to it. */
static void
follow_in(struct watcher *w, const char *dir)
{
	const struct backlog_file_handler handler = {
	    .changed = watcher_changed,
	    .noticed = watcher_noticed,
	    .arg = w,
	};

	backlog_file_free(w->file);
	w->at = w->len = 0;
	(void)snprintf(w->path, sizeof(w->path), "%s/log", dir);
	w->file = backlog_file_open(w->loop, w->path, &handler);
	assert_non_null(w->file);
	watcher_changed(w);
	settle(w);
}

/* A directory in scratch with a log of this text. */
static void
make_dir(char dir[200], const char *name, const char *text)
{
	char file[256];

	scratch_path(dir, 200, name);
	assert_int_equal(mkdir(dir, 0700), 0);
	(void)snprintf(file, sizeof(file), "%s/log", dir);
	append(file, text);
}

static void
a_directory_that_is_replaced_is_noticed(void **state)
{
	struct watcher *w = *state;
	char dir[200], away[200], coming[200];

	make_dir(dir, "logs", "before\n");
	make_dir(coming, "logs.new", "in its place\n");
	scratch_path(away, sizeof(away), "logs.old");
	follow_in(w, dir);
	move(dir, away);
	move(coming, dir);
	expect(w, "before\nin its place\n", "rotated. ");
	append(w->path, "goes on\n");
	turn_until(w, has_text, "before\nin its place\ngoes on\n");
	/* Here as well it is told. */
	assert_int_equal(unlink(w->path), 0);
	turn_until(w, has_status, "deleted, waiting for it");
}

static void
a_directory_that_goes_and_comes_again_is_waited_for(void **state)
{
	struct watcher *w = *state;
	char dir[200], away[200];

	make_dir(dir, "some", "before\n");
	scratch_path(away, sizeof(away), "some.old");
	follow_in(w, dir);
	move(dir, away);
	turn_until(w, has_status, "moved away, waiting for a new one");
	make_dir(dir, "some", "anew\n");
	turn_until(w, has_text, "before\nanew\n");
	turn_until(w, has_status, "");
	/* Deleted with what is in it, it can't be told of itself. */
	assert_int_equal(unlink(w->path), 0);
	turn_until(w, has_status, "deleted, waiting for it");
	assert_int_equal(rmdir(dir), 0);
	settle(w);
	make_dir(dir, "some", "and again\n");
	turn_until(w, has_text, "before\nanew\nand again\n");
	turn_until(w, has_status, "");
}

static void
a_link_to_the_directory_may_come_to_lead_elsewhere(void **state)
{
	struct watcher *w = *state;
	char one[200], two[200], link[200], spare[200];

	make_dir(one, "one", "one\n");
	make_dir(two, "two", "two\n");
	scratch_path(link, sizeof(link), "current");
	scratch_path(spare, sizeof(spare), "current.new");
	assert_int_equal(symlink(one, link), 0);
	assert_int_equal(symlink(two, spare), 0);
	follow_in(w, link);
	move(spare, link);
	expect(w, "one\ntwo\n", "rotated. ");
	append(w->path, "there\n");
	turn_until(w, has_text, "one\ntwo\nthere\n");
}

static void
bytes_that_are_no_text_come_as_they_are(void **state)
{
	struct watcher *w = *state;

	append(w->path, "\xff\xc3\x1b[2J\xed\xa0\x80\n");
	expect(w, "first\n\xff\xc3\x1b[2J\xed\xa0\x80\n", "");
}

static void
no_line_is_lost_or_doubled_in_fifty_rotations(void **state)
{
	struct watcher *w = *state;
	char *expected = calloc(1, TEXT_MAX), line[32];
	int writer = open(w->path, O_WRONLY | O_APPEND);

	assert_non_null(expected);
	strcpy(expected, "first\n");
	for (int i = 1; i <= ROTATIONS * LINES; i++) {
		(void)snprintf(line, sizeof(line), "line %d\n", i);
		strcat(expected, line);
		assert_true(write(writer, line, strlen(line)) > 0);
		if (i % 3 == 0)
			settle(w);
		if (i % LINES == 5)
			move(w->path, w->old);
		if (i % LINES != 12)
			continue;
		/* The writer opens its new file a while after. */
		close(writer);
		writer = open(w->path, O_WRONLY | O_APPEND | O_CREAT, 0600);
		assert_int_not_equal(writer, -1);
		w->notices[0] = '\0';
	}
	turn_until(w, has_text, expected);
	close(writer);
	free(expected);
}

static void
four_files_before_the_last_stay(void **state)
{
	struct watcher *w = *state;
	char line[] = "0\n", text[32] = "first\n";

	for (; line[0] < '6'; line[0]++) {
		move(w->path, w->old);
		append(w->path, line);
		turn_until(w, has_text, strcat(text, line));
	}
	assert_int_equal(backlog_file_backlog(w->file)->first, 8);
}

/* A sparse file ends in zeros: to open it costs what its end does. */
static void
a_gigabyte_is_opened_at_its_end(void **state)
{
	struct watcher *w = *state;
	const struct backlog_file_handler handler = {.arg = w};
	const off_t size = (off_t)1024 * 1024 * 1024;
	const struct backlog *b;
	struct backlog_file *file;
	char path[256], end[4096];

	scratch_write(scratch_path(path, sizeof(path), "large"), "", 0);
	if (truncate(path, size) == -1)
		skip();
	append(path, "the end\n");
	file = backlog_file_open(w->loop, path, &handler);
	assert_non_null(file);
	b = backlog_file_backlog(file);
	assert_int_equal(b->first, 0);
	assert_int_equal(b->end, size + 8);
	assert_int_equal(
	    b->read(b->self, b->end - sizeof(end), end, sizeof(end)),
	    sizeof(end));
	assert_memory_equal(end + sizeof(end) - 8, "the end\n", 8);
	backlog_file_free(file);
	assert_int_equal(unlink(path), 0);
}

static void
what_is_no_file_is_refused(void **state)
{
	struct watcher *w = *state;
	const struct backlog_file_handler handler = {.arg = w};
	char path[256];

	assert_null(backlog_file_open(w->loop, scratch_dir(), &handler));
	assert_int_equal(errno, EINVAL);
	scratch_path(path, sizeof(path), "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(backlog_file_open(w->loop, path, &handler));
	assert_int_equal(errno, EINVAL);
	scratch_path(path, sizeof(path), "nothing");
	assert_null(backlog_file_open(w->loop, path, &handler));
	assert_int_equal(errno, ENOENT);
}

/* No descriptor is left for an inotify instance: as with none to be had. */
static void
where_the_system_watches_no_more_it_is_looked_at(void **state)
{
	struct watcher *w = *state;
	const struct backlog_file_handler handler = {
	    .changed = watcher_changed,
	    .noticed = watcher_noticed,
	    .arg = w,
	};
	struct loop *fresh = loop_new();
	struct rlimit limit, tight;
	int probe;

	assert_non_null(fresh);
	backlog_file_free(w->file);
	w->at = w->len = 0;
	probe = dup(STDERR_FILENO);
	assert_int_not_equal(probe, -1);
	close(probe);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	/* Room for the file, the timer, the directory, and no fourth. */
	tight = limit;
	tight.rlim_cur = (rlim_t)probe + 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	w->file = backlog_file_open(fresh, w->path, &handler);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_non_null(w->file);
	loop_free(w->loop);
	w->loop = fresh;
	if (backlog_file_status(w->file)[0] == '\0')
		skip(); /* a native kqueue needs none */
	assert_ptr_equal(
	    strstr(backlog_file_status(w->file), "looked at once a second: "),
	    backlog_file_status(w->file));
	watcher_changed(w);
	settle(w);
	append(w->path, "second\n");
	expect(w, "first\nsecond\n", "");
	turn_until(w, has_status, "");
}

static void
a_new_file_is_opened_as_soon_as_it_can_be(void **state)
{
	struct watcher *w = *state;
	struct rlimit limit, tight;
	char fresh[256];
	int probe;

	append(scratch_path(fresh, sizeof(fresh), "fresh"), "second\n");
	probe = open("/dev/null", O_RDONLY);
	assert_int_not_equal(probe, -1);
	close(probe);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	tight = limit;
	tight.rlim_cur = (rlim_t)probe;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	assert_int_equal(rename(w->path, w->old), 0);
	assert_int_equal(rename(fresh, w->path), 0);
	turn_until(w, has_status, "can't be read any more");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	turn_until(w, has_text, "first\nsecond\n");
	turn_until(w, has_status, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_written_is_told),
	    TEST(nothing_written_is_nothing_told),
	    TEST(a_rotation_goes_on_in_the_new_file),
	    TEST(an_empty_new_file_is_not_gone_over_to),
	    TEST(an_empty_new_file_that_goes_again_is_forgotten),
	    TEST(half_a_line_is_ended_by_a_rotation),
	    TEST(a_file_cut_in_place_begins_anew),
	    TEST(a_cut_that_was_grown_over_is_found),
	    TEST(a_read_of_what_was_cut_is_an_error_and_no_signal),
	    TEST(a_deleted_file_is_waited_for),
	    TEST(a_file_that_comes_home_is_the_same),
	    TEST(a_directory_in_its_place_is_no_file),
	    TEST(a_link_to_another_directory_is_followed),
	    TEST(a_directory_that_is_replaced_is_noticed),
	    TEST(a_directory_that_goes_and_comes_again_is_waited_for),
	    TEST(a_link_to_the_directory_may_come_to_lead_elsewhere),
	    TEST(bytes_that_are_no_text_come_as_they_are),
	    TEST(no_line_is_lost_or_doubled_in_fifty_rotations),
	    TEST(four_files_before_the_last_stay),
	    TEST(a_gigabyte_is_opened_at_its_end),
	    TEST(what_is_no_file_is_refused),
	    TEST(where_the_system_watches_no_more_it_is_looked_at),
	    TEST(a_new_file_is_opened_as_soon_as_it_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
