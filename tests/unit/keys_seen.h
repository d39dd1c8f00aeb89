/* keys_seen: what a test saw of keys. */

#ifndef YODEL_TESTS_KEYS_SEEN_H
#define YODEL_TESTS_KEYS_SEEN_H

#include "../harness/harness.h"
#include "keys.h"

#define KEYS_SEEN_MAX		4096
#define KEYS_SEEN_PASTE_LIMIT	1000

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* The keys that came, and the bytes of the pastes among them. */
struct keys_seen {
	struct key keys[KEYS_SEEN_MAX];
	size_t	 count;
	char	 pastes[KEYS_SEEN_MAX];
	size_t	 pasted;
};

/* A decoder with KEYS_SEEN_PASTE_LIMIT, and nothing seen. */
struct keys	*keys_seen_new(struct keys_seen *);

/* Feeds, and adds all keys that are complete. */
void		 keys_seen_feed(struct keys *, struct keys_seen *,
		    const void *p, size_t len);
void		 keys_seen_string(struct keys *, struct keys_seen *,
		    const char *);

/* Silence: adds what it makes of the rest. */
void		 keys_seen_expire(struct keys *, struct keys_seen *);

void		 keys_seen_assert(const struct keys_seen *, size_t nth,
		    enum keys_code, uint32_t ch, unsigned mods);
void		 keys_seen_assert_same(const struct keys_seen *,
		    const struct keys_seen *);

#endif
