/*
 * fault: yodeld, with each of its calls failing in turn. What a run is made of
 * is in serve(), what its clients do in visit_all().
 */

#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "control_socket.h"
#include "fault.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "listeners.h"
#include "log.h"
#include "notify.h"
#include "server.h"
#include "settings.h"
#include "superior.h"
#include "sweep.h"
#include "visitor.h"

#define PATH_SIZE   108
#define ARGS_MAX    24
#define BULK	    262144  /* through the pipe */
#define SLOW	    1048576 /* more than all sockets on the way hold */
#define SLOW_BYTES  16384   /* of its receive buffer */
#define SMALL_BYTES 65536   /* of the send buffer before it */
#define LOG_MS	    5000
#define BURST	    4

/* A way to run the server; a new part of it is an option here, or a visit. */
struct way {
	const char *args[ARGS_MAX];
	const char *connect, *close; /* as its log has them */
	bool proxied;
	bool unix_too;
	bool signals; /* HUP and USR1 */
	bool control; /* its control socket is asked as well */
	bool idle;    /* who is silent is closed */
	bool brief;   /* no more than each part of it once */
	bool notifies;
};

struct run {
	const struct way *way;
	struct visits visits;
	pthread_t thread;
	const char *wrong;
};

static char log_path[PATH_SIZE], socket_path[PATH_SIZE];
static char control_path[PATH_SIZE], notify_path[PATH_SIZE];

static void
visit_once(struct run *run, size_t len)
{
	struct visitor v;

	visitor_open(&v, &run->visits, 0);
	visitor_echo(&v, len);
	visitor_finish(&v, true);
}

/* Has more on its way than the server may keep when it is told to stop. */
static void
visit_at_the_end(struct run *run)
{
	struct visitor v;

	visitor_open(&v, &run->visits, SLOW_BYTES);
	visitor_echo(&v, 10);
	visitor_push(&v, SLOW);
	(void)kill(getpid(), SIGTERM);
	visitor_finish(&v, false);
}

static void
visit_slowly(struct run *run)
{
	struct visitor v;

	visitor_open(&v, &run->visits, SLOW_BYTES);
	visitor_push(&v, SLOW);
	visitor_finish(&v, true);
}

static void
visit_rudely(struct run *run)
{
	struct visitor v;

	visitor_open(&v, &run->visits, 0);
	visitor_echo(&v, 10);
	visitor_reset(&v);
}

/* The server is to end it, early enough. */
static void
visit_silently(struct run *run)
{
	struct visitor v;

	visitor_open(&v, &run->visits, 0);
	visitor_echo(&v, 10);
	visitor_wait(&v);
}

/* After a loss, whoever comes next has to be served. */
static void
visit_last(struct run *run)
{
	unsigned lost;

	do {
		lost = run->visits.lost;
		visit_once(run, 100);
	} while (run->visits.lost > lost && lost < sweep_price());
}

static void *
visit_idly(void *arg)
{
	struct run *run = arg;

	fault_stay_out();
	visit_silently(run);
	visit_silently(run);
	visit_last(run);
	(void)kill(getpid(), SIGTERM);
	return NULL;
}

/* Each command is answered, also where it can't be done. */
static void *
visit_briefly(void *arg)
{
	struct questions questions = {
	    .text = "stats\nclients\nkick 9\nlog-data on\nwhat\n",
	    .good = 3,
	    .bad = 2,
	};
	struct run *run = arg;
	struct visitor v;

	fault_stay_out();
	visitor_open(&v, &run->visits, 0);
	visitor_echo(&v, 10);
	questions.row = v.lost ? "" : "{\"client\":";
	visitor_ask_all(&run->visits, control_path, &questions);
	visitor_finish(&v, true);
	visit_last(run);
	(void)kill(getpid(), SIGTERM);
	return NULL;
}

static void *
visit_all(void *arg)
{
	struct run *run = arg;
	struct visitor bystander;

	fault_stay_out();
	visitor_open(&bystander, &run->visits, 0);
	visitor_echo(&bystander, 5);
	visit_once(run, BULK);
	visit_slowly(run);
	visit_rudely(run);
	visit_once(run, 0);
	if (run->way->signals) {
		(void)kill(getpid(), SIGHUP);
		(void)kill(getpid(), SIGUSR1);
	}
	if (run->way->control)
		visitor_ask(
		    &run->visits, control_path, "stats\nclients\nwatch\n");
	if (run->way->unix_too) {
		run->visits.path = socket_path;
		visit_once(run, 1000);
		run->visits.path = NULL;
	}
	visitor_echo(&bystander, 5);
	visit_last(run);
	visitor_finish(&bystander, true);
	visit_at_the_end(run);
	return NULL;
}

/*
 * Where the server listens, asked of its own descriptors. What it accepts there
 * has small buffers from now on: else one would take all that a slow reader is
 * late with.
 */
static uint16_t
find_port(void)
{
	const int small = SMALL_BYTES;
	struct sockaddr_in in;
	uint16_t port = 0;
	socklen_t len;
	int fd, listens;

	for (fd = STDERR_FILENO + 1; fd < 64; fd++) {
		len = sizeof(listens);
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) ==
			-1 ||
		    !listens)
			continue;
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
		len = sizeof(in);
		if (getsockname(fd, (struct sockaddr *)&in, &len) == 0 &&
		    in.sin_family == AF_INET)
			port = ntohs(in.sin_port);
	}
	return port;
}

/* The visitors have no part in the server's signals. */
static void
start_visits(struct run *run)
{
	sigset_t all, before;

	fault_stay_out();
	run->visits.port = find_port();
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&run->thread, NULL,
		run->way->idle	      ? visit_idly
		    : run->way->brief ? visit_briefly
				      : visit_all,
		run) != 0)
		abort();
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	fault_stay_in();
}

static void
blame(struct run *run, const char *text)
{
	if (run->wrong == NULL)
		run->wrong = text;
}

/* The program does not start: well, if there is a reason. */
static void
excuse(struct run *run, const char *error)
{
	if (sweep_price() == 0)
		blame(run, "it does not start");
	else if (error[0] == '\0')
		blame(run, "it does not say why it does not start");
}

static void
serve(struct run *run, const struct server_parts *parts,
    const struct addresses *addresses)
{
	char error[ADDRESSES_ERROR_MAX + SERVER_ERROR_MAX +
	    CONTROL_SOCKET_ERROR_MAX] = "";
	const char *path = parts->settings->control;
	struct listener *control = NULL;
	struct listeners *listeners;
	struct server *server;

	listeners = listeners_new(addresses, parts->log, error);
	if (listeners == NULL) {
		excuse(run, error);
		return;
	}
	if (path != NULL &&
	    (control = control_socket_open(path, 0, NULL, error)) == NULL) {
		listeners_free(listeners);
		excuse(run, error);
		return;
	}
	server = server_new(parts, listeners, control, error);
	if (server == NULL || server_start(server, error) == -1) {
		excuse(run, error);
	} else {
		start_visits(run);
		if (server_run(server) == -1)
			blame(run, "the server gives up");
		(void)pthread_join(run->thread, NULL);
	}
	server_free(server);
}

static void
run_settings(struct run *run, const struct settings *settings)
{
	const struct log_options options = {.path = settings->log_path,
	    .json = settings->log_json,
	    .level = settings->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO};
	struct server_parts parts = {.settings = settings};
	char error[ADDRESSES_ERROR_MAX] = "";
	struct addresses addresses = {.count = 0};
	size_t i;

	for (i = 0; i < settings->bind_count; i++)
		if (addresses_add(&addresses, settings->binds[i],
			settings->port, error) == -1) {
			excuse(run, error);
			return;
		}
	/* Where that fails it is told on stderr, and nobody is notified. */
	parts.notify = notify_open();
	parts.log = log_open(&options);
	if (parts.log != NULL) {
		serve(run, &parts, &addresses);
		log_close(parts.log, LOG_MS);
	} else {
		excuse(run, "the log");
	}
	notify_close(parts.notify);
}

/*
 * What is parsed may be told on stderr, which is none of the reader's business.
 */
static void
run_program(struct run *run)
{
	char *argv[ARGS_MAX + 1];
	struct settings settings;
	int argc, saved, null;

	for (argc = 0; run->way->args[argc] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)run->way->args[argc];
	argv[argc] = NULL;
	saved = dup(STDERR_FILENO);
	null = open("/dev/null", O_WRONLY);
	(void)dup2(null, STDERR_FILENO);
	fault_stay_in();
	if (settings_parse(&settings, argc, argv) == OPTIONS_RUN)
		run_settings(run, &settings);
	else
		excuse(run, "usage");
	settings_end(&settings);
	fault_stay_out();
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(null);
}

static size_t
count(const char *text, const char *word)
{
	size_t n;

	for (n = 0; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

/* Whether the last that is open in the log is this. */
static bool
is_last(const char *text, const char *word)
{
	const char *at, *last = text;

	while ((at = strstr(last + 1, "open=")) != NULL)
		last = at;
	return strncmp(last, word, strlen(word)) == 0;
}

/*
 * Each that came has gone, and all that was read was sent. A file that refused
 * the log at the very end has less in it: that is allowed.
 */
static void
check_log(struct run *run)
{
	char *text = scratch_read(log_path, NULL);

	if (text == NULL) {
		blame(run, "there is no log");
		return;
	}
	if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
		blame(run, "the log ends within a line");
	if (count(text, run->way->connect) != count(text, run->way->close))
		blame(run, "the log has not as many ends as beginnings");
	/* Two workers may tell of it in another order than it happened. */
	if (!run->way->signals && count(text, run->way->close) > 0 &&
	    !is_last(text, "open=0\n"))
		blame(run, "a place stays taken");
	if (run->visits.port != 0 && count(text, "stop") == 0)
		blame(run, "the log has no end");
	free(text);
}

static bool
hits_the_log(void)
{
	const struct fault *fault = fault_armed();

	return sweep_price() > 0 &&
	    (strcmp(fault_table[fault->call].name, "write") == 0 ||
		strcmp(fault_table[fault->call].name, "open") == 0);
}

static void
run_notifying(struct run *run)
{
	const char *wrong;
	int fd;

	fd = superior_open(notify_path);
	run_program(run);
	wrong = superior_close(fd, sweep_price() == 0);
	if (wrong != NULL)
		blame(run, wrong);
}

static const char *
play(const struct way *way)
{
	static struct run run;

	run = (struct run){.way = way, .visits.proxied = way->proxied};
	(void)unlink(log_path);
	if (way->notifies)
		run_notifying(&run);
	else
		run_program(&run);
	if (run.visits.wrong != NULL)
		return run.visits.wrong;
	if (run.visits.lost > sweep_price())
		return sweep_price() > 0 ? "more clients are lost than calls"
					 : "a client is lost";
	if (run.wrong == NULL && !hits_the_log() && run.visits.port != 0)
		check_log(&run);
	return run.wrong;
}

static char socket_name[PATH_SIZE + 8];

static const char *
play_plain(void)
{
	static const struct way way = {
	    .args = {"yodeld", "-p", "0", "-b", "127.0.0.1", "-b", socket_name,
		"-l", log_path, NULL},
	    .connect = "connect #",
	    .close = "close   #",
	    .unix_too = true,
	};

	return play(&way);
}

static const char *
play_crew(void)
{
	static const struct way way = {
	    .args = {"yodeld", "-p", "0", "-b", "127.0.0.1", "-t", "2",
		"--max-per-ip", "100", "--idle-timeout", "1m", "--log-data",
		"on", "--log-format=json", "--control", control_path, "-l",
		log_path},
	    .connect = "\"connect\"",
	    .close = "\"close\"",
	    .signals = true,
	    .control = true,
	};

	return play(&way);
}

static const char *
play_proxied(void)
{
	static const struct way way = {
	    .args = {"yodeld", "-p", "0", "-b", "127.0.0.1", "--max-per-ip",
		"100", "--proxy-protocol", "--allow", "any", "-l", log_path,
		NULL},
	    .connect = "connect #",
	    .close = "close   #",
	    .proxied = true,
	};

	return play(&way);
}

static const char *
play_idle(void)
{
	static const struct way way = {
	    .args = {"yodeld", "-p", "0", "-b", "127.0.0.1", "--idle-timeout",
		"10ms", "--spin", "1us", "-l", log_path, NULL},
	    .connect = "connect #",
	    .close = "close   #",
	    .idle = true,
	    .notifies = true,
	};

	return play(&way);
}

static const char *
play_brief(void)
{
	static const struct way way = {
	    .args = {"yodeld", "-p", "0", "-b", "127.0.0.1", "-b", socket_name,
		"-t", "2", "--max-per-ip", "100", "--stall-timeout", "1m",
		"--control", control_path, "-l", log_path},
	    .connect = "connect #",
	    .close = "close   #",
	    .control = true,
	    .brief = true,
	};

	return play(&way);
}

static void
sweep_named(const char *name, const char *(*scene)(void))
{
	const struct sweep_scene sweep = {.name = name,
	    .play = scene,
	    .burst = BURST,
	    .whole = scene == play_brief};

	(void)scratch_path(log_path, sizeof(log_path), "fault.log");
	(void)scratch_path(socket_path, sizeof(socket_path), "fault.sock");
	(void)scratch_path(control_path, sizeof(control_path), "control.sock");
	(void)scratch_path(notify_path, sizeof(notify_path), "notify.sock");
	(void)snprintf(
	    socket_name, sizeof(socket_name), "unix:%s", socket_path);
	sweep_play(&sweep);
}

static void
test_any_call_may_fail_and_at_most_one_client_is_lost(void **state)
{
	(void)state;
	sweep_named("plain", play_plain);
}

static void
test_any_call_may_fail_with_two_workers(void **state)
{
	(void)state;
	sweep_named("crew", play_crew);
}

static void
test_any_call_may_fail_behind_a_balancer(void **state)
{
	(void)state;
	sweep_named("proxied", play_proxied);
}

static void
test_who_is_silent_is_closed_whatever_call_has_failed(void **state)
{
	(void)state;
	sweep_named("idle", play_idle);
}

/* From the first call to the last, each of them: most are of the start. */
static void
test_any_call_of_a_brief_life_may_fail(void **state)
{
	(void)state;
	sweep_named("brief", play_brief);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_any_call_may_fail_and_at_most_one_client_is_lost),
	    cmocka_unit_test(test_any_call_may_fail_with_two_workers),
	    cmocka_unit_test(test_any_call_may_fail_behind_a_balancer),
	    cmocka_unit_test(
		test_who_is_silent_is_closed_whatever_call_has_failed),
	    cmocka_unit_test(test_any_call_of_a_brief_life_may_fail),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("fault: server", tests, NULL, NULL);
}
