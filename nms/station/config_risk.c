/* What devices are worth and how risk is reckoned, of portolan.yaml: risk. */
#include "station/config_read.h"
#include "station/risk.h"
#include "station/rule_read.h"

#include <assert.h>
#include <stddef.h>

static const struct yaml_field value_fields[] = {
    {.key = "devices",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct config_value, devices),
     .read = rule_read_patterns},
    {.key = "sites",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct config_value, sites),
     .read = rule_read_patterns},
    {.key = "kinds",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct config_value, kinds),
     .read = rule_read_kinds},
    {.key = "value",
     .type = YAML_T_INT,
     .offset = offsetof(struct config_value, value),
     .required = true,
     .min = 1,
     .max = 5,
     .help = "write value: 1 to 5"},
    {.key = NULL},
};

static void value_fini(struct config_value *v)
{
    rule_patterns_fini(&v->devices);
    rule_patterns_fini(&v->sites);
}

static void values_fini(struct config_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        value_fini(&values->at[i]);
    array_fini(values);
}

static struct formula *sound(const char *text, const char *const *names)
{
    struct buffer OWNED_BUFFER error = {0};
    struct formula *f = formula_new(text, names, &error);

    assert(f != NULL);
    return f;
}

void config_risk_init(struct config_risk *r)
{
    r->alert_of = sound(risk_alert_formula, risk_alert_names);
    r->group_of = sound(risk_group_formula, risk_group_names);
}

void config_risk_fini(struct config_risk *r)
{
    values_fini(&r->values);
    formula_free(r->alert_of);
    formula_free(r->group_of);
}

static int value_item(struct yaml_node n, void *list,
                      struct config_reader *reader, struct complaint *why)
{
    struct config_values *values = list;
    struct config_value v = {.value = 0};
    int rc = yaml_read(n, value_fields, &v, reader, why);

    if (rc == 0)
        *array_add(values) = v;
    else
        value_fini(&v);
    return rc;
}

int config_read_values(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    values_fini(field);
    return config_read_list(n, CONFIG_VALUES_MAX, field, ctx, value_item, why);
}

static int read_formula(struct yaml_node n, struct formula **out,
                        const char *const *names, struct complaint *why)
{
    struct buffer OWNED_BUFFER error = {0}, OWNED_BUFFER remedy = {0};
    const char *text = yaml_text(n);
    struct formula *f = text != NULL ? formula_new(text, names, &error) : NULL;

    if (f == NULL) {
        buffer_text(&remedy, "variables here:");
        for (size_t i = 0; names[i] != NULL; i++)
            buffer_format(&remedy, " %s", names[i]);
        return yaml_complain(n, why, remedy.at, "%s",
                             text != NULL ? error.at : "a formula is expected");
    }
    formula_free(*out);
    *out = f;
    return 0;
}

int config_read_risk_alert(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why)
{
    (void)ctx;
    return read_formula(n, field, risk_alert_names, why);
}

int config_read_risk_group(struct yaml_node n, void *field, void *ctx,
                           struct complaint *why)
{
    (void)ctx;
    return read_formula(n, field, risk_group_names, why);
}
