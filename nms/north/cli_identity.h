/* cli_identity.h - `portolan device NAME --why`: which evidence made it one
 * device. */
#ifndef NORTH_CLI_IDENTITY_H
#define NORTH_CLI_IDENTITY_H

#include "north/cli.h"

#include <jansson.h>

/* What the station knows of a device's identity. */
int cli_fetch_identity(struct cli *c, const char *device, json_t **out,
                       struct complaint *why)
    __attribute__((warn_unused_result));

void cli_print_identity(struct cli *c, const json_t *body);

#endif
