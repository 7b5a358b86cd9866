#include "mibs/plan.h"
#include "mibs/profile_read.h"

#include <string.h>

enum { SLOW_START_MAX_MS = 3600000 };

/* Names of standard tables, as `portolan device NAME --quirks` shows them. */
static int read_table_names(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why)
{
    struct text_list *out = field;
    int rc = read_texts(n, out, ctx, why);

    for (size_t i = 0; rc == 0 && i < out->count; i++)
        if (!plan_has(out->at[i]))
            return yaml_complain(
                yaml_kind(n) == YAML_LIST ? yaml_item(n, i) : n, why,
                "write one such as lldpRemTable; a profile's "
                "own tables are left out by without",
                "no standard table is called \"%.60s\"", out->at[i]);
    return rc;
}

/* Conditions over what a generic table tells, whose names are columns. */
static int read_ignored(struct yaml_node n, void *field, void *ctx,
                        const char *const *columns, size_t count,
                        struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct scope before = r->scope;

    r->scope =
        (struct scope){.columns = columns, .column_count = count, .row = true};
    int rc = read_skips(n, field, ctx, why);

    r->scope = before;
    return rc;
}

static int read_ports(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    return read_ignored(n, field, ctx, port_columns, PORT_COLUMNS, why);
}

static int read_vlans(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    return read_ignored(n, field, ctx, vlan_columns, VLAN_COLUMNS, why);
}

static int read_storages(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    return read_ignored(n, field, ctx, storage_columns, STORAGE_COLUMNS, why);
}

static int read_port_name(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    struct profile_reader *r = ctx;
    struct scope before = r->scope;

    r->scope = (struct scope){
        .columns = port_columns, .column_count = PORT_COLUMNS, .row = true};
    int rc = read_template(n, field, ctx, why);

    r->scope = before;
    return rc;
}

#define QUIRK(member, kind)                               \
    {                                                     \
        .key = #member, .type = (kind),                   \
        .offset = offsetof(struct profile, quirks.member) \
    }
#define QUIRK_TABLES(member)                                             \
    {                                                                    \
        .key = #member, .type = YAML_T_CUSTOM, .read = read_table_names, \
        .offset = offsetof(struct profile, quirks.member)                \
    }

#define IGNORED(member, reader)                                  \
    {                                                            \
        .key = #member, .type = YAML_T_CUSTOM, .read = (reader), \
        .offset = offsetof(struct profile, member)               \
    }

static const struct yaml_field quirk_fields[] = {
    {.key = "encoding",
     .type = YAML_T_CUSTOM,
     .read = read_name,
     .offset = offsetof(struct profile, quirks.encoding)},
    QUIRK(no_bulk, YAML_T_BOOL),
    {.key = "max_repetitions",
     .type = YAML_T_INT,
     .min = 1,
     .max = 1000,
     .offset = offsetof(struct profile, quirks.max_repetitions)},
    QUIRK(unordered, YAML_T_BOOL),
    QUIRK_TABLES(unordered_tables),
    QUIRK_TABLES(skip),
    {.key = "slow_start",
     .type = YAML_T_DURATION,
     .max = SLOW_START_MAX_MS,
     .offset = offsetof(struct profile, quirks.slow_start_ms)},
    QUIRK(lldp_local_is_if_index, YAML_T_BOOL),
    QUIRK(bad_hc_counters, YAML_T_BOOL),
    QUIRK(vlan_contexts, YAML_T_BOOL),
    IGNORED(ignore_ports, read_ports),
    IGNORED(ignore_vlans, read_vlans),
    IGNORED(ignore_storage, read_storages),
    IGNORED(port_name, read_port_name),
    {.key = NULL},
};

int read_quirks(struct yaml_node n, void *field, void *ctx,
                struct complaint *why)
{
    (void)field;
    return yaml_read(n, quirk_fields, READER_OF(ctx)->profile, ctx, why);
}
