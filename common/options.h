/* options: a command line as one table: parsing, --help, the messages. */

#ifndef YODEL_OPTIONS_H
#define YODEL_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "units.h"

#define OPTIONS_MAX	64	/* entries of a program */

struct options_entry {
	int	 letter;	/* the short option, or 0 */
	const char *name;	/* the long one, without dashes, or NULL */
	/*
	 * What --help calls it; NULL: takes none. In brackets, "[PATH]", it may
	 * be left out: it is then the next word, unless that begins with a dash.
	 */
	const char *argument;
	const char *help;	/* one sentence, no full stop; wrapped by --help */
	/*
	 * Stores value (NULL where there is none). Returns NULL, or a constant
	 * text that says what is wanted: "a number from 0 to 65535".
	 */
	const char *(*set)(void *into, const char *value);
};

struct options_program {
	const char *name;	/* "yodeld" */
	const char *operands;	/* for the usage line, "" for none */
	const char *summary;	/* one sentence, for --help */
	const char *footer;	/* more text for --help, or NULL */
	const struct options_entry *entries;
	size_t	 count;
	int	 max_operands;
};

/*
 * Defines fn as the set of an option whose value is a number from min to max,
 * each plain digits or a macro for them; member of a struct type gets it, as to.
 */
#define OPTIONS_NUMBER(fn, type, member, to, min, max)                      \
	static const char *fn(void *into, const char *value)                \
	{                                                                   \
		uint64_t options_n;                                         \
									    \
		if (units_parse_number(value, min, max, &options_n) == -1)  \
			return "a number from " OPTIONS_DIGITS(             \
			    min) " to " OPTIONS_DIGITS(max);                \
		((struct type *)into)->member = (to)options_n;              \
		return NULL;                                                \
	}
#define OPTIONS_DIGITS(n)	OPTIONS_DIGITS_OF(n)
#define OPTIONS_DIGITS_OF(n)	#n

enum options_result {
	OPTIONS_RUN,	/* go on; operands are argv[*first..argc) */
	OPTIONS_DONE,	/* --help or --version were printed to stdout: exit 0 */
	OPTIONS_USAGE	/* what is wrong was named on stderr: exit 2 */
};

/*
 * Parses argv with getopt_long(3): options may be abbreviated and may follow
 * operands. --help (-h) and --version are built in; where stdout does not take
 * their text that is OPTIONS_USAGE too. What came from argv is made visible
 * before it is shown. A wrong value is told as
 *   yodeld: --port '70000': a number from 0 to 65535 is wanted
 *   try 'yodeld --help'
 */
enum options_result options_parse(const struct options_program *, int argc,
		    char **argv, void *into, int *first);

#endif
