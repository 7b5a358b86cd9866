/* IF-MIB: interfaces group, ifTable, ifXTable. */
#include "tests/farm/mib.h"

#include <string.h>

enum {
    TYPE_ETHERNET = 6,
    TYPE_LOOPBACK = 24,
    TYPE_VIRTUAL = 53,
    TYPE_L3_VLAN = 136,
    SPEED_MAX = UINT32_MAX / 1000000 /* Mb/s that ifSpeed can tell */
};

static const struct oid zero = OID_INIT(0, 0);

static uint32_t one(const struct view *v)
{
    (void)v;
    return 1;
}

static uint32_t if_rows(const struct view *v)
{
    return v->interfaces;
}

static uint32_t ifx_rows(const struct view *v)
{
    return view_has(v, MODEL_IFX) ? v->interfaces : 0;
}

static void if_index(const struct view *v, uint32_t row, struct index *out)
{
    index_push(out, rank_if_index(v, row));
}

static bool interfaces_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    (void)column;
    (void)row;
    return value_int(out, v->interfaces);
}

static bool ifx_scalar_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    (void)v;
    (void)row;
    (void)column;
    return value_of(out, VALUE_TICKS, 0);
}

static int64_t slot_type(const struct view *v, uint32_t slot)
{
    if (!slot_is_virtual(v, slot))
        return TYPE_ETHERNET;
    if (slot == 0 && (v->dev->model->virtual_name[0] | 0x20) == 'l')
        return TYPE_LOOPBACK; /* Loopback0, lo, lo0 */
    return v->dev->model->family == FAMILY_IOS ||
                   v->dev->model->family == FAMILY_NXOS
               ? TYPE_VIRTUAL
               : TYPE_L3_VLAN;
}

/* What has flowed through a slot since boot. */
static uint64_t counted(const struct view *v, uint32_t slot, enum direction way,
                        enum flow flow)
{
    if (!slot_carries(v, slot))
        return 0;
    uint64_t rate = slot_rate(v, slot, way, flow);
    uint64_t spike = slot == v->spiked_slot ? (uint64_t)1 << 50 : 0;
    uint64_t ms = rate == 0 ? 0 : (uint64_t)slot_counting_ms(v, slot);
    uint64_t count = rate * (ms / 1000) + rate * (ms % 1000) / 1000;

    return flow >= FLOW_DISCARDS ? count / 1000 : count + spike;
}

static bool if_state(struct view *v, unsigned column, uint32_t slot,
                     struct value *out)
{
    bool shut = !slot_is_virtual(v, slot) &&
                (v->net->ports.at[slot_port(v, slot)].flags & PORT_SHUT) != 0;

    if (column == 7)
        return value_int(out, shut ? 2 : 1);
    return value_int(out, slot_is_up(v, slot) ? 1 : 2);
}

/* ifTable's columns that count, each a low half of a 64-bit number: octets,
 * unicast, others, discards, errors; in from 10 on, out from 16 on. */
static bool if_counter(struct view *v, unsigned column, uint32_t slot,
                       struct value *out)
{
    static const enum flow flows[] = {FLOW_OCTETS, FLOW_UNICAST, FLOW_MULTICAST,
                                      FLOW_DISCARDS, FLOW_ERRORS};
    enum direction way = column >= 16 ? OUT : IN;
    enum flow flow = flows[column - (way == IN ? 10 : 16)];
    uint64_t n = counted(v, slot, way, flow);

    if (flow == FLOW_MULTICAST)
        n += counted(v, slot, way, FLOW_BROADCAST);
    return value_of(out, VALUE_COUNTER32, n & UINT32_MAX);
}

static bool if_get(struct view *v, unsigned column, uint32_t row,
                   struct value *out)
{
    uint32_t slot = rank_slot(v, row);
    uint32_t mbps;

    switch (column) {
    case 1:
        return value_int(out, rank_if_index(v, row));
    case 2:
        slot_descr(v, slot, v->text, sizeof v->text);
        return value_text_of(v, out);
    case 3:
        return value_int(out, slot_type(v, slot));
    case 4:
        return value_int(out,
                         slot_type(v, slot) == TYPE_LOOPBACK ? 65536 : 1500);
    case 5:
        mbps = slot_speed_mbps(v, slot);
        if (v->shaped_kbps > 0)
            return value_gauge(out, (uint64_t)v->shaped_kbps * 1000);
        return value_gauge(out, mbps > SPEED_MAX ? UINT32_MAX
                                                 : (uint64_t)mbps * 1000000);
    case 6:
        if (slot_type(v, slot) == TYPE_LOOPBACK)
            return value_octets(out, v->text, 0);
        return value_mac(v, out, slot_mac(v, slot));
    case 7:
    case 8:
        return if_state(v, column, slot, out);
    case 9:
        return value_of(out, VALUE_TICKS, 0);
    case 15:
        return value_of(out, VALUE_COUNTER32, 0);
    case 21:
        return value_gauge(out, 0);
    case 22:
        return value_oid(out, zero);
    default:
        return if_counter(v, column, slot, out);
    }
}

/* ifXTable's counters: 2 to 5 short ones of multicast and broadcast, in and
 * out; 6 to 13 long ones of octets, unicast, multicast, broadcast. */
static bool ifx_counter(struct view *v, unsigned column, uint32_t slot,
                        struct value *out)
{
    static const enum flow flows[] = {FLOW_OCTETS, FLOW_UNICAST, FLOW_MULTICAST,
                                      FLOW_BROADCAST};

    if (column <= 5)
        return value_of(
            out, VALUE_COUNTER32,
            counted(v, slot, column >= 4 ? OUT : IN,
                    column % 2 == 0 ? FLOW_MULTICAST : FLOW_BROADCAST) &
                UINT32_MAX);
    if (!view_has(v, MODEL_HC))
        return false;
    if ((v->faults & VIEW_STUCK_HC) != 0)
        return value_of(out, VALUE_COUNTER64, 0);
    return value_of(
        out, VALUE_COUNTER64,
        counted(v, slot, column >= 10 ? OUT : IN, flows[(column - 6) % 4]));
}

/* sysUpTime when counters were reset; 0 if they were not since it started. */
static uint64_t discontinuity_cs(const struct view *v)
{
    if ((v->faults & VIEW_RESET) == 0 || v->reset_ms <= v->boot_ms)
        return 0;
    return (uint64_t)(v->reset_ms - v->boot_ms) / 10 & UINT32_MAX;
}

static bool ifx_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    uint32_t slot = rank_slot(v, row);

    switch (column) {
    case 1:
        slot_name(v, slot, v->text, sizeof v->text);
        return value_text_of(v, out);
    case 14:
        return value_int(out, 1);
    case 15:
        return value_gauge(out, v->shaped_kbps > 0
                                    ? (uint64_t)v->shaped_kbps / 1000
                                    : slot_speed_mbps(v, slot));
    case 16:
        return value_int(out, 2);
    case 17:
        return value_int(out, slot_is_virtual(v, slot) ? 2 : 1);
    case 18:
        slot_alias(v, slot, v->text, sizeof v->text);
        return value_text_of(v, out);
    case 19:
        return value_of(out, VALUE_TICKS, discontinuity_cs(v));
    default:
        return ifx_counter(v, column, slot, out);
    }
}

const struct group groups_if[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 2),
        GROUP_COLUMNS(1),
        .rows = one,
        .get = interfaces_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                      18, 19, 20, 21, 22),
        .rows = if_rows,
        .index = if_index,
        .get = if_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                      18, 19),
        .rows = ifx_rows,
        .index = if_index,
        .get = ifx_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1),
        GROUP_COLUMNS(5, 6),
        .rows = one,
        .get = ifx_scalar_get,
    },
    {.count = 0},
};
