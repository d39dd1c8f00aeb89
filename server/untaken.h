/* untaken: how much of what was sent its receiver has not taken yet. */

#ifndef YODEL_UNTAKEN_H
#define YODEL_UNTAKEN_H

#include <stdint.h>

/*
 * The bytes that write(2) has handed to this socket and that the other end has
 * not acknowledged (TCP), or read (Unix); -1 where the system does not tell.
 */
int64_t		 untaken_bytes(int fd);

#endif
