/*
 * control_socket: where a yodeld has its control socket. It can be used by its
 * own user only: mode 0600, and by default in a directory that nobody else can
 * enter.
 */

#ifndef YODEL_CONTROL_SOCKET_H
#define YODEL_CONTROL_SOCKET_H

#include <stdint.h>

#include "control_path.h"

struct listener;

#define CONTROL_SOCKET_ERROR_MAX (CONTROL_PATH_MAX + 128)

/*
 * The default path for this port, as control_path.h has it, in a directory that
 * is made if need be. Returns 0, or -1 with a text in
 * error[CONTROL_SOCKET_ERROR_MAX].
 */
int		 control_socket_place(char path[CONTROL_PATH_MAX],
		    uint16_t port, char *error);

/*
 * Listens there. A socket that nobody answers at is replaced, a live one is not,
 * nor any other file; the path goes with listener_free(). Before there are
 * threads that make files. Returns NULL with a text as above.
 */
struct listener	*control_socket_open(const char *path, char *error);

#endif
