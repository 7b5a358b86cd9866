/* What is told of active alarms besides their rows: alarmActiveVariableTable
 * (ALARM-MIB), portolanAlarmExtTable. */
#include "base/mem.h"
#include "north/agent_alarm_parts.h"
#include "north/alarm_row.h"
#include "north/notice_varbinds.h"

#include <math.h>
#include <string.h>

/* ---- alarmActiveVariableTable: by number, as the book has them ---- */

static size_t variable_rows(const void *of)
{
    return agent_scene_view(of)->snapshot->alerts->active_count *
           ALARM_VARIABLES;
}

static void variable_index(const void *of, size_t row, struct oid_store *out)
{
    const struct alert_book *book = agent_scene_view(of)->snapshot->alerts;

    (void)oid_push(out, 0);
    (void)oid_push(out, book->active[row / ALARM_VARIABLES]->index);
    (void)oid_push(out, (uint32_t)(row % ALARM_VARIABLES) + 1);
}

/* What the notification of that alarm says. */
static void compose(const struct agent_scene *scene, size_t at,
                    struct notice *out)
{
    const struct agent_view *v = scene->view;
    struct notice_source from = {.enterprise = scene->enterprise,
                                 .alert = v->snapshot->alerts->active[at],
                                 .object = v->alarm_objects[at],
                                 .risk_level = 1};
    const struct object_row *o = agent_view_object(v, from.object);

    if (o != NULL)
        from.risk_level = o->level;
    if (o != NULL && o->device != NULL && o->device->addr_count > 0)
        from.addr = o->device->addrs[0];
    notice_compose(&from, out);
}

/* The value where it is of that type, else an empty one of it. */
static void typed_value(const struct value *v, uint8_t type,
                        struct mib_cell *out)
{
    enum { IP_LEN = 4 };

    if (type == VALUE_OID) {
        mib_oid(out, v->type == type ? v->oid : (struct oid){0});
        return;
    }
    memset(out->octets, 0, sizeof out->octets);
    out->value = (struct value){.type = type};
    if (type == VALUE_IP)
        out->value.octets = (struct bytes){out->octets, IP_LEN};
    if (v->type != type)
        return;
    out->value = *v;
    if (type != VALUE_OCTETS || v->octets.len > sizeof out->octets)
        return;
    /* an address lies within the notice */
    if (v->octets.len > 0)
        memcpy(out->octets, v->octets.at, v->octets.len);
    out->value.octets.at = out->octets;
}

static int64_t type_number(uint8_t type)
{
    enum { INTEGER32 = 4, OCTET_STRING = 6, OBJECT_ID = 7 };

    return type == VALUE_INTEGER  ? INTEGER32
           : type == VALUE_OCTETS ? OCTET_STRING
                                  : OBJECT_ID;
}

static void variable_value(const void *of, size_t row, uint32_t column,
                           struct mib_cell *out)
{
    enum { ID = 2, VALUE_TYPE, FIRST_VALUE };
    static const uint8_t types[] = {
        VALUE_COUNTER32, VALUE_GAUGE32,   VALUE_TICKS,
        VALUE_INTEGER,   VALUE_OCTETS,    VALUE_IP,
        VALUE_OID,       VALUE_COUNTER64, VALUE_OPAQUE};
    struct notice n;

    compose(of, row / ALARM_VARIABLES, &n);
    const struct varbind *bind =
        &n.varbinds[n.count - ALARM_VARIABLES + row % ALARM_VARIABLES];
    if (column == ID)
        mib_oid(out, bind->name);
    else if (column == VALUE_TYPE)
        mib_integer(out, type_number(bind->value.type));
    else
        typed_value(&bind->value, types[column - FIRST_VALUE], out);
}

static const uint8_t variable_columns[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const struct mib_table agent_alarm_variables = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2, 3, 1),
    MIB_COLUMNS(variable_columns),
    .rows = variable_rows,
    .index = variable_index,
    .value = variable_value};

/* ---- portolanAlarmExtTable ---- */

enum extension_column {
    EXT_OBJECT = 1,
    EXT_SEVERITY,
    EXT_COUNT,
    EXT_FIRST_SEEN,
    EXT_LAST_SEEN,
    EXT_FLAPS,
    EXT_ACK_BY,
    EXT_ACK_TIME,
    EXT_SUPPRESSED_BY,
    EXT_CAUSE,
    EXT_EVIDENCE,
    EXT_RISK,
    EXT_SHELVED_UNTIL,
    EXT_SILENCE,
    EXT_SYMPTOMS,
    EXT_TYPE,
    EXT_RULE
};

/* Bit 0 of BITS is the highest of the octet. */
static uint8_t evidence_bits(unsigned evidence)
{
    enum { SOURCES = 6 };
    unsigned octet = 0;

    for (unsigned i = 0; i < SOURCES; i++)
        if ((evidence & 1u << i) != 0)
            octet |= 0x80u >> i;
    return (uint8_t)octet;
}

/* What people did with it. */
static void deed_value(const struct alert_record *a, uint32_t column,
                       struct mib_cell *out)
{
    switch (column) {
    case EXT_ACK_BY:
        mib_text(out, a->acknowledged.who);
        break;
    case EXT_ACK_TIME:
        mib_date(out, a->acknowledged.at);
        break;
    case EXT_SHELVED_UNTIL:
        mib_date(out, a->shelved);
        break;
    default:
        mib_unsigned(out, a->silence);
    }
}

static void extension_value(const void *of, size_t row, uint32_t column,
                            struct mib_cell *out)
{
    const struct alarm_row *r = &agent_scene_view(of)->active.at[row];
    const struct alert_record *a = r->record;

    switch (column) {
    case EXT_OBJECT:
        mib_unsigned(out, r->object);
        break;
    case EXT_SEVERITY:
        mib_integer(out, itu_severity(a->severity));
        break;
    case EXT_COUNT:
        mib_unsigned(out, a->count);
        break;
    case EXT_FIRST_SEEN:
        mib_date(out, a->raised);
        break;
    case EXT_LAST_SEEN:
        mib_date(out, a->last_seen);
        break;
    case EXT_FLAPS:
        mib_unsigned(out, a->flaps);
        break;
    case EXT_SUPPRESSED_BY:
        mib_unsigned(out, a->cause);
        break;
    case EXT_CAUSE:
        mib_text(out, a->text);
        break;
    case EXT_EVIDENCE:
        mib_bits(out, evidence_bits(a->evidence));
        break;
    case EXT_RISK:
        mib_integer(out, lround(a->risk));
        break;
    case EXT_SYMPTOMS:
        mib_unsigned(out, a->symptom_count);
        break;
    case EXT_TYPE:
        mib_text(out, a->type->name);
        break;
    case EXT_RULE:
        mib_text(out, a->rule);
        break;
    default:
        deed_value(a, column, out);
    }
}

static const uint8_t extension_columns[] = {1,  2,  3,  4,  5,  6,  7,  8, 9,
                                            10, 11, 12, 13, 14, 15, 16, 17};
const struct mib_table agent_alarm_extension = {.entry = OID_INIT(1, 3, 1),
                                                .own = true,
                                                MIB_COLUMNS(extension_columns),
                                                .rows = alarm_rows,
                                                .index = alarm_index,
                                                .value = extension_value};
