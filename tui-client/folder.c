#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "candidates.h"
#include "folder.h"
#include "home.h"

#define NAME_BYTES 1024
#define STATS_MAX  64 /* matches whose kind is looked up */

/* "dir/" of "dir/na" is what is opened, "." of "na". */
static DIR *
folder_open(const char *path, size_t len)
{
	char typed[PATH_MAX], expanded[PATH_MAX];

	if (len == 0)
		return opendir(".");
	if (len >= sizeof(typed))
		return NULL;
	memcpy(typed, path, len);
	typed[len] = '\0';
	if (home_expand(expanded, sizeof(expanded), typed) == -1)
		return NULL;
	return opendir(expanded);
}

static bool
folder_matches(const char *entry, const char *name)
{
	if (strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0)
		return false;
	if (entry[0] == '.' && name[0] != '.')
		return false;
	return strncmp(entry, name, strlen(name)) == 0;
}

static bool
folder_is_directory(DIR *dir, const char *entry)
{
	struct stat st;

	return fstatat(dirfd(dir), entry, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static void
folder_add(DIR *dir, const char *entry, struct candidates *found)
{
	char text[NAME_BYTES];
	int n = snprintf(text, sizeof(text), "%s%s", entry,
	    found->count < STATS_MAX && folder_is_directory(dir, entry) ? "/"
									: "");

	if (n > 0 && (size_t)n < sizeof(text))
		candidates_add(found, text);
}

size_t
folder_match(const char *path, struct candidates *found)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	DIR *dir = folder_open(path, (size_t)(name - path));
	struct dirent *entry;

	if (dir == NULL)
		return (size_t)(name - path);
	for (int i = 0; i < FOLDER_ENTRIES; i++) {
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (folder_matches(entry->d_name, name))
			folder_add(dir, entry->d_name, found);
	}
	closedir(dir);
	candidates_sort(found);
	return (size_t)(name - path);
}
