/* options.h - the command line of the farm. */
#ifndef FARM_OPTIONS_H
#define FARM_OPTIONS_H

#include "base/mem.h"
#include "tests/farm/fault.h"
#include "wire/credential.h"

enum { OPTION_USERS_MAX = 16 };

struct options {
    const char *network; /* NULL: none */
    uint32_t devices, ports, base_ip;
    uint64_t seed;
    uint16_t port;
    const char *community, *truth, *control;
    bool commands, quiet, waves, sessions;
    uint32_t run_s, max_size;
    struct fault_settings ARRAY_OF(struct fault_setting) faults;
    struct replay_paths ARRAY_OF(const char *) replay; /* views of argv */
    struct credential users[OPTION_USERS_MAX];         /* texts owned */
    size_t user_count;
};

enum options_verdict { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

/* Reads argv; OPTIONS_WRONG with *why. Texts stay argv's. */
enum options_verdict farm_options_read(int argc, char **argv,
                                       struct options *out,
                                       struct complaint *why);
void farm_options_fini(struct options *o);

void farm_options_help(void);

#endif
