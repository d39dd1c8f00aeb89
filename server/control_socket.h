/*
 * control_socket: where a yodeld has its control socket. It can be used by its
 * own user only: mode 0600, and by default in a directory that nobody else can
 * enter (control_path.h).
 */

#ifndef YODEL_CONTROL_SOCKET_H
#define YODEL_CONTROL_SOCKET_H

#include <stdint.h>

#include "control_path.h"

struct listener;
struct privileges_ids;

#define CONTROL_SOCKET_ERROR_MAX (CONTROL_PATH_MAX + 128)

/*
 * Listens at path or, where that is NULL, at the default one for the port, in a
 * directory that is made if need be. A socket that nobody answers at is
 * replaced, a live one is not, nor any other file; the path goes with
 * listener_free(), as far as the process may remove it then.
 *
 * owner, where root asks for it, is whose socket it is to be: it is made with
 * that user's rights. A path where that user may make none is root's to make,
 * in directories that nobody but root can change, and is then given to the
 * user, who can't remove it. NULL: it is for the process's own user.
 *
 * Before there are threads that make files. Returns NULL with a text in
 * error[CONTROL_SOCKET_ERROR_MAX] that names the path.
 */
struct listener	*control_socket_open(const char *path, uint16_t port,
		    const struct privileges_ids *owner, char *error);

#endif
