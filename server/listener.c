#include "listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "log.h"
#include "loop.h"
#include "remote.h"

#define LISTENER_BACKLOG 65535 /* the system cuts it to its own maximum */
#define LISTENER_ROUND	 64    /* newcomers at once, then clients have a turn */
#define LISTENER_REST_MS 100   /* how long what can't be accepted has to wait */

#define LISTENER_KEEP_IDLE_S	 60
#define LISTENER_KEEP_INTERVAL_S 10
#define LISTENER_KEEP_COUNT	 6

struct listener {
	struct loop_source source;
	struct loop_source rest;
	struct listener_handler handler;
	struct loop *loop; /* NULL before listener_start() */
	struct log *log;
	int fd;
	uint16_t port;
	dev_t dev; /* of a Unix socket's path, as it was made */
	ino_t ino;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	char text[ENDPOINT_TEXT_MAX];
};

static void listener_on_readable(void *, const struct loop_event *);
static void listener_on_rested(void *, const struct loop_event *);

/*
 * Set once here, not for each client: an accepted socket inherits what its
 * listener has (the BSDs' accept(2) says so, Linux does so). Each is a help
 * only, so where the system does without one, so do we. TCP_USER_TIMEOUT is not
 * among them: it counts the time that a window is too small too, and a reader
 * that is slow would be cut off with a part of its echo.
 */
static void
listener_set_tcp(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		/* RFC 6093: urgent data is data, which wants its echo too. */
		{SOL_SOCKET, SO_OOBINLINE, 1},
#if defined(TCP_KEEPIDLE)
		{IPPROTO_TCP, TCP_KEEPIDLE, LISTENER_KEEP_IDLE_S},
#elif defined(TCP_KEEPALIVE)
		{IPPROTO_TCP, TCP_KEEPALIVE, LISTENER_KEEP_IDLE_S},
#endif
#ifdef TCP_KEEPINTVL
		{IPPROTO_TCP, TCP_KEEPINTVL, LISTENER_KEEP_INTERVAL_S},
		{IPPROTO_TCP, TCP_KEEPCNT, LISTENER_KEEP_COUNT},
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value));
}

/* Remembers which file is ours: the path may be another server's later. */
static int
listener_note_path(struct listener *listener, const struct sockaddr_un *un)
{
	struct stat st;

	memcpy(listener->path, un->sun_path, sizeof(un->sun_path));
	if (lstat(listener->path, &st) == -1)
		return -1;
	listener->dev = st.st_dev;
	listener->ino = st.st_ino;
	return 0;
}

/* How it is called: its socket knows best. */
static int
listener_note_name(struct listener *listener)
{
	struct endpoint_addr name;
	struct remote remote;

	name.len = sizeof(name.sa);
	if (getsockname(listener->fd, (struct sockaddr *)&name.sa, &name.len) ==
	    -1)
		return -1;
	(void)endpoint_addr_format(listener->text, sizeof(listener->text),
	    (struct sockaddr *)&name.sa, name.len);
	if (name.sa.ss_family == AF_UNIX)
		return 0;
	remote_set(&remote, (struct sockaddr *)&name.sa);
	listener->port = remote.port;
	listener_set_tcp(listener->fd);
	return 0;
}

static struct listener *
listener_alloc(void)
{
	struct listener *listener;

	listener = calloc(1, sizeof(*listener));
	if (listener == NULL)
		return NULL;
	listener->source.fn = listener_on_readable;
	listener->source.arg = listener;
	listener->rest.fn = listener_on_rested;
	listener->rest.arg = listener;
	listener->fd = -1;
	return listener;
}

struct listener *
listener_new(const struct endpoint_addr *addr)
{
	struct listener *listener;
	int saved_errno;

	listener = listener_alloc();
	if (listener == NULL)
		return NULL;
	listener->fd = endpoint_listen(addr, LISTENER_BACKLOG);
	if (listener->fd == -1 || listener_note_name(listener) == -1)
		goto fail;
	if (addr->sa.ss_family == AF_UNIX &&
	    listener_note_path(
		listener, (const struct sockaddr_un *)&addr->sa) == -1)
		goto fail;
	return listener;

fail:
	saved_errno = errno;
	listener_free(listener);
	errno = saved_errno;
	return NULL;
}

struct listener *
listener_inherit(int fd)
{
	struct listener *listener;
	int saved_errno;

	listener = listener_alloc();
	if (listener == NULL) {
		(void)close(fd);
		errno = ENOMEM;
		return NULL;
	}
	listener->fd = fd;
	if (listener_note_name(listener) == 0)
		return listener;
	saved_errno = errno;
	listener_free(listener);
	errno = saved_errno;
	return NULL;
}

/*
 * Before the socket is closed: as long as it is open the number of its inode is
 * not given to another file.
 */
static bool
listener_has_path(const struct listener *listener)
{
	struct stat st;

	return lstat(listener->path, &st) == 0 && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino;
}

int
listener_give_path(const struct listener *listener, uid_t uid, gid_t gid)
{
	if (listener_has_path(listener))
		return lchown(listener->path, uid, gid);
	errno = ENOENT;
	return -1;
}

void
listener_free(struct listener *listener)
{
	if (listener == NULL)
		return;
	if (listener->loop != NULL) {
		loop_timer_stop(listener->loop, &listener->rest);
		(void)loop_io_set(
		    listener->loop, &listener->source, listener->fd, 0);
	}
	if (listener->path[0] != '\0' && listener_has_path(listener))
		(void)unlink(listener->path);
	if (listener->fd != -1)
		(void)close(listener->fd);
	free(listener);
}

static int
listener_watch(struct listener *listener)
{
	return loop_io_set(listener->loop, &listener->source, listener->fd,
	    LOOP_READ | LOOP_NODATA);
}

int
listener_start(struct listener *listener, struct loop *loop, struct log *log,
    const struct listener_handler *handler)
{
	listener->loop = loop;
	listener->log = log;
	listener->handler = *handler;
	return listener_watch(listener);
}

static void
listener_log_error(struct listener *listener, int error)
{
	struct log_field fields[] = {
	    log_text("addr", listener->text),
	    log_errno(error),
	};

	log_event(listener->log, LOG_LEVEL_WARNING, "error", fields,
	    sizeof(fields) / sizeof(fields[0]));
}

/*
 * Who can't be accepted stays in the backlog, where it would be reported again
 * and again: looking away for a moment keeps that from burning the processor.
 */
static void
listener_rest(struct listener *listener, int error)
{
	listener_log_error(listener, error);
	if (loop_timer_repeat(
		listener->loop, &listener->rest, LISTENER_REST_MS) == -1)
		return;
	(void)loop_io_set(listener->loop, &listener->source, listener->fd, 0);
}

static void
listener_on_rested(void *arg, const struct loop_event *ev)
{
	struct listener *listener = arg;

	(void)ev;
	/* Where that fails too, it is tried again after another rest. */
	if (listener_watch(listener) == 0)
		loop_timer_stop(listener->loop, &listener->rest);
	else
		listener_log_error(listener, errno);
}

/* Whether it is over for now; what only one newcomer died of is not. */
static bool
listener_give_up(struct listener *listener, int error)
{
	switch (error) {
	case EAGAIN:
#if EWOULDBLOCK != EAGAIN
	case EWOULDBLOCK:
#endif
		return true;
	case EMFILE:
	case ENFILE:
		if (listener->handler.crowded(
			listener->handler.arg, listener->fd) == 0)
			return false;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return true;
		listener_rest(listener, error);
		return true;
	case ENOMEM:
	case ENOBUFS:
	case EBADF:
	case EINVAL:
		listener_rest(listener, error);
		return true;
	default:
		return false;
	}
}

/* Who has no address of its own is known by where it came in. */
static void
listener_pass_on(struct listener *listener, int fd, struct remote *remote)
{
	if (remote_is_unix(remote))
		remote->port = listener->handler.number;
	listener->handler.arrived(listener->handler.arg, fd, remote);
}

static void
listener_on_readable(void *arg, const struct loop_event *ev)
{
	struct listener *listener = arg;
	struct remote remote;
	int fd, i;

	(void)ev;
	for (i = 0; i < LISTENER_ROUND; i++) {
		fd = remote_accept(listener->fd, &remote);
		if (fd != -1)
			listener_pass_on(listener, fd, &remote);
		else if (listener_give_up(listener, errno))
			return;
	}
}

uint16_t
listener_port(const struct listener *listener)
{
	return listener->port;
}

const char *
listener_path(const struct listener *listener)
{
	return listener->path;
}

const char *
listener_text(const struct listener *listener)
{
	return listener->text;
}
