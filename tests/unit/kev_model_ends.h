/* kev_model_ends: the descriptors of kev_model, and what is done to them. */

#ifndef UNIT_KEV_MODEL_ENDS_H
#define UNIT_KEV_MODEL_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_ENDS	8
#define MODEL_NUMBERS	256	/* descriptors are below */

enum model_act {
	MODEL_SEND,		/* the other end writes */
	MODEL_RECEIVE,		/* the other end reads all there is */
	MODEL_READ,
	MODEL_FILL,		/* written to until it takes no more */
	MODEL_SHUT,		/* the other end will not write any more */
	MODEL_LEAVE,		/* the other end closes */
	MODEL_REOPEN,		/* closed, and another one opened */
	MODEL_COPY,		/* another one is closed, and is a dup(2) of it */
};

/* What is new for an end. */
#define MODEL_NEW	0x1u	/* it is another descriptor */
#define MODEL_DATA	0x2u	/* something to read, or its end */
#define MODEL_ROOM	0x4u	/* it can be written to again */
#define MODEL_STIR	0x8u	/* something */

struct model_source {
	int	 type;
	int	 peer;		/* -1: closed */
	int	 users;		/* ends that are copies of each other */
};

struct model_end {
	int	 fd;
	struct model_source *source;
};

struct model_ends {
	struct model_end ends[MODEL_ENDS];
	struct model_source sources[MODEL_ENDS];
	uint8_t	 ghosts[MODEL_NUMBERS];	/* bits: READ, WRITE */
	bool	 haunted;	/* there has been one */
};

void		 model_ends_open(struct model_ends *);
void		 model_ends_close(struct model_ends *);
/* Fills in what that means for each end. */
void		 model_ends_act(struct model_ends *, int who, enum model_act,
		    unsigned how, unsigned news[MODEL_ENDS]);

/* i is 0 to read, 1 to write; revents are poll(2)'s. */
bool		 model_ends_ready(short revents, int i);
bool		 model_ends_eof(const struct model_end *, short revents, int i);
/* Bytes to read. */
int64_t		 model_ends_data(const struct model_end *);

/*
 * Whether a knote of this number may live on, as the number was closed while a
 * copy of the file was open; and that it is known again.
 */
bool		 model_ends_ghost(const struct model_ends *, int fd, int i);
void		 model_ends_certain(struct model_ends *, int fd, int i);

#endif
