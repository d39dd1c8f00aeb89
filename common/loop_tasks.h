/* loop_tasks: the callbacks that wait for the end of a loop's batch. */

#ifndef YODEL_LOOP_TASKS_H
#define YODEL_LOOP_TASKS_H

#include <stdbool.h>

struct loop_task;

/* The fields are loop_tasks' own; it must stay where it is. */
struct loop_tasks {
	struct loop_task *first;
	struct loop_task **end;
	struct loop_task *due;	/* those that run in this turn */
};

void		 loop_tasks_init(struct loop_tasks *);
bool		 loop_tasks_wait(const struct loop_tasks *); /* any at all? */

/* To the end, unless it waits already; out again, if it does. */
void		 loop_tasks_add(struct loop_tasks *, struct loop_task *);
void		 loop_tasks_cancel(struct loop_tasks *, struct loop_task *);

/* Runs those that wait now; what they add waits for the next turn. */
void		 loop_tasks_run(struct loop_tasks *);

#endif
