/*
 * sampler: keeps the rates of a server, once a second, while there is something
 * to measure: from the first client until nobody is there and the last minute
 * is quiet. After that nothing wakes up.
 */

#ifndef YODEL_SAMPLER_H
#define YODEL_SAMPLER_H

struct inbox;
struct loop;
struct rates_values;
struct sampler;
struct stats;

/*
 * Samples what collect says, in the thread of the loop. The inbox is the
 * loop's. Returns NULL with ENOMEM.
 */
struct sampler	*sampler_new(struct loop *, struct inbox *,
		    void (*collect)(void *arg, struct stats *), void *arg);

/* Once the inbox has no job of it any more. NULL is fine. */
void		 sampler_free(struct sampler *);

/* Any thread: there is a client. Costs one look where that was known. */
void		 sampler_stir(struct sampler *);

/* In the loop's thread: per second, over the last so many seconds (1 to 60). */
void		 sampler_over(const struct sampler *, unsigned seconds,
		    struct rates_values *);

#endif
