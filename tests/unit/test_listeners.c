/* listeners: all at once or none, on one port, and what they are called. */

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "listeners.h"
#include "log_lines.h"

#define LINE_MAX 512

struct fixture {
	struct log_place place;
	struct log *log;
	struct addresses addresses;
	char error[ADDRESSES_ERROR_MAX];
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->place = log_place("listeners");
	f->log = log_lines_open(f->place.path, LOG_LEVEL_DEBUG, 0);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	log_close(f->log, DEADLINE_MS);
	(void)unlink(f->place.path);
	free(f);
	return 0;
}

static void
add(struct fixture *f, const char *name)
{
	assert_int_equal(addresses_add(&f->addresses, name, 0, f->error), 0);
}

/* A socket of the file system that listens, and is asked for connections. */
static int
occupy(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 100), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static size_t
count_visitors(int fd)
{
	size_t count = 0;
	int visitor;

	while ((visitor = accept(fd, NULL, NULL)) != -1) {
		count++;
		close(visitor);
	}
	return count;
}

static void
one_port_is_chosen_for_all(void **state)
{
	struct fixture *f = *state;
	struct listeners *listeners;
	uint16_t port;

	add(f, "127.0.0.1");
	add(f, "127.0.0.2");
	listeners = listeners_new(&f->addresses, f->log, f->error);
	assert_non_null(listeners);
	assert_int_equal(listeners_count(listeners), 2);
	port = listener_port(listeners_at(listeners, 0));
	assert_int_not_equal(port, 0);
	assert_int_equal(listener_port(listeners_at(listeners, 1)), port);
	listeners_free(listeners);
}

/* Another port would not help: whose path it is is asked once. */
static void
a_path_that_is_taken_is_tried_once(void **state)
{
	struct fixture *f = *state;
	char path[LINE_MAX], name[LINE_MAX + 8], wanted[LINE_MAX + 64];
	int fd;

	fd = occupy(scratch_path(path, sizeof(path), "taken.sock"));
	snprintf(name, sizeof(name), "unix:%s", path);
	add(f, "127.0.0.1");
	add(f, name);
	assert_null(listeners_new(&f->addresses, f->log, f->error));
	snprintf(wanted, sizeof(wanted), "%s: %s", name, strerror(EADDRINUSE));
	assert_string_equal(f->error, wanted);
	assert_int_equal(count_visitors(fd), 1);
	close(fd);
}

static void
what_they_are_called_outlives_them(void **state)
{
	static struct listeners_names names;
	struct fixture *f = *state;
	struct listeners *listeners;
	char path[LINE_MAX], name[LINE_MAX + 8], first[64];

	scratch_path(path, sizeof(path), "called.sock");
	snprintf(name, sizeof(name), "unix:%s", path);
	add(f, "127.0.0.1");
	add(f, name);
	listeners = listeners_new(&f->addresses, f->log, f->error);
	assert_non_null(listeners);
	snprintf(first, sizeof(first), "127.0.0.1:%u",
	    (unsigned)listener_port(listeners_at(listeners, 0)));
	listeners_name(listeners, &names);
	listeners_free(listeners);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.texts[0], first);
	assert_string_equal(names.texts[1], name);
}

/* Whole ones: half an address is another one. */
static void
a_line_has_as_many_as_it_has_room_for(void **state)
{
	struct fixture *f = *state;
	struct listeners *listeners;
	char line[LINE_MAX], both[LINE_MAX];
	size_t first, len;

	add(f, "127.0.0.1");
	add(f, "127.0.0.2");
	listeners = listeners_new(&f->addresses, f->log, f->error);
	assert_non_null(listeners);
	listeners_format(both, sizeof(both), listeners);
	first = strcspn(both, " ");
	len = strlen(both);
	assert_int_equal(len, 2 * first + 1);
	(void)listeners_format(line, len + 1, listeners);
	assert_string_equal(line, both);
	(void)listeners_format(line, len, listeners);
	assert_int_equal(strlen(line), first);
	assert_memory_equal(line, both, first);
	assert_string_equal(listeners_format(line, 4, listeners), "");
	listeners_free(listeners);
}

static void
what_is_no_descriptor_is_not_inherited(void **state)
{
	struct fixture *f = *state;
	char wanted[LINE_MAX];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(listen(fd, 1), 0);
	/* the next one is not there */
	(void)close(fd + 1);
	assert_null(listeners_inherit(fd, 2, f->log, f->error));
	snprintf(wanted, sizeof(wanted), "descriptor %d: %s", fd + 1,
	    strerror(EBADF));
	assert_string_equal(f->error, wanted);
	/* what there was is closed with it */
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

#define LISTENERS_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    LISTENERS_TEST(one_port_is_chosen_for_all),
	    LISTENERS_TEST(a_path_that_is_taken_is_tried_once),
	    LISTENERS_TEST(what_they_are_called_outlives_them),
	    LISTENERS_TEST(a_line_has_as_many_as_it_has_room_for),
	    LISTENERS_TEST(what_is_no_descriptor_is_not_inherited),
	};

	return cmocka_run_group_tests_name("listeners", tests, NULL, NULL);
}
