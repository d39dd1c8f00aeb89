/* sim_log: the log as the simulation has it: who wants each event gets it. */

#ifndef SIM_LOG_H
#define SIM_LOG_H

#include <stddef.h>
#include <stdint.h>

struct log;
struct log_field;

/* The log to be given to the code under test; fn gets its events. */
struct log	*sim_log_new(void (*fn)(void *arg, const char *event,
		    const struct log_field *, size_t), void *arg);

/* A field's number or text; 0 and "" where there is none of that name. */
uint64_t	 sim_log_number(const struct log_field *, size_t,
		    const char *key);
const char	*sim_log_text(const struct log_field *, size_t,
		    const char *key);

#endif
