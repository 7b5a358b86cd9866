#include "mibs/entity_state_mib.h"

#include "base/table.h"
#include "mibs/entity_mib.h"
#include "mibs/sensor_mib.h"

#include <inttypes.h>
#include <string.h>

#define ENTITY_STATE 1, 3, 6, 1, 2, 1, 131, 1, 1, 1

enum { STATE_ADMIN, STATE_OPER, STATE_ALARM, STATE_STANDBY };

static const struct oid state_columns[] = {
    [STATE_ADMIN] = OID_INIT(ENTITY_STATE, 2),
    [STATE_OPER] = OID_INIT(ENTITY_STATE, 3),
    [STATE_ALARM] = OID_INIT(ENTITY_STATE, 5),
    [STATE_STANDBY] = OID_INIT(ENTITY_STATE, 6),
};

/* EntityAdminState, EntityOperState, EntityStandbyStatus (RFC 4268). */
enum { ADMIN_LOCKED = 2, ADMIN_SHUTTING_DOWN = 3 };
enum { OPER_UNKNOWN = 1, OPER_DISABLED, OPER_ENABLED, OPER_TESTING };
enum { STANDBY_COLD = 3 };

/* Bits of EntityAlarmStatus, the worst first; bit 0 is the first octet's
 * highest. */
static const struct {
    unsigned bit;
    const char *text, *severity;
} alarms[] = {
    {2, "critical alarm", "critical"},
    {3, "major alarm", "critical"},
    {4, "minor alarm", "warning"},
    {5, "warning alarm", "warning"},
    {6, "alarm of indeterminate severity", "warning"},
    {1, "under repair", "unknown"},
};

/* IANAPhysicalClass, and the group that sensors of such parts are in: rules
 * know fans and power supplies by it. */
static const char *const groups[] = {
    [3] = "Chassis state", [4] = "Backplane state", [6] = "Power supply state",
    [7] = "Fan state",     [8] = "Sensor state",    [9] = "Module state",
    [11] = "Stack state",  [12] = "CPU state",
};

static void read_state(struct harvest *h, const struct row *row)
{
    const struct value *alarm = row_at(row, STATE_ALARM);
    bool told = alarm->type == VALUE_OCTETS && alarm->octets.len > 0;

    if (row->index.len != 1 || h->entity_states.count >= ENTITIES_MAX)
        return;
    *array_add(&h->entity_states) = (struct entity_state){
        .entity = row->index.sub[0],
        .admin = row_integer(row, STATE_ADMIN, 0),
        .oper = row_integer(row, STATE_OPER, 0),
        .standby = row_integer(row, STATE_STANDBY, 0),
        .alarms = told ? alarm->octets.at[0] : 0,
    };
}

/* A part that waits to be used is disabled for no fault of its own. */
static bool is_idle_by_will(const struct entity_state *s)
{
    return s->admin == ADMIN_LOCKED || s->admin == ADMIN_SHUTTING_DOWN ||
           s->standby == STANDBY_COLD;
}

/* False: nothing is known of it. */
static bool weigh(const struct entity_state *s, const char **text,
                  const char **severity)
{
    for (size_t i = 0; i < COUNT_OF(alarms); i++)
        if ((s->alarms & 0x80u >> alarms[i].bit) != 0) {
            *text = alarms[i].text;
            *severity = alarms[i].severity;
            return true;
        }
    switch (s->oper) {
    case OPER_DISABLED:
        *text = is_idle_by_will(s) ? "disabled, not in use" : "disabled";
        *severity = is_idle_by_will(s) ? "unknown" : "critical";
        return true;
    case OPER_ENABLED:
        *text = "enabled";
        *severity = "ok";
        return true;
    case OPER_TESTING:
        *text = "testing";
        *severity = "unknown";
        return true;
    default:
        return false;
    }
}

static const char *group_of(const struct entity *e)
{
    return e != NULL && e->class > 0 && (size_t)e->class < COUNT_OF(groups)
               ? groups[e->class]
               : NULL;
}

static void add_state(struct harvest *h, const struct entity_state *state,
                      struct table *seen)
{
    const struct entity *e = sensor_entity(h, state->entity);
    const char *group = group_of(e), *text = "", *severity = "";

    if (group == NULL || h->facts->sensors.count >= SENSORS_MAX ||
        !weigh(state, &text, &severity))
        return;
    const char *index = harvest_format(h, "%" PRIu32, state->entity);
    const char *oid =
        harvest_format(h, "1.3.6.1.2.1.131.1.1.1.3.%" PRIu32, state->entity);
    if (table_find_text(seen, index) != NULL ||
        table_find_text(seen, oid) != NULL)
        return;
    struct sensor *s = sensor_add(h, "state", "", (double)state->oper);
    s->index = oid + strlen("1.3.6.1.2.1.");
    s->descr = sensor_entity_descr(h, e, state->entity);
    s->oid = oid;
    s->group = group;
    s->entity = state->entity;
    s->if_index = sensor_port(h, state->entity);
    s->state_descr = text;
    s->state_severity = severity;
}

void entity_state_finish(struct harvest *h)
{
    OWNED(table_free) struct table *seen = table_new();

    if (h->entity_states.count == 0)
        return;
    for (size_t i = 0; i < h->facts->sensors.count; i++) {
        const struct sensor *s = &h->facts->sensors.at[i];

        if (strcmp(s->class, "state") != 0)
            continue;
        (void)table_put_text(seen, s->index, h);
        (void)table_put_text(seen, s->oid, h);
    }
    for (size_t i = 0; i < h->entity_states.count; i++)
        add_state(h, &h->entity_states.at[i], seen);
}

const struct reader entity_state_reader = {
    .name = "entStateTable",
    READ_COLUMNS(state_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_state,
};
