/* shown: whether text may be shown; DESIGN's list, written down a second time. */

#ifndef UNIT_SHOWN_H
#define UNIT_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHOWN_JOINER	0x200d	/* may stand behind something, and no sooner */

/* What acts on a terminal, hides or reorders. */
bool		 shown_is_forbidden(int32_t code);

/* UTF-8, and nothing forbidden in it but joiners in their place. */
bool		 shown_is_safe(const char *text, size_t len);

#endif
