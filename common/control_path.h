/*
 * control_path: where control sockets are, for the yodeld that binds one and
 * for whoever looks for it.
 */

#ifndef YODEL_CONTROL_PATH_H
#define YODEL_CONTROL_PATH_H

#include <stdint.h>
#include <sys/types.h>

#define CONTROL_PATH_MAX	256

/*
 * $XDG_RUNTIME_DIR where that is a directory of this user's, as the XDG
 * specification has it, or NULL.
 */
const char	*control_path_runtime_dir(uid_t uid);

/*
 * The directory of a user's control sockets: $XDG_RUNTIME_DIR where that is a
 * directory of this user's, else /tmp/yodel-UID, which need not be there.
 * Returns 0, or -1 with ENAMETOOLONG.
 */
int		 control_path_dir(char dir[CONTROL_PATH_MAX], uid_t uid);

/*
 * Makes it (0700) where it is not there. In /tmp anyone may have made anything
 * under that name first: EPERM unless it is a directory, and not a link to one,
 * that is this process's user's alone. Returns 0, or -1 with errno.
 */
int		 control_path_make_dir(const char *dir);

/*
 * The default path for a port, or without one (0) for this process:
 * dir/yodeld-8080.sock, dir/yodeld-pid4711.sock. Returns 0, or -1 with
 * ENAMETOOLONG.
 */
int		 control_path_format(char path[CONTROL_PATH_MAX],
		    const char *dir, uint16_t port);

/*
 * Calls fn with the path of each socket in dir that has such a name, in no
 * order; whether anybody answers there is not asked. Returns 0, or -1 with
 * errno: ENOENT when there is no such directory.
 */
int		 control_path_each(const char *dir,
		    void (*fn)(void *arg, const char *path), void *arg);

#endif
