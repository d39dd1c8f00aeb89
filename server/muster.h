/*
 * muster: something for every worker of a crew to do, each in its own thread,
 * and a call in the asker's when all have done it.
 */

#ifndef YODEL_MUSTER_H
#define YODEL_MUSTER_H

struct crew;
struct inbox;
struct worker;

/*
 * fn is called for each worker, index counting from 0, at the same time by
 * several threads; then done, as a job of the inbox. Workers that have ended do
 * it when they are freed: so the inbox outlives the crew. Returns 0, or -1 with
 * ENOMEM.
 */
int		 muster_call(struct crew *, struct inbox *,
		    void (*fn)(void *arg, struct worker *, unsigned index),
		    void (*done)(void *arg), void *arg);

#endif
