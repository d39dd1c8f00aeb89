/* tape: the conversation in a file: what gets there, and what never may. */

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "harness/scratch.h"
#include "loop.h"
#include "tape.h"
#include "transcript.h"

#define STAMP "1970-01-01 00:00:01.500 "

struct fixture {
	struct loop *loop;
	struct transcript *transcript;
	struct tape *tape;
	char path[256];
	char told[600]; /* by the last call of failed */
	int calls;
};

/* An entry of any kind, logged as the session does. */
static void
say_bytes(struct fixture *f, enum transcript_kind kind, const void *text,
    size_t len, bool continued)
{
	uint64_t id;

	assert_int_equal(transcript_add(f->transcript, kind, 1500, text, len,
			     continued, &id),
	    0);
	tape_add(f->tape, id);
}

static void
say(struct fixture *f, enum transcript_kind kind, const char *text)
{
	say_bytes(f, kind, text, strlen(text), false);
}

/* As the client has it: the sentence is said, and so it is logged. */
static void
tell(void *arg, const char *text)
{
	struct fixture *f = arg;

	snprintf(f->told, sizeof(f->told), "%s", text);
	f->calls++;
	say(f, TRANSCRIPT_NOTICE, text);
}

static struct tape *
open_at(struct fixture *f, const char *path)
{
	const struct tape_options options = {
	    .path = path,
	    .transcript = f->transcript,
	    .failed = tell,
	    .arg = f,
	};

	return tape_open(f->loop, &options);
}

static void
start(struct fixture *f, const char *name)
{
	scratch_path(f->path, sizeof(f->path), name);
	f->tape = open_at(f, f->path);
	assert_non_null(f->tape);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->loop = loop_new();
	f->transcript = transcript_new(100000, 16 << 20);
	*state = f;
	return f->loop != NULL && f->transcript != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	(void)tape_close(f->tape);
	loop_free(f->loop);
	transcript_free(f->transcript);
	free(f);
	return 0;
}

static void
turn(struct fixture *f)
{
	assert_int_not_equal(loop_once(f->loop, 0), -1);
}

static void
expect(const char *path, const char *text)
{
	char *content = scratch_read(path, NULL);

	assert_non_null(content);
	assert_string_equal(content, text);
	free(content);
}

static void
a_turn_writes_what_was_said_in_its_order(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	uint64_t id;

	start(f, "order");
	say(f, TRANSCRIPT_NOTICE, "connected");
	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_SENT, 1500,
			     "late", 4, false, &id),
	    0);
	say(f, TRANSCRIPT_RECEIVED, "x\033[2J\n\xff");
	tape_add(f->tape, id);
	expect(f->path, "");
	turn(f);
	expect(f->path,
	    STAMP "- connected\n" STAMP "< x^[[2J^J\\xff\n" STAMP "> late\n");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(tape_path(f->tape), f->path);
	assert_int_equal(f->calls, 0);
}

static void
a_file_that_is_there_is_appended_to(void **state)
{
	struct fixture *f = *state;
	char path[256];

	scratch_path(path, sizeof(path), "there");
	scratch_write(path, "before\n", 7);
	start(f, "there");
	say(f, TRANSCRIPT_SENT, "after");
	assert_int_equal(tape_close(f->tape), 0);
	f->tape = NULL;
	expect(path, "before\n" STAMP "> after\n");
	/* What was to be written in the turn has been. */
	turn(f);
}

static void
two_can_write_to_one_file(void **state)
{
	struct fixture *f = *state;
	struct tape *first;

	start(f, "shared");
	first = f->tape;
	f->tape = open_at(f, f->path);
	assert_non_null(f->tape);
	say(f, TRANSCRIPT_SENT, "second");
	turn(f);
	assert_int_equal(tape_close(f->tape), 0);
	f->tape = first;
	say(f, TRANSCRIPT_SENT, "first");
	turn(f);
	expect(f->path, STAMP "> second\n" STAMP "> first\n");
}

static void
the_home_may_be_a_tilde(void **state)
{
	struct fixture *f = *state;
	char path[256];

	assert_int_equal(setenv("HOME", scratch_dir(), 1), 0);
	f->tape = open_at(f, "~/homely");
	assert_non_null(f->tape);
	say(f, TRANSCRIPT_SENT, "x");
	turn(f);
	scratch_path(path, sizeof(path), "homely");
	assert_string_equal(tape_path(f->tape), path);
	expect(path, STAMP "> x\n");
}

static void
a_symlink_is_refused(void **state)
{
	struct fixture *f = *state;
	char target[256], path[256];

	scratch_path(target, sizeof(target), "target");
	scratch_path(path, sizeof(path), "link");
	scratch_write(target, "precious", 8);
	assert_int_equal(symlink(target, path), 0);
	assert_null(open_at(f, path));
	assert_string_equal(tape_error(errno), "it is a symbolic link");
	expect(target, "precious");
}

static void
what_is_no_file_is_refused_in_words(void **state)
{
	struct fixture *f = *state;
	char path[256];

	assert_null(open_at(f, scratch_dir()));
	assert_string_equal(tape_error(errno), "Is a directory");
	assert_null(open_at(f, "/nowhere/at/all"));
	assert_string_equal(tape_error(errno), "No such file or directory");
	assert_null(open_at(f, ""));
	scratch_path(path, sizeof(path), "nobody");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(open_at(f, path));
	assert_string_equal(tape_error(errno), "nobody reads from it");
	assert_int_equal(f->calls, 0);
}

static void
expect_ended(struct fixture *f, const char *why)
{
	char text[600];

	snprintf(text, sizeof(text), "the log has ended: %s: %s", f->path, why);
	assert_string_equal(f->told, text);
	assert_int_equal(f->calls, 1);
	assert_false(tape_is_running(f->tape));
	/* Nothing more comes of it. */
	say(f, TRANSCRIPT_SENT, "more");
	tape_reopen(f->tape);
	turn(f);
	assert_int_equal(f->calls, 1);
	assert_int_equal(tape_close(f->tape), 0);
	f->tape = NULL;
}

static void
a_full_disk_ends_it_with_a_sentence(void **state)
{
	struct fixture *f = *state;

	if (access("/dev/full", W_OK) == -1)
		skip();
	strcpy(f->path, "/dev/full");
	f->tape = open_at(f, f->path);
	assert_non_null(f->tape);
	say(f, TRANSCRIPT_SENT, "x");
	assert_int_equal(f->calls, 0);
	turn(f);
	expect_ended(f, "No space left on device");
}

/* In the middle of a turn, when the buffer is full. */
static void
a_file_that_has_grown_too_large_ends_it(void **state)
{
	struct fixture *f = *state;
	struct rlimit limit, before;
	char text[1000];

	start(f, "large");
	memset(text, 'x', sizeof(text));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 1000; i++)
		say_bytes(f, TRANSCRIPT_SENT, text, sizeof(text), false);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect_ended(f, "File too large");
}

static void
a_close_says_what_it_could_not_write(void **state)
{
	struct fixture *f = *state;

	if (access("/dev/full", W_OK) == -1)
		skip();
	f->tape = open_at(f, "/dev/full");
	assert_non_null(f->tape);
	say(f, TRANSCRIPT_SENT, "x");
	assert_int_equal(tape_close(f->tape), -1);
	assert_int_equal(errno, ENOSPC);
	f->tape = NULL;
	turn(f);
	assert_int_equal(f->calls, 0);
	assert_int_equal(tape_close(NULL), 0);
}

static void
a_long_line_comes_in_pieces_and_is_one(void **state)
{
	struct fixture *f = *state;

	start(f, "pieces");
	say_bytes(f, TRANSCRIPT_RECEIVED, "a ", 2, true);
	turn(f);
	say_bytes(f, TRANSCRIPT_RECEIVED, "long ", 5, true);
	say_bytes(f, TRANSCRIPT_RECEIVED, "line", 4, false);
	turn(f);
	expect(f->path, STAMP "< a long line\n");
}

static void
what_is_said_in_the_middle_of_a_line_ends_it(void **state)
{
	struct fixture *f = *state;

	start(f, "middle");
	say_bytes(f, TRANSCRIPT_RECEIVED, "a long ", 7, true);
	say(f, TRANSCRIPT_SENT, "typed");
	say(f, TRANSCRIPT_NOTICE, "noticed");
	say_bytes(f, TRANSCRIPT_RECEIVED, "line", 4, true);
	turn(f);
	expect(f->path,
	    STAMP "< a long \n" STAMP "> typed\n" STAMP "- noticed\n" STAMP
		  "< line");
	assert_int_equal(tape_close(f->tape), 0);
	f->tape = NULL;
	expect(f->path,
	    STAMP "< a long \n" STAMP "> typed\n" STAMP "- noticed\n" STAMP
		  "< line\n");
}

/* Spelt out it takes several times what is kept in memory. */
static void
a_line_longer_than_the_buffer_is_written_whole(void **state)
{
	struct fixture *f = *state;
	size_t size = 512 * 1024, len;
	char *text = malloc(size), *content;

	assert_non_null(text);
	memset(text, 0xff, size);
	start(f, "long");
	say(f, TRANSCRIPT_SENT, "before");
	say_bytes(f, TRANSCRIPT_SENT, text, size, false);
	say(f, TRANSCRIPT_SENT, "after");
	turn(f);
	content = scratch_read(f->path, &len);
	assert_int_equal(len, 3 * 27 + 6 + 5 + 4 * size);
	assert_memory_equal(content, STAMP "> before\n" STAMP "> \\xff", 63);
	assert_string_equal(
	    content + len - 32 - 5, "\\xff\n" STAMP "> after\n");
	free(content);
	free(text);
}

/* Calls of write(2) and the like so far, where the system counts them. */
static bool
count_writes(unsigned long *count)
{
	char *text = scratch_read("/proc/self/io", NULL);
	char *at = text != NULL ? strstr(text, "syscw: ") : NULL;

	if (at != NULL)
		*count = strtoul(at + 7, NULL, 10);
	free(text);
	return at != NULL;
}

static void
a_flood_takes_few_writes(void **state)
{
	struct fixture *f = *state;
	unsigned long before, after;
	struct stat st;

	start(f, "flood");
	if (!count_writes(&before))
		skip();
	for (int i = 0; i < 100000; i++)
		say(f, TRANSCRIPT_RECEIVED, "thirty-nine bytes of something");
	turn(f);
	assert_true(count_writes(&after));
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_size, 100000 * 57);
	/* About 22; valgrind has some of its own. */
	assert_in_range(after - before, 1, 1000);
}

/* The number that the next descriptor will have. */
static int
next_fd(void)
{
	int fd = dup(STDIN_FILENO);

	assert_int_not_equal(fd, -1);
	close(fd);
	return fd;
}

static void
a_rotation_goes_on_in_a_new_file(void **state)
{
	struct fixture *f = *state;
	char old[300];
	struct stat st;
	int next;

	start(f, "rotated");
	say(f, TRANSCRIPT_SENT, "one");
	turn(f);
	snprintf(old, sizeof(old), "%s.1", f->path);
	assert_int_equal(rename(f->path, old), 0);
	say_bytes(f, TRANSCRIPT_RECEIVED, "two", 3, true);
	next = next_fd();
	tape_reopen(f->tape);
	assert_int_equal(next_fd(), next);
	say_bytes(f, TRANSCRIPT_RECEIVED, "three", 5, false);
	say(f, TRANSCRIPT_SENT, "four");
	turn(f);
	expect(old, STAMP "> one\n" STAMP "< two\n");
	expect(f->path, STAMP "< three\n" STAMP "> four\n");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Without a rename it is the same file. */
	tape_reopen(f->tape);
	say(f, TRANSCRIPT_SENT, "five");
	turn(f);
	expect(f->path, STAMP "< three\n" STAMP "> four\n" STAMP "> five\n");
	assert_int_equal(f->calls, 0);
}

static void
a_rotation_that_fails_ends_it(void **state)
{
	struct fixture *f = *state;

	start(f, "gone");
	say(f, TRANSCRIPT_SENT, "one");
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	tape_reopen(f->tape);
	expect_ended(f, "Is a directory");
	assert_int_equal(rmdir(f->path), 0);
}

/* Reads what is there. Returns how much that was. */
static size_t
drain(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return len;
}

static int
start_fifo(struct fixture *f, const char *name)
{
	int fd;

	scratch_path(f->path, sizeof(f->path), name);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	fd = open(f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	start(f, name);
	return fd;
}

static void
a_reader_of_a_fifo_has_it_at_once(void **state)
{
	struct fixture *f = *state;
	int fd = start_fifo(f, "read");
	char buf[100];
	size_t len;

	say(f, TRANSCRIPT_SENT, "x");
	turn(f);
	len = drain(fd, buf, sizeof(buf));
	assert_int_equal(len, 28);
	assert_memory_equal(buf, STAMP "> x\n", len);
	close(fd);
}

static void
a_reader_that_leaves_ends_it(void **state)
{
	struct fixture *f = *state;

	close(start_fifo(f, "left"));
	say(f, TRANSCRIPT_SENT, "x");
	turn(f);
	expect_ended(f, "nobody reads from it");
}

#define FLOOD_LINES 30000u

/* Lines as they were said, one after the other. Returns how many. */
static unsigned
expect_lines(char **at, unsigned from)
{
	char line[64];
	unsigned n;

	for (n = from;; n++) {
		snprintf(line, sizeof(line), STAMP "< line number %u\n", n);
		if (strncmp(*at, line, strlen(line)) != 0)
			return n - from;
		*at += strlen(line);
	}
}

/* What was read before, and all that still comes, the loop turning between. */
static char *
read_rest(struct fixture *f, int fd, const char *first, size_t len)
{
	size_t size = FLOOD_LINES * 64, before;
	char *text = malloc(size + 1);

	assert_non_null(text);
	memcpy(text, first, len);
	do {
		before = len;
		turn(f);
		turn(f);
		len += drain(fd, text + len, size - len);
	} while (len != before);
	text[len] = '\0';
	return text;
}

static void
a_slow_reader_loses_lines_and_they_are_counted(void **state)
{
	struct fixture *f = *state;
	int fd = start_fifo(f, "slow");
	char *text, *at, line[128], some[8192];
	unsigned logged, lost;

	for (unsigned i = 0; i < FLOOD_LINES; i++) {
		snprintf(line, sizeof(line), "line number %u", i);
		say(f, TRANSCRIPT_RECEIVED, line);
		if (i % 1000 == 0)
			turn(f);
	}
	/* It has begun to read: the gap has not ended by that. */
	assert_int_equal(drain(fd, some, sizeof(some)), sizeof(some));
	turn(f);
	turn(f);
	assert_int_equal(f->calls, 0);
	at = text = read_rest(f, fd, some, sizeof(some));
	logged = expect_lines(&at, 0);
	/* As much as the pipe and the memory have room for, no more. */
	assert_in_range(logged * 40, 262144, 262144 + (1 << 20));
	assert_int_equal(f->calls, 1);
	assert_int_equal(sscanf(f->told, "%u lines were not logged", &lost), 1);
	assert_int_equal(logged + lost, FLOOD_LINES);
	snprintf(
	    line, sizeof(line), STAMP "- %u lines were not logged\n", lost);
	assert_string_equal(at, line);
	free(text);
	/* It goes on. */
	assert_true(tape_is_running(f->tape));
	say(f, TRANSCRIPT_SENT, "x");
	text = read_rest(f, fd, "", 0);
	assert_string_equal(text, STAMP "> x\n");
	free(text);
	close(fd);
}

/* More in a turn than memory has room for, but the pipe has some too. */
static void
a_reader_that_may_still_come_loses_nothing(void **state)
{
	struct fixture *f = *state;
	int fd = start_fifo(f, "crowded");
	char *text, *at, line[128];

	for (unsigned i = 0; i < 6300; i++) {
		snprintf(line, sizeof(line), "line number %u", i);
		say(f, TRANSCRIPT_RECEIVED, line);
	}
	at = text = read_rest(f, fd, "", 0);
	assert_int_equal(expect_lines(&at, 0), 6300);
	assert_string_equal(at, "");
	assert_int_equal(f->calls, 0);
	free(text);
	close(fd);
}

static void
a_close_does_not_wait_for_a_slow_reader(void **state)
{
	struct fixture *f = *state;
	int fd = start_fifo(f, "closed");

	for (unsigned i = 0; i < FLOOD_LINES; i++)
		say(f, TRANSCRIPT_RECEIVED, "a line that is not read");
	assert_int_equal(tape_close(f->tape), -1);
	assert_string_equal(tape_error(errno), "its reader was too slow");
	f->tape = NULL;
	turn(f);
	assert_int_equal(f->calls, 0);
	close(fd);
}

static void
a_line_that_a_fifo_never_has_room_for_is_counted(void **state)
{
	struct fixture *f = *state;
	int fd = start_fifo(f, "wide");
	size_t size = 512 * 1024;
	char *text = malloc(size), *read;

	assert_non_null(text);
	memset(text, 0xff, size);
	say(f, TRANSCRIPT_SENT, "before");
	say_bytes(f, TRANSCRIPT_SENT, text, size, false);
	say(f, TRANSCRIPT_SENT, "after");
	read = read_rest(f, fd, "", 0);
	assert_string_equal(read,
	    STAMP "> before\n" STAMP "> after\n" STAMP
		  "- 1 line was not logged\n");
	free(read);
	free(text);
	close(fd);
}

static void
an_entry_that_fell_out_before_is_counted(void **state)
{
	struct fixture *f = *state;
	uint64_t id;

	start(f, "early");
	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_SENT, 1500,
			     "waits", 5, false, &id),
	    0);
	transcript_clear(f->transcript);
	tape_add(f->tape, id);
	say(f, TRANSCRIPT_SENT, "next");
	turn(f);
	turn(f);
	expect(f->path, STAMP "> next\n" STAMP "- 1 line was not logged\n");
	assert_int_equal(f->calls, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_turn_writes_what_was_said_in_its_order),
	    TEST(a_file_that_is_there_is_appended_to),
	    TEST(two_can_write_to_one_file),
	    TEST(the_home_may_be_a_tilde),
	    TEST(a_symlink_is_refused),
	    TEST(what_is_no_file_is_refused_in_words),
	    TEST(a_full_disk_ends_it_with_a_sentence),
	    TEST(a_file_that_has_grown_too_large_ends_it),
	    TEST(a_close_says_what_it_could_not_write),
	    TEST(a_long_line_comes_in_pieces_and_is_one),
	    TEST(what_is_said_in_the_middle_of_a_line_ends_it),
	    TEST(a_line_longer_than_the_buffer_is_written_whole),
	    TEST(a_flood_takes_few_writes),
	    TEST(a_rotation_goes_on_in_a_new_file),
	    TEST(a_rotation_that_fails_ends_it),
	    TEST(a_reader_of_a_fifo_has_it_at_once),
	    TEST(a_reader_that_leaves_ends_it),
	    TEST(a_slow_reader_loses_lines_and_they_are_counted),
	    TEST(a_reader_that_may_still_come_loses_nothing),
	    TEST(a_close_does_not_wait_for_a_slow_reader),
	    TEST(a_line_that_a_fifo_never_has_room_for_is_counted),
	    TEST(an_entry_that_fell_out_before_is_counted),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, region_setup, NULL);
}
