#include "target.h"

#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control_find.h"
#include "visible.h"

#define TARGET_WAIT_MS 1000 /* for what a yodeld has to say of itself */

/* "yodel: PATH: WHAT"; neither has been made visible. */
static int
target_complain(const char *path, const char *what)
{
	char who[1024], text[512];

	(void)visible_text(who, sizeof(who), path, strlen(path), 0, 0);
	(void)visible_text(text, sizeof(text), what, strlen(what), 0, 0);
	(void)fprintf(stderr, "yodel: %s: %s\n", who, text);
	return -1;
}

/* What it is that is neither a socket nor a file. */
static const char *
target_kind_name(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a directory";
	if (S_ISFIFO(mode))
		return "a FIFO";
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return "a device";
	return "something else";
}

static int
target_barred(const char *path, const struct stat *st, int error)
{
	const struct passwd *owner = getpwuid(st->st_uid);
	char text[512], uid[32];

	if (error != EACCES)
		return target_complain(path, strerror(error));
	(void)snprintf(uid, sizeof(uid), "user %ju", (uintmax_t)st->st_uid);
	(void)snprintf(text, sizeof(text), "%s: it belongs to %s",
	    strerror(error), owner != NULL ? owner->pw_name : uid);
	return target_complain(path, text);
}

static int
target_name(struct target *t, const char *path)
{
	struct stat st;
	char text[128];

	if (strlen(path) >= sizeof(t->path))
		return target_complain(path, strerror(ENAMETOOLONG));
	(void)snprintf(t->path, sizeof(t->path), "%s", path);
	if (stat(path, &st) == -1)
		return target_complain(path, strerror(errno));
	if (!S_ISSOCK(st.st_mode) && !S_ISREG(st.st_mode)) {
		(void)snprintf(text, sizeof(text),
		    "%s: a control socket or a log file is wanted",
		    target_kind_name(st.st_mode));
		return target_complain(path, text);
	}
	t->kind = S_ISSOCK(st.st_mode) ? TARGET_CONTROL : TARGET_FILE;
	if (access(path, t->kind == TARGET_FILE ? R_OK : R_OK | W_OK) == -1)
		return target_barred(path, &st, errno);
	return 0;
}

static int
target_none(const char *dir)
{
	char text[2 * CONTROL_PATH_MAX];

	(void)snprintf(text, sizeof(text),
	    "no yodeld of yours is running (looked in %s); start one, or name "
	    "its control socket or a log file",
	    dir);
	return target_complain("--watch", text);
}

static void
target_print(const char *text)
{
	char safe[1024];

	(void)visible_text(safe, sizeof(safe), text, strlen(text), 0, 0);
	(void)fputs(safe, stderr);
}

static int
target_several(const struct control_found *found, int count)
{
	(void)fputs("yodel: --watch: which one of these? name it\n", stderr);
	for (; count > 0; count--, found++) {
		target_print(found->path);
		if (!found->answers) {
			(void)fputs("  does not answer\n", stderr);
			continue;
		}
		(void)fputs("  ", stderr);
		target_print(found->addr);
		(void)fprintf(stderr, "  %ju client%s  pid %ju\n",
		    (uintmax_t)found->clients, found->clients == 1 ? "" : "s",
		    (uintmax_t)found->pid);
	}
	return -1;
}

/* Anyone may have made a directory in /tmp, and listen there. */
static bool
target_is_ours(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == -1 ||
	    (S_ISDIR(st.st_mode) && st.st_uid == getuid());
}

/* The only one that answers; others may hang beside it. */
static int
target_search(struct target *t)
{
	struct control_found found[CONTROL_FIND_MAX];
	char dir[CONTROL_PATH_MAX];
	int i, count, answering = 0;

	if (control_path_dir(dir, getuid()) == -1)
		return target_complain("--watch", strerror(errno));
	if (!target_is_ours(dir))
		return target_complain(
		    dir, "it is somebody else's: nobody there is believed");
	if ((count = control_find(found, dir, TARGET_WAIT_MS)) == -1)
		return target_complain("--watch", strerror(errno));
	for (i = 0; i < count; i++) {
		if (!found[i].answers)
			continue;
		answering++;
		memcpy(t->path, found[i].path, sizeof(found[i].path));
	}
	if (count == 0)
		return target_none(dir);
	if (answering != 1)
		return target_several(found, count);
	t->kind = TARGET_CONTROL;
	return 0;
}

int
target_find(struct target *t, const char *path)
{
	static const char prefix[] = "unix:";

	if (path == NULL)
		return target_search(t);
	if (strncmp(path, prefix, sizeof(prefix) - 1) == 0)
		path += sizeof(prefix) - 1;
	return target_name(t, path);
}
