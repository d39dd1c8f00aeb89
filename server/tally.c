#include "tally.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "remote.h"

/*
 * A tree, and not a hash table: whoever may choose addresses could choose such
 * as collide. Some systems' tsearch(3) does not balance, so that they could
 * make it a list; but no longer one than there are clients.
 */
struct tally {
	void *root;
};

struct tally_entry {
	uint8_t address[sizeof(((struct remote *)0)->address)];
	uint64_t count;
};

static int
tally_compare(const void *a, const void *b)
{
	const struct tally_entry *left = a, *right = b;

	return memcmp(left->address, right->address, sizeof(left->address));
}

struct tally *
tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

static void
tally_drop(struct tally *tally, struct tally_entry *entry)
{
	(void)tdelete(entry, &tally->root, tally_compare);
	free(entry);
}

void
tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	/* A node begins with a pointer to its entry (tsearch(3)). */
	while (tally->root != NULL)
		tally_drop(tally, *(struct tally_entry **)tally->root);
	free(tally);
}

static struct tally_entry *
tally_find(const struct tally *tally, const struct remote *remote)
{
	struct tally_entry key;
	void *node;

	memcpy(key.address, remote->address, sizeof(key.address));
	node = tfind(&key, &tally->root, tally_compare);
	return node == NULL ? NULL : *(struct tally_entry **)node;
}

uint64_t
tally_add(struct tally *tally, const struct remote *remote)
{
	struct tally_entry *entry;

	entry = tally_find(tally, remote);
	if (entry != NULL)
		return ++entry->count;
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL)
		return 0;
	memcpy(entry->address, remote->address, sizeof(entry->address));
	entry->count = 1;
	if (tsearch(entry, &tally->root, tally_compare) == NULL) {
		free(entry);
		return 0;
	}
	return 1;
}

void
tally_remove(struct tally *tally, const struct remote *remote)
{
	struct tally_entry *entry;

	entry = tally_find(tally, remote);
	if (entry != NULL && --entry->count == 0)
		tally_drop(tally, entry);
}
