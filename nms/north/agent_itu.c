/* ITU-ALARM-MIB (RFC 3877): models by perceived severity, active alarms, how
 * many there are and ever were of each severity. */
#include "base/mem.h"
#include "north/agent_alarm_parts.h"
#include "north/alarm_row.h"

/* The severity of the nth ItuPerceivedSeverity, from 1. */
static enum severity severity_of(uint32_t itu)
{
    for (int s = 0; s < SEVERITIES; s++)
        if (itu_severity((enum severity)s) == itu)
            return (enum severity)s;
    return SEVERITY_INDETERMINATE;
}

/* ---- ituAlarmTable ---- */

static void model_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum { EVENT_TYPE = 2, PROBABLE_CAUSE, ADDITIONAL_TEXT };
    uint32_t nth;
    const struct alert_type *type = alarm_model_of(row, &nth);

    (void)of;
    if (column == EVENT_TYPE) {
        mib_integer(out, type->event_type);
    } else if (column == PROBABLE_CAUSE) {
        mib_integer(out, type->cause);
    } else if (column == ADDITIONAL_TEXT) {
        mib_text(out, type->name);
    } else {
        enum severity s = severity_of(nth);

        alarm_model_pointer(type, alarm_state(s), &out->oid);
        mib_oid(out, oid_view(&out->oid));
    }
}

static const uint8_t model_columns[] = {2, 3, 4, 5};
static const struct mib_table models = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 121, 1, 1, 1, 1),
    MIB_COLUMNS(model_columns),
    .rows = alarm_model_rows,
    .index = alarm_model_index,
    .value = model_value};

/* ---- ituAlarmActiveTable ---- */

static void active_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum { TREND = 1 };
    enum { NO_CHANGE = 2, LESS_SEVERE = 3 };
    const struct alert_record *a = agent_scene_view(of)->active.at[row].record;

    if (column == TREND)
        mib_integer(out, a->severity < a->worst ? LESS_SEVERE : NO_CHANGE);
    else /* who detected it, serves and is served: nobody has an OID */
        mib_oid(out, (struct oid){0});
}

static const uint8_t active_columns[] = {1, 2, 3, 4};
static const struct mib_table actives = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 121, 1, 2, 1, 1),
    MIB_COLUMNS(active_columns),
    .rows = alarm_rows,
    .index = alarm_index,
    .value = active_value};

/* ---- ituAlarmActiveStatsTable ---- */

static void stats_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum { TOTALS = 6 }; /* the first of them */
    const struct agent_view *v = agent_scene_view(of);
    uint32_t nth = column < TOTALS ? column : column - TOTALS + 1;
    enum severity severity = severity_of(nth + 1); /* cleared is not counted */

    (void)row;
    mib_unsigned(out, column < TOTALS
                          ? v->by_severity[severity]
                          : v->snapshot->alerts->totals[severity] & UINT32_MAX);
}

static const uint8_t stats_columns[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const struct mib_table stats = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 121, 1, 2, 2, 1),
    MIB_COLUMNS(stats_columns),
    MIB_ONE_ROW,
    .value = stats_value};

const struct mib_table *const agent_itu_tables[] = {&models, &actives, &stats,
                                                    NULL};
