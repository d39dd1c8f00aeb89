/*
 * control_answer: what a command is answered with, made line by line as the
 * asker takes it: what waits is what was found out, not its text. An answer is
 * embedded in whatever it is made of.
 */

#ifndef YODEL_CONTROL_ANSWER_H
#define YODEL_CONTROL_ANSWER_H

#include <stddef.h>

struct control_answer {
	/* The next line into line[LOG_LINE_MAX]; 0: that was the last one. */
	size_t	(*next)(struct control_answer *, char *line);
	void	(*free)(struct control_answer *);
};

/*
 * The line that ends every answer, into line[LOG_LINE_MAX]: error NULL is
 * {"ok":true}, else it is safe to show. Returns the bytes.
 */
size_t		 control_answer_end(char *line, const char *error);

#endif
