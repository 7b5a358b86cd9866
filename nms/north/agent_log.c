/* NOTIFICATION-LOG-MIB (RFC 3014): the last notifications received and sent, in
 * one log whose name is "". Read-only. */
#include "base/mem.h"
#include "north/agent_view.h"
#include "station/trap_log.h"

#include <string.h>

static const struct trap_log_book *book_of(const void *of)
{
    static const struct trap_log_book none;
    const struct trap_log_book *b = agent_scene_view(of)->snapshot->trap_log;

    return b != NULL ? b : &none;
}

/* ---- nlmConfig, nlmStats ---- */

static void config_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    (void)of;
    (void)row;
    mib_unsigned(out, column == 1 ? TRAP_LOG_MAX : TRAP_LOG_AGE_MIN);
}

static void stats_value(const void *of, size_t row, uint32_t column,
                        struct mib_cell *out)
{
    (void)row;
    mib_counter(out, column == 1 ? book_of(of)->logged : book_of(of)->bumped);
}

static void config_log_value(const void *of, size_t row, uint32_t column,
                             struct mib_cell *out)
{
    enum { FILTER_NAME = 2, ENTRY_LIMIT, ADMIN, OPER, STORAGE };
    enum { ENABLED = 1, OPERATIONAL = 2, VOLATILE = 2, ACTIVE = 1 };

    (void)of;
    (void)row;
    if (column == FILTER_NAME)
        mib_text(out, "");
    else if (column == ENTRY_LIMIT)
        mib_unsigned(out, TRAP_LOG_MAX);
    else
        mib_integer(out, column == ADMIN     ? ENABLED
                         : column == OPER    ? OPERATIONAL
                         : column == STORAGE ? VOLATILE
                                             : ACTIVE);
}

static const uint8_t pair[] = {1, 2}, config_columns[] = {2, 3, 4, 5, 6, 7};
static const struct mib_table
    config = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 1),
              MIB_COLUMNS(pair),
              MIB_ONE_ROW,
              .value = config_value},
    config_log = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 1, 3, 1),
                  MIB_COLUMNS(config_columns),
                  MIB_ONE_ROW,
                  .value = config_log_value},
    stats = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 2),
             MIB_COLUMNS(pair),
             MIB_ONE_ROW,
             .value = stats_value},
    stats_log = {.entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 2, 3, 1),
                 MIB_COLUMNS(pair),
                 MIB_ONE_ROW,
                 .value = stats_value};

/* ---- nlmLogTable ---- */

static size_t log_rows(const void *of)
{
    return book_of(of)->count;
}

static void log_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, 0);
    (void)oid_push(out, book_of(of)->entries[row]->index);
}

/* TAddress of snmpUDPDomain (RFC 3417) or transportDomainUdpIpv6 (RFC 3419):
 * the address, and a port. What was sent came from nowhere: all zeros. */
static void address_value(const struct trap_log_item *item,
                          struct mib_cell *out)
{
    enum { V4_LEN = 4, OCTET_BITS = 8 };
    struct bytes addr = addr_octets(&item->from);
    size_t len = addr.len > 0 ? addr.len : V4_LEN;

    memset(out->octets, 0, sizeof out->octets);
    if (addr.len > 0)
        memcpy(out->octets, addr.at, addr.len);
    out->octets[len] = (uint8_t)(item->port >> OCTET_BITS);
    out->octets[len + 1] = (uint8_t)item->port;
    mib_octets(out, (struct bytes){out->octets, len + 2});
}

static void log_value(const void *of, size_t row, uint32_t column,
                      struct mib_cell *out)
{
    enum {
        TIME = 2,
        DATE_AND_TIME,
        ENGINE_ID,
        TADDRESS,
        TDOMAIN,
        CONTEXT_ENGINE_ID,
        CONTEXT_NAME
    };
    const struct trap_log_item *item = &book_of(of)->entries[row]->item;

    switch (column) {
    case TIME:
        mib_ticks(out, agent_ticks(of, item->at));
        break;
    case DATE_AND_TIME:
        mib_date(out, item->at);
        break;
    case ENGINE_ID:
        mib_octets(out, item->engine_id);
        break;
    case TADDRESS:
        address_value(item, out);
        break;
    case TDOMAIN:
        if (item->from.family == 6)
            mib_oid(out, OID(1, 3, 6, 1, 2, 1, 100, 1, 2));
        else
            mib_oid(out, OID(1, 3, 6, 1, 6, 1, 1));
        break;
    case CONTEXT_ENGINE_ID:
        mib_octets(out, item->context_engine_id);
        break;
    case CONTEXT_NAME:
        mib_octets(out, item->context);
        break;
    default:
        mib_oid(out, item->trap);
    }
}

static const uint8_t log_columns[] = {2, 3, 4, 5, 6, 7, 8, 9};
static const struct mib_table log_table = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 3, 1, 1),
    MIB_COLUMNS(log_columns),
    .rows = log_rows,
    .index = log_index,
    .value = log_value};

/* ---- nlmLogVariableTable ---- */

static size_t variable_rows(const void *of)
{
    return book_of(of)->variable_count;
}

static void variable_index(const void *of, size_t row, struct oid_store *out)
{
    const struct trap_log_book *b = book_of(of);
    const struct trap_log_variable *v = &b->variables[row];

    (void)oid_push(out, 0);
    (void)oid_push(out, b->entries[v->entry]->index);
    (void)oid_push(out, v->nth + 1);
}

static const struct varbind *variable_at(const struct trap_log_book *b,
                                         size_t row)
{
    const struct trap_log_variable *v = &b->variables[row];

    return &b->entries[v->entry]->item.varbinds[v->nth];
}

static void variable_value(const void *of, size_t row, uint32_t column,
                           struct mib_cell *out)
{
    enum { ID = 2 };
    const struct varbind *vb = variable_at(book_of(of), row);

    if (column == ID)
        mib_oid(out, vb->name);
    else
        mib_integer(out, trap_log_type(&vb->value) + 1);
}

/* A variable has a value in the column of its type alone: each of these columns
 * is a table, so that none has holes to be stepped over. */
#define VALUE_COLUMN(name, arc, type)                                     \
    static size_t name##_rows(const void *of)                             \
    {                                                                     \
        return book_of(of)->of_type_count[type];                          \
    }                                                                     \
    static void name##_index(const void *of, size_t row,                  \
                             struct oid_store *out)                       \
    {                                                                     \
        variable_index(of, book_of(of)->of_type[type][row], out);         \
    }                                                                     \
    static void name##_value(const void *of, size_t row, uint32_t column, \
                             struct mib_cell *out)                        \
    {                                                                     \
        const struct trap_log_book *b = book_of(of);                      \
                                                                          \
        (void)column;                                                     \
        set_value(&variable_at(b, b->of_type[type][row])->value, out);    \
    }                                                                     \
    static const uint8_t name##_columns[] = {arc};                        \
    static const struct mib_table name = {                                \
        .entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 3, 2, 1),              \
        MIB_COLUMNS(name##_columns),                                      \
        .rows = name##_rows,                                              \
        .index = name##_index,                                            \
        .value = name##_value}

static void set_value(const struct value *v, struct mib_cell *out)
{
    if (v->type == VALUE_OID)
        mib_oid(out, v->oid);
    else
        out->value = *v;
}

VALUE_COLUMN(counter32, 4, 0);
VALUE_COLUMN(unsigned32, 5, 1);
VALUE_COLUMN(ticks, 6, 2);
VALUE_COLUMN(integer32, 7, 3);
VALUE_COLUMN(octet_string, 8, 5);
VALUE_COLUMN(ip_address, 9, 4);
VALUE_COLUMN(object_id, 10, 6);
VALUE_COLUMN(counter64, 11, 7);
VALUE_COLUMN(opaque, 12, 8);

static const uint8_t variable_columns[] = {2, 3};
static const struct mib_table variables = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 3, 2, 1),
    MIB_COLUMNS(variable_columns),
    .rows = variable_rows,
    .index = variable_index,
    .value = variable_value};

const struct mib_table *const agent_log_tables[] = {
    &config,       &config_log, &stats,  &stats_log, &log_table,  &variables,
    &counter32,    &unsigned32, &ticks,  &integer32, &ip_address, &object_id,
    &octet_string, &counter64,  &opaque, NULL};
