/* Whatever agents tell: inference ends, draws no link from a device to itself,
 * names only ports of the device at that end, and gives the same links whatever
 * the order of devices and rows. */
#include "topology/topology.h"

#include "base/tsv.h"

#include <assert.h>
#include <stdint.h>

enum { DEVICES = 12, PORTS = 6 };

struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static struct mac any_mac(struct input *in)
{
    uint8_t which = next(in);

    if (which == 255)
        return (struct mac){{0}};
    if (which == 254)
        return (struct mac){{0, 0, 0x5e, 0, 1, 7}};
    return (struct mac){
        {2, 0, 0, 0, which % DEVICES, (uint8_t)(which / DEVICES % PORTS)}};
}

static struct addr any_addr(struct input *in)
{
    uint8_t octets[4] = {10, 0, next(in) % 3, next(in) % 16};

    if (octets[3] == 15)
        octets[0] = 127;
    return addr_v4(octets);
}

static const char *any_name(struct input *in)
{
    static const char *const names[] = {
        "",      "p1",
        "p2",    "p1.10",
        "eth0",  "GigabitEthernet0/1",
        "gi0/1", "br0",
        "bond0", "Po1",
        "ae0",   "ae0.0",
        "lo",    "sw1",
        "sw2",   "SW1.example.net",
        "1",     "2",
    };

    return names[next(in) % COUNT_OF(names)];
}

static struct bytes any_octets(struct input *in)
{
    static const uint8_t octets[] = {2, 0, 0, 0, 1, 2, 3, 1, 10, 0, 0, 1};
    size_t first = next(in) % 6u;

    return (struct bytes){octets + first, next(in) % 7u};
}

static void add_interfaces(struct input *in, struct facts *f)
{
    static const int32_t types[] = {6, 6, 6, 24, 53, 135, 161, 209};
    uint32_t if_index = 0;

    for (unsigned n = next(in) % (PORTS + 1); n > 0; n--) {
        if_index += 1 + next(in) % 3;
        *array_add(&f->interfaces) = (struct interface){
            .if_index = if_index,
            .name = any_name(in),
            .descr = any_name(in),
            .alias = any_name(in),
            .label = "",
            .type = types[next(in) % COUNT_OF(types)],
            .speed_bps = next(in),
            .mac = any_mac(in),
            .oper_status = next(in) % 8,
            .admin_status = next(in) % 4,
            .duplex = "",
        };
    }
}

static void add_neighbor(struct input *in, struct facts *f)
{
    struct neighbor n = {
        .protocol = next(in) % (NEIGHBOR_PROTOCOLS + 1),
        .chassis_subtype = next(in) % 9,
        .port_subtype = next(in) % 9,
        .local_port_num = next(in) % 8,
        .local_if_index = next(in) % 8,
        .chassis_id = any_octets(in),
        .port_id = any_octets(in),
        .chassis_text = any_name(in),
        .port_text = any_name(in),
        .port_descr = any_name(in),
        .sys_name = any_name(in),
        .sys_descr = "",
        .platform = "",
        .chassis_mac = any_mac(in),
        .port_mac = any_mac(in),
        .mgmt_count = next(in) % 5,
        .caps = next(in),
    };

    for (unsigned i = 0; i < n.mgmt_count; i++)
        n.mgmt[i] = any_addr(in);
    *array_add(&f->neighbors) = n;
}

static void add_bridge_port(struct input *in, struct facts *f)
{
    static const uint8_t id[] = {128, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0};

    *array_add(&f->bridge.ports) = (struct bridge_port){
        .base_port = next(in) % 8,
        .if_index = next(in) % 8,
        .stp_state = next(in) % 7,
        .designated_bridge = {id + next(in) % 5u, 8},
        .designated_port = {id + next(in) % 8u, 2},
    };
}

static void add_fdb(struct input *in, struct facts *f)
{
    *array_add(&f->fdb) = (struct fdb_entry){
        .mac = any_mac(in),
        .if_index = next(in) % 9,
        .base_port = next(in) % 9,
        .vlan = next(in) % 3,
        .status = next(in) % 6,
    };
}

static void add_lacp(struct input *in, struct facts *f)
{
    *array_add(&f->lacp) = (struct lacp_port){
        .if_index = next(in) % 8,
        .system = any_mac(in),
        .partner = any_mac(in),
        .port = next(in) % 3,
        .partner_port = next(in) % 3,
    };
}

static void add_peer(struct input *in, struct facts *f)
{
    static const char *const states[] = {"", "full", "twoWay", "established"};

    *array_add(&f->peers) = (struct peer){
        .protocol = next(in) % 3,
        .addr = any_addr(in),
        .state = states[next(in) % COUNT_OF(states)],
        .admin = "",
    };
}

static void add_row(struct input *in, struct facts *f)
{
    switch (next(in) % 10) {
    case 0:
        add_neighbor(in, f);
        return;
    case 1:
    case 2:
    case 3:
        add_fdb(in, f);
        return;
    case 4:
        *array_add(&f->arp) =
            (struct arp_entry){any_addr(in), any_mac(in), next(in) % 8};
        return;
    case 5:
        *array_add(&f->addresses) = (struct interface_address){
            any_addr(in), next(in) % 8, (int)(next(in) % 34) - 1};
        return;
    case 6:
        *array_add(&f->stack) =
            (struct stack_entry){next(in) % 8, next(in) % 8, next(in) % 2 == 0};
        return;
    case 7:
        add_lacp(in, f);
        return;
    case 8:
        add_peer(in, f);
        return;
    default:
        add_bridge_port(in, f);
    }
}

static struct facts *any_facts(struct input *in)
{
    struct facts *f = facts_new();

    add_interfaces(in, f);
    f->system.name = any_name(in);
    if (next(in) % 2 == 0) {
        f->lldp.chassis_subtype = next(in) % 8;
        f->lldp.chassis_id = any_octets(in);
        f->lldp.chassis_mac = any_mac(in);
        *array_add(&f->lldp.ports) = (struct lldp_local_port){
            .port_num = next(in) % 8,
            .if_index = next(in) % 8,
            .subtype = next(in) % 8,
            .id = any_octets(in),
            .text = any_name(in),
            .descr = any_name(in),
            .admin_status = next(in) % 5,
            .has_rx_frames = next(in) % 2 == 0,
            .rx_frames = next(in) % 2,
            .tx_frames = next(in) % 2,
        };
    }
    f->bridge.base_mac = any_mac(in);
    f->observed_at.ms = next(in) % 3 * INT64_C(200000);
    for (unsigned n = next(in); n > 0 && in->left > 0; n--)
        add_row(in, f);
    return f;
}

static void turn_rows(struct facts *f)
{
    for (size_t i = 0; i < f->fdb.count / 2; i++) {
        struct fdb_entry kept = f->fdb.at[i];
        f->fdb.at[i] = f->fdb.at[f->fdb.count - 1 - i];
        f->fdb.at[f->fdb.count - 1 - i] = kept;
    }
    for (size_t i = 0; i < f->neighbors.count / 2; i++) {
        struct neighbor kept = f->neighbors.at[i];
        f->neighbors.at[i] = f->neighbors.at[f->neighbors.count - 1 - i];
        f->neighbors.at[f->neighbors.count - 1 - i] = kept;
    }
    for (size_t i = 0; i < f->lacp.count / 2; i++) {
        struct lacp_port kept = f->lacp.at[i];
        f->lacp.at[i] = f->lacp.at[f->lacp.count - 1 - i];
        f->lacp.at[f->lacp.count - 1 - i] = kept;
    }
}

static bool has_port(const struct facts *f, uint32_t if_index)
{
    for (size_t i = 0; f != NULL && i < f->interfaces.count; i++)
        if (f->interfaces.at[i].if_index == if_index)
            return true;
    return false;
}

static void check_end(const struct topology *t, const struct topo_input *in,
                      uint32_t node, uint32_t if_index)
{
    assert(node < t->nodes.count);
    if (if_index == 0)
        return;
    assert(t->nodes.at[node].origin == NODE_DEVICE);
    assert(has_port(in->devices[t->nodes.at[node].device].facts, if_index));
}

static void check(const struct topology *t, const struct topo_input *in)
{
    struct topo_path path;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        assert(l->a != l->b);
        assert(l->layer == 2 || l->layer == 3);
        assert(strcmp(t->nodes.at[l->a].name, t->nodes.at[l->b].name) <= 0);
        check_end(t, in, l->a, l->a_if_index);
        check_end(t, in, l->b, l->b_if_index);
    }
    for (size_t i = 0; i < t->losses.count; i++) {
        check_end(t, in, t->losses.at[i].a, t->losses.at[i].a_if_index);
        check_end(t, in, t->losses.at[i].b, t->losses.at[i].b_if_index);
    }
    if (t->nodes.count > 1 &&
        topology_path(t, 0, (uint32_t)t->nodes.count - 1, &path)) {
        assert(path.links.count + 1 == path.nodes.count);
        topo_path_fini(&path);
    }
}

static char *print(const struct topology *t)
{
    OWNED(tsv_free) struct tsv *table = topology_tsv_new();
    struct buffer OWNED_BUFFER out = {0};

    topology_tsv(t, table);
    tsv_print(table, &out);
    return buffer_take(&out);
}

static void make_device(struct input *in, size_t i, struct topo_device *out,
                        struct addr *addrs, char *name)
{
    addrs[0] = any_addr(in);
    (void)snprintf(name, 8, "d%u", (unsigned)i);
    *out = (struct topo_device){
        .name = name,
        .facts = next(in) % 4 == 0 ? NULL : any_facts(in),
        .addrs = addrs,
        .addr_count = next(in) % 2u,
        .kind = (enum device_kind)(next(in) % DEVICE_KINDS),
    };
    out->id.octets[0] = next(in);
    out->id.octets[1] = (uint8_t)i;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
    struct input in = {at, len};
    struct topo_device devices[DEVICES] = {0}, turned[DEVICES] = {0};
    struct addr addrs[DEVICES];
    char names[DEVICES][8];
    size_t count = next(&in) % (DEVICES + 1);

    for (size_t i = 0; i < count; i++)
        make_device(&in, i, &devices[i], &addrs[i], names[i]);
    struct topo_traffic traffic = {
        .a_if_index = next(&in) % 8,
        .b_if_index = next(&in) % 8,
        .verdict = (enum traffic_verdict)(next(&in) % 3),
    };
    if (count > 1) {
        traffic.a = devices[0].id;
        traffic.b = devices[1].id;
    }
    const struct topo_input first = {.devices = devices,
                                     .count = count,
                                     .traffic = &traffic,
                                     .traffic_count = 1};
    struct topology *t = topology_infer(&first);
    check(t, &first);
    OWNED(free) char *one = print(t);

    for (size_t i = 0; i < count; i++) {
        turned[i] = devices[count - 1 - i];
        if (turned[i].facts != NULL)
            turn_rows((struct facts *)turned[i].facts);
    }
    const struct topo_input second = {.devices = turned,
                                      .count = count,
                                      .traffic = &traffic,
                                      .traffic_count = 1};
    struct topology *u = topology_infer(&second);
    OWNED(free) char *two = print(u);

    assert(strcmp(one, two) == 0);
    topology_unref(t);
    topology_unref(u);
    for (size_t i = 0; i < count; i++)
        facts_unref((struct facts *)devices[i].facts);
    return 0;
}
