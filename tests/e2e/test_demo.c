/* The demo for an audience: what it shows, and that nothing is left behind. */

#include <sys/stat.h>

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/environment.h"
#include "harness/harness.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/term.h"

#define DEMO	    "assets/demo.sh"
#define ENVIRON_MAX (64 * 1024)
#define MARK	    "YODEL_DEMO_OF"

/* A demo has a directory for temporary files, and a mark on all its processes. */
struct stage {
	char dir[256];
	char mark[64], tmpdir[280], build[256];
	const char *env[8];
};

static bool
is_installed(void)
{
	return system("command -v tmux >/dev/null") == 0;
}

static void
stage_open(
    struct stage *s, const char *name, const char *clients, const char *crowd)
{
	memset(s, 0, sizeof(*s));
	scratch_path(s->dir, sizeof(s->dir), name);
	assert_int_equal(mkdir(s->dir, 0700), 0);
	(void)snprintf(s->tmpdir, sizeof(s->tmpdir), "TMPDIR=%s", s->dir);
	(void)snprintf(
	    s->mark, sizeof(s->mark), MARK "=%ld-%s", (long)getpid(), name);
	process_build_dir(s->build, sizeof(s->build));
	s->env[0] = s->tmpdir;
	s->env[1] = s->mark;
	s->env[2] = clients;
	s->env[3] = crowd;
}

/* Whether the process has what begins with mark among its first environment. */
static bool
is_marked(const char *pid, const char *mark)
{
	static char text[ENVIRON_MAX];
	char path[64];
	size_t len;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/environ", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[len] = '\0';
	for (size_t i = 0; i < len; i += strlen(text + i) + 1)
		if (strncmp(text + i, mark, strlen(mark)) == 0)
			return true;
	return false;
}

/* Whether that is the name of its program; NULL is anybody's. */
static bool
is_called(const char *pid, const char *name)
{
	char path[64], comm[32] = "";
	FILE *file;

	if (name == NULL)
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	if (fgets(comm, sizeof(comm), file) == NULL)
		comm[0] = '\0';
	(void)fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

/*
 * How many processes of that name (NULL: of any) bear the mark; each gets the
 * signal (0: none).
 */
static int
count_marked(const char *mark, const char *name, int sig)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	int count = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || !is_marked(entry->d_name, mark) ||
		    !is_called(entry->d_name, name))
			continue;
		count++;
		if (sig != 0)
			(void)kill((pid_t)pid, sig);
	}
	(void)closedir(dir);
	return count;
}

static bool
none_runs(void *arg)
{
	const struct stage *s = arg;

	return count_marked(s->mark, NULL, 0) == 0;
}

static bool
directory_is_empty(void *arg)
{
	const struct stage *s = arg;
	DIR *dir = opendir(s->dir);
	int entries = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		entries++;
	(void)closedir(dir);
	return entries == 2;
}

static bool
directory_is_used(void *arg)
{
	return !directory_is_empty(arg);
}

static void
expect_nothing_left(struct stage *s)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	if (!deadline_wait(deadline, none_runs, s))
		fail_msg(
		    "%d processes are left", count_marked(s->mark, NULL, 0));
	if (!deadline_wait(deadline, directory_is_empty, s))
		fail_msg("files are left in %s", s->dir);
	assert_int_equal(rmdir(s->dir), 0);
}

/* What a failed test has left ends here. */
static int
demo_teardown(void **state)
{
	char mark[64];

	process_teardown(state);
	term_teardown(state);
	(void)snprintf(mark, sizeof(mark), MARK "=%ld-", (long)getpid());
	(void)count_marked(mark, NULL, SIGKILL);
	return 0;
}

/* Without a terminal. */
static struct process *
demo_start(const struct stage *s)
{
	const char *const argv[] = {"sh", DEMO, s->build, NULL};
	char **env = environment_new(s->env);
	const struct process_options options = {
	    .env = (const char *const *)env, .stdin_fd = PROCESS_NULL};
	struct process *demo = process_start(argv, &options);

	environment_free(env);
	return demo;
}

/* In a terminal, until its clients can be typed into. */
static struct term *
demo_show(const struct stage *s)
{
	const char *const argv[] = {"sh", DEMO, s->build, NULL};
	const struct term_options options = {
	    .rows = 40, .columns = 120, .env = s->env};
	struct term *term = term_start(argv, &options);

	term_wait_text(term, "$>");
	return term;
}

static void
expect_shown(struct process *demo, const char *text)
{
	const char *out = process_output(demo, PROCESS_OUT, NULL);

	if (strstr(out, text) == NULL)
		fail_msg("no '%s' in: %s", text, out);
}

static void
test_without_a_terminal_the_screens_are_printed(void **state)
{
	struct process *demo;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "printed", "CLIENTS=2", "CROWD=5");
	demo = demo_start(&s);
	process_expect_exit(demo, 0);
	expect_shown(demo, "--- watcher, 120 x ");
	expect_shown(demo, "--- client 1, ");
	expect_shown(demo, "--- client 2, ");
	expect_shown(demo, "‹ Hello from client 1");
	expect_shown(demo, "‹ 안녕하세요, 메아리 2");
	expect_shown(demo, "5 clients came ");
	expect_shown(demo, " 0 differed");
	process_free(demo);
	expect_nothing_left(&s);
}

static void
test_two_run_side_by_side(void **state)
{
	struct process *one, *other;
	struct stage s, t;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "one", "CLIENTS=1", "CROWD=0");
	stage_open(&t, "other", "CLIENTS=3", "CROWD=2");
	one = demo_start(&s);
	other = demo_start(&t);
	process_expect_exit(one, 0);
	process_expect_exit(other, 0);
	expect_shown(one, "‹ 안녕하세요, 메아리 1");
	expect_shown(other, "‹ 안녕하세요, 메아리 3");
	assert_null(strstr(process_output(one, PROCESS_OUT, NULL), "메아리 3"));
	process_free(one);
	process_free(other);
	expect_nothing_left(&s);
	expect_nothing_left(&t);
}

static void
test_what_is_asked_for_is_checked(void **state)
{
	static const struct {
		const char *clients, *crowd, *said;
	} cases[] = {
	    {"CLIENTS=0", "CROWD=0",
		"CLIENTS=0: a number from 1 to 9 is wanted"},
	    {"CLIENTS=two", "CROWD=0",
		"CLIENTS=two: a number from 1 to 9 is wanted"},
	    {"CLIENTS=1", "CROWD=-1",
		"CROWD=-1: a number from 0 to 1000 is wanted"},
	    {"CLIENTS=1", "CROWD=010",
		"CROWD=010: a number from 0 to 1000 is wanted"},
	    {"CLIENTS=1", "CROWD=1001",
		"CROWD=1001: a number from 0 to 1000 is wanted"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct process *demo;
		struct stage s;

		stage_open(&s, "asked", cases[i].clients, cases[i].crowd);
		demo = demo_start(&s);
		process_wait_text(demo, PROCESS_ERR, cases[i].said);
		process_expect_exit(demo, 2);
		process_free(demo);
		expect_nothing_left(&s);
	}
}

static void
test_a_signal_in_the_middle_leaves_nothing(void **state)
{
	static const struct {
		int signo, status;
	} cases[] = {{SIGTERM, 143}, {SIGHUP, 143}, {SIGINT, 130}};

	(void)state;
	if (!is_installed())
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct term *term;
		struct stage s;

		stage_open(&s, "signal", "CLIENTS=2", "CROWD=5");
		term = demo_show(&s);
		term_signal(term, cases[i].signo);
		term_expect_exit(term, cases[i].status);
		term_expect_restored(term);
		term_free(term);
		expect_nothing_left(&s);
	}
}

static void
test_a_signal_while_nobody_looks_on_leaves_nothing(void **state)
{
	struct process *demo;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "early", "CLIENTS=2", "CROWD=5");
	demo = demo_start(&s);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), directory_is_used, &s));
	process_signal(demo, SIGTERM);
	process_expect_exit(demo, 143);
	process_free(demo);
	expect_nothing_left(&s);
}

/* As with `make demo | head -n 1`. */
static void
test_a_reader_that_leaves_early_leaves_nothing(void **state)
{
	struct stage s;
	const char *const argv[] = {
	    "sh", "-c", "sh " DEMO " \"$0\" | :", s.build, NULL};
	struct process *demo;
	char **env;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "early", "CLIENTS=1", "CROWD=3");
	env = environment_new(s.env);
	demo = process_start(argv,
	    &(struct process_options){
		.env = (const char *const *)env, .stdin_fd = PROCESS_NULL});
	environment_free(env);
	process_expect_exit(demo, 0);
	process_free(demo);
	expect_nothing_left(&s);
}

static void
test_a_terminal_that_goes_takes_all_with_it(void **state)
{
	struct term *term;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "vanish", "CLIENTS=2", "CROWD=5");
	term = demo_show(&s);
	term_vanish(term);
	(void)term_wait_exit(term);
	term_free(term);
	expect_nothing_left(&s);
}

static void
test_detaching_ends_it(void **state)
{
	struct term *term;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "detach", "CLIENTS=2", "CROWD=5");
	term = demo_show(&s);
	term_type(term, "\002d");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
	expect_nothing_left(&s);
}

static void
test_it_ends_with_its_last_client(void **state)
{
	struct term *term;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "last", "CLIENTS=2", "CROWD=5");
	term = demo_show(&s);
	term_type(term, "one of two\r");
	term_wait_text(term, "‹ one of two");
	term_type(term, "\004");
	/* the other one has room for it now */
	term_wait_text(term, "reconnects 0");
	term_type(term, "the other one\r");
	term_wait_text(term, "‹ the other one");
	term_type(term, "\004");
	term_expect_exit(term, 0);
	term_free(term);
	expect_nothing_left(&s);
}

/* By this, while the demo is shown, which goes on until it is left. */
static bool
crowd_is_killed(void *arg)
{
	const struct stage *s = arg;

	return count_marked(s->mark, "crowd", SIGKILL) > 0;
}

static void
test_a_crowd_that_does_not_last_is_a_failure(void **state)
{
	struct term *term;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "killed", "CLIENTS=1", "CROWD=3");
	term = demo_show(&s);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), crowd_is_killed, &s));
	term_type(term, "\002d");
	term_wait_text(term, "demo: signal 9 ended the crowd");
	term_expect_exit(term, 1);
	term_expect_restored(term);
	term_free(term);
	expect_nothing_left(&s);
}

static void
test_it_goes_on_without_its_watcher(void **state)
{
	struct term *term;
	struct stage s;

	(void)state;
	if (!is_installed())
		skip();
	stage_open(&s, "watcher", "CLIENTS=2", "CROWD=2");
	term = demo_show(&s);
	/* up to the watcher, and ^C */
	term_type(term, "\002\033[A");
	term_type(term, "\003");
	term_wait_row(term, 0, "F1 for help");
	term_type(term, "still here\r");
	term_wait_text(term, "‹ still here");
	term_type(term, "\002d");
	term_expect_exit(term, 0);
	term_free(term);
	expect_nothing_left(&s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, demo_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_without_a_terminal_the_screens_are_printed),
	    TEST(test_two_run_side_by_side),
	    TEST(test_what_is_asked_for_is_checked),
	    TEST(test_a_signal_in_the_middle_leaves_nothing),
	    TEST(test_a_signal_while_nobody_looks_on_leaves_nothing),
	    TEST(test_a_reader_that_leaves_early_leaves_nothing),
	    TEST(test_a_terminal_that_goes_takes_all_with_it),
	    TEST(test_detaching_ends_it),
	    TEST(test_it_ends_with_its_last_client),
	    TEST(test_a_crowd_that_does_not_last_is_a_failure),
	    TEST(test_it_goes_on_without_its_watcher),
	};

	return cmocka_run_group_tests_name("demo", tests, NULL, NULL);
}
