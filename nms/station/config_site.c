/* Where devices stand, of portolan.yaml: maps.sites. */
#include "station/config_read.h"

#include <stddef.h>

enum { SITES_MAX = 10000, PATTERN_MAX = 255 /* octets */ };

static int read_prefix(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct config_prefixes one = {0};
    struct site_rule *site = field;
    int rc = config_read_prefix(n, &one, ctx, why);

    if (rc == 0) {
        site->prefix = one.at[0];
        site->has_prefix = true;
    }
    array_fini(&one);
    return rc;
}

static const struct yaml_field fields[] = {
    {.key = "name",
     .offset = offsetof(struct site_rule, name),
     .required = true,
     .help = "write name: as the site is called"},
    {.key = "location", .offset = offsetof(struct site_rule, location)},
    {.key = "device", .offset = offsetof(struct site_rule, device)},
    {.key = "prefix", .type = YAML_T_CUSTOM, .read = read_prefix},
    {.key = NULL},
};

static void site_fini(struct site_rule *s)
{
    free((char *)s->name);
    free((char *)s->location);
    free((char *)s->device);
}

void config_sites_fini(struct config_sites *s)
{
    for (size_t i = 0; i < s->count; i++)
        site_fini(&s->at[i]);
    array_fini(s);
}

static int check(struct yaml_node n, const struct site_rule *s,
                 struct complaint *why)
{
    const char *texts[] = {s->name, s->location, s->device};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i] != NULL &&
            (texts[i][0] == '\0' || strlen(texts[i]) > PATTERN_MAX))
            return yaml_complain(n, why,
                                 "write 1 to 255 octets, or leave it out",
                                 "a site has an empty or endless text");
    if (s->location == NULL && s->device == NULL && !s->has_prefix)
        return yaml_complain(n, why, "add location, device or prefix",
                             "nothing tells which devices stand at %s",
                             s->name);
    return 0;
}

static int site_item(struct yaml_node n, void *list,
                     struct config_reader *reader, struct complaint *why)
{
    struct config_sites *sites = list;
    struct site_rule s = {0};
    int rc = yaml_read(n, fields, &s, reader, why);

    if (rc == 0)
        rc = check(n, &s, why);
    if (rc == 0)
        *array_add(sites) = s;
    else
        site_fini(&s);
    return rc;
}

int config_add_sites(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    return config_read_list(n, SITES_MAX, field, ctx, site_item, why);
}

int config_read_sites(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    config_sites_fini(field);
    return config_add_sites(n, field, ctx, why);
}
