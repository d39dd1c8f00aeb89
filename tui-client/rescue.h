/* rescue: the terminal's way back when a fatal signal ends the program. */

#ifndef YODEL_RESCUE_H
#define YODEL_RESCUE_H

#include <termios.h>

/*
 * From now on the signals that end a program with a core first write text (at
 * most 255 bytes of it) to fd and set termios, then do what they did before.
 * One terminal at a time; async-signal-safe. The thread that calls it may run
 * out of stack as well: the handlers have one of their own.
 */
void		 rescue_arm(int fd, const struct termios *, const char *text);
void		 rescue_disarm(void);

#endif
