/* `portolan mib`: the module, for other managers. */
#include "north/cli.h"
#include "north/cli_source.h"
#include "north/mib_module.h"
#include "station/config.h"

#include <stdio.h>

/* The number of a configuration, without a station. */
static enum cli_exit print_configured(struct cli *c, struct buffer *out,
                                      struct complaint *why)
{
    struct config *config = NULL;
    enum cli_exit code = source_config(&c->values, &config, why);

    if (code != CLI_DONE)
        return code;
    mib_module_print((uint32_t)config->agentx.enterprise, out);
    config_free(config);
    return CLI_DONE;
}

enum cli_exit cli_mib(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    enum cli_exit code =
        c->values.config != NULL
            ? print_configured(c, &text, why)
            : cli_exit_of(client_fetch(cli_client(c), "mib", &text, why));

    if (code != CLI_DONE)
        return code;
    return fputs(text.at, stdout) < 0 ? CLI_FAILED : CLI_DONE;
}
