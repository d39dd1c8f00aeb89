#include "kev_source.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

#define TESTS_MAX 512
#define NAME_SIZE 120

static void
place_set(struct kev_place *place, int fd, int peer)
{
	assert_int_not_equal(fd, -1);
	place->fd = fd;
	place->peer = peer;
	place->ident = (uintptr_t)fd;
}

static void
open_unix(struct kev_place *place)
{
	int fds[2];

	kev_pair(fds);
	place_set(place, fds[0], fds[1]);
}

static void
open_tcp(struct kev_place *place)
{
	int fds[2];

	kev_pair_tcp(fds);
	place_set(place, fds[0], fds[1]);
}

static void
open_datagram(struct kev_place *place)
{
	int fds[2], i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
	place_set(place, fds[0], fds[1]);
}

static void
open_udp(struct kev_place *place)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t len = sizeof(sin);
	int fd, peer;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	peer = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_not_equal(peer, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	place_set(place, fd, peer);
}

static void
open_pipe(struct kev_place *place, int watched)
{
	int fds[2], i;

	assert_int_equal(pipe(fds), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
	place_set(place, fds[watched], fds[1 - watched]);
}

static void
open_pipe_reader(struct kev_place *place)
{
	open_pipe(place, 0);
}

static void
open_terminal(struct kev_place *place)
{
	struct termios raw;
	int master, slave;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_int_not_equal(master, -1);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_int_not_equal(slave, -1);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	place_set(place, slave, master);
}

static void
open_terminal_master(struct kev_place *place)
{
	open_terminal(place);
	place_set(place, place->peer, place->fd);
}

static void
open_listener(struct kev_place *place)
{
	place_set(place, kev_listen(), -1);
}

static void
open_file(struct kev_place *place)
{
	char path[256];
	int fd;

	(void)scratch_path(path, sizeof(path), "source");
	scratch_write(path, "old", 3);
	fd = open(path, O_RDWR | O_APPEND);
	assert_int_not_equal(fd, -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 3);
	place_set(place, fd, -1);
}

static void
open_queue(struct kev_place *place)
{
	int fd;

	fd = kqueue();
	place_set(place, fd, -1);
	kev_change(fd, 1, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
}

static void
fill(struct kev_place *place)
{
	kev_fill(place->fd);
}

static void
open_unix_writer(struct kev_place *place)
{
	open_unix(place);
	fill(place);
}

static void
open_pipe_writer(struct kev_place *place)
{
	open_pipe(place, 1);
	fill(place);
}

static void
open_number(struct kev_place *place)
{
	place->ident = 77;
}

/* A kqueue does not take the place of a signal's action. */
static void
open_signal(struct kev_place *place)
{
	(void)signal(SIGUSR1, SIG_IGN);
	place->ident = SIGUSR1;
}

static bool
has_arrived(void *arg)
{
	const struct kev_place *place = arg;
	int n;

	return ioctl(place->fd, FIONREAD, &n) == 0 && n >= place->sent;
}

static void
trigger_send(struct kev_place *place)
{
	kev_send(place->peer, "x");
	place->sent++;
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), has_arrived, place));
}

static void
trigger_datagram(struct kev_place *place)
{
	kev_send(place->peer, "x");
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), place->fd, POLLIN));
}

static void
trigger_connect(struct kev_place *place)
{
	assert_int_not_equal(place->nguests, 8);
	place->guests[place->nguests++] = kev_connect(place->fd);
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), place->fd, POLLIN));
}

/* The place of the descriptor stays behind it, for a thread that looks as well. */
static void
trigger_write(struct kev_place *place)
{
	struct stat st;

	assert_int_equal(fstat(place->fd, &st), 0);
	assert_int_equal(pwrite(place->fd, "x", 1, st.st_size), 1);
}

static void
trigger_queue(struct kev_place *place)
{
	struct kevent ev;

	(void)kev_poll(place->fd, &ev, 1);
	kev_change(place->fd, 1, EVFILT_USER, 0, NOTE_TRIGGER);
}

static void
trigger_room(struct kev_place *place)
{
	fill(place);
	kev_drain(place->peer);
}

static void
trigger_signal(struct kev_place *place)
{
	(void)place;
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
}

/* A change that says nothing of udata must say what it was. */
static void
trigger_user(struct kev_place *place)
{
	struct kevent change;

	EV_SET(&change, place->ident, EVFILT_USER, 0, NOTE_TRIGGER, 0,
	    place->udata);
	assert_int_equal(kevent(place->kq, &change, 1, NULL, 0, NULL), 0);
}

static void
quiet_read(struct kev_place *place)
{
	kev_drain(place->fd);
	place->sent = 0;
}

static void
quiet_accept(struct kev_place *place)
{
	assert_int_equal(fcntl(place->fd, F_SETFL, O_NONBLOCK), 0);
	while (place->nguests > 0) {
		close(accept(place->fd, NULL, NULL));
		close(place->guests[--place->nguests]);
	}
}

static void
quiet_file(struct kev_place *place)
{
	assert_true(lseek(place->fd, 0, SEEK_END) > 0);
}

static void
quiet_queue(struct kev_place *place)
{
	assert_int_equal(kev_wait(place->fd).ident, 1);
}

static const struct kev_source sources[] = {
    {"Unix socket", EVFILT_READ, 0, KEV_FD, open_unix, trigger_send,
	quiet_read},
    {"TCP socket", EVFILT_READ, 0, KEV_FD | KEV_LATE, open_tcp, trigger_send,
	quiet_read},
    {"Unix datagrams", EVFILT_READ, 0, KEV_FD, open_datagram, trigger_datagram,
	quiet_read},
    {"UDP socket", EVFILT_READ, 0, KEV_FD | KEV_LATE, open_udp,
	trigger_datagram, quiet_read},
    {"TCP listener", EVFILT_READ, 0, KEV_FD | KEV_LATE, open_listener,
	trigger_connect, quiet_accept},
    {"pipe", EVFILT_READ, 0, KEV_FD, open_pipe_reader, trigger_send,
	quiet_read},
    {"terminal", EVFILT_READ, 0, KEV_FD | KEV_LATE, open_terminal, trigger_send,
	quiet_read},
    {"terminal's master", EVFILT_READ, 0, KEV_FD | KEV_LATE,
	open_terminal_master, trigger_send, quiet_read},
    {"file", EVFILT_READ, 0, KEV_FD, open_file, trigger_write, quiet_file},
    {"kqueue", EVFILT_READ, 0, KEV_FD, open_queue, trigger_queue, quiet_queue},
    {"Unix socket, room", EVFILT_WRITE, 0, KEV_FD, open_unix_writer,
	trigger_room, fill},
    {"pipe, room", EVFILT_WRITE, 0, KEV_FD, open_pipe_writer, trigger_room,
	fill},
    {"file's changes", EVFILT_VNODE, NOTE_WRITE,
	KEV_FD | KEV_NO_PAST | KEV_NO_QUIET, open_file, trigger_write, NULL},
    {"signal", EVFILT_SIGNAL, 0, KEV_NO_PAST | KEV_NO_QUIET | KEV_CLEARS,
	open_signal, trigger_signal, NULL},
    {"user event", EVFILT_USER, 0, KEV_NO_PAST | KEV_NO_QUIET, open_number,
	trigger_user, NULL},
};

void
kev_trigger(struct kev_place *place)
{
	place->source->trigger(place);
}

void
kev_quiet(struct kev_place *place)
{
	place->source->quiet(place);
}

static int
place_submit(struct kev_place *place, int kq, int flags, void *udata)
{
	const struct kev_source *source = place->source;
	struct kevent change;

	place->udata = udata;
	EV_SET(&change, place->ident, (short)source->filter,
	    (unsigned short)flags, source->fflags, 0, udata);
	return kevent(kq, &change, 1, NULL, 0, NULL);
}

void
kev_place_change_udata(struct kev_place *place, int flags, void *udata)
{
	assert_int_equal(place_submit(place, place->kq, flags, udata), 0);
}

void
kev_place_change_on(struct kev_place *place, int kq, int flags)
{
	assert_int_equal(place_submit(place, kq, flags, place), 0);
}

void
kev_place_change(struct kev_place *place, int flags)
{
	kev_place_change_on(place, place->kq, flags);
}

int
kev_place_error(struct kev_place *place, int flags)
{
	return place_submit(place, place->kq, flags, place) == -1 ? errno : 0;
}

struct kevent
kev_place_wait(struct kev_place *place)
{
	struct kevent ev = kev_wait(place->kq);

	assert_true(ev.ident == place->ident);
	assert_int_equal(ev.filter, place->source->filter);
	assert_false(ev.flags & EV_ERROR);
	return ev;
}

/* A rule and the source that it is tried on. */
struct trial {
	const struct kev_rule *rule;
	const struct kev_source *source;
	char name[NAME_SIZE];
};

static void
trial_run(void **state)
{
	const struct trial *trial = *state;
	struct kev_place place = {
	    .source = trial->source, .fd = -1, .peer = -1};
	int i;

	place.kq = kqueue();
	assert_int_not_equal(place.kq, -1);
	trial->source->open(&place);
	trial->rule->run(&place);
	for (i = 0; i < place.nguests; i++)
		close(place.guests[i]);
	if (place.fd != -1)
		close(place.fd);
	if (place.peer != -1)
		close(place.peer);
	close(place.kq);
}

static bool
rule_holds_for(const struct kev_rule *rule, const struct kev_source *source)
{
	return (source->traits & rule->unless) == 0 &&
	    (source->traits & rule->only) == rule->only;
}

int
kev_rules_run(const struct kev_rule *rules, size_t nrules)
{
	static struct trial trials[TESTS_MAX];
	static struct CMUnitTest tests[TESTS_MAX];
	size_t i, k, n = 0;

	for (i = 0; i < nrules; i++) {
		for (k = 0; k < sizeof(sources) / sizeof(sources[0]); k++) {
			if (!rule_holds_for(&rules[i], &sources[k]))
				continue;
			if (n == TESTS_MAX)
				abort();
			trials[n].rule = &rules[i];
			trials[n].source = &sources[k];
			(void)snprintf(trials[n].name, NAME_SIZE, "%s: %s (%s)",
			    rules[i].section, rules[i].name, sources[k].name);
			tests[n].name = trials[n].name;
			tests[n].test_func = trial_run;
			tests[n].initial_state = &trials[n];
			n++;
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
