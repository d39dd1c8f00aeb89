#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "save.h"
#include "transcript.h"
#include "visible.h"

static void
save_time(FILE *f, uint64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	char text[32];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	fprintf(f, "%s.%03u ", text, (unsigned)(wall_ms % 1000));
}

static void
save_text(FILE *f, const char *text, size_t len)
{
	while (len > 0) {
		struct visible v;
		size_t used = visible_next(text, len, &v);

		fwrite(v.text, 1, v.text_len, f);
		text += used;
		len -= used;
	}
}

static void
save_entry(FILE *f, const struct transcript_entry *entry, bool begins)
{
	static const char glyphs[] = {
	    [TRANSCRIPT_SENT] = '>',
	    [TRANSCRIPT_RECEIVED] = '<',
	    [TRANSCRIPT_NOTICE] = '-',
	};

	if (begins) {
		save_time(f, entry->wall_ms);
		fprintf(f, "%c ", glyphs[entry->kind]);
	}
	save_text(f, entry->text, entry->len);
	if (!entry->continued)
		putc('\n', f);
}

/* Up to the first error: see ferror(3). */
static void
save_entries(FILE *f, const struct transcript *t)
{
	uint64_t end = transcript_end(t);
	enum transcript_kind kind = TRANSCRIPT_NOTICE;
	bool open = false; /* the rest of a line is still to come */

	for (uint64_t id = transcript_first(t); id < end && !ferror(f); id++) {
		struct transcript_entry entry;

		if (!transcript_get(t, id, &entry))
			continue;
		/* Something was said in the middle of it: it ends here. */
		if (open && entry.kind != kind) {
			putc('\n', f);
			open = false;
		}
		save_entry(f, &entry, !open);
		open = entry.continued;
		kind = entry.kind;
	}
	if (open)
		putc('\n', f);
}

int64_t
save_transcript(const struct transcript *t, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error;
	FILE *f;

	if (fd == -1)
		return -1;
	f = fdopen(fd, "w");
	if (f == NULL) {
		error = errno;
		close(fd);
		goto fail;
	}
	save_entries(f, t);
	error = ferror(f) ? errno : 0;
	if (fclose(f) != 0 && error == 0)
		error = errno;
	if (error == 0)
		return (int64_t)(transcript_end(t) - transcript_first(t));
fail:
	unlink(path);
	errno = error;
	return -1;
}
