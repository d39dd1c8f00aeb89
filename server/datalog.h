/* datalog: a "data" event for what each client says, so many a second. */

#ifndef YODEL_DATALOG_H
#define YODEL_DATALOG_H

#include <stddef.h>
#include <stdint.h>

struct datalog;
struct log;
struct loop;

/*
 * At most limit events a second reach the log; how many did not is told at the
 * end of that second, in a "dropped" event. Returns NULL with ENOMEM.
 */
struct datalog	*datalog_new(struct loop *, struct log *, unsigned limit);
void		 datalog_free(struct datalog *); /* NULL is fine; tells the rest */

void		 datalog_write(struct datalog *, uint64_t client, const void *p,
		    size_t len);

#endif
