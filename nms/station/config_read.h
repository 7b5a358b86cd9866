/* config_read.h - readers of the values that portolan.yaml is made of; for the
 * files config*.c alone.
 *
 * Each reads one node into the field it is given, in place of what is there
 * (a default), and is a custom reader of a schema table (base/yaml.h).
 */
#ifndef STATION_CONFIG_READ_H
#define STATION_CONFIG_READ_H

#include "base/yaml_rename.h"
#include "station/config.h"

/* What readers share: the ctx of the schema tables. */
struct config_reader {
    struct config *config;
    struct yaml_faults *faults; /* those of list items but the last */
    bool within_given;
    bool secret_inside; /* a secret stands in the file itself */
    bool of_page;       /* what is read was set by the page */
};

/* The schema of the whole, into a struct config; what is no single text is left
 * as it is (config_schema.c). */
extern const struct yaml_field config_sections[];

/* config_check.c: faults of keys that do not go together, once all were read;
 * and warnings, once defaults are filled in. */
void config_check_whole(struct config_reader *reader, struct yaml_node root);
void config_warn_whole(const struct config_reader *reader);

/* Appends a warning about a place: "FILE: place: text". */
void config_warn(struct config *c, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The settings that belong to a configuration: *out stays NULL where there are
 * none, or where nobody may read them. */
int config_load_settings(const struct yaml *doc, struct yaml **out,
                         struct complaint *why)
    __attribute__((warn_unused_result));
/* What was read until now is the file's: notes how much, and where it stands
 * in it. */
void config_note_own(struct config *c, struct yaml_node root);
/* Adds them to what was read; faults are appended. */
int config_read_settings(const struct yaml *settings,
                         struct config_reader *reader)
    __attribute__((warn_unused_result));

/* What does not fit or is listed twice is refused. */
int config_read_texts(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why);
int config_read_seeds(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why);
int config_read_prefixes(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why);
/* Reads one prefix, and appends it. */
int config_read_prefix(struct yaml_node n, struct config_prefixes *list,
                       struct config_reader *reader, struct complaint *why);
int config_read_ranges(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);
int config_read_within(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);
int config_read_sites(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why);
/* The same besides those that are there. */
int config_add_sites(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why);
int config_read_keep(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why);
int config_read_encoding(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why);

/* "ADDRESS:PORT", "[ADDRESS]:PORT" or "" for off. */
int config_read_listen(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);
/* "udp:ADDRESS:PORT", one and a list of them. */
int config_read_endpoint(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why);
int config_read_endpoints(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why);

int config_read_credentials(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why);
int config_read_receivers(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why);

int config_read_rules(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why);
int config_read_port_pins(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why);
/* The same, behind those that are there. */
int config_add_port_pins(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why);

int config_read_values(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);
/* A formula of an alert's risk, and of a group's. */
int config_read_risk_alert(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why);
int config_read_risk_group(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why);
int config_read_backup(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);
int config_read_retention(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why);
void config_retention_init(struct config_retention *r);
void config_backup_init(struct config_backup *b);
void config_backup_fini(struct config_backup *b);
/* Keys of earlier versions, with the names that they have now. */
extern const struct yaml_renamed config_renamed[];

void config_risk_init(struct config_risk *r);
void config_risk_fini(struct config_risk *r);

/* Reads every item of a list by read_item(item, list, ctx, why), which appends
 * to the list; at most max items. */
int config_read_list(struct yaml_node n, size_t max, void *list,
                     struct config_reader *reader,
                     int (*read_item)(struct yaml_node item, void *list,
                                      struct config_reader *reader,
                                      struct complaint *why),
                     struct complaint *why);

void config_texts_fini(struct config_texts *t);
void config_sites_fini(struct config_sites *s);
void config_alerts_fini(struct config_alerts *a);

#endif
