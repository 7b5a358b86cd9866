/* terminal.h - out of the terminal, as daemon(3) does it; but what started the
 * program stays there until it is known whether it works, and says so.
 */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

/* Goes on in a process of its own, in the directory /, its standard streams of
 * nothing. The one that called waits for terminal_tell(), prints what that says
 * and ends with its code, with 1 where the new one ended without. *line is for
 * terminal_tell(). 0 or -errno. */
int terminal_leave(int *line) __attribute__((warn_unused_result));

/* Tells the code to end with, and why; "" is nothing. Closes *line, which is -1
 * then; does nothing where it is. */
void terminal_tell(int *line, int code, const char *why);

#endif
