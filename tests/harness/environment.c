#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"
#include "harness.h"
#include "scratch.h"

#define TEXT_MAX 256

static const char *const fixed[] = {
    "TERM=xterm-256color",
    "LC_ALL=C.UTF-8",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
};

static const char *const directories[] = {
    "HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
};

#define FIXED	    (sizeof(fixed) / sizeof(*fixed))
#define DIRECTORIES (sizeof(directories) / sizeof(*directories))

static char *
copy(const char *text)
{
	char *own = strdup(text);

	if (own == NULL)
		fail_msg("no memory");
	return own;
}

char **
environment_new(const char *const *wanted)
{
	size_t n = 0, nwanted = 0;
	char text[TEXT_MAX];
	char **env;

	while (wanted != NULL && wanted[nwanted] != NULL)
		nwanted++;
	env = calloc(FIXED + DIRECTORIES + nwanted + 1, sizeof(*env));
	if (env == NULL)
		fail_msg("no memory");
	for (size_t i = 0; i < FIXED; i++)
		env[n++] = copy(fixed[i]);
	for (size_t i = 0; i < DIRECTORIES; i++) {
		snprintf(
		    text, sizeof(text), "%s=%s", directories[i], scratch_dir());
		env[n++] = copy(text);
	}
	for (size_t i = 0; i < nwanted; i++)
		env[n++] = copy(wanted[i]);
	return env;
}

void
environment_free(char **env)
{
	for (size_t i = 0; env[i] != NULL; i++)
		free(env[i]);
	free(env);
}
