#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "visitor.h"

#define PIECE	    16384
#define ANSWERS_MAX 8192

static const char header_start[] = "PROXY TCP4 192.0.2.1 ";
static const char header_end[] = "192.0.2.2 1000 2000\r\n";

static void
wrong(struct visitor *v, const char *text)
{
	if (v->visits->wrong == NULL)
		v->visits->wrong = text;
	v->lost = true;
}

static void
lose(struct visitor *v)
{
	if (!v->lost)
		v->visits->lost++;
	v->lost = true;
}

static bool
wait_for(struct visitor *v, short events)
{
	if (deadline_wait_fd(deadline_in(DEADLINE_MS / 2), v->fd, events))
		return true;
	wrong(v, "a client waits in vain");
	return false;
}

static unsigned char
byte_at(const struct visitor *v, size_t at)
{
	return (unsigned char)(v->seed + at + at / 251);
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	return fd != -1 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0
	    ? fd
	    : -1;
}

static int
connect_inet(uint16_t port, int rcvbuf)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (rcvbuf > 0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	return fd != -1 && connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0
	    ? fd
	    : -1;
}

/* A refusal at the door may reach us before the header is sent. */
static void
send_header(struct visitor *v, const char *part)
{
	if (!v->lost && send(v->fd, part, strlen(part), MSG_NOSIGNAL) == -1)
		lose(v);
}

void
visitor_open(struct visitor *v, struct visits *visits, int rcvbuf)
{
	static unsigned seed;

	*v = (struct visitor){.visits = visits, .seed = ++seed};
	v->fd = visits->path != NULL ? connect_unix(visits->path)
				     : connect_inet(visits->port, rcvbuf);
	if (v->fd == -1) {
		wrong(v, "nobody listens");
		return;
	}
	if (visits->proxied) {
		send_header(v, header_start);
		send_header(v, header_end);
	}
	(void)fcntl(v->fd, F_SETFL, O_NONBLOCK);
}

/* Returns whether the stream goes on. */
static bool
receive(struct visitor *v)
{
	unsigned char piece[PIECE];
	ssize_t n, i;

	n = recv(v->fd, piece, sizeof(piece), 0);
	if (n == -1 && errno == EAGAIN)
		return true;
	if (n <= 0)
		return false;
	for (i = 0; i < n; i++)
		if (piece[i] != byte_at(v, v->got + (size_t)i))
			wrong(v, "another byte came back");
	v->got += (size_t)n;
	if (v->got > v->sent)
		wrong(v, "more came back than was sent");
	return !v->lost;
}

/* Returns whether the socket took some. */
static bool
transmit(struct visitor *v, size_t len)
{
	unsigned char piece[PIECE];
	ssize_t n;
	size_t i;

	len = len < sizeof(piece) ? len : sizeof(piece);
	for (i = 0; i < len; i++)
		piece[i] = byte_at(v, v->sent + i);
	n = send(v->fd, piece, len, MSG_NOSIGNAL);
	if (n > 0)
		v->sent += (size_t)n;
	else if (n == -1 && errno != EAGAIN)
		lose(v);
	return n > 0;
}

void
visitor_echo(struct visitor *v, size_t len)
{
	const size_t end = v->sent + len;

	while (!v->lost && v->got < end) {
		if (v->sent < end && transmit(v, end - v->sent))
			continue;
		if (!v->lost && wait_for(v, POLLIN) && !receive(v))
			lose(v);
	}
}

void
visitor_push(struct visitor *v, size_t len)
{
	const size_t end = v->sent + len;

	while (!v->lost && v->sent < end && transmit(v, end - v->sent))
		continue;
}

void
visitor_finish(struct visitor *v, bool whole)
{
	if (v->fd == -1)
		return;
	if (!v->lost)
		(void)shutdown(v->fd, SHUT_WR);
	while (!v->lost && wait_for(v, POLLIN) && receive(v))
		continue;
	if (whole && v->got != v->sent)
		lose(v);
	(void)close(v->fd);
	v->fd = -1;
}

void
visitor_wait(struct visitor *v)
{
	while (!v->lost && wait_for(v, POLLIN) && receive(v))
		continue;
	if (v->fd != -1)
		(void)close(v->fd);
	v->fd = -1;
}

void
visitor_ask(struct visits *visits, const char *path, const char *text)
{
	struct visitor v = {.visits = visits, .fd = connect_unix(path)};
	char answer;

	if (v.fd == -1) {
		lose(&v);
		return;
	}
	if (send(v.fd, text, strlen(text), MSG_NOSIGNAL) == -1 ||
	    !wait_for(&v, POLLIN) || recv(v.fd, &answer, 1, 0) != 1)
		lose(&v);
	(void)close(v.fd);
}

static unsigned
count_text(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

/* Too few of them is a connection lost; what they say has to be so. */
static void
judge(struct visitor *v, const char *answers, const struct questions *questions)
{
	const unsigned good = count_text(answers, "{\"ok\":true}");
	const unsigned bad = count_text(answers, "{\"ok\":false,");

	if (good + bad < questions->good + questions->bad)
		lose(v);
	else if (good + bad > questions->good + questions->bad)
		wrong(v, "a command has two answers");
	else if (bad < questions->bad)
		wrong(v, "what can't be done is agreed to");
	else if (bad == questions->bad &&
	    strstr(answers, questions->row) == NULL)
		wrong(v, "an answer is said to be good and lacks something");
}

/* Asks and reads to the end. Returns whether it came. */
static bool
converse(struct visitor *v, const char *text, char answers[ANSWERS_MAX])
{
	size_t len = 0;
	ssize_t n;

	answers[0] = '\0';
	if (send(v->fd, text, strlen(text), MSG_NOSIGNAL) == -1 ||
	    shutdown(v->fd, SHUT_WR) == -1)
		return false;
	while (wait_for(v, POLLIN)) {
		n = recv(v->fd, answers + len, ANSWERS_MAX - 1 - len, 0);
		if (n <= 0)
			return n == 0;
		len += (size_t)n;
		answers[len] = '\0';
	}
	return false;
}

void
visitor_ask_all(
    struct visits *visits, const char *path, const struct questions *questions)
{
	struct visitor v = {.visits = visits, .fd = connect_unix(path)};
	char answers[ANSWERS_MAX];

	if (v.fd == -1) {
		lose(&v);
		return;
	}
	if (converse(&v, questions->text, answers))
		judge(&v, answers, questions);
	else
		lose(&v);
	(void)close(v.fd);
}

void
visitor_reset(struct visitor *v)
{
	const struct linger now = {.l_onoff = 1};

	if (v->fd == -1)
		return;
	(void)setsockopt(v->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	(void)close(v->fd);
	v->fd = -1;
}
