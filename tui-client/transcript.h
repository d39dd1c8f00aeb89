/*
 * transcript: the bounded history of what was said. Pure model: it knows no
 * screen.
 *
 * Entries are numbered from 0 as they come; the oldest fall out when either
 * bound is passed. Text is kept as it came, in bytes: who shows it makes it
 * visible.
 */

#ifndef YODEL_TRANSCRIPT_H
#define YODEL_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transcript;

enum transcript_kind {
	TRANSCRIPT_SENT,
	TRANSCRIPT_RECEIVED,
	TRANSCRIPT_NOTICE	/* said by yodel itself */
};

enum transcript_mark {
	TRANSCRIPT_PLAIN,
	TRANSCRIPT_WAITING,	/* (sent) typed while down, not sent yet */
	TRANSCRIPT_UNANSWERED,	/* (sent) it broke before the echo */
	TRANSCRIPT_DROPPED,	/* (sent) never sent, by the user's choice */
	TRANSCRIPT_VERIFIED,	/* (received) the echo of a sent line */
	TRANSCRIPT_MISMATCH	/* (received) an echo that differs */
};

/* What ended a received line on the wire. */
enum transcript_eol { TRANSCRIPT_NO_EOL, TRANSCRIPT_LF, TRANSCRIPT_CRLF };

struct transcript_entry {
	uint64_t id;
	uint64_t wall_ms;	/* clock_wall_ms() when it was added */
	/*
	 * VERIFIED: the round trip, us; MISMATCH: where text differs first, len
	 * where it is only shorter.
	 */
	uint64_t value;
	const char *text;	/* valid until the next change */
	size_t	 len;
	enum transcript_kind kind;
	enum transcript_mark mark;
	enum transcript_eol eol;
	bool	 continued;	/* a very long line: the next entry goes on */
	bool	 goes_on;	/* ... with what the entry before it began */
};

/*
 * Bounds: entries, and bytes of text in all (each > 0). Takes memory as it
 * fills. Returns NULL with errno.
 */
struct transcript *transcript_new(size_t max_entries, size_t max_bytes);
void		 transcript_free(struct transcript *); /* NULL is fine */

/*
 * Adds a copy of text[0..len) (cut at max_bytes) and sets *id. Returns 0, or -1
 * with ENOMEM and nothing changed.
 */
int		 transcript_add(struct transcript *, enum transcript_kind,
		    uint64_t wall_ms, const void *text, size_t len,
		    bool continued, uint64_t *id);

/* Marks an entry; one that has fallen out is left in peace. */
void		 transcript_set_mark(struct transcript *, uint64_t id,
		    enum transcript_mark, uint64_t value);

/*
 * The line ends with this entry, which is not continued from then on, and this
 * is how. To begin with there is no eol.
 */
void		 transcript_set_eol(struct transcript *, uint64_t id,
		    enum transcript_eol);

/* The bytes that it stands for: "", "\n" or "\r\n". */
const char	*transcript_eol_bytes(enum transcript_eol);

/* The memory that it occupies, in bytes, without malloc(3)'s own. */
size_t		 transcript_memory(const struct transcript *);

/* Entries are first..end-1; first == end where there are none. */
uint64_t	 transcript_first(const struct transcript *);
uint64_t	 transcript_end(const struct transcript *);

/* Fills *entry and returns true, or false where id is not (any more) there. */
bool		 transcript_get(const struct transcript *, uint64_t id,
		    struct transcript_entry *entry);

/*
 * Whether entries have fallen out; *lines of them were a line, or the end of
 * one. What transcript_clear() dropped is not meant, and all before it is
 * forgotten.
 */
bool		 transcript_gone(const struct transcript *, uint64_t *lines);

/* Drops all entries; numbers go on. */
void		 transcript_clear(struct transcript *);

#endif
