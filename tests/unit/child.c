#include <sys/types.h>
#include <sys/wait.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "harness.h"

#define CHILD_REPORT_MAX 1024

/* Silence is success, so a child that crashes has to be noticed as well. */
static _Noreturn void
child_report(int fd, const char *wrong)
{
	size_t len = wrong == NULL ? 0 : strlen(wrong);

	_exit(len > 0 && write(fd, wrong, len) != (ssize_t)len);
}

/* Returns its exit status as of waitpid(2), and what it has reported. */
static int
child_run(const char *(*fn)(void), char report[CHILD_REPORT_MAX])
{
	ssize_t len;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		child_report(ends[1], fn());
	close(ends[1]);
	len = read(ends[0], report, CHILD_REPORT_MAX - 1);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(len >= 0);
	report[len] = '\0';
	return status;
}

void
child_expect(const char *(*fn)(void))
{
	char report[CHILD_REPORT_MAX];
	const int status = child_run(fn, report);

	if (report[0] != '\0')
		fail_msg("%s", report);
	assert_int_equal(status, 0);
}

bool
child_succeeds(const char *(*fn)(void))
{
	char report[CHILD_REPORT_MAX];

	return child_run(fn, report) == 0 && report[0] == '\0';
}
