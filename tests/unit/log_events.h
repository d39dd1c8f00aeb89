/* log_events: events as yodeld logs them, made up from a seed. */

#ifndef UNIT_LOG_EVENTS_H
#define UNIT_LOG_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"

struct log_event_made {
	enum log_level level;
	const char *name;
	struct log_field fields[8];
	size_t	 count;
	char	 text[2][256];	/* as bad as they come */
};

uint32_t	 log_events_random(void);

void		 log_events_make(struct log_event_made *);

/* The line, without its newline; not terminated. Returns its bytes. */
size_t		 log_events_format(char buf[LOG_LINE_MAX], bool json,
		    const struct log_event_made *);

#endif
