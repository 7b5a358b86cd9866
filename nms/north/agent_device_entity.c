/* In the context of a device: entPhysicalTable (ENTITY-MIB, RFC 6933), and
 * entStateTable (ENTITY-STATE-MIB, RFC 4268), whose chassis bears the worst of
 * the alarms of the device. */
#include "north/agent_device.h"

#include <string.h>

enum { CLASS_OTHER = 1, CLASS_CHASSIS = 3, CLASS_PORT = 10, CLASSES = 12 };

static const struct device_scene *scene_of(const void *of)
{
    return of;
}

static size_t rows(const void *of)
{
    return scene_of(of)->entities.count;
}

static void row_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, scene_of(of)->entities.at[row].index);
}

enum column {
    DESCR = 2,
    CONTAINED_IN = 4,
    CLASS = 5,
    NAME = 7,
    HW_REV,
    FW_REV,
    SW_REV,
    SERIAL,
    MFG,
    MODEL,
    ALIAS
};

static void told_value(const struct entity *e, uint32_t column,
                       struct mib_cell *out)
{
    const char *const texts[] = {
        [DESCR] = e->descr,   [NAME] = e->name,     [HW_REV] = e->hw_rev,
        [FW_REV] = e->fw_rev, [SW_REV] = e->sw_rev, [SERIAL] = e->serial,
        [MFG] = e->mfg,       [MODEL] = e->model,   [ALIAS] = e->alias};

    if (column == CONTAINED_IN)
        mib_integer(out, e->contained_in);
    else if (column == CLASS)
        mib_integer(
            out, e->class > 0 && e->class <= CLASSES ? e->class : CLASS_OTHER);
    else
        mib_text(out, texts[column]);
}

/* One of ours: the chassis, or a port in it. */
static void own_value(const struct device_scene *s, const struct entity_row *r,
                      uint32_t column, struct mib_cell *out)
{
    const struct identity_facts *who = &s->facts->identity;
    bool chassis = r->port == NULL;

    switch (column) {
    case DESCR:
        mib_text(out, chassis ? s->facts->system.descr : r->port->descr);
        break;
    case CONTAINED_IN:
        mib_integer(out, chassis ? 0 : s->chassis);
        break;
    case CLASS:
        mib_integer(out, chassis ? CLASS_CHASSIS : CLASS_PORT);
        break;
    case NAME:
        mib_text(out, chassis ? s->record->name : r->port->name);
        break;
    case SW_REV:
        mib_text(out, chassis ? who->version : "");
        break;
    case SERIAL:
        mib_text(out, chassis ? who->serial : "");
        break;
    case MFG:
        mib_text(out, chassis ? who->vendor : "");
        break;
    case MODEL:
        mib_text(out, chassis ? who->hardware : "");
        break;
    case ALIAS:
        mib_text(out, chassis ? "" : r->port->alias);
        break;
    default:
        mib_text(out, "");
    }
}

static void value(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out)
{
    const struct entity_row *r = &scene_of(of)->entities.at[row];

    if (r->told != NULL)
        told_value(r->told, column, out);
    else
        own_value(of, r, column, out);
}

static const uint8_t columns[] = {2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14};
static const struct mib_table table = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1),
    MIB_COLUMNS(columns),
    .rows = rows,
    .index = row_index,
    .value = value};

/* ---- entStateTable ---- */

enum oper { UNKNOWN = 1, DISABLED, ENABLED, TESTING }; /* EntityOperState */

/* What the device's own entStateOper says of a part, where that is known: its
 * alarm may be known instead. */
static enum oper told_oper(const struct facts *f, uint32_t entity)
{
    static const char oper[] = "1.3.6.1.2.1.131.1.1.1.3.";
    static const struct {
        const char *begins;
        enum oper state;
    } states[] = {
        {"disabled", DISABLED}, {"enabled", ENABLED}, {"testing", TESTING}};

    for (size_t i = 0; i < f->sensors.count; i++) {
        const struct sensor *s = &f->sensors.at[i];

        if (s->entity != entity || strncmp(s->oid, oper, sizeof oper - 1) != 0)
            continue;
        for (size_t k = 0; k < COUNT_OF(states); k++)
            if (strncmp(s->state_descr, states[k].begins,
                        strlen(states[k].begins)) == 0)
                return states[k].state;
    }
    return UNKNOWN;
}

/* The chassis is the whole device. */
static enum oper oper_state(const struct device_scene *s,
                            const struct entity_row *r)
{
    if (s->record->reach == REACH_DOWN)
        return DISABLED;
    if (r->index != s->chassis)
        return r->told != NULL ? told_oper(s->facts, r->index) : UNKNOWN;
    return s->record->reach == REACH_UNKNOWN ? UNKNOWN : ENABLED;
}

/* EntityAlarmStatus: bit 0 of BITS is the highest of the octet. */
static uint8_t alarm_bits(const struct device_scene *s,
                          const struct entity_row *r)
{
    static const uint8_t bits[SEVERITIES] = {[SEVERITY_CRITICAL] = 0x20,
                                             [SEVERITY_MAJOR] = 0x10,
                                             [SEVERITY_MINOR] = 0x08,
                                             [SEVERITY_WARNING] = 0x04,
                                             [SEVERITY_INDETERMINATE] = 0x02};
    enum { NOT_KNOWN = 0x80 };

    return r->index == s->chassis ? bits[s->worst] : NOT_KNOWN;
}

static void state_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    enum { LAST_CHANGED = 1, ADMIN, OPER, USAGE, ALARM };
    enum { NOT_KNOWN = 1 };
    const struct device_scene *s = of;

    if (column == LAST_CHANGED)
        mib_date(out, s->record->since);
    else if (column == OPER)
        mib_integer(out, oper_state(s, &s->entities.at[row]));
    else if (column == ALARM)
        mib_bits(out, alarm_bits(s, &s->entities.at[row]));
    else /* administrative, usage, standby */
        mib_integer(out, NOT_KNOWN);
}

static const uint8_t state_columns[] = {1, 2, 3, 4, 5, 6};
static const struct mib_table states = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 131, 1, 1, 1),
    MIB_COLUMNS(state_columns),
    .rows = rows,
    .index = row_index,
    .value = state_value};

const struct mib_table *const device_entity_tables[] = {&table, &states, NULL};
