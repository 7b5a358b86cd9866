/* PORTOLAN-MIB: the station's scalars, portolanObjectTable,
 * portolanCollectorTable. */
#include "base/mem.h"
#include "base/table.h"
#include "north/agent_view.h"
#include "north/alarm_row.h"

#include <math.h>

/* ---- scalars ---- */

enum scalar {
    OBJECT_LAST_CHANGE = 1,
    ALARM_LAST_CHANGE,
    TOPOLOGY_LAST_CHANGE,
    RISK_LAST_CHANGE,
    NOTIFY_SEQ,
    ALARMS_CRITICAL,
    ALARMS_INDETERMINATE = 10,
    RISK_VERY_HIGH,
    RISK_VERY_LOW = 15,
    DEVICES_UP,
    DEVICES_SUSPECT,
    DEVICES_DOWN,
    DEVICES_UNKNOWN,
    PORTS_POLLED,
    POLLS,
    POLL_FAILURES,
    POLL_OVERRUNS,
    POLL_REQUESTS,
    POLL_LATENESS,
    STATION_DOUBT,
    STATION_NAME
};

static uint32_t changed(const struct agent_scene *scene, uint32_t column)
{
    const struct snapshot *s = scene->view->snapshot;

    if (column == OBJECT_LAST_CHANGE)
        return agent_ticks(scene, scene->view->objects_changed);
    if (column == TOPOLOGY_LAST_CHANGE)
        return agent_ticks(scene, s->topology_at);
    if (column == RISK_LAST_CHANGE)
        return s->risk != NULL ? agent_ticks(scene, s->risk->changed) : 0;
    return agent_ticks(scene, s->alerts->changed);
}

static void polling_value(const struct station_record *s, uint32_t column,
                          struct mib_cell *out)
{
    switch (column) {
    case DEVICES_UP:
        mib_unsigned(out, s->up);
        break;
    case DEVICES_SUSPECT:
        mib_unsigned(out, s->suspect);
        break;
    case DEVICES_DOWN:
        mib_unsigned(out, s->down);
        break;
    case DEVICES_UNKNOWN:
        mib_unsigned(out, s->unknown);
        break;
    case PORTS_POLLED:
        mib_unsigned(out, s->ports_polled);
        break;
    case POLLS:
        mib_counter64(out, s->polls);
        break;
    case POLL_FAILURES:
        mib_counter64(out, s->poll_failures);
        break;
    case POLL_OVERRUNS:
        mib_counter64(out, s->poll_overruns);
        break;
    case POLL_REQUESTS:
        mib_unsigned(out, (uint64_t)s->requests_per_s);
        break;
    case POLL_LATENESS:
        mib_unsigned(out,
                     s->lateness_p99_ms > 0 ? (uint64_t)s->lateness_p99_ms : 0);
        break;
    case STATION_DOUBT:
        mib_text(out, s->doubt);
        break;
    default:
        mib_text(out, s->name);
    }
}

static void scalar_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    const struct agent_scene *scene = of;

    (void)row;
    if (column <= RISK_LAST_CHANGE)
        mib_ticks(out, changed(scene, column));
    else if (column == NOTIFY_SEQ)
        mib_counter(out, scene->notify_seq);
    else if (column <= ALARMS_INDETERMINATE)
        mib_unsigned(out, scene->view->by_severity[SEVERITY_CRITICAL -
                                                   (column - ALARMS_CRITICAL)]);
    else if (column <= RISK_VERY_LOW)
        mib_unsigned(out, scene->view->by_level[RISK_VERY_LOW - column + 1]);
    else
        polling_value(&scene->view->snapshot->station, column, out);
}

static const uint8_t scalar_columns[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,
                                         10, 11, 12, 13, 14, 15, 16, 17, 18,
                                         19, 20, 21, 22, 23, 24, 25, 26, 27};
static const struct mib_table scalars = {.entry = OID_INIT(1, 1),
                                         .own = true,
                                         MIB_COLUMNS(scalar_columns),
                                         MIB_ONE_ROW,
                                         .value = scalar_value};

/* ---- portolanObjectTable ---- */

enum object_column {
    OBJ_NAME = 2,
    OBJ_CLASS,
    OBJ_PARENT,
    OBJ_ADDRESS_TYPE,
    OBJ_ADDRESS,
    OBJ_ENGINE_ID,
    OBJ_CONTEXT,
    OBJ_STATUS,
    OBJ_IMPORTANCE,
    OBJ_RISK,
    OBJ_RISK_LEVEL,
    OBJ_ACTIVE_ALARMS,
    OBJ_WORST_SEVERITY,
    OBJ_MAINTENANCE,
    OBJ_ROOT_CAUSE,
    OBJ_LAST_CHANGE
};

static size_t object_rows(const void *of)
{
    return agent_scene_view(of)->objects.count;
}

static void object_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, agent_scene_view(of)->objects.at[row].index);
}

static int64_t class_number(enum object_class class)
{
    static const uint8_t numbers[OBJECT_CLASSES] = {
        [OBJECT_STATION] = 6, [OBJECT_DEVICE] = 1, [OBJECT_PORT] = 2,
        [OBJECT_METRIC] = 7,  [OBJECT_LINK] = 4,   [OBJECT_GROUP] = 5};

    return numbers[class];
}

enum status { UNKNOWN = 1, UP, SUSPECT, DOWN, DEGRADED };

static int64_t device_status(const struct device_record *d)
{
    static const uint8_t numbers[REACHES] = {[REACH_UNKNOWN] = UNKNOWN,
                                             [REACH_UP] = UP,
                                             [REACH_SUSPECT] = SUSPECT,
                                             [REACH_DOWN] = DOWN};

    return numbers[d->reach];
}

static int64_t link_status(const struct topo_link *l)
{
    switch (l->state) {
    case LINK_CONFIRMED:
    case LINK_BLOCKED:
        return UP;
    case LINK_DOWN:
        return DOWN;
    case LINK_STALE:
        return SUSPECT;
    case LINK_CANDIDATE:
    case LINK_AMBIGUOUS:
        return UNKNOWN;
    }
    return UNKNOWN;
}

/* Parts of a device are known by their alarms. */
int64_t agent_object_status(const struct object_row *o)
{
    switch (o->ref->class) {
    case OBJECT_DEVICE:
        return device_status(o->device);
    case OBJECT_LINK:
        return o->link != NULL ? link_status(o->link) : UNKNOWN;
    case OBJECT_PORT:
    case OBJECT_METRIC:
        return o->alarms > 0 ? DEGRADED : UP;
    case OBJECT_STATION:
        return UP;
    case OBJECT_GROUP:
    case OBJECT_CLASSES:
        return UNKNOWN;
    }
    return UNKNOWN;
}

/* "A:PORT - B:PORT" of a link. */
static void name_link(const struct agent_view *v, const struct topo_link *l,
                      struct mib_cell *out)
{
    struct buffer OWNED_BUFFER name = {0};
    const struct topo_node *nodes = v->snapshot->topology->nodes.at;
    char *scratch = (char *)out->oid.sub; /* as long as the cell */

    buffer_format(&name, "%s%s%s - %s%s%s", nodes[l->a].name,
                  l->a_port[0] != '\0' ? ":" : "", l->a_port, nodes[l->b].name,
                  l->b_port[0] != '\0' ? ":" : "", l->b_port);
    struct bytes b = admin_string(name.at, ADMIN_STRING_MAX);
    memcpy(scratch, b.at, b.len);
    mib_octets(out, (struct bytes){(const uint8_t *)scratch, b.len});
}

static void name_part(const struct object_row *o, struct mib_cell *out)
{
    struct buffer OWNED_BUFFER name = {0};
    char *scratch = (char *)out->oid.sub;

    buffer_format(&name, "%s:%s", o->device->name, o->ref->part);
    struct bytes b = admin_string(name.at, ADMIN_STRING_MAX);
    memcpy(scratch, b.at, b.len);
    mib_octets(out, (struct bytes){(const uint8_t *)scratch, b.len});
}

static void name_object(const struct agent_view *v, const struct object_row *o,
                        struct mib_cell *out)
{
    if (o->link != NULL)
        name_link(v, o->link, out);
    else if (o->ref->class == OBJECT_STATION)
        mib_text(out, v->snapshot->station.name);
    else if (o->ref->class == OBJECT_DEVICE)
        mib_text(out, o->device->name);
    else if (o->device != NULL)
        name_part(o, out);
    else
        mib_text(out, o->ref->part);
}

/* Empty where the device has none, or it is not among those registered. */
static void context_value(const struct agent_scene *scene,
                          const struct device_record *d, struct mib_cell *out)
{
    char *name = (char *)out->oid.sub; /* as long as the cell */

    mib_text(out, "");
    if (d == NULL || d->credential[0] == '\0')
        return;
    agent_context_name(d, name);
    if (table_find_text(scene->contexts, name) != NULL)
        mib_text(out, name);
}

static void place_value(const struct agent_scene *scene,
                        const struct object_row *o, uint32_t column,
                        struct mib_cell *out)
{
    const struct device_record *d = o->device;
    const struct addr *addr = d != NULL && d->addr_count > 0 ? d->addrs : NULL;

    switch (column) {
    case OBJ_NAME:
        name_object(scene->view, o, out);
        break;
    case OBJ_CLASS:
        mib_integer(out, class_number(o->ref->class));
        break;
    case OBJ_PARENT:
        mib_unsigned(out, o->parent);
        break;
    case OBJ_ADDRESS_TYPE:
        mib_address_type(out, addr);
        break;
    case OBJ_ADDRESS:
        mib_address(out, addr);
        break;
    case OBJ_ENGINE_ID:
        mib_octets(out,
                   d != NULL ? d->facts->system.engine_id : (struct bytes){0});
        break;
    default:
        context_value(scene, d, out);
    }
}

static void object_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    const struct agent_scene *scene = of;
    const struct object_row *o = &scene->view->objects.at[row];

    switch (column) {
    case OBJ_STATUS:
        mib_integer(out, agent_object_status(o));
        break;
    case OBJ_IMPORTANCE:
        mib_integer(out, o->value);
        break;
    case OBJ_RISK:
        mib_integer(out, lround(o->risk));
        break;
    case OBJ_RISK_LEVEL:
        mib_integer(out, o->level);
        break;
    case OBJ_ACTIVE_ALARMS:
        mib_unsigned(out, o->alarms);
        break;
    case OBJ_WORST_SEVERITY:
        mib_integer(out, itu_severity(o->worst));
        break;
    case OBJ_MAINTENANCE:
        mib_truth(out, o->silenced);
        break;
    case OBJ_ROOT_CAUSE:
        mib_unsigned(out, o->cause);
        break;
    case OBJ_LAST_CHANGE:
        mib_ticks(out, o->ref->class == OBJECT_DEVICE
                           ? agent_ticks(scene, o->device->since)
                           : 0);
        break;
    default:
        place_value(scene, o, column, out);
    }
}

static const uint8_t object_columns[] = {2,  3,  4,  5,  6,  7,  8,  9,
                                         10, 11, 12, 13, 14, 15, 16, 17};
static const struct mib_table objects = {.entry = OID_INIT(1, 2, 1),
                                         .own = true,
                                         MIB_COLUMNS(object_columns),
                                         .rows = object_rows,
                                         .index = object_index,
                                         .value = object_value};

/* ---- portolanCollectorTable: the station itself ---- */

static void collector_index(const void *of, size_t row, struct oid_store *out)
{
    static const struct object_ref self = {.class = OBJECT_STATION, .part = ""};

    (void)row;
    (void)oid_push(
        out, object_book_index(agent_scene_view(of)->snapshot->objects, &self));
}

static void collector_value(const void *of, size_t row, uint32_t column,
                            struct mib_cell *out)
{
    enum { NAME = 2, DEVICES, CYCLE_TIME, LOSS, LAG, LAST_CONTACT };
    enum { THOUSAND = 1000 };
    const struct snapshot *snapshot = agent_scene_view(of)->snapshot;
    const struct station_record *s = &snapshot->station;

    (void)row;
    switch (column) {
    case NAME:
        mib_text(out, s->name);
        break;
    case DEVICES:
        mib_unsigned(out, snapshot->device_count);
        break;
    case CYCLE_TIME:
        mib_unsigned(out,
                     s->lateness_max_ms > 0 ? (uint64_t)s->lateness_max_ms : 0);
        break;
    case LOSS:
        mib_unsigned(out,
                     s->polls > 0 ? s->poll_failures * THOUSAND / s->polls : 0);
        break;
    case LAG:
        mib_unsigned(out, s->loop_lag_ms > 0 ? (uint64_t)s->loop_lag_ms : 0);
        break;
    case LAST_CONTACT:
        mib_date(out, snapshot->at);
        break;
    default:
        mib_text(out, s->version);
    }
}

static const uint8_t collector_columns[] = {2, 3, 4, 5, 6, 7, 8};
static const struct mib_table collectors = {.entry = OID_INIT(1, 7, 1),
                                            .own = true,
                                            MIB_COLUMNS(collector_columns),
                                            .rows = mib_one_row,
                                            .index = collector_index,
                                            .value = collector_value};

const struct mib_table *const agent_station_tables[] = {&scalars, &objects,
                                                        &collectors, NULL};
