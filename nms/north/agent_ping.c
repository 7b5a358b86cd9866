/* DISMAN-PING-MIB (RFC 4560), read-only: the echo checks of devices, of the
 * owner "portolan". */
#include "base/mem.h"
#include "north/agent_view.h"
#include "north/alarm_row.h"

#include <math.h>
#include <string.h>

static const char owner[] = "portolan";

static size_t ping_rows(const void *of)
{
    return agent_scene_view(of)->pings.count;
}

static void push_text(struct oid_store *out, const char *text)
{
    size_t len = strlen(text);

    (void)oid_push(out, (uint32_t)len);
    for (size_t i = 0; i < len; i++)
        (void)oid_push(out, (uint8_t)text[i]);
}

static void ping_index(const void *of, size_t row, struct oid_store *out)
{
    push_text(out, owner);
    push_text(out, agent_scene_view(of)->pings.at[row].name);
}

static void address_value(const struct device_record *d, bool type,
                          struct mib_cell *out)
{
    const struct addr *addr = d->addr_count > 0 ? d->addrs : NULL;

    if (type)
        mib_address_type(out, addr);
    else
        mib_address(out, addr);
}

/* ---- pingMaxConcurrentRequests ---- */

static void maximum(const void *of, size_t row, uint32_t column,
                    struct mib_cell *out)
{
    (void)of;
    (void)row;
    (void)column;
    mib_unsigned(out, 0); /* no limit */
}

static const uint8_t first[] = {1};
static const struct mib_table scalar = {.entry =
                                            OID_INIT(1, 3, 6, 1, 2, 1, 80, 1),
                                        MIB_COLUMNS(first),
                                        MIB_ONE_ROW,
                                        .value = maximum};

/* ---- pingCtlTable ---- */

enum control_column {
    CTL_ADDRESS_TYPE = 3,
    CTL_ADDRESS,
    CTL_DATA_SIZE,
    CTL_TIME_OUT,
    CTL_PROBE_COUNT,
    CTL_ADMIN_STATUS,
    CTL_DATA_FILL,
    CTL_FREQUENCY,
    CTL_MAX_ROWS,
    CTL_STORAGE_TYPE,
    CTL_TRAP_GENERATION,
    CTL_PROBE_FILTER,
    CTL_TEST_FILTER,
    CTL_TYPE,
    CTL_DESCR,
    CTL_SOURCE_TYPE,
    CTL_SOURCE,
    CTL_IF_INDEX,
    CTL_BY_PASS,
    CTL_DS_FIELD,
    CTL_ROW_STATUS
};

/* What is the same for all of them; a number, or -1. */
static int constant(uint32_t column)
{
    static const struct {
        uint8_t column, value;
    } constants[] = {
        {CTL_DATA_SIZE, 0}, {CTL_TIME_OUT, 3},     {CTL_PROBE_COUNT, 1},
        {CTL_MAX_ROWS, 0},  {CTL_PROBE_FILTER, 1}, {CTL_TEST_FILTER, 1},
        {CTL_DS_FIELD, 0},
    };

    for (size_t i = 0; i < COUNT_OF(constants); i++)
        if (constants[i].column == column)
            return constants[i].value;
    return -1;
}

static void control_value(const void *of, size_t row, uint32_t column,
                          struct mib_cell *out)
{
    enum { ENABLED = 1, READ_ONLY = 5, ACTIVE = 1, FALSE = 2 };
    const struct device_record *d = agent_scene_view(of)->pings.at[row].device;

    if (constant(column) >= 0) {
        mib_unsigned(out, (uint64_t)constant(column));
        return;
    }
    switch (column) {
    case CTL_ADDRESS_TYPE:
    case CTL_ADDRESS:
        address_value(d, column == CTL_ADDRESS_TYPE, out);
        break;
    case CTL_ADMIN_STATUS:
    case CTL_ROW_STATUS:
        mib_integer(out, ACTIVE);
        break;
    case CTL_DATA_FILL:
    case CTL_SOURCE:
        mib_octets(out, (struct bytes){0});
        break;
    case CTL_FREQUENCY:
        mib_unsigned(out, d->poll.interval_s);
        break;
    case CTL_STORAGE_TYPE:
        mib_integer(out, READ_ONLY);
        break;
    case CTL_TRAP_GENERATION:
        mib_bits(out, 0);
        break;
    case CTL_TYPE: /* pingIcmpEcho */
        mib_oid(out, OID(1, 3, 6, 1, 2, 1, 80, 3, 1));
        break;
    case CTL_DESCR:
        mib_text(out, d->name);
        break;
    case CTL_BY_PASS:
        mib_integer(out, FALSE);
        break;
    default: /* source address type, ifIndex */
        mib_integer(out, 0);
    }
}

static const uint8_t control_columns[] = {3,  4,  5,  6,  7,  8,  9,
                                          10, 11, 12, 13, 14, 15, 16,
                                          17, 18, 19, 20, 21, 22, 23};
static const struct mib_table controls = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 80, 1, 2, 1),
    MIB_COLUMNS(control_columns),
    .rows = ping_rows,
    .index = ping_index,
    .value = control_value};

/* ---- pingResultsTable ---- */

/* Milliseconds; 0 where there was no answer, as the MIB says. */
static uint64_t milliseconds(double ms)
{
    return isnan(ms) || ms < 0 ? 0 : (uint64_t)lround(ms);
}

/* Of the last check, per hundred, as if there had been so many probes. */
static uint64_t responses(const struct device_record *d)
{
    enum { ALL = 100 };

    return isnan(d->poll.loss_percent)
               ? 0
               : (uint64_t)lround(ALL - d->poll.loss_percent);
}

static void result_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum {
        OPER_STATUS = 1,
        ADDRESS_TYPE,
        ADDRESS,
        MIN_RTT,
        MAX_RTT,
        AVERAGE_RTT,
        RESPONSES,
        SENT,
        SUM_OF_SQUARES
    };
    enum { ENABLED = 1, ALL = 100 };
    const struct device_record *d = agent_scene_view(of)->pings.at[row].device;
    uint64_t rtt_ms = milliseconds(d->poll.rtt_ms);

    switch (column) {
    case OPER_STATUS:
        mib_integer(out, ENABLED);
        break;
    case ADDRESS_TYPE:
    case ADDRESS:
        address_value(d, column == ADDRESS_TYPE, out);
        break;
    case MIN_RTT:
    case MAX_RTT:
    case AVERAGE_RTT:
        mib_unsigned(out, rtt_ms);
        break;
    case RESPONSES:
        mib_unsigned(out, responses(d));
        break;
    case SENT:
        mib_unsigned(out, isnan(d->poll.loss_percent) ? 0 : ALL);
        break;
    case SUM_OF_SQUARES:
        mib_unsigned(out, rtt_ms * rtt_ms * responses(d));
        break;
    default:
        mib_date(out, d->last_seen);
    }
}

static const uint8_t result_columns[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const struct mib_table results = {
    .entry = OID_INIT(1, 3, 6, 1, 2, 1, 80, 1, 3, 1),
    MIB_COLUMNS(result_columns),
    .rows = ping_rows,
    .index = ping_index,
    .value = result_value};

const struct mib_table *const agent_ping_tables[] = {&scalar, &controls,
                                                     &results, NULL};
