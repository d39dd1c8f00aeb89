/* account: see account.h. */

#include "account.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 4096
#define SIGN_BYTES 64

static const char *const reasons[ACCOUNT_REASONS] = {
    "peer", "reset", "stall", "other"};

const char *
account_reason_name(enum account_reason reason)
{
	return reasons[reason];
}

uint64_t
account_closes(const struct account *a)
{
	uint64_t sum = 0;

	for (int i = 0; i < ACCOUNT_REASONS; i++)
		sum += a->closes[i];
	return sum;
}

/* The line as a string, as much of it as matters. */
static void
account_copy(char *copy, const char *line, size_t len)
{
	if (len >= LINE_BYTES)
		len = LINE_BYTES - 1;
	memcpy(copy, line, len);
	copy[len] = '\0';
}

static uint64_t
number_in(const char *line, const char *key)
{
	char sign[SIGN_BYTES];
	const char *at;

	(void)snprintf(sign, sizeof(sign), "\"%s\":", key);
	at = strstr(line, sign);
	return at == NULL ? 0 : strtoull(at + strlen(sign), NULL, 10);
}

/* A value can't be taken for a key: a quote in it is escaped. */
static bool
has(const char *line, const char *key, const char *value)
{
	char sign[SIGN_BYTES];

	(void)snprintf(sign, sizeof(sign), "\"%s\":\"%s\"", key, value);
	return strstr(line, sign) != NULL;
}

static void
account_close(struct account *a, const char *line)
{
	int reason;

	for (reason = 0; reason < ACCOUNT_OTHER; reason++)
		if (has(line, "reason", reasons[reason]))
			break;
	a->closes[reason]++;
}

void
account_add(struct account *a, const char *line, size_t len)
{
	char copy[LINE_BYTES];

	account_copy(copy, line, len);
	if (has(copy, "level", "error"))
		a->errors++;
	if (has(copy, "event", "connect"))
		a->connects++;
	else if (has(copy, "event", "close"))
		account_close(a, copy);
	else if (has(copy, "event", "dropped"))
		a->dropped += number_in(copy, "events");
	else if (has(copy, "event", "refuse"))
		a->refused++;
	else if (has(copy, "event", "reopen"))
		a->reopened++;
}

uint64_t
account_number(const char *line, size_t len, const char *key)
{
	char copy[LINE_BYTES];

	account_copy(copy, line, len);
	return number_in(copy, key);
}
