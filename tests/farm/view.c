#include "tests/farm/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Purposes of hashes, so that they do not depend on each other. */
enum { HASH_RATE = 101, HASH_SIZE, HASH_ERRORS, HASH_SERIAL, HASH_WAVE };

/* Virtual interfaces: end devices with one port have none or a loopback,
 * routers a loopback, switches management, gateways one for each VLAN. */
static uint32_t device_virtuals(const struct network *net,
                                const struct device *d)
{
    uint32_t count = 1;

    if (d->model->virtual_name[0] == '\0')
        return 0;
    if (!d->gateway || d->domain == NONE)
        return count;
    for (size_t i = 1; i < VLANS; i++)
        count += net->domains.at[d->domain].subnet[i] != 0;
    return count;
}

void view_init(struct view *v, const struct network *net, uint32_t device)
{
    const struct device *d = network_device(net, device);

    memset(v, 0, offsetof(struct view, subs));
    v->net = net;
    v->dev = d;
    v->index = device;
    v->domain = d->domain == NONE ? NULL : &net->domains.at[d->domain];
    v->virtuals = device_virtuals(net, d);
    v->interfaces = v->virtuals + d->ports;
    v->boots = 1;
    v->spiked_slot = NONE;
}

uint32_t view_uptime_cs(const struct view *v)
{
    return (uint32_t)((uint64_t)(view_up_ms(v) + v->skew_ms) / 10);
}

/* ---- interfaces -----------------------------------------------------------
 */

static uint32_t rank_base_slot(const struct view *v, uint32_t rank)
{
    if ((v->dev->model->flags & MODEL_LOW_VIRTUAL) != 0)
        return rank;
    return rank < v->dev->ports ? v->virtuals + rank : rank - v->dev->ports;
}

uint32_t rank_slot(const struct view *v, uint32_t rank)
{
    if (v->shift != 0)
        rank = (rank + v->shift) % v->interfaces;
    return rank_base_slot(v, rank);
}

uint32_t slot_rank(const struct view *v, uint32_t slot)
{
    uint32_t rank = slot;

    if ((v->dev->model->flags & MODEL_LOW_VIRTUAL) == 0)
        rank = slot < v->virtuals ? v->dev->ports + slot : slot - v->virtuals;
    if (v->shift != 0)
        rank =
            (rank + v->interfaces - v->shift % v->interfaces) % v->interfaces;
    return rank;
}

/* ifIndex by rank: virtual interfaces below or above the ports, with at most
 * virtuals numbers between them. */
uint32_t rank_if_index(const struct view *v, uint32_t rank)
{
    const struct model *m = v->dev->model;
    uint32_t slot = rank_base_slot(v, rank);

    if (slot >= v->virtuals)
        return m->if_base + (slot - v->virtuals) * m->if_step;
    if (m->virtual_base < m->if_base &&
        m->virtual_base + v->virtuals > m->if_base)
        return m->if_base - v->virtuals + slot; /* squeezed in below */
    return m->virtual_base + slot;
}

uint32_t slot_if_index(const struct view *v, uint32_t slot)
{
    return rank_if_index(v, slot_rank(v, slot));
}

uint32_t view_management_slot(const struct view *v)
{
    return v->dev->model->role == ROLE_SERVER ? v->virtuals : 0;
}

uint32_t slot_vlan(const struct view *v, uint32_t slot)
{
    uint32_t at = 0;

    for (uint32_t i = 1; i < VLANS && slot > 0 && v->domain != NULL; i++)
        if (v->domain->subnet[i] != 0 && ++at == slot)
            return i;
    return VLAN_MANAGEMENT;
}

uint32_t view_vlan_slot(const struct view *v, uint32_t vlan)
{
    uint32_t at = 0;

    if (vlan == VLAN_MANAGEMENT)
        return view_management_slot(v);
    if (!v->dev->gateway || v->domain == NULL || v->domain->subnet[vlan] == 0)
        return NONE;
    for (uint32_t i = 1; i <= vlan; i++)
        at += v->domain->subnet[i] != 0;
    return at;
}

/* ---- names ----------------------------------------------------------------
 */

void pattern_fill(char *out, size_t len, const char *pattern,
                  const uint32_t numbers[2], const char *text)
{
    size_t at = 0, number = 0;

    for (const char *p = pattern; *p != '\0' && at + 1 < len; p++) {
        int wrote = 0;

        if (*p == '%') {
            int digits = (int)strspn(p, "%");
            uint32_t mod = digits == 3 ? 1000 : digits == 4 ? 10000 : 0;
            uint32_t n = numbers[number < 2 ? number++ : 1];

            p += digits - 1;
            wrote = snprintf(out + at, len - at, "%0*u", digits,
                             mod == 0 ? n : n % mod);
        } else if (*p == '$') {
            wrote = snprintf(out + at, len - at, "%s", text);
        } else {
            out[at] = *p;
            wrote = 1;
        }
        at += (size_t)wrote;
    }
    out[at < len ? at : len - 1] = '\0';
}

static const struct port_style *slot_style(const struct view *v, uint32_t slot)
{
    const struct model *m = v->dev->model;

    return slot_speed_mbps(v, slot) > 1000 ? &m->fast : &m->slow;
}

static void slot_label(const struct view *v, uint32_t slot, bool descr,
                       char *out, size_t len)
{
    const struct model *m = v->dev->model;

    if (slot_is_virtual(v, slot)) {
        uint32_t vlan = vlan_plans[slot_vlan(v, slot)].id;

        pattern_fill(out, len, slot == 0 ? m->virtual_name : m->svi_style,
                     (uint32_t[2]){vlan, vlan}, "");
        return;
    }
    const struct port_style *style = slot_style(v, slot);
    uint32_t number = m->first_number + slot - v->virtuals;

    pattern_fill(out, len, descr ? style->descr : style->name,
                 (uint32_t[2]){number, number}, "");
}

void slot_name(const struct view *v, uint32_t slot, char *out, size_t len)
{
    slot_label(v, slot, false, out, len);
}

void slot_descr(const struct view *v, uint32_t slot, char *out, size_t len)
{
    slot_label(v, slot, true, out, len);
}

void network_port_label(const struct network *net, uint32_t port, char *out,
                        size_t len)
{
    struct view v;

    view_init(&v, net, net->ports.at[port].device);
    slot_label(&v, port_slot(&v, port), (v.dev->model->flags & MODEL_IFX) == 0,
               out, len);
}

/* What an engineer would write: where the cable goes. */
void slot_alias(const struct view *v, uint32_t slot, char *out, size_t len)
{
    out[0] = '\0';
    if (slot_is_virtual(v, slot) || v->dev->ports == 1)
        return;
    const struct port *p = &v->net->ports.at[slot_port(v, slot)];

    if (p->peer != NONE) {
        char label[128];
        const struct port *peer = &v->net->ports.at[p->peer];

        network_port_label(v->net, p->peer, label, sizeof label);
        (void)snprintf(out, len, "to %s %s",
                       network_device(v->net, peer->device)->name, label);
    }
}

uint64_t slot_mac(const struct view *v, uint32_t slot)
{
    return slot_is_virtual(v, slot) ? device_mac(v->dev)
                                    : port_mac(v->net, slot_port(v, slot));
}

uint32_t slot_speed_mbps(const struct view *v, uint32_t slot)
{
    if (slot_is_virtual(v, slot))
        return 1000;
    uint32_t speed = v->net->ports.at[slot_port(v, slot)].speed_mbps;

    if (speed != 0)
        return speed;
    return v->dev->model->speed_mbps == 0 ? 1000 : v->dev->model->speed_mbps;
}

bool slot_is_up(const struct view *v, uint32_t slot)
{
    return slot_is_virtual(v, slot) || port_is_up(v->net, slot_port(v, slot));
}

bool slot_carries(const struct view *v, uint32_t slot)
{
    if (slot_is_virtual(v, slot))
        return true;
    const struct port *p = &v->net->ports.at[slot_port(v, slot)];

    return p->peer != NONE || (p->flags & PORT_HOSTS) != 0;
}

static void serial_fill(const struct model *m, uint32_t number, char *out,
                        size_t len)
{
    pattern_fill(out, len, m->serial, (uint32_t[2]){number / 1000, number}, "");
}

static uint32_t serial_number(const struct network *net, uint32_t device)
{
    uint64_t hash = network_hash(net->seed, HASH_SERIAL, device);

    return device * 7 + (uint32_t)(hash % 7); /* unique */
}

void device_serial(const struct network *net, uint32_t device, char *out,
                   size_t len)
{
    serial_fill(network_device(net, device)->model, serial_number(net, device),
                out, len);
}

void view_serial(const struct view *v, char *out, size_t len)
{
    enum { REPLACED = 900000, SHARED = 999999 };
    uint32_t number = serial_number(v->net, v->index);

    if ((v->faults & VIEW_REPLACED) != 0)
        number += REPLACED;
    if ((v->faults & VIEW_SERIAL) != 0)
        number = SHARED;
    out[0] = '\0';
    if ((v->faults & VIEW_NO_SERIAL) == 0)
        serial_fill(v->dev->model, number, out, len);
}

const char *view_name(const struct view *v)
{
    return (v->faults & VIEW_CLONED) != 0 ? "switch" : v->dev->name;
}

/* ---- counters -------------------------------------------------------------
 */

/* Octets per second that leave a port. Both ends of a cable agree: what leaves
 * one enters the other. Up to 35 percent of the line with waves, a thousandth
 * of that without: what is no counter's value then is far from what it counts.
 */
static uint64_t port_out_octets(const struct view *v, uint32_t port,
                                uint32_t speed_mbps)
{
    uint64_t u = network_hash(v->net->seed, HASH_RATE, port) % 1000;

    return 64 + (uint64_t)speed_mbps * 125000 * (u * u / 1000 + 1) / 2850 /
                    (v->waves ? 1 : 1000);
}

static uint64_t slot_octets(const struct view *v, uint32_t slot,
                            enum direction way)
{
    uint32_t speed = slot_speed_mbps(v, slot), port = slot_port(v, slot);

    if (slot_is_virtual(v, slot)) /* names beyond those of ports */
        return port_out_octets(
            v, 0x80000000u + v->index * 32 + slot * 2 + (way == IN ? 0 : 1),
            10);
    if (way == OUT)
        return port_out_octets(v, port, speed);
    uint32_t peer = v->net->ports.at[port].peer;

    /* hosts behind a port send as an imagined port would */
    return port_out_octets(v, peer != NONE ? peer : 0x40000000u + port, speed);
}

/* The octets of a packet on average, 80 to 1100; what leaves has the same
 * size at the other end. */
static uint64_t octets_per_packet(const struct view *v, uint64_t octets)
{
    return 80 + network_hash(v->net->seed, HASH_SIZE, octets) % 1020;
}

/* Every 24th port has errors coming in, every 17th drops what should leave. */
static uint64_t slot_trouble(const struct view *v, uint32_t slot,
                             enum direction way, enum flow flow)
{
    uint64_t odd =
        network_hash(v->net->seed, HASH_ERRORS, v->dev->first_port + slot);

    if (flow == FLOW_ERRORS)
        return way == IN && odd % 24 == 0 ? 20 + odd / 24 % 2000 : 0;
    return way == OUT && odd % 17 == 0 ? 50 + odd / 17 % 4000 : 0;
}

uint64_t slot_rate(const struct view *v, uint32_t slot, enum direction way,
                   enum flow flow)
{
    if (flow >= FLOW_DISCARDS)
        return slot_trouble(v, slot, way, flow);
    uint64_t octets = slot_octets(v, slot, way);

    if (flow == FLOW_OCTETS)
        return octets;
    if (flow == FLOW_UNICAST)
        return octets / octets_per_packet(v, octets) + 1;
    return 1 + octets % (flow == FLOW_MULTICAST ? 7 : 3);
}

/* What a wave of traffic has brought since its beginning, in periods: the
 * integral of a triangle between -1 and 1, which is 0 after each period. */
static double wave_sum(double phase)
{
    double x = phase - floor(phase);

    return x < 0.5 ? 2 * x * x - x : 3 * x - 2 * x * x - 1;
}

/* Waves of 20 minutes that carry from 0.4 to 1.6 of the rate, each cable with a
 * phase of its own. */
static int64_t slot_wave_ms(const struct view *v, uint32_t slot)
{
    const double period_ms = 1200000, height = 0.6;
    uint32_t port =
        slot_is_virtual(v, slot) ? 0x80000000u + v->index : slot_port(v, slot);

    if (!slot_is_virtual(v, slot) && v->net->ports.at[port].peer < port)
        port = v->net->ports.at[port].peer;
    double shift =
        (double)(network_hash(v->net->seed, HASH_WAVE, port) % 1000) / 1000;
    double now = (double)v->now_ms / period_ms + shift;
    double boot = (double)v->boot_ms / period_ms + shift;

    return (int64_t)((wave_sum(now) - wave_sum(boot)) * period_ms * height);
}

/* How long the port of a slot had no carrier since boot. */
static int64_t slot_cut_ms(const struct view *v, uint32_t slot)
{
    for (size_t i = 0; v->cuts != NULL && i < v->cuts->count; i++) {
        const struct cut *cut = &v->cuts->at[i];
        int64_t ms = cut->now ? v->now_ms - cut->since_ms : 0;

        if (cut->port != slot_port(v, slot))
            continue;
        if (v->boot_ms < cut->since_ms) /* else it forgot all before */
            ms += cut->lost_ms;
        return ms;
    }
    return 0;
}

bool slot_was_reset(const struct view *v, uint32_t slot)
{
    if (v->reset_ms <= v->boot_ms)
        return false;
    return (v->faults & VIEW_RESET) != 0 ||
           ((v->faults & VIEW_CARD) != 0 && slot >= v->interfaces / 2);
}

int64_t slot_counting_ms(const struct view *v, uint32_t slot)
{
    int64_t ms = view_up_ms(v);

    if (slot_was_reset(v, slot))
        return v->now_ms - v->reset_ms;
    if ((v->faults & VIEW_FROZEN) != 0)
        return -v->boot_ms > 0 ? -v->boot_ms : 0;
    if (v->cuts != NULL && v->cuts->count > 0 && !slot_is_virtual(v, slot))
        ms -= slot_cut_ms(v, slot);
    if (v->waves)
        ms += slot_wave_ms(v, slot);
    return ms > 0 ? ms : 0;
}

/* ---- addresses ------------------------------------------------------------
 */

/* Subnets of VLANs lie below those of cables, both below management. */
static uint32_t address_svis(const struct view *v)
{
    return v->virtuals > 0 ? v->virtuals - 1 : 0;
}

uint32_t view_addresses(const struct view *v)
{
    uint32_t count = address_svis(v) + 1;

    for (uint32_t p = 0; p < v->dev->ports; p++)
        count += v->net->ports.at[v->dev->first_port + p].ip != 0;
    return count;
}

/* The first routed port with an address above ip, NONE. */
static uint32_t port_above(const struct view *v, uint32_t ip)
{
    uint32_t best = NONE;

    for (uint32_t i = 0; i < v->dev->ports; i++) {
        uint32_t p = v->dev->first_port + i, it = v->net->ports.at[p].ip;

        if (it > ip && (best == NONE || it < v->net->ports.at[best].ip))
            best = p;
    }
    return best;
}

struct address view_address(const struct view *v, uint32_t nth)
{
    uint32_t svis = address_svis(v);

    if (nth < svis) {
        uint32_t vlan = slot_vlan(v, nth + 1);
        bool root = v->domain->root == v->index;

        return (struct address){v->domain->subnet[vlan] + (root ? 1 : 2),
                                nth + 1, v->domain->prefix_len[vlan]};
    }
    uint32_t port = NONE, ip = 0;

    for (uint32_t i = svis; i <= nth; i++) {
        port = port_above(v, ip);
        if (port == NONE)
            return (struct address){v->dev->ip, view_management_slot(v), 32};
        ip = v->net->ports.at[port].ip;
    }
    return (struct address){ip, port_slot(v, port),
                            v->net->ports.at[port].prefix_len};
}
