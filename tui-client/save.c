#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "eintr.h"
#include "entry_text.h"
#include "save.h"
#include "transcript.h"

static int
save_write(void *arg, const char *p, size_t len)
{
	return fwrite(p, 1, len, arg) == len ? 0 : -1;
}

/* Returns 0, or -1 with errno at the first error. */
static int
save_entries(FILE *f, const struct transcript *t)
{
	struct entry_text text = {.write = save_write, .arg = f};
	uint64_t end = transcript_end(t);

	for (uint64_t id = transcript_first(t); id < end; id++) {
		struct transcript_entry entry;

		if (transcript_get(t, id, &entry) &&
		    entry_text_add(&text, &entry) == -1)
			return -1;
	}
	return entry_text_end(&text);
}

int64_t
save_transcript(const struct transcript *t, const char *path)
{
	int fd =
	    eintr_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
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
	error = save_entries(f, t) == -1 ? errno : 0;
	if (fclose(f) != 0 && error == 0)
		error = errno;
	if (error == 0)
		return (int64_t)(transcript_end(t) - transcript_first(t));
fail:
	unlink(path);
	errno = error;
	return -1;
}
