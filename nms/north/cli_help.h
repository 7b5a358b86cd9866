/* cli_help.h - the table of commands, for cli_help.c. */
#ifndef NORTH_CLI_HELP_H
#define NORTH_CLI_HELP_H

#include "north/cli.h"

/* All of them; those of a group stand together. */
const struct cli_command *cli_commands(size_t *count);

#endif
