/* Rules of alerts, and what ports should be, of portolan.yaml: alerts. */
#include "station/config_read.h"
#include "station/rule_read.h"

#include <stddef.h>

static const char *const expects[] = {"up", "down", "any", NULL};

static const struct yaml_field pin_fields[] = {
    {.key = "devices",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct config_port_pin, devices),
     .read = rule_read_patterns},
    {.key = "ports",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct config_port_pin, ports),
     .read = rule_read_patterns},
    {.key = "expect",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct config_port_pin, expect),
     .required = true,
     .choices = expects,
     .help = "write expect: up, down or any"},
    {.key = NULL},
};

static void pin_fini(struct config_port_pin *p)
{
    rule_patterns_fini(&p->devices);
    rule_patterns_fini(&p->ports);
}

static void pins_fini(struct config_port_pins *pins)
{
    for (size_t i = 0; i < pins->count; i++)
        pin_fini(&pins->at[i]);
    array_fini(pins);
}

void config_alerts_fini(struct config_alerts *a)
{
    rules_fini(&a->rules);
    pins_fini(&a->ports);
}

static int pin_item(struct yaml_node n, void *list,
                    struct config_reader *reader, struct complaint *why)
{
    struct config_port_pins *pins = list;
    struct config_port_pin pin = {.expect = PORT_EXPECT_UP};
    int rc = yaml_read(n, pin_fields, &pin, reader, why);

    if (rc == 0 && pin.devices.count == 0 && pin.ports.count == 0)
        rc = yaml_complain(n, why, "add devices or ports",
                           "nothing tells which ports are meant");
    if (rc == 0)
        *array_add(pins) = pin;
    else
        pin_fini(&pin);
    return rc;
}

int config_add_port_pins(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    return config_read_list(n, CONFIG_PORT_PINS_MAX, field, ctx, pin_item, why);
}

int config_read_port_pins(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    pins_fini(field);
    return config_add_port_pins(n, field, ctx, why);
}

static int rule_item(struct yaml_node n, void *list,
                     struct config_reader *reader, struct complaint *why)
{
    int rc = rule_read(n, list, why);

    if (rc == 0) {
        struct rule *r = rules_find(list, yaml_text(yaml_get(n, "name")));

        r->of_page = r->of_page || reader->of_page;
        r->line = reader->of_page ? r->line : yaml_line(n);
    }
    return rc;
}

/* The defaults are there already: each item adds to them or changes one. */
int config_read_rules(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    return config_read_list(n, RULES_MAX, field, ctx, rule_item, why);
}
