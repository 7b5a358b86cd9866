/* control.h - what happens to agents while the farm runs, by commands of one
 * line. */
#ifndef FARM_CONTROL_H
#define FARM_CONTROL_H

#include "tests/farm/farm.h"

/* Does one command and appends its answer, a line that begins with "ok" or
 * "error". False for "quit". */
bool control_do(struct farm *f, const char *line, int64_t now_ms,
                struct buffer *answer);

/* The commands, for --help. */
extern const char control_help[];

#endif
