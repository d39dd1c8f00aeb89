/*
 * printer: lines of a log -> stdout, without waiting for who reads there.
 *
 * As text each is written as the log has it, and nothing raw: what would act on
 * a terminal is spelt out. As JSON each is the object that it is; inside of it
 * the same is spelt \uXXXX, which means no less; what is no object becomes one:
 * {"text":"..."}.
 */

#ifndef YODEL_PRINTER_H
#define YODEL_PRINTER_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct printer;

/* Called from the loop only. */
struct printer_handler {
	/* It is full, or has room again: printer_is_full() is another. */
	void	(*turned)(void *arg);
	/* The reader has gone (0), or write(2)'s errno. Nothing goes out now. */
	void	(*ended)(void *arg, int error);
	void	*arg;
};

/* Writes to fd, which stays the caller's. Returns NULL with errno. */
struct printer	*printer_new(struct loop *, int fd, bool json,
		    const struct printer_handler *);
void		 printer_free(struct printer *); /* NULL is fine */

/*
 * A line without its end, or (last: false) a piece of one that is too long. It
 * is written with all others at the end of the loop's batch.
 */
void		 printer_line(struct printer *, const char *line, size_t len,
		    bool last);

/*
 * Something waits for the reader. Whoever goes on all the same by no more than
 * 64 KiB of lines is taken along.
 */
bool		 printer_is_full(const struct printer *);

#endif
