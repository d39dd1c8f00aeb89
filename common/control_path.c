#include "control_path.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "yodeld-"
#define SUFFIX ".sock"

static int
path_fits(int len)
{
	if (len >= 0 && len < CONTROL_PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

const char *
control_path_runtime_dir(uid_t uid)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (dir == NULL || dir[0] != '/' || stat(dir, &st) == -1 ||
	    !S_ISDIR(st.st_mode) || st.st_uid != uid)
		return NULL;
	return dir;
}

int
control_path_dir(char dir[CONTROL_PATH_MAX], uid_t uid)
{
	const char *runtime = control_path_runtime_dir(uid);

	if (runtime != NULL)
		return path_fits(
		    snprintf(dir, CONTROL_PATH_MAX, "%s", runtime));
	return path_fits(snprintf(
	    dir, CONTROL_PATH_MAX, "/tmp/yodel-%" PRIuMAX, (uintmax_t)uid));
}

int
control_path_make_dir(const char *dir)
{
	struct stat st;

	if (mkdir(dir, S_IRWXU) == 0)
		return 0;
	if (errno != EEXIST || lstat(dir, &st) == -1)
		return -1;
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return 0;
	errno = EPERM;
	return -1;
}

int
control_path_format(char path[CONTROL_PATH_MAX], const char *dir, uint16_t port)
{
	if (port > 0)
		return path_fits(snprintf(path, CONTROL_PATH_MAX,
		    "%s/" PREFIX "%" PRIu16 SUFFIX, dir, port));
	return path_fits(snprintf(path, CONTROL_PATH_MAX,
	    "%s/" PREFIX "pid%" PRIdMAX SUFFIX, dir, (intmax_t)getpid()));
}

static bool
is_control_name(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(PREFIX SUFFIX) &&
	    strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
	    strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static bool
is_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

int
control_path_each(
    const char *dir, void (*fn)(void *arg, const char *path), void *arg)
{
	char path[CONTROL_PATH_MAX];
	struct dirent *entry;
	int saved_errno;
	DIR *stream;

	stream = opendir(dir);
	if (stream == NULL)
		return -1;
	for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0)
		if (is_control_name(entry->d_name) &&
		    path_fits(snprintf(path, sizeof(path), "%s/%s", dir,
			entry->d_name)) == 0 &&
		    is_socket(path))
			fn(arg, path);
	saved_errno = errno;
	(void)closedir(stream);
	errno = saved_errno;
	return saved_errno == 0 ? 0 : -1;
}
