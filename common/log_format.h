/* log_format: one event -> one line, text or JSON. Pure; needs no locale. */

#ifndef YODEL_LOG_FORMAT_H
#define YODEL_LOG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"

#define LOG_STAMP_MAX	40
#define LOG_BODY_MAX	(LOG_LINE_MAX - LOG_STAMP_MAX)
#define LOG_ERROR_MAX	256
/* Of a line of text: level and event are blanks longer where they are shorter. */
#define LOG_LEVEL_COLUMNS	5
#define LOG_EVENT_COLUMNS	7

/* The beginning of a line: when. Zero it first; it remembers the second. */
struct log_stamp {
	int64_t	 second;
	bool	 known;
	size_t	 len;			/* bytes of text */
	char	 text[LOG_STAMP_MAX];	/* not terminated */
};

/* Sets text and len for this time: local time, or UTC in JSON. */
void		 log_format_stamp(struct log_stamp *, bool json,
		    uint64_t wall_ms);

/*
 * Writes the rest of the line, with its newline and not terminated, into buf.
 * Returns its bytes. A field that no longer fits is left out as a whole.
 */
size_t		 log_format_body(char buf[LOG_BODY_MAX], bool json,
		    enum log_level, const char *event, const struct log_field *,
		    size_t nfields);

/* A whole line that is no event: {"key":value,...}, with its newline. */
size_t		 log_format_object(char buf[LOG_LINE_MAX],
		    const struct log_field *, size_t nfields);

/* The system's words for an errno: strerror(3) is for one thread alone. */
char		*log_format_error(char buf[LOG_ERROR_MAX], int error);

#endif
