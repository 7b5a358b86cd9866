/* rule_read.h - rules as they are written, in a configuration or as the
 * defaults. */
#ifndef STATION_RULE_READ_H
#define STATION_RULE_READ_H

#include "base/yaml.h"
#include "station/rule.h"

/* A list of rules. */
extern const char rule_defaults[];

/* The rules that are there without any configuration. */
void rules_take_defaults(struct rules *rules);

/* Reads one rule: a new one, or what is changed of the one of that name. */
int rule_read(struct yaml_node n, struct rules *rules, struct complaint *why)
    __attribute__((warn_unused_result));

/* Reads one pattern, or a list of them, in place of those that are there; a
 * custom reader. */
int rule_read_patterns(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why);

/* Reads a list of kinds of devices as bits of enum device_kind; a custom
 * reader. */
int rule_read_kinds(struct yaml_node n, void *field, void *ctx,
                    struct complaint *why);

#endif
