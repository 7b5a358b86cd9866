/* cli_complete.h - which words commands begin with, for cli_complete.c. */
#ifndef NORTH_CLI_COMPLETE_H
#define NORTH_CLI_COMPLETE_H

#include "north/cli.h"

/* Tells each first word of a command, or each second one behind group; with the
 * summary of the command where it is one, else "". */
typedef void (*cli_word_fn)(const char *typed, const char *word, size_t len,
                            const char *about);
void cli_each_word(const char *group, const char *typed, cli_word_fn fn);

#endif
