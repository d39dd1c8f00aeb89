/*
 * log: an event once -> the log, as text or JSON, without ever making its
 * caller wait. Any thread may log. Events go into a bounded ring; a thread of
 * the log's own writes it out, and tries again twice a second while the file
 * takes nothing (a full disk). What the ring has no room for is counted, and
 * told in a "dropped" event when there is room again. The last quarter of the
 * ring is kept for warnings, errors, and the events connect, close and refuse.
 */

#ifndef YODEL_LOG_H
#define YODEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;

#define LOG_LINE_MAX	4096	/* bytes of a line, its newline included */

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR };

struct log_options {
	const char *path;	/* NULL: stderr */
	enum log_level level;	/* the least that is written; see log_tap.h */
	bool	 json;
	size_t	 limit_bytes;	/* of the ring; 0: 256 KiB; at least 16 KiB */
	/*
	 * Told by the log's thread when the file refuses to be written, once
	 * until it takes something again. Not for stderr. May be NULL.
	 */
	void	(*refused)(const char *path, int error);
};

/*
 * A key and its value. Text is anything: it is made visible as VISIBLE_QUOTE
 * does, cut with "..." at 120 columns under the key "text" and at 512 under any
 * other, and quoted where the format needs it. A field that the line has no
 * room for is left out. Both must live during the log_event() call only.
 */
struct log_field {
	const char *key;
	enum { LOG_NUMBER, LOG_THOUSANDTHS, LOG_ERRNO, LOG_TEXT, LOG_SAFE } kind;
	uint64_t number;	/* the first three */
	const char *text;	/* the other two */
	size_t	 len;
};

struct log_field log_number(const char *key, uint64_t);
struct log_field log_text(const char *key, const char *text);
struct log_field log_bytes(const char *key, const void *p, size_t len);
struct log_field log_seconds(const char *key, uint64_t ms);
struct log_field log_thousandths(const char *key, uint64_t);

/* Text that is visible already: it is neither spelt again nor cut. */
struct log_field log_safe(const char *key, const char *text);

/* An errno under the key "error", in strerror(3)'s words; from any thread. */
struct log_field log_errno(int error);

/*
 * Opens the log (O_APPEND, 0640) and starts its thread with all signals
 * blocked. The options are copied. Returns NULL with errno.
 */
struct log	*log_open(const struct log_options *);

/*
 * Waits at most wait_ms until all is written, then ends; what the file refuses
 * is lost. A thread that still hangs in write(2) after that is left behind: it
 * frees what it has should it ever come back. NULL is fine.
 */
void		 log_close(struct log *, unsigned wait_ms);

/*
 * Opens the path again (log rotation): events logged before go to the old
 * file, those logged after to the new one. Where that fails the old file stays,
 * and an error event says so. Nothing to do for stderr. Returns at once.
 */
void		 log_reopen(struct log *);

/* Whether anyone takes an event of this level: to save its making. */
bool		 log_wants(const struct log *, enum log_level);

/* Whether the log went to a terminal when it was opened. */
bool		 log_is_terminal(const struct log *);

/*
 * One event, one line of at most LOG_LINE_MAX bytes, in UTF-8. Keeps errno.
 * event and keys are the program's own words: short, used as they are. In text
 * client, peer, addr, bytes and text have a form of their own, others are
 * key=value, quoted where that has a space or a quote (error: always):
 *   2026-11-22 14:02:12.001 info  connect #1 127.0.0.1:53122 open=1
 *   2026-11-22 14:02:12.140 info  data    #1 12 B "hello world\n"
 * In JSON (RFC 8259) numbers are numbers, the time is UTC, and a string is what
 * stands between the quotes in text, itself escaped: who decodes it reads
 * hello world\n with a backslash, just as a person does.
 *   {"ts":"2026-11-22T14:02:12.140Z","level":"info","event":"data","client":1,
 *   "bytes":12,"text":"hello world\\n"}
 */
void		 log_event(struct log *, enum log_level, const char *event,
		    const struct log_field *, size_t nfields);

/*
 * A limit for one kind of event, of that level: at most per_second of them in
 * any second of the monotonic clock, whichever threads they come from. The log
 * frees it. NULL with ENOMEM.
 */
struct log_quota *log_quota_new(struct log *, enum log_level,
		    unsigned per_second);

/*
 * Whether one more may be logged now; asks nothing but the clock and an atomic
 * counter. What may not is counted, and told in a "dropped" event, to whoever
 * would have had it, when its second is over. Keeps errno.
 */
bool		 log_quota_take(struct log_quota *);

#endif
