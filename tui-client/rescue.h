/* rescue: the terminal's way back when a fatal signal ends the program. */

#ifndef YODEL_RESCUE_H
#define YODEL_RESCUE_H

#include <termios.h>

/*
 * From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT first write text (at
 * most 255 bytes of it) to fd and set termios, then do what they did before.
 * One terminal at a time; async-signal-safe.
 */
void		 rescue_arm(int fd, const struct termios *, const char *text);
void		 rescue_disarm(void);

#endif
