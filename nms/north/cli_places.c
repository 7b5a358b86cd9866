/* Where the data and the configuration of a station are. */
#include "base/file.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "north/cli_backup.h"
#include "north/cli_print.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Of a file that cannot be read: who may read what is there. */
static char *owner_of(const char *data)
{
    struct stat about;
    const struct passwd *user =
        stat(data, &about) == 0 ? getpwuid(about.st_uid) : NULL;

    return user != NULL && user->pw_uid != 0 ? mem_text(user->pw_name) : NULL;
}

static char *text_in(struct yaml_node station, const char *key)
{
    struct yaml_node n = yaml_get(station, key);

    return !yaml_is_null(n) && yaml_text(n) != NULL ? mem_text(yaml_text(n))
                                                    : NULL;
}

/* Where the data is and whose, of a file that may be faulty else, or name files
 * that are not there: that is why something is restored. */
static enum cli_exit read_station(const char *path, const char *data,
                                  struct cli_places *out, struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;

    out->config = file_absolute(path);
    if (yaml_load(path, &doc, why) < 0) {
        if (data == NULL)
            return CLI_WRONG_CONFIG;
        (void)fprintf(stderr,
                      "%s: %s; it is left aside, as --data tells the place\n",
                      why->place, why->what);
        out->user = owner_of(data);
        return CLI_DONE;
    }
    struct yaml_node station = yaml_get(yaml_root(doc), "station");
    out->data = text_in(station, "data");
    out->user = text_in(station, "user");
    return CLI_DONE;
}

static enum cli_exit read_file(struct cli *c, bool ask, const char *path,
                               struct cli_places *out, struct complaint *why)
{
    return ask ? read_config(path, out, why)
               : read_station(path, c->values.data, out, why);
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
        return read_file(c, ask, config, out, why);
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
        code = read_file(c, ask, standard, out, why);
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
