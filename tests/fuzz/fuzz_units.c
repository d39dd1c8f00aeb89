/*
 * units: a number is understood as strtoull(3) does it, times its unit, and
 * nothing else is; what is written for a person fits wherever it is cut.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "units.h"

/* The number before what is left of the text, or false. */
static bool
read_digits(const char *text, uint64_t *number, char **rest)
{
	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoull(text, rest, 10);
	return errno == 0;
}

static bool
multiply(uint64_t *number, uint64_t factor)
{
	if (*number > UINT64_MAX / factor)
		return false;
	*number *= factor;
	return true;
}

static void
check_bytes(const char *text)
{
	static const char names[] = "KMG";
	uint64_t is, number = 0;
	char *rest = NULL;
	bool ok = read_digits(text, &number, &rest);

	if (ok && *rest != '\0') {
		const char *name = strchr(names, *rest);

		ok = name != NULL && rest[1] == '\0' &&
		    multiply(&number, UINT64_C(1024) << 10 * (name - names));
	}
	FUZZ_CHECK((units_parse_bytes(text, &is) == 0) == ok);
	FUZZ_CHECK(!ok || is == number);
}

static void
check_number(const char *text)
{
	uint64_t is, number = 0;
	char *rest = NULL;
	bool ok = read_digits(text, &number, &rest) && *rest == '\0' &&
	    number >= 7 && number <= 70000;

	FUZZ_CHECK((units_parse_number(text, 7, 70000, &is) == 0) == ok);
	FUZZ_CHECK(!ok || is == number);
}

static void
check_times(const char *text)
{
	uint64_t ms, us;

	if (units_parse_ms(text, &ms) == 0 && ms <= UINT64_MAX / 1000) {
		FUZZ_CHECK(units_parse_us(text, &us) == 0);
		FUZZ_CHECK(us == ms * 1000);
	}
}

static void
check_format(char *(*format)(char *, size_t, uint64_t), uint64_t number)
{
	char whole[64], *cut;
	size_t len = strlen(format(whole, sizeof(whole), number));

	FUZZ_CHECK(len > 0 && len < 24);
	for (size_t size = 1; size <= len; size++) {
		cut = malloc(size);
		FUZZ_CHECK(cut != NULL);
		FUZZ_CHECK(format(cut, size, number) == cut);
		FUZZ_CHECK(strlen(cut) == size - 1);
		FUZZ_CHECK(strncmp(cut, whole, size - 1) == 0);
		free(cut);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	uint64_t number = 0;

	check_bytes(text);
	check_number(text);
	check_times(text);
	free(text);
	memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
	check_format(units_format_bytes, number);
	check_format(units_format_us, number);
	check_format(units_format_age, number);
	check_format(units_format_count, number);
	return 0;
}
