/* units: numbers with units, as people type and read them. */

#ifndef YODEL_UNITS_H
#define YODEL_UNITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * A duration: digits and one of "ms", "s", "m", "h" ("500ms", "30s", "5m");
 * a bare "0" needs no unit. Returns 0, or -1 with EINVAL or ERANGE.
 */
int		 units_parse_ms(const char *text, uint64_t *ms);

/* The same in microseconds, with "us" as a further unit ("50us"). */
int		 units_parse_us(const char *text, uint64_t *us);

/* A size: digits and an optional K, M or G (powers of 1024). As above. */
int		 units_parse_bytes(const char *text, uint64_t *bytes);

/* A plain decimal number in min..max. As above. */
int		 units_parse_number(const char *text, uint64_t min, uint64_t max,
		    uint64_t *number);

/*
 * For a person: "214 B", "1.2 kB", "3.4 MB" (powers of 1000); "0.21 ms",
 * "12 ms", "1.2 s"; "00:12:31"; a number of things: "999", "1.2k", "3.4M".
 * Each returns buf, always terminated.
 */
char		*units_format_bytes(char *buf, size_t size, uint64_t bytes);
char		*units_format_us(char *buf, size_t size, uint64_t us);
char		*units_format_age(char *buf, size_t size, uint64_t ms);
char		*units_format_count(char *buf, size_t size, uint64_t count);

#endif
