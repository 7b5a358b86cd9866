/* cli_complete.h - which words commands begin with, and which arguments
 * they have. */
#ifndef NORTH_CLI_COMPLETE_H
#define NORTH_CLI_COMPLETE_H

#include "north/cli.h"

/* Tells each first word of a command, or each second one behind group; with the
 * summary of the command where it is one, else "". */
typedef void (*cli_word_fn)(const char *typed, const char *word, size_t len,
                            const char *about);
void cli_each_word(const char *group, const char *typed, cli_word_fn fn);

/* The nth of "NAME [OTHER] FILE...", the arguments of a command, without what
 * stands around it; the last goes on where it may be repeated. False: there is
 * none. */
enum { CLI_ARGUMENT_MAX = 32 };
bool cli_argument_at(const char *arguments, size_t n,
                     char out[CLI_ARGUMENT_MAX]);

#endif
