#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "history.h"
#include "history_file.h"
#include "history_mark.h"
#include "scratch.h"

#define PATH_SIZE 512
#define HEADER	  "_HiStOrY_V2_\n"

/* Someone who may not do everything, where the tests run as root. */
#define NOBODY 65534

/* A path in the scratch directory that no test has had yet. */
static char *
fresh(char path[PATH_SIZE])
{
	static int n;
	char name[32];

	snprintf(name, sizeof(name), "history-%d", n++);
	return scratch_path(path, PATH_SIZE, name);
}

static struct history *
open_ok(const char *path, size_t max)
{
	struct history *h = history_open(path, max);

	assert_non_null(h);
	if (history_error(h) != NULL)
		fail_msg("%s", history_error(h));
	return h;
}

static void
expect_entries(
    const char *path, size_t max, const char *const *entries, size_t count)
{
	struct history *h = open_ok(path, max);

	assert_int_equal(history_count(h), count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(history_entry(h, i), entries[i]);
	history_close(h);
}

static void
expect_error(const char *path, const char *why)
{
	struct history *h = history_open(path, 10);
	char sentence[PATH_SIZE + 64];

	assert_non_null(h);
	assert_non_null(history_error(h));
	snprintf(sentence, sizeof(sentence), "history: %s: %s", path, why);
	assert_string_equal(history_error(h), sentence);
	/* It lives on in memory. */
	assert_int_equal(history_add(h, "one"), 1);
	assert_int_equal(history_count(h), 1);
	history_close(h);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
memory_alone_keeps_lines(void **state)
{
	struct history *h = open_ok(NULL, 3);

	(void)state;
	assert_int_equal(history_count(h), 0);
	assert_int_equal(history_add(h, "one"), 1);
	assert_int_equal(history_add(h, "one"), 0);
	assert_int_equal(history_add(h, ""), 0);
	assert_int_equal(history_add(h, "two"), 1);
	assert_int_equal(history_add(h, "one"), 1);
	assert_int_equal(history_add(h, "four"), 1);
	assert_int_equal(history_count(h), 3);
	assert_string_equal(history_entry(h, 0), "two");
	assert_string_equal(history_entry(h, 2), "four");
	history_close(h);
	history_close(NULL);
}

static void
entries_come_back_from_the_file(void **state)
{
	static const char *const entries[] = {"hello world", "한글 글",
	    "\xf0\x9f\x98\x80 smile", "back\\slash \\040", " leading",
	    "trailing ", "tab\tline\nend\r", "\x01\x7f\x1b[31m",
	    "_HiStOrY_V2_"};
	char path[PATH_SIZE], *content;
	struct history *h = open_ok(fresh(path), 100);

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		assert_int_equal(history_add(h, entries[i]), 1);
	history_close(h);
	expect_entries(
	    path, 100, entries, sizeof(entries) / sizeof(entries[0]));
	content = scratch_read(path, NULL);
	assert_non_null(content);
	assert_memory_equal(content, HEADER "hello\\040world\n한글\\040글\n",
	    sizeof(HEADER "hello\\040world\n한글\\040글\n") - 1);
	assert_non_null(strstr(content, "back\\134slash\\040\\134040\n"));
	assert_null(strchr(content, '\x1b'));
	free(content);
}

static void
every_byte_comes_back(void **state)
{
	char path[PATH_SIZE], all[256], text[2];
	struct history *h = open_ok(fresh(path), 1000);

	(void)state;
	for (int c = 1; c < 256; c++) {
		all[c - 1] = (char)c;
		text[0] = (char)c;
		text[1] = '\0';
		assert_int_equal(history_add(h, text), 1);
	}
	all[255] = '\0';
	assert_int_equal(history_add(h, all), 1);
	history_close(h);
	h = open_ok(path, 1000);
	assert_int_equal(history_count(h), 256);
	for (int c = 1; c < 256; c++)
		assert_int_equal(
		    (unsigned char)history_entry(h, (size_t)c - 1)[0], c);
	assert_string_equal(history_entry(h, 255), all);
	history_close(h);
}

static void
the_bound_keeps_the_last_ones(void **state)
{
	static const char *const entries[] = {"line 8", "line 9"};
	char path[PATH_SIZE], text[32];
	struct history *h = open_ok(fresh(path), 100);

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		assert_int_equal(history_add(h, text), 1);
	}
	history_close(h);
	expect_entries(path, 2, entries, 2);
}

static void
a_file_far_too_long_is_written_anew(void **state)
{
	static const char *const entries[] = {"line 7", "line 8", "line 9"};
	char path[PATH_SIZE], text[32], *content;
	struct history *h = open_ok(fresh(path), 100);
	struct stat before, after;

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		assert_int_equal(history_add(h, text), 1);
	}
	assert_int_equal(stat(path, &before), 0);
	expect_entries(path, 3, entries, 3);
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino != after.st_ino);
	assert_int_equal(mode_of(path), 0600);
	/* The one that was open before adds to the new file. */
	assert_int_equal(history_add(h, "more"), 1);
	history_close(h);
	content = scratch_read(path, NULL);
	assert_string_equal(
	    content, HEADER "line\\0407\nline\\0408\nline\\0409\nmore\n");
	free(content);
}

static void
a_file_is_made_private(void **state)
{
	char path[PATH_SIZE], folder[PATH_SIZE], file[PATH_SIZE + 32];

	(void)state;
	history_close(open_ok(fresh(path), 10));
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(chmod(path, 0644), 0);
	history_close(open_ok(path, 10));
	assert_int_equal(mode_of(path), 0600);
	snprintf(file, sizeof(file), "%s/a/b/history", fresh(folder));
	history_close(open_ok(file, 10));
	assert_int_equal(mode_of(file), 0600);
	assert_int_equal(mode_of(folder), 0700);
	snprintf(file, sizeof(file), "%s/a", folder);
	assert_int_equal(mode_of(file), 0700);
}

static void
what_is_no_plain_file_is_refused(void **state)
{
	char path[PATH_SIZE], target[PATH_SIZE], file[PATH_SIZE + 32];

	(void)state;
	scratch_write(fresh(target), HEADER, strlen(HEADER));
	assert_int_equal(symlink(target, fresh(path)), 0);
	expect_error(path, "a symbolic link is not followed");
	assert_int_equal(mkfifo(fresh(path), 0600), 0);
	expect_error(path, "not a regular file");
	expect_error(scratch_dir(), strerror(EISDIR));
	snprintf(file, sizeof(file), "%s/history", target);
	expect_error(file, strerror(ENOTDIR));
	expect_error("", strerror(ENOENT));
}

static void
a_file_of_something_else_stays_as_it_is(void **state)
{
	static const char letter[] = "Dear reader,\n";
	char path[PATH_SIZE], *content;

	(void)state;
	scratch_write(fresh(path), letter, strlen(letter));
	expect_error(path, "not a history file");
	content = scratch_read(path, NULL);
	assert_string_equal(content, letter);
	free(content);
}

static void
garbage_in_the_file_is_skipped(void **state)
{
	static const char garbage[] =
	    HEADER "one\n\n\\\n\\9\n\\04\nx\\000y\na\0b\n\\q\ntwo\\040words\r\n"
		   "\\\\back\\^A\\^?\nthree\nnot ended";
	static const char *const entries[] = {
	    "one", "two words", "\\back\x01\x7f", "three"};
	char path[PATH_SIZE], *content;
	struct history *h;

	(void)state;
	scratch_write(fresh(path), garbage, sizeof(garbage) - 1);
	expect_entries(path, 100, entries, 4);
	h = open_ok(path, 100);
	assert_int_equal(history_add(h, "four"), 1);
	history_close(h);
	content = scratch_read(path, NULL);
	assert_non_null(content);
	free(content);
	h = open_ok(path, 100);
	assert_int_equal(history_count(h), 6);
	assert_string_equal(history_entry(h, 4), "not ended");
	assert_string_equal(history_entry(h, 5), "four");
	history_close(h);
}

static void
random_bytes_do_no_harm(void **state)
{
	enum { LENGTH = 20000 };
	static char bytes[LENGTH];
	uint32_t random = 1;
	char path[PATH_SIZE];

	(void)state;
	fresh(path);
	for (int round = 0; round < 20; round++) {
		memcpy(bytes, HEADER, strlen(HEADER));
		for (size_t i = strlen(HEADER); i < LENGTH; i++) {
			random = random * 1664525u + 1013904223u;
			/* Every other round is of what has a meaning. */
			bytes[i] = round % 2 ? "\\01^\n a\r"[random >> 29]
					     : (char)(random >> 24);
		}
		scratch_write(path, bytes, LENGTH);
		history_close(open_ok(path, 50));
	}
}

static void
a_huge_line_is_skipped(void **state)
{
	enum { LENGTH = 3 * 1024 * 1024 };
	static const char *const entries[] = {"last"};
	char path[PATH_SIZE], *bytes = malloc(LENGTH);
	struct history *h;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', LENGTH);
	memcpy(bytes, HEADER, strlen(HEADER));
	memcpy(bytes + LENGTH - 6, "\nlast\n", 6);
	scratch_write(fresh(path), bytes, LENGTH);
	expect_entries(path, 100, entries, 1);
	bytes[LENGTH - 1] = '\0';
	h = open_ok(path, 100);
	assert_int_equal(history_add(h, bytes), 0);
	history_close(h);
	free(bytes);
}

static void
memory_is_bounded_by_bytes(void **state)
{
	enum { LENGTH = 200 * 1024, COUNT = 50 };
	struct history *h = open_ok(NULL, 1000);
	char *text = malloc(LENGTH + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LENGTH);
	text[LENGTH] = '\0';
	for (int i = 0; i < COUNT; i++) {
		text[0] = (char)('A' + i % 2);
		assert_int_equal(history_add(h, text), 1);
	}
	assert_true(history_count(h) > 10);
	assert_true(history_count(h) < 25);
	history_close(h);
	free(text);
}

/* Runs fn in a process of its own; its result is whether all went well. */
static pid_t
fork_run(int (*fn)(const char *), const char *path)
{
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(fn(path));
	return pid;
}

static void
expect_success(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
add_many(const char *path)
{
	struct history *h = history_open(path, 1000);
	char text[64];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "writer %ld line %d",
		    (long)getpid(), i);
		if (history_add(h, text) != 1)
			return 1;
	}
	history_close(h);
	return 0;
}

static void
writers_at_once_keep_each_others_lines(void **state)
{
	enum { WRITERS = 3 };
	pid_t pids[WRITERS];
	char path[PATH_SIZE];
	struct history *h;

	(void)state;
	fresh(path);
	for (int i = 0; i < WRITERS; i++)
		pids[i] = fork_run(add_many, path);
	for (int i = 0; i < WRITERS; i++)
		expect_success(pids[i]);
	h = open_ok(path, 1000);
	assert_int_equal(history_count(h), WRITERS * 100);
	for (size_t i = 0; i < history_count(h); i++)
		assert_int_equal(strncmp(history_entry(h, i), "writer ", 7), 0);
	history_close(h);
}

/* The entries of a file, to be written anew. */
struct kept {
	char *entries[512];
	size_t count;
};

static void
keep(void *arg, const char *entry, size_t len)
{
	struct kept *kept = arg;

	(void)len;
	if (kept->count < sizeof(kept->entries) / sizeof(kept->entries[0]))
		kept->entries[kept->count++] = strdup(entry);
}

static const char *
kept_entry(const void *arg, size_t i)
{
	return ((const struct kept *)arg)->entries[i];
}

static int
rewrite(const char *path)
{
	struct kept kept = {.count = 0};
	struct history_mark mark = {0};
	bool writable;
	size_t lines;
	int why, failed = 1, fd = history_file_open(path, &writable, &why);

	if (fd == -1)
		return errno != EAGAIN;
	if (writable && history_mark_look(&mark, fd) == HISTORY_OTHER &&
	    history_mark_read(&mark, fd, keep, &kept, &lines) == 0 &&
	    history_file_replace(
		path, fd, kept.count, kept_entry, &kept, &mark) == 0)
		failed = 0;
	close(fd);
	while (kept.count > 0)
		free(kept.entries[--kept.count]);
	return failed;
}

static int
rewrite_many(const char *path)
{
	int failed = 0;

	for (int i = 0; i < 300 && !failed; i++)
		failed = rewrite(path);
	return failed;
}

static int
append(const char *path, const char *text)
{
	int fd = history_file_lock(path), result;

	if (fd == -1)
		return -1;
	result = history_file_append(fd, text);
	close(fd);
	return result;
}

/* A slow disk may keep the lock busy for longer than one call waits. */
static int
append_many(const char *path)
{
	char text[64];

	for (int i = 0; i < 100; i++) {
		int tries = 100;

		snprintf(text, sizeof(text), "writer %ld line %d",
		    (long)getpid(), i);
		while (append(path, text) == -1)
			if (errno != EAGAIN || tries-- == 0)
				return 1;
	}
	return 0;
}

static void
a_file_written_anew_loses_no_new_line(void **state)
{
	pid_t rewriter, writers[2];
	char path[PATH_SIZE];
	struct history *h;

	(void)state;
	fresh(path);
	rewriter = fork_run(rewrite_many, path);
	writers[0] = fork_run(append_many, path);
	writers[1] = fork_run(append_many, path);
	expect_success(writers[0]);
	expect_success(writers[1]);
	expect_success(rewriter);
	h = open_ok(path, 1000);
	assert_int_equal(history_count(h), 200);
	history_close(h);
}

static int
open_unreadable(const char *path)
{
	struct history *h;
	int failed;

	if (geteuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
		return 2;
	h = history_open(path, 10);
	failed = history_error(h) == NULL ||
	    strstr(history_error(h), path) == NULL ||
	    strstr(history_error(h), strerror(EACCES)) == NULL ||
	    history_count(h) != 0 || history_add(h, "one") != 1;
	history_close(h);
	return failed;
}

static int
open_read_only(const char *path)
{
	struct history *h;
	int failed;

	if (geteuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
		return 2;
	h = history_open(path, 10);
	failed = history_error(h) == NULL || history_count(h) != 1 ||
	    history_add(h, "two") != 1;
	history_close(h);
	return failed;
}

/* For root the folder is opened to everyone, for a moment. */
static void
a_file_that_may_not_be_used_is_named(void **state)
{
	static const char content[] = HEADER "one\n";
	char path[PATH_SIZE], *kept;

	(void)state;
	assert_int_equal(chmod(scratch_dir(), 0711), 0);
	scratch_write(fresh(path), content, strlen(content));
	assert_int_equal(chmod(path, 0000), 0);
	expect_success(fork_run(open_unreadable, path));
	assert_int_equal(chmod(path, 0444), 0);
	expect_success(fork_run(open_read_only, path));
	assert_int_equal(chmod(scratch_dir(), 0700), 0);
	assert_int_equal(chmod(path, 0600), 0);
	kept = scratch_read(path, NULL);
	assert_string_equal(kept, content);
	free(kept);
}

static int
add_to_full_disk(const char *path)
{
	struct rlimit limit = {.rlim_cur = 64, .rlim_max = 64};
	struct history *h = history_open(path, 10);
	int failed = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		return 2;
	failed |= history_add(h, "short") != 1;
	failed |=
	    history_add(
		h, "a line that is far too long for what is left of it") != -1;
	failed |= history_error(h) == NULL;
	failed |= history_count(h) != 2;
	failed |= history_add(h, "tiny") != 1;
	failed |= history_error(h) != NULL;
	history_close(h);
	return failed;
}

static void
a_line_that_does_not_fit_the_disk_leaves_no_piece(void **state)
{
	char path[PATH_SIZE], *content;

	(void)state;
	expect_success(fork_run(add_to_full_disk, fresh(path)));
	content = scratch_read(path, NULL);
	assert_string_equal(content, HEADER "short\ntiny\n");
	free(content);
}

static void
the_default_path_follows_the_environment(void **state)
{
	char buf[64];

	(void)state;
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("HOME", "/home/me", 1);
	assert_int_equal(history_default_path(buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/state/yodel/history");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_int_equal(history_default_path(buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/home/me/.local/state/yodel/history");
	unsetenv("XDG_STATE_HOME");
	assert_int_equal(history_default_path(buf, 10), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	unsetenv("HOME");
	assert_int_equal(history_default_path(buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_alone_keeps_lines),
	    cmocka_unit_test(entries_come_back_from_the_file),
	    cmocka_unit_test(every_byte_comes_back),
	    cmocka_unit_test(the_bound_keeps_the_last_ones),
	    cmocka_unit_test(a_file_far_too_long_is_written_anew),
	    cmocka_unit_test(a_file_is_made_private),
	    cmocka_unit_test(what_is_no_plain_file_is_refused),
	    cmocka_unit_test(a_file_of_something_else_stays_as_it_is),
	    cmocka_unit_test(garbage_in_the_file_is_skipped),
	    cmocka_unit_test(random_bytes_do_no_harm),
	    cmocka_unit_test(a_huge_line_is_skipped),
	    cmocka_unit_test(memory_is_bounded_by_bytes),
	    cmocka_unit_test(writers_at_once_keep_each_others_lines),
	    cmocka_unit_test(a_file_written_anew_loses_no_new_line),
	    cmocka_unit_test(a_file_that_may_not_be_used_is_named),
	    cmocka_unit_test(a_line_that_does_not_fit_the_disk_leaves_no_piece),
	    cmocka_unit_test(the_default_path_follows_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
