#include "loop_tasks.h"

#include <stddef.h>

#include "loop.h"

void
loop_tasks_init(struct loop_tasks *tasks)
{
	tasks->first = tasks->due = NULL;
	tasks->end = &tasks->first;
}

bool
loop_tasks_wait(const struct loop_tasks *tasks)
{
	return tasks->first != NULL;
}

void
loop_tasks_add(struct loop_tasks *tasks, struct loop_task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*tasks->end = task;
	tasks->end = &task->next;
}

/* Takes task out of the list that begins at *at. Returns its place, or NULL. */
static struct loop_task **
tasks_unlink(struct loop_task **at, const struct loop_task *task)
{
	while (*at != NULL && *at != task)
		at = &(*at)->next;
	if (*at == NULL)
		return NULL;
	*at = task->next;
	return at;
}

void
loop_tasks_cancel(struct loop_tasks *tasks, struct loop_task *task)
{
	struct loop_task **at;

	if (!task->queued)
		return;
	task->queued = false;
	if (tasks_unlink(&tasks->due, task) != NULL)
		return;
	at = tasks_unlink(&tasks->first, task);
	if (at != NULL && *at == NULL)
		tasks->end = at;
}

void
loop_tasks_run(struct loop_tasks *tasks)
{
	struct loop_task *task;

	tasks->due = tasks->first;
	tasks->first = NULL;
	tasks->end = &tasks->first;
	while ((task = tasks->due) != NULL) {
		/* It may free itself, or defer itself again. */
		tasks->due = task->next;
		task->queued = false;
		task->fn(task->arg);
	}
}
