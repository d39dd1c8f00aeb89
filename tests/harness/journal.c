#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "harness.h"
#include "journal.h"
#include "process.h"
#include "server.h"

#define KEY_MAX 64

struct search {
	struct server *server;
	const char *text;
	regex_t regex;
	size_t count;
};

static const char *
journal_text(struct server *server)
{
	return process_output(server_process(server), PROCESS_ERR, NULL);
}

static bool
search_matches(void *arg)
{
	struct search *search = arg;
	const char *text = journal_text(search->server);
	regmatch_t match;

	/* a line that has not ended may still grow into another one */
	return regexec(&search->regex, text, 1, &match, 0) == 0 &&
	    strchr(text + match.rm_eo, '\n') != NULL;
}

void
journal_expect(struct server *server, const char *pattern)
{
	struct search search = {.server = server};
	bool found;

	if (regcomp(&search.regex, pattern, REG_EXTENDED | REG_NEWLINE) != 0)
		fail_msg("not a regular expression: %s", pattern);
	found =
	    deadline_wait(deadline_in(DEADLINE_MS), search_matches, &search);
	regfree(&search.regex);
	if (!found)
		fail_msg("no line matches\n%s\nin\n%s", pattern,
		    journal_text(server));
}

size_t
journal_count(struct server *server, const char *text)
{
	const char *at = journal_text(server);
	size_t count = 0;

	for (; (at = strstr(at, text)) != NULL; at++)
		if (strchr(at, '\n') != NULL)
			count++;
	return count;
}

static bool
search_counts(void *arg)
{
	struct search *search = arg;

	return journal_count(search->server, search->text) >= search->count;
}

void
journal_wait_count(struct server *server, const char *text, size_t count)
{
	struct search search = {.server = server, .text = text, .count = count};

	if (!deadline_wait(deadline_in(DEADLINE_MS), search_counts, &search))
		fail_msg("'%s' stands not %zu times in\n%s", text, count,
		    journal_text(server));
}

uint64_t
journal_dropped(struct server *server)
{
	static const char key[] = " dropped events=";
	const char *at = journal_text(server);
	uint64_t sum = 0;

	for (; (at = strstr(at, key)) != NULL; at += strlen(key))
		sum += strtoull(at + strlen(key), NULL, 10);
	return sum;
}

uint64_t
journal_stat(struct server *server, const char *key)
{
	size_t before = journal_count(server, " rss=");
	char name[KEY_MAX];
	const char *at;

	process_signal(server_process(server), SIGUSR1);
	journal_wait_count(server, " rss=", before + 1);
	for (at = journal_text(server); before > 0; before--)
		at = strstr(at, " rss=") + 1;
	at = strstr(at, " stats ");
	snprintf(name, sizeof(name), " %s=", key);
	if (at == NULL || (at = strstr(at, name)) == NULL)
		fail_msg("no %s in the statistics", key);
	return strtoull(at + strlen(name), NULL, 10);
}
