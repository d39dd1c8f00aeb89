/*
 * fault: makes one call of the code under test fail, and keeps account of what
 * that code holds.
 *
 * The linker's --wrap leads every call named in tests.mk's FAULTS through
 * here. While a fault is armed the calls are counted, and the one that the
 * fault names answers with its errno, or does less than it was asked for. Calls
 * of a thread that stays out are neither counted nor touched: those of the
 * peers. What libraries call inside of themselves is never seen.
 */

#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* In the place of an errno: the call does less than it was asked for. */
#define FAULT_SHORT	(-1)

struct fault {
	unsigned call;		/* an index of fault_table */
	unsigned at;		/* which of its calls, from 1 on */
	unsigned times;		/* so many in a row; 0: only counts */
	int	 error;		/* an errno, or FAULT_SHORT */
};

/* What may come of it. */
enum fault_cost {
	FAULT_HIDDEN,		/* nobody may notice */
	FAULT_COSTS		/* one client, or the start of the program */
};

struct fault_answer {
	int	 error;		/* 0 ends the list */
	enum fault_cost cost;
	unsigned kinds;		/* of descriptors it is possible for; 0: all */
};

struct fault_call {
	const char *name;
	const struct fault_answer *answers;
};

#define FAULT_ON_INET	0x1u
#define FAULT_ON_UNIX	0x2u
#define FAULT_ON_FILE	0x4u
#define FAULT_ON_PIPE	0x8u
#define FAULT_ON_OTHER	0x10u	/* timerfd and the like, terminals */
#define FAULT_ON_EVENTFD 0x20u
#define FAULT_ON_SOCKET	(FAULT_ON_INET | FAULT_ON_UNIX)

extern const struct fault_call fault_table[];
extern const size_t fault_table_len;

/*
 * Counts from 0 again. Between arm and disarm no other thread may call these.
 */
void		 fault_arm(const struct fault *);
void		 fault_disarm(void);

/*
 * Since it was last armed: whether it came to that; how many calls there were.
 */
bool		 fault_has_fired(void);
unsigned	 fault_count(unsigned call);

/* NULL while nothing is armed. */
const struct fault *fault_armed(void);
enum fault_cost	 fault_cost(const struct fault *);

/* This thread is none of the code under test, until it is again. */
void		 fault_stay_out(void);
void		 fault_stay_in(void);

/* "EINTR"; "short". */
const char	*fault_error_name(int error);

/*
 * What the wrappers ask: 0 to go on, or the answer to give. fd is the
 * descriptor that it is about, or -1.
 */
int		 fault_hit(unsigned call, int fd);

/* Blocks of memory that the code under test holds; the bytes behind each. */
size_t		 fault_blocks(void);

/* From now on; a block that is still there is described by the second one. */
void		 fault_blocks_mark(void);
size_t		 fault_blocks_left(char *text, size_t size);

/* Whether a byte behind a block was written since the last time. */
bool		 fault_blocks_overrun(void);

#endif
