#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "units.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* Leading digits of *text, which is moved behind them. */
static int
parse_digits(const char **text, uint64_t *value)
{
	const char *s = *text;
	unsigned digit;

	if (*s < '0' || *s > '9')
		return fail(EINVAL);
	for (*value = 0; *s >= '0' && *s <= '9'; s++) {
		digit = (unsigned)(*s - '0');
		if (*value > (UINT64_MAX - digit) / 10)
			return fail(ERANGE);
		*value = *value * 10 + digit;
	}
	*text = s;
	return 0;
}

static int
parse_scaled(
    const char *text, const struct unit *units, size_t count, uint64_t *result)
{
	uint64_t value;
	size_t i;

	if (parse_digits(&text, &value) == -1)
		return -1;
	for (i = 0; i < count && strcmp(text, units[i].name) != 0; i++)
		;
	if (i == count)
		return fail(EINVAL);
	if (value > UINT64_MAX / units[i].factor)
		return fail(ERANGE);
	*result = value * units[i].factor;
	return 0;
}

/* Nothing is the same in every unit. */
static int
parse_duration(
    const char *text, const struct unit *units, size_t count, uint64_t *result)
{
	if (strcmp(text, "0") != 0)
		return parse_scaled(text, units, count, result);
	*result = 0;
	return 0;
}

int
units_parse_ms(const char *text, uint64_t *ms)
{
	static const struct unit units[] = {
	    {"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}};

	return parse_duration(
	    text, units, sizeof(units) / sizeof(units[0]), ms);
}

int
units_parse_us(const char *text, uint64_t *us)
{
	static const struct unit units[] = {{"us", 1}, {"ms", 1000},
	    {"s", 1000000}, {"m", 60 * 1000000},
	    {"h", UINT64_C(60) * 60 * 1000000}};

	return parse_duration(
	    text, units, sizeof(units) / sizeof(units[0]), us);
}

int
units_parse_bytes(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = {
	    {"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}};

	return parse_scaled(
	    text, units, sizeof(units) / sizeof(units[0]), bytes);
}

int
units_parse_number(
    const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	static const struct unit units[] = {{"", 1}};
	uint64_t value;

	if (parse_scaled(text, units, 1, &value) == -1)
		return -1;
	if (value < min || value > max)
		return fail(ERANGE);
	*number = value;
	return 0;
}

/* value / unit in tenths, rounded; cannot overflow for units up to 10^18. */
static uint64_t
tenths_of(uint64_t value, uint64_t unit)
{
	return value / unit * 10 + (value % unit * 10 + unit / 2) / unit;
}

/* From 1000 on in tenths of the largest unit that leaves a digit before them. */
static void
format_scaled(char *buf, size_t size, uint64_t value, const char *const *names,
    size_t count, const char *gap)
{
	uint64_t unit = 1000, tenths;
	size_t i = 0;

	/* 999950 already rounds to the next unit. */
	while ((tenths = tenths_of(value, unit)) >= 10000 && i + 1 < count) {
		unit *= 1000;
		i++;
	}
	(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 "%s%s", tenths / 10,
	    tenths % 10, gap, names[i]);
}

char *
units_format_bytes(char *buf, size_t size, uint64_t bytes)
{
	static const char *const names[] = {"kB", "MB", "GB", "TB", "PB", "EB"};

	if (bytes < 1000)
		(void)snprintf(buf, size, "%" PRIu64 " B", bytes);
	else
		format_scaled(buf, size, bytes, names,
		    sizeof(names) / sizeof(names[0]), " ");
	return buf;
}

char *
units_format_count(char *buf, size_t size, uint64_t count)
{
	static const char *const names[] = {"k", "M", "G", "T", "P", "E"};

	if (count < 1000)
		(void)snprintf(buf, size, "%" PRIu64, count);
	else
		format_scaled(buf, size, count, names,
		    sizeof(names) / sizeof(names[0]), "");
	return buf;
}

char *
units_format_us(char *buf, size_t size, uint64_t us)
{
	uint64_t tenths;

	/* Each bound is where the form before it would round one digit up. */
	if (us < 9995) {
		(void)snprintf(buf, size, "%" PRIu64 ".%02" PRIu64 " ms",
		    (us + 5) / 1000, (us + 5) % 1000 / 10);
	} else if (us < 999500) {
		(void)snprintf(buf, size, "%" PRIu64 " ms", (us + 500) / 1000);
	} else {
		tenths = tenths_of(us, 1000000);
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " s",
		    tenths / 10, tenths % 10);
	}
	return buf;
}

char *
units_format_age(char *buf, size_t size, uint64_t ms)
{
	uint64_t secs = ms / 1000;

	(void)snprintf(buf, size, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
	    secs / 3600, secs / 60 % 60, secs % 60);
	return buf;
}
