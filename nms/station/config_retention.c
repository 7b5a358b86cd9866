/* How long what happened is kept, of each kind (portolan.yaml: retention). */
#include "station/config_read.h"

#include <stddef.h>

#define DAY_MS (24.0 * 3600 * 1000)
#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)

/* A day to ten years; presets are those of config_retention_init(), as the
 * section may not be there at all. */
#define KEEP(key_, member)                                                  \
    {                                                                       \
        .key = (key_), .type = YAML_T_DURATION,                             \
        .offset = offsetof(struct config_retention, member), .min = DAY_MS, \
        .max = 3650 * DAY_MS                                                \
    }

static const struct yaml_field fields[] = {
    KEEP("events", events_ms),
    KEEP("notifications", notifications_ms),
    KEEP("audit", audit_ms),
    KEEP("alerts", alerts_ms),
    KEEP("risk", risk_ms),
    KEEP("topology", topology_ms),
    {.key = NULL},
};

void config_retention_init(struct config_retention *r)
{
    *r = (struct config_retention){.events_ms = YEAR_MS,
                                   .notifications_ms = YEAR_MS,
                                   .audit_ms = 2 * YEAR_MS,
                                   .alerts_ms = YEAR_MS,
                                   .risk_ms = YEAR_MS,
                                   .topology_ms = YEAR_MS};
}

int config_read_retention(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    struct config_retention *r = field;
    int rc = yaml_read(n, fields, field, ctx, why);

    if (yaml_is_null(yaml_get(n, "notifications")) ||
        r->notifications_ms > r->events_ms)
        r->notifications_ms = r->events_ms;
    return rc;
}
