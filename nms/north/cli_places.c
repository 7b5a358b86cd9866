/* Where the data and the configuration of a station are. */
#include "base/file.h"
#include "base/mem.h"
#include "north/cli_backup.h"
#include "north/cli_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard[] = PORTOLAN_ETC "/portolan.yaml";

void cli_places_fini(struct cli_places *p)
{
    char *texts[] = {p->data, p->config, p->station, p->user};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    *p = (struct cli_places){0};
}

/* 0, or -errno and *why: -ECONNREFUSED where nobody answers. */
static int ask_station(struct cli *c, struct cli_places *out,
                       struct complaint *why)
{
    json_t *body;
    int rc = client_get(cli_client(c), "status", &body, why);

    if (rc < 0)
        return rc;
    const char *config = json_text_at(body, "config");
    out->data = mem_text(json_text_at(body, "data"));
    out->station = mem_text(json_text_at(body, "name"));
    if (config[0] != '\0')
        out->config = mem_text(config);
    json_decref(body);
    return out->data[0] == '/'
               ? 0
               : complain(why, -EBADMSG, "",
                          "name its configuration with --config",
                          "the station does not tell where its data is");
}

static enum cli_exit read_config(const char *path, struct cli_places *out,
                                 struct complaint *why)
{
    struct config *found = NULL;

    if (config_load(path, &found, why) < 0)
        return CLI_WRONG_CONFIG;
    OWNED(config_free) struct config *config = found;
    out->data = mem_text(config->station.data);
    out->station = mem_text(config->station.name);
    out->user = mem_text(config->station.user);
    out->config = file_absolute(path);
    return CLI_DONE;
}

/* Of the station that is meant: where that does not answer, its configuration
 * tells, if it is the one that everybody means who names none. */
static enum cli_exit find_running(struct cli *c, struct cli_places *out,
                                  struct complaint *why)
{
    int rc = ask_station(c, out, why);

    if (rc == 0)
        return CLI_DONE;
    cli_places_fini(out);
    return rc == -ECONNREFUSED && !cli_names_socket(c) ? CLI_DONE : CLI_FAILED;
}

static enum cli_exit find_named(struct cli *c, bool ask, struct cli_places *out,
                                struct complaint *why)
{
    const char *config = c->values.config;

    if (access(config, F_OK) == 0)
        return read_config(config, out, why);
    if (ask)
        return cli_refuse(why, CLI_FAILED, "check its name and permissions",
                          "%s cannot be read: %s", config, strerror(errno));
    out->config = file_absolute(config); /* it is to be made */
    return CLI_DONE;
}

static enum cli_exit find(struct cli *c, bool ask, struct cli_places *out,
                          struct complaint *why)
{
    const struct cli_values *v = &c->values;
    enum cli_exit code = CLI_DONE;

    if (v->config != NULL)
        return find_named(c, ask, out, why);
    if (v->data == NULL && ask)
        code = find_running(c, out, why);
    if (code == CLI_DONE && out->data == NULL && access(standard, F_OK) == 0)
        code = read_config(standard, out, why);
    return code;
}

enum cli_exit cli_places(struct cli *c, bool ask, struct cli_places *out,
                         struct complaint *why)
{
    const struct cli_values *v = &c->values;

    *out = (struct cli_places){0};
    if (v->url != NULL)
        return cli_refuse(why, CLI_WRONG_USAGE, "",
                          "%s works on the machine of the station alone",
                          c->command->name);
    enum cli_exit code = find(c, ask, out, why);
    if (code != CLI_DONE) {
        cli_places_fini(out);
        return code;
    }
    if (out->config == NULL && !ask)
        out->config = mem_text(standard);
    if (v->data != NULL) {
        free(out->data);
        out->data = file_absolute(v->data);
    }
    if (out->data == NULL && !ask)
        out->data = mem_text("/var/lib/portolan");
    if (out->data != NULL)
        return CLI_DONE;
    cli_places_fini(out);
    return cli_refuse(why, CLI_FAILED,
                      "name its configuration with --config, or its data with "
                      "--data",
                      "no station answers, and there is no %s", standard);
}
