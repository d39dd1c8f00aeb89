/*
 * account: what a yodeld's events (JSON, a line each) say of its clients, as its
 * log has them or as a watcher hears them.
 */

#ifndef SOAK_ACCOUNT_H
#define SOAK_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

enum account_reason {
	ACCOUNT_PEER,
	ACCOUNT_RESET,
	ACCOUNT_STALL,
	ACCOUNT_OTHER,	/* which nothing here gives a reason for */
	ACCOUNT_REASONS
};

struct account {
	uint64_t connects;
	uint64_t closes[ACCOUNT_REASONS];
	uint64_t dropped;	/* events, by the writer's own count */
	uint64_t refused;
	uint64_t errors;	/* events of that level */
	uint64_t reopened;
};

const char	*account_reason_name(enum account_reason);
uint64_t	 account_closes(const struct account *);

/* Takes a line, without its end. What is no event of these is left out. */
void		 account_add(struct account *, const char *line, size_t len);

/* The number of "key": in such a line, or 0. */
uint64_t	 account_number(const char *line, size_t len, const char *key);

#endif
