/* How long what happened is kept, of each kind (portolan.yaml: retention). */
#include "station/config_read.h"

#include <stddef.h>

#define DAY_MS (24.0 * 3600 * 1000)
#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)

/* A day to ten years; without a preset: as config_retention_init() says. */
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
    *r = (struct config_retention){
        .audit_ms = 2 * YEAR_MS, .alerts_ms = YEAR_MS, .risk_ms = YEAR_MS};
}

int config_read_retention(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    return yaml_read(n, fields, field, ctx, why);
}

int64_t config_events_ms(const struct config *c)
{
    return c->retention.events_ms > 0 ? c->retention.events_ms
                                      : c->events.keep_ms;
}

int64_t config_notifications_ms(const struct config *c)
{
    int64_t events_ms = config_events_ms(c);
    int64_t own_ms = c->retention.notifications_ms;

    return own_ms > 0 && own_ms < events_ms ? own_ms : events_ms;
}

int64_t config_topology_ms(const struct config *c)
{
    return c->retention.topology_ms > 0 ? c->retention.topology_ms
                                        : c->topology.keep_ms;
}
