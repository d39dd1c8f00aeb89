/*
 * confine: what is left of the process's rights once all is open: those of
 * --user, inside of the sandbox.
 */

#ifndef YODEL_CONFINE_H
#define YODEL_CONFINE_H

struct addresses;
struct log;
struct settings;

#define CONFINE_ERROR_MAX	512

/*
 * As the settings say; the paths of Unix sockets among the addresses (NULL:
 * none is its own) and the control socket's (NULL: there is none) can still be
 * removed. Who stays root is warned in the log.
 * Returns 0, or -1 with a text in error[CONFINE_ERROR_MAX]: the process must
 * not go on then.
 */
int		 confine(const struct settings *, const struct addresses *,
		    const char *control, struct log *, char *error);

#endif
