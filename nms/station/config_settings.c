/* What people set by the page: DATA/settings.yaml, added to portolan.yaml. */
#include "station/config_read.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define CUSTOM(key_, type_, member, read_)                 \
    {                                                      \
        .key = (key_), .type = YAML_T_CUSTOM,              \
        .offset = offsetof(type_, member), .read = (read_) \
    }

/* Readers take the place of what is there: these are read apart, then added. */
static const struct yaml_field discovery_fields[] = {
    CUSTOM("seeds", struct config_discovery, seeds, config_read_seeds),
    CUSTOM("ranges", struct config_discovery, ranges, config_read_ranges),
    CUSTOM("within", struct config_discovery, within, config_read_within),
    CUSTOM("exclude", struct config_discovery, exclude, config_read_prefixes),
    {.key = NULL},
};

static void add_prefixes(struct config_prefixes *to,
                         struct config_prefixes *from)
{
    for (size_t i = 0; i < from->count; i++)
        *array_add(to) = from->at[i];
    array_fini(from);
}

static int read_discovery(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    struct config_discovery *to = field, more = {0};
    int rc = yaml_read(n, discovery_fields, &more, ctx, why);

    for (size_t i = 0; i < more.seeds.count; i++)
        *array_add(&to->seeds) = more.seeds.at[i];
    array_fini(&more.seeds);
    add_prefixes(&to->ranges, &more.ranges);
    add_prefixes(&to->within, &more.within);
    add_prefixes(&to->exclude, &more.exclude);
    return rc;
}

/* ---- what is of the file, and what is added ---- */

void config_note_own(struct config *c, struct yaml_node root)
{
    struct yaml_node discovery = yaml_get(root, "discovery");
    const struct {
        size_t count;
        struct yaml_node n;
    } lists[CONFIG_LISTS] = {
        [CONFIG_CREDENTIALS] = {c->credentials.count,
                                yaml_get(root, "credentials")},
        [CONFIG_SEEDS] = {c->discovery.seeds.count,
                          yaml_get(discovery, "seeds")},
        [CONFIG_RANGES] = {c->discovery.ranges.count,
                           yaml_get(discovery, "ranges")},
        [CONFIG_WITHIN] = {c->discovery.within.count,
                           yaml_get(discovery, "within")},
        [CONFIG_EXCLUDE] = {c->discovery.exclude.count,
                            yaml_get(discovery, "exclude")},
        [CONFIG_RECEIVERS] = {c->receivers.count, yaml_get(root, "receivers")},
        [CONFIG_SITES] = {c->maps.sites.count,
                          yaml_get(yaml_get(root, "maps"), "sites")},
        [CONFIG_PORTS] = {c->alerts.ports.count,
                          yaml_get(yaml_get(root, "alerts"), "ports")},
    };

    for (size_t list = 0; list < CONFIG_LISTS; list++) {
        c->own[list] = lists[list].count;
        for (size_t i = 0; yaml_kind(lists[list].n) == YAML_LIST &&
                           i < yaml_count(lists[list].n);
             i++)
            *array_add(&c->lines[list]) =
                yaml_line(yaml_item(lists[list].n, i));
    }
}

static const struct yaml_field alert_fields[] = {
    CUSTOM("rules", struct config, alerts.rules, config_read_rules),
    CUSTOM("ports", struct config, alerts.ports, config_add_port_pins),
    {.key = NULL},
};

static const struct yaml_field map_fields[] = {
    CUSTOM("sites", struct config, maps.sites, config_add_sites),
    {.key = NULL},
};

static const struct yaml_field sections[] = {
    CUSTOM("credentials", struct config, credentials, config_read_credentials),
    CUSTOM("discovery", struct config, discovery, read_discovery),
    CUSTOM("receivers", struct config, receivers, config_read_receivers),
    {.key = "alerts", .type = YAML_T_MAP, .fields = alert_fields},
    {.key = "maps", .type = YAML_T_MAP, .fields = map_fields},
    {.key = NULL},
};

/* Where within was only to follow from seeds and ranges, it still does from
 * those of the file. */
static void keep_default_within(struct config *c, bool given)
{
    struct config_discovery *d = &c->discovery;

    if (given)
        return;
    for (size_t i = 0; i < c->own[CONFIG_SEEDS]; i++)
        *array_add(&d->within) =
            prefix_of(&d->seeds.at[i], d->seeds.at[i].family == 4 ? 32 : 128);
    for (size_t i = 0; i < c->own[CONFIG_RANGES]; i++)
        *array_add(&d->within) = d->ranges.at[i];
    c->own[CONFIG_WITHIN] = d->within.count;
}

int config_read_settings(const struct yaml *settings,
                         struct config_reader *reader)
{
    struct config *c = reader->config;
    bool inside = reader->secret_inside;
    struct yaml_node root = yaml_root(settings);

    if (!yaml_is_null(yaml_get(yaml_get(root, "discovery"), "within")))
        keep_default_within(c, reader->within_given);
    reader->of_page = true;
    int rc = yaml_read_all(root, sections, c, reader, reader->faults);
    reader->secret_inside = inside; /* nobody else may read that file */
    return rc;
}

int config_load_settings(const struct yaml *doc, struct yaml **out,
                         struct complaint *why)
{
    static const char standard[] = "/var/lib/portolan";
    const char *data =
        yaml_text(yaml_get(yaml_get(yaml_root(doc), "station"), "data"));
    OWNED_BUFFER struct buffer path = {0};

    *out = NULL;
    buffer_format(&path, "%s/" CONFIG_SETTINGS, data != NULL ? data : standard);
    if (access(path.at, R_OK) < 0)
        return 0;
    return yaml_load(path.at, out, why);
}
