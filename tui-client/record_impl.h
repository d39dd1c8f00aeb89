/* record_impl: what the files of record share; for them alone. */

#ifndef YODEL_RECORD_IMPL_H
#define YODEL_RECORD_IMPL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "log_format.h"
#include "record.h"

#define RECORD_NUMBER_MAX	32	/* of a number's text, terminated */
#define RECORD_DATE		11	/* bytes: "2026-11-22 " */
#define RECORD_TIME		12	/* bytes: "14:02:12.140" */
#define RECORD_STAMP		(RECORD_DATE + RECORD_TIME)
/* In text nothing is longer but numbers, time, and the blanks before fields. */
#define RECORD_SPELT_MAX	(RECORD_LINE_MAX + 64 + \
				    RECORD_FIELDS_MAX * RECORD_NUMBER_MAX)

struct record {
	enum record_kind kind;
	int	 level;
	bool	 dated;			/* the first field is a time, */
	bool	 named;			/* behind it and the level is an event */
	const char *line;
	size_t	 len;
	struct record_field fields[RECORD_FIELDS_MAX];
	size_t	 count;
	/* (JSON) the texts are jansson's; numbers and the time are spelt here. */
	json_t	*json;
	char	 numbers[RECORD_FIELDS_MAX][RECORD_NUMBER_MAX];
	struct log_stamp stamp;
	/* (JSON, once asked for) the line as text, the values' offsets in it */
	size_t	 spelt_len;
	size_t	 places[RECORD_FIELDS_MAX];
	char	 spelt[RECORD_SPELT_MAX];
};

/* Begins a record anew, without fields. */
void		 record_begin(struct record *, enum record_kind);

/* One field more; false where there are too many. */
bool		 record_add(struct record *, const struct record_field *);

/* The level with this name, or RECORD_NO_LEVEL. */
int		 record_level_of(const char *name, size_t len);

/*
 * Whether the line is one; false where not: then what the record holds is of no
 * use.
 */
bool		 record_parse_text(struct record *);
bool		 record_parse_json(struct record *);

#endif
