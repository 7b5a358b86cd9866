/* cli_prompt.h - what is typed and nobody may see. */
#ifndef NORTH_CLI_PROMPT_H
#define NORTH_CLI_PROMPT_H

#include "north/cli.h"
#include "station/secret_file.h"

enum { CLI_TYPED_MAX = SECRET_LEN_MAX + 1 };

/* Reads a line of standard input, without its end; on a terminal after a
 * prompt, and unseen. "" at the end of the input; one that has no room is
 * refused. */
enum cli_exit cli_read_line(const char *prompt, char out[CLI_TYPED_MAX],
                            struct complaint *why);

/* Asks for it once more; what differs is refused with that word. */
enum cli_exit cli_read_again(const char typed[CLI_TYPED_MAX],
                             const char *differ, struct complaint *why);

/* The passphrase of a backup: of --passphrase-file, of PORTOLAN_PASSPHRASE, or
 * typed: twice where it is a new one, which has a least length. Without blanks
 * around it. */
enum cli_exit cli_read_passphrase(const struct cli *c, bool is_new,
                                  char out[CLI_TYPED_MAX],
                                  struct complaint *why);

#endif
