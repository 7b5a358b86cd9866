/* ALARM-MIB (RFC 3877), and portolanAlarmExtTable beside it. */
#include "base/mem.h"
#include "north/agent_alarm_parts.h"
#include "north/alarm_row.h"

enum { STATES = SEVERITIES }; /* alarmModelState 1..6 */

static const struct alert_book *book_of(const void *of)
{
    return agent_scene_view(of)->snapshot->alerts;
}

/* snmpEngineID, address and context of the device that an alarm is of; the
 * three columns begin at first. */
static void source_value(const void *of, const struct alarm_row *row,
                         uint32_t column, struct mib_cell *out)
{
    enum { ENGINE_ID, ADDRESS_TYPE, ADDRESS, CONTEXT };
    const struct object_row *o =
        row->object != 0 ? agent_view_object(agent_scene_view(of), row->object)
                         : NULL;
    const struct device_record *d = o != NULL ? o->device : NULL;
    const struct addr *addr = d != NULL && d->addr_count > 0 ? d->addrs : NULL;

    switch (column) {
    case ENGINE_ID:
        mib_octets(out,
                   d != NULL ? d->facts->system.engine_id : (struct bytes){0});
        break;
    case ADDRESS_TYPE:
        mib_address_type(out, addr);
        break;
    case ADDRESS:
        mib_address(out, addr);
        break;
    default:
        mib_octets(out, (struct bytes){0});
    }
}

static void notification_id(const struct agent_scene *scene,
                            const struct alert_type *type, bool over,
                            struct mib_cell *out)
{
    uint8_t arc = over ? type->clear : type->raise;

    if (arc == 0) {
        mib_oid(out, OID(1, 3, 6, 1, 2, 1, 118, 0, over ? 3 : 2));
        return;
    }
    mib_oid(out, OID(1, 3, 6, 1, 4, 1, scene->enterprise, 1, 0, arc));
}

/* Of the row of portolanObjectTable, which every object has. */
static void resource_id(const struct agent_scene *scene, uint32_t object,
                        struct mib_cell *out)
{
    if (object == 0)
        mib_oid(out, (struct oid){0});
    else
        mib_oid(out, OID(1, 3, 6, 1, 4, 1, scene->enterprise, 1, 1, 2, 1, 2,
                         object));
}

static void model_pointer(const struct alert_type *type, uint32_t state,
                          struct mib_cell *out)
{
    alarm_model_pointer(type, state, &out->oid);
    mib_oid(out, oid_view(&out->oid));
}

/* ---- scalars: they stand on both sides of the tables ---- */

static void last_changed(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    (void)row;
    (void)column;
    mib_ticks(out, agent_ticks(of, book_of(of)->changed));
}

static void model_changed(const void *of, size_t row, uint32_t column,
                          struct mib_cell *out)
{
    (void)of;
    (void)row;
    (void)column;
    mib_ticks(out, 0); /* models change with the program alone */
}

static void overflow(const void *of, size_t row, uint32_t column,
                     struct mib_cell *out)
{
    (void)row;
    (void)column;
    mib_counter(out, book_of(of)->overflow);
}

static void clear_maximum(const void *of, size_t row, uint32_t column,
                          struct mib_cell *out)
{
    (void)of;
    (void)row;
    (void)column;
    mib_unsigned(out, ALERTS_CLEARED_MAX);
}

static const uint8_t first[] = {1}, fifth[] = {5};
static const struct mib_table
    model_scalar = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 1),
                    MIB_COLUMNS(first),
                    MIB_ONE_ROW,
                    .value = model_changed},
    active_scalar = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2),
                     MIB_COLUMNS(first),
                     MIB_ONE_ROW,
                     .value = last_changed},
    overflow_scalar = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2),
                       MIB_COLUMNS(fifth),
                       MIB_ONE_ROW,
                       .value = overflow},
    clear_scalar = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 3),
                    MIB_COLUMNS(first),
                    MIB_ONE_ROW,
                    .value = clear_maximum};

/* ---- alarmModelTable: each type of alert in each state ---- */

size_t alarm_model_rows(const void *of)
{
    size_t count;

    (void)of;
    (void)alert_types(&count);
    return count * STATES;
}

const struct alert_type *alarm_model_of(size_t row, uint32_t *state)
{
    size_t count;

    *state = (uint32_t)(row % STATES) + 1;
    return &alert_types(&count)[row / STATES];
}

void alarm_model_index(const void *of, size_t row, struct oid_store *out)
{
    uint32_t state;
    const struct alert_type *type = alarm_model_of(row, &state);

    (void)of;
    (void)oid_push(out, 0);
    (void)oid_push(out, type->model);
    (void)oid_push(out, state);
}

static void model_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum {
        NOTIFICATION_ID = 3,
        VARBIND_INDEX,
        VARBIND_VALUE,
        DESCRIPTION,
        SPECIFIC_POINTER,
        VARBIND_SUBTREE,
        RESOURCE_PREFIX
    };
    enum { SEVERITY_AT = 4, ACTIVE = 1 };
    const struct agent_scene *scene = of;
    uint32_t state;
    const struct alert_type *type = alarm_model_of(row, &state);
    enum severity severity = (enum severity)(state - 1);

    switch (column) {
    case NOTIFICATION_ID:
        notification_id(scene, type, state == 1, out);
        break;
    case VARBIND_INDEX: /* portolanNotifySeverity tells the state */
        mib_unsigned(out, type->raise != 0 ? SEVERITY_AT : 0);
        break;
    case VARBIND_VALUE:
        mib_integer(out, type->raise != 0 ? itu_severity(severity) : 0);
        break;
    case DESCRIPTION:
        mib_text(out, type->title);
        break;
    case SPECIFIC_POINTER: /* ituAlarmEventType */
        mib_oid(out, OID(1, 3, 6, 1, 2, 1, 121, 1, 1, 1, 1, 2, 0, type->model,
                         itu_severity(severity)));
        break;
    case VARBIND_SUBTREE:
        mib_oid(out, (struct oid){0});
        break;
    case RESOURCE_PREFIX: /* portolanObjName */
        mib_oid(out, OID(1, 3, 6, 1, 4, 1, scene->enterprise, 1, 1, 2, 1, 2));
        break;
    default: /* alarmModelRowStatus */
        mib_integer(out, ACTIVE);
    }
}

static const uint8_t model_columns[] = {3, 4, 5, 6, 7, 8, 9, 10};
static const struct mib_table models = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 1, 2, 1),
    MIB_COLUMNS(model_columns),
    .rows = alarm_model_rows,
    .index = alarm_model_index,
    .value = model_value};

/* ---- alarmActiveTable ---- */

size_t alarm_rows(const void *of)
{
    return agent_scene_view(of)->active.count;
}

void alarm_index(const void *of, size_t row, struct oid_store *out)
{
    alarm_active_index(agent_scene_view(of)->active.at[row].record, out);
}

/* nlmLogNotificationID of the row of nlmLogTable; 0.0 where nothing is logged
 * of it (any more). */
static void log_pointer(const struct agent_view *v, uint32_t alarm,
                        struct mib_cell *out)
{
    uint32_t index = agent_view_logged(&v->logged, alarm);

    if (index == 0)
        mib_oid(out, (struct oid){0});
    else
        mib_oid(out, OID(1, 3, 6, 1, 2, 1, 92, 1, 3, 1, 1, 9, 0, index));
}

static void active_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum {
        ENGINE_ID = 4,
        CONTEXT = 7,
        VARIABLES,
        NOTIFICATION_ID,
        RESOURCE_ID,
        DESCRIPTION,
        LOG_POINTER,
        MODEL_POINTER
    };
    const struct agent_scene *scene = of;
    const struct alarm_row *r = &scene->view->active.at[row];
    const struct alert_record *a = r->record;

    switch (column) {
    case VARIABLES:
        mib_unsigned(out, ALARM_VARIABLES);
        break;
    case NOTIFICATION_ID:
        notification_id(scene, a->type, false, out);
        break;
    case RESOURCE_ID:
        resource_id(scene, r->object, out);
        break;
    case DESCRIPTION:
        mib_text(out, a->text);
        break;
    case LOG_POINTER:
        log_pointer(scene->view, a->index, out);
        break;
    case MODEL_POINTER:
        model_pointer(a->type, alarm_state(a->severity), out);
        break;
    default:
        if (column <= CONTEXT) {
            source_value(of, r, column - ENGINE_ID, out);
            break;
        }
        /* alarmActiveSpecificPointer: ituAlarmActiveTrendIndication */
        oid_copy(&out->oid, OID(1, 3, 6, 1, 2, 1, 121, 1, 2, 1, 1, 1));
        alarm_active_index(a, &out->oid);
        mib_oid(out, oid_view(&out->oid));
    }
}

static const uint8_t active_columns[] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
static const struct mib_table actives = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2, 2, 1),
    MIB_COLUMNS(active_columns),
    .rows = alarm_rows,
    .index = alarm_index,
    .value = active_value};

/* ---- alarmActiveStatsTable ---- */

static void stats_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum { CURRENT = 1, ACTIVES, LAST_RAISE, LAST_CLEAR };
    const struct agent_view *v = agent_scene_view(of);
    const struct alert_book *book = book_of(of);
    uint64_t total = 0;

    (void)row;
    for (int severity = 0; severity < SEVERITIES; severity++)
        total += book->totals[severity];
    if (column == CURRENT)
        mib_unsigned(out, v->active.count);
    else if (column == ACTIVES)
        mib_unsigned(out, total & UINT32_MAX);
    else if (column == LAST_RAISE)
        mib_ticks(out, agent_ticks(of, v->last_raised));
    else
        mib_ticks(out, agent_ticks(of, v->last_cleared));
}

static const uint8_t stats_columns[] = {1, 2, 3, 4};
static const struct mib_table stats = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2, 4, 1),
    MIB_COLUMNS(stats_columns),
    MIB_ONE_ROW,
    .value = stats_value};

/* ---- alarmClearTable ---- */

static size_t clear_rows(const void *of)
{
    return agent_scene_view(of)->cleared.count;
}

static void clear_index(const void *of, size_t row, struct oid_store *out)
{
    alarm_clear_index(agent_scene_view(of)->cleared.at[row].record, out);
}

static void clear_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum {
        ENGINE_ID = 3,
        CONTEXT = 6,
        NOTIFICATION_ID,
        RESOURCE_ID,
        LOG_INDEX
    };
    const struct agent_scene *scene = of;
    struct alarm_row r = scene->view->cleared.at[row];

    r.object =
        object_book_index(scene->view->snapshot->objects, &r.record->object);
    if (column <= CONTEXT)
        source_value(of, &r, column - ENGINE_ID, out);
    else if (column == NOTIFICATION_ID)
        notification_id(scene, r.record->type, false, out);
    else if (column == RESOURCE_ID)
        resource_id(scene, r.object, out);
    else if (column == LOG_INDEX)
        mib_unsigned(
            out, agent_view_logged(&scene->view->logged_over, r.record->index));
    else
        model_pointer(r.record->type, alarm_state(SEVERITY_CLEARED), out);
}

static const uint8_t clear_columns[] = {3, 4, 5, 6, 7, 8, 9, 10};
static const struct mib_table clears = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 3, 2, 1),
    MIB_COLUMNS(clear_columns),
    .rows = clear_rows,
    .index = clear_index,
    .value = clear_value};

const struct mib_table *const agent_alarm_tables[] = {&model_scalar,
                                                      &models,
                                                      &active_scalar,
                                                      &actives,
                                                      &agent_alarm_variables,
                                                      &stats,
                                                      &overflow_scalar,
                                                      &clear_scalar,
                                                      &clears,
                                                      &agent_alarm_extension,
                                                      NULL};
