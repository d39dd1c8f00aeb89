/* superior: what started the server and wants to be told, as systemd does. */

#ifndef SUPERIOR_H
#define SUPERIOR_H

#include <stdbool.h>

/*
 * Listens at path, and has NOTIFY_SOCKET say so. Returns its descriptor; aborts
 * where that can't be.
 */
int		 superior_open(const char *path);

/*
 * Closes it. Returns NULL, or a text that says what is wrong with what it was
 * told; with whole it has to be all that there is to tell.
 */
const char	*superior_close(int fd, bool whole);

#endif
