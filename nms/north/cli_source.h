/* cli_source.h - where a command without a station takes configuration,
 * credential and profiles from. */
#ifndef NORTH_CLI_SOURCE_H
#define NORTH_CLI_SOURCE_H

#include "mibs/profile.h"
#include "north/cli.h"

struct config;
struct credential;

/* The configuration where --config or --credential ask for one; else *out is
 * NULL. */
enum cli_exit source_config(const struct cli_values *v, struct config **out,
                            struct complaint *why);

/* The credential that the options describe, for the caller to free. Without
 * any: of the configuration the first, else version 2c and "public". */
enum cli_exit source_credential(const struct cli_values *v,
                                const struct config *config,
                                struct credential **out, struct complaint *why);

/* The profiles of --profiles, of the configuration, or as installed with this
 * program; faulty ones are told on stderr and left out. Never NULL. */
struct profiles *source_profiles(const struct cli_values *v,
                                 const struct config *config);

#endif
