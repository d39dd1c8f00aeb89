/* servers: see servers.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "servers.h"

#define PATH_BYTES   4096
#define SPIN_CLIENTS 50 /* with more of them it never has to wait */

#define OURS "@/yodeld", "-b", "127.0.0.1", "-p", "%"
#define LOG  "@/bench-yodeld.log"

#define WATCHED "@/tests/bench/watched", "@/bench-yodeld.sock"

static const struct server servers[] = {
    {.name = SERVERS_OURS,
	.what = "this project's server, without a log",
	.argv = {OURS, "-q"}},
    {.name = SERVERS_LOG,
	.what = "the same, with a log in a file",
	.argv = {OURS, "-l", LOG, "--log-data", "off"},
	.variant = true},
    {.name = SERVERS_DATA,
	.what = "the same, with a log of what clients say",
	.argv = {OURS, "-l", LOG, "--log-data", "on"},
	.variant = true},
    {.name = SERVERS_SPIN,
	.what = "without a log, --spin 50us: polls before it sleeps",
	.argv = {OURS, "-q", "--spin", "50us"},
	.variant = true,
	.clients_max = SPIN_CLIENTS},
    {.name = SERVERS_WATCH,
	.what = "without a log, and somebody who watches it",
	.argv = {WATCHED, OURS, "-q"},
	.variant = true},
    {.name = SERVERS_DATA_WATCH,
	.what = "with a log of what clients say, and somebody who watches it",
	.argv = {WATCHED, OURS, "-l", LOG, "--log-data", "on"},
	.variant = true},
    {.name = "yodeld-2",
	.what = "without a log, --threads 2",
	.argv = {OURS, "-q", "--threads", "2"},
	.variant = true},
    {.name = "epoll",
	.what = "raw epoll: read, write, nothing else",
	.argv = {"@/tests/bench/peer_epoll", "%"}},
    {.name = "kqueue",
	.what = "raw kqueue, on Linux over this project's layer",
	.argv = {"@/tests/bench/peer_kqueue", "%"}},
    {.name = "libev",
	.what = "libev: read and write in its callback",
	.argv = {"@/tests/bench/peer_libev", "%"}},
    {.name = "libuv",
	.what = "libuv with one buffer and uv_try_write",
	.argv = {"@/tests/bench/peer_libuv", "%"}},
    {.name = "libuv-sample",
	.what = "libuv as in its guide",
	.argv = {"@/tests/bench/peer_libuv", "sample", "%"}},
    {.name = "libevent",
	.what = "libevent's bufferevent as it comes: 16 KiB at once",
	.argv = {"@/tests/bench/peer_libevent", "%"}},
    {.name = "threads",
	.what = "a thread for each client",
	.argv = {"@/tests/bench/peer_threads", "%"},
	.clients_max = 2000},
    {.name = "socat",
	.what = "socat TCP-LISTEN:PORT,fork PIPE",
	.argv = {"socat",
	    "TCP-LISTEN:%,bind=127.0.0.1,fork,reuseaddr,backlog=1024", "PIPE"},
	.clients_max = 100},
    {.name = "ncat",
	.what = "ncat -l -k --exec /bin/cat",
	.argv = {"ncat", "-l", "-k", "-m", "200", "--exec", "/bin/cat",
	    "127.0.0.1", "%"},
	.clients_max = 100},
    {.name = "asyncio",
	.what = "Python's asyncio streams",
	.argv = {"python3", "tests/bench/peer_asyncio.py", "%"}},
};

#define COUNT (sizeof(servers) / sizeof(servers[0]))

const char *
servers_baseline(void)
{
#ifdef __linux__
	return "epoll";
#else
	return "kqueue";
#endif
}

/* Is the word among those that blanks separate? */
static bool
has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = words; (p = strstr(p, word)) != NULL; p += len)
		if ((p == words || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

static bool
is_wanted(const struct server *s, const char *names)
{
	if (strcmp(s->name, SERVERS_OURS) == 0 ||
	    strcmp(s->name, servers_baseline()) == 0)
		return true;
	return names == NULL || has_word(names, s->name);
}

static bool
all_known(const char *names)
{
	char words[PATH_BYTES];
	char *rest = NULL, *word;
	size_t i;

	if (strlen(names) >= sizeof(words))
		return false;
	memcpy(words, names, strlen(names) + 1);
	for (word = strtok_r(words, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		for (i = 0; i < COUNT; i++)
			if (strcmp(servers[i].name, word) == 0)
				break;
		if (i == COUNT)
			return false;
	}
	return true;
}

bool
servers_in_path(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char full[PATH_BYTES];

	for (; path != NULL && *path != '\0';
	     path = *end == ':' ? end + 1 : end) {
		end = path + strcspn(path, ":");
		if (snprintf(full, sizeof(full), "%.*s/%s", (int)(end - path),
			path, name) < (int)sizeof(full) &&
		    access(full, X_OK) == 0)
			return true;
	}
	return false;
}

static bool
is_installed(const struct server *s, const char *dir)
{
	char path[PATH_BYTES];

	if (s->argv[0][0] != '@')
		return servers_in_path(s->argv[0]);
	if (snprintf(path, sizeof(path), "%s%s", dir, s->argv[0] + 1) >=
	    (int)sizeof(path))
		return false;
	return access(path, X_OK) == 0;
}

int
servers_choose(const char *names, const char *dir,
    const struct server *chosen[SERVERS_MAX])
{
	int count = 0;
	size_t i;

	if (names != NULL && !all_known(names)) {
		errno = ENOENT;
		return -1;
	}
	for (i = 0; i < COUNT; i++) {
		if (!is_wanted(&servers[i], names))
			continue;
		if (is_installed(&servers[i], dir))
			chosen[count++] = &servers[i];
		else
			printf("left out: %s, which is not installed (%s)\n",
			    servers[i].name, servers[i].what);
	}
	return count;
}
