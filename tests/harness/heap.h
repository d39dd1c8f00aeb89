/* heap: what malloc(3) has given out. */

#ifndef HARNESS_HEAP_H
#define HARNESS_HEAP_H

#include <stddef.h>

/* In bytes; 0 where the C library does not say so. */
size_t		 heap_bytes(void);

#endif
