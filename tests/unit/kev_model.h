/*
 * kev_model: a kqueue, and a simple model of what the manual says of it, that
 * are led through the same steps and compared. A step makes sense in any state,
 * so a run can be cut down to the steps that it takes to fail.
 */

#ifndef UNIT_KEV_MODEL_H
#define UNIT_KEV_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done, to whom, and how: numbers of any size, which are folded. */
struct kev_step {
	uint8_t	 what;
	uint8_t	 who;
	uint16_t how;
};

struct kev_model;

/* NULL with errno. */
struct kev_model *kev_model_new(void);
void		 kev_model_free(struct kev_model *);

/* Returns NULL, or in what the two differ from now on. */
const char	*kev_model_step(struct kev_model *, struct kev_step);

/* Whether it makes a copy of a descriptor. */
bool		 kev_model_copies(struct kev_step);

/* The step in words, for a reader. Returns buf. */
char		*kev_model_describe(char *buf, size_t size, struct kev_step);

#endif
