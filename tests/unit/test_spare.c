/* spare: a newcomer is accepted although no descriptor is left. */

#include <sys/resource.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "child.h"
#include "harness/harness.h"
#include "remote.h"
#include "spare.h"

#define VISITORS 2

/* A listener, and who waits to be accepted there. */
struct place {
	int fd;
	int visitors[VISITORS];
};

static bool
open_place(struct place *place)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int i;

	place->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(place->fd, (struct sockaddr *)&in, len) == -1 ||
	    listen(place->fd, VISITORS) == -1 ||
	    getsockname(place->fd, (struct sockaddr *)&in, &len) == -1)
		return false;
	for (i = 0; i < VISITORS; i++) {
		place->visitors[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(place->visitors[i], (struct sockaddr *)&in, len) ==
		    -1)
			return false;
	}
	return true;
}

/* No further descriptor than those that are open can be had. */
static bool
exhaust(struct rlimit *before)
{
	struct rlimit limit;
	int fd = dup(STDIN_FILENO);

	if (fd == -1 || getrlimit(RLIMIT_NOFILE, before) == -1)
		return false;
	(void)close(fd);
	limit = *before;
	limit.rlim_cur = (rlim_t)fd;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    dup(STDIN_FILENO) == -1 && errno == EMFILE;
}

static const char *
accept_without_descriptors(void)
{
	struct spare spare = {.fd = -1};
	struct remote remote;
	struct rlimit before;
	struct place place;
	const char *wrong = NULL;
	int i, fd;

	if (!open_place(&place) || spare_open(&spare) == -1 ||
	    !exhaust(&before))
		return "set up";
	for (i = 0; i < VISITORS && wrong == NULL; i++) {
		fd = spare_accept(&spare, place.fd, &remote);
		if (fd == -1 || !remote_is_local(&remote))
			wrong = "a visitor is not accepted";
		(void)close(fd);
		if (spare_open(&spare) == -1)
			wrong = "there is no spare one any more";
	}
	(void)setrlimit(RLIMIT_NOFILE, &before);
	return wrong;
}

/* Somebody else took its place: once there is one again, it goes on. */
static const char *
lose_the_spare(void)
{
	struct spare spare = {.fd = -1};
	struct remote remote;
	struct rlimit before;
	struct place place;
	const char *wrong = NULL;

	if (!open_place(&place) || !exhaust(&before))
		return "set up";
	errno = 0;
	if (spare_accept(&spare, place.fd, &remote) != -1 || errno != EMFILE)
		wrong = "one was accepted without any";
	(void)close(place.visitors[0]);
	if (wrong == NULL && spare_accept(&spare, place.fd, &remote) == -1)
		wrong = "nobody is accepted any more";
	if (spare.fd != -1)
		wrong = "the spare one is said to be there";
	(void)setrlimit(RLIMIT_NOFILE, &before);
	spare_close(&spare);
	return wrong;
}

static void
visitors_are_accepted_one_by_one_in_its_place(void **state)
{
	(void)state;
	child_expect(accept_without_descriptors);
}

static void
a_spare_that_was_lost_is_looked_for_again(void **state)
{
	(void)state;
	child_expect(lose_the_spare);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(visitors_are_accepted_one_by_one_in_its_place),
	    cmocka_unit_test(a_spare_that_was_lost_is_looked_for_again),
	};

	return cmocka_run_group_tests_name("spare", tests, NULL, NULL);
}
