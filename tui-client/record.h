/*
 * record: a line of a log, taken apart: yodeld's text or JSON (see common/log.h),
 * an answer of its control socket, or anything else. Pure; believes nothing. A
 * line that is cut, or longer than RECORD_LINE_MAX, is RECORD_PLAIN.
 *
 * The same event has the same keys and values in both formats: ts, level and
 * event come first, and ts is the local time, as the text has it. A value is
 * what stands between the quotes in text, its backslashes included. Nothing is
 * made visible here: who shows it does that.
 */

#ifndef YODEL_RECORD_H
#define YODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;

#define RECORD_LINE_MAX		16384	/* bytes; an answer may be long */
#define RECORD_FIELDS_MAX	64
#define RECORD_NO_LEVEL		(-1)

enum record_kind {
	RECORD_PLAIN,	/* one field, text: the line as it is */
	RECORD_TEXT,
	RECORD_JSON,	/* an object of texts, numbers, true, false and null */
};

/* Neither is terminated. */
struct record_field {
	const char *key;
	size_t	 key_len;
	const char *text;	/* of a number: as yodeld writes it */
	size_t	 len;
	bool	 number;
};

/* Of nothing yet: a plain, empty line. NULL with ENOMEM. */
struct record	*record_new(void);
void		 record_free(struct record *); /* NULL is fine */

/*
 * Takes line[0..len), without its newline, apart. All that is asked of it then
 * points into the line or into the record, until the next record_parse().
 * Without memory the line is RECORD_PLAIN.
 */
void		 record_parse(struct record *, const char *line, size_t len);

enum record_kind record_kind(const struct record *);

/* An enum log_level, or RECORD_NO_LEVEL. */
int		 record_level(const struct record *);

/* The fields in their order; their number is in *count. */
const struct record_field *record_fields(const struct record *, size_t *count);

/* The field with this key, or NULL. */
const struct record_field *record_find(const struct record *, const char *key);

/* Whether it has this key with this text: record_is(r, "event", "close"). */
bool		 record_is(const struct record *, const char *key,
		    const char *text);

/* The number under the key; false, and nothing set, where there is none. */
bool		 record_number(const struct record *, const char *key,
		    double *);

/* The same, whole and not below 0. */
bool		 record_count(const struct record *, const char *key,
		    uint64_t *);

/*
 * The line in the log's text format, not terminated: with the date and all
 * (record_line), or from the time of day on, as it is shown (record_text):
 *   14:02:12.140 info  data    #1 12 B "hello world\n"
 * A plain line is as it is in both.
 */
const char	*record_line(struct record *, size_t *len);
const char	*record_text(struct record *, size_t *len);

/* Where a field's value stands in record_text(), which has been called. */
void		 record_place(const struct record *,
		    const struct record_field *, size_t *start, size_t *len);

#endif
