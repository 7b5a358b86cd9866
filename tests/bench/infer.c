/* infer - how long topology_infer() takes, and how much memory, on a generated
 * tree of switches with forwarding tables.
 *
 * usage: infer [SWITCHES [HOSTS [lldp]]]   default 10000 switches, 40000 hosts,
 * no LLDP: every cable follows from forwarding tables.
 *
 * Sites of 100 switches each hang on a router of their own; every switch has
 * learned the router and what is below it; those on the way see all else.
 */
#include "base/clock.h"
#include "tests/bench/spent.h"
#include "topology/diff.h"
#include "topology/dominators.h"
#include "topology/life.h"
#include "topology/topology.h"

enum {
    SITE = 100,
    FANOUT = 6,
    UPLINK = 1, /* ifIndex */
    ROWS_WANTED = 1000000
};

struct network {
    uint32_t switches, hosts;
    bool lldp;
    struct facts **facts;
    struct topo_device *devices;
    struct addr *addrs;
    uint32_t count;
    size_t rows;
};

static struct mac mac_of(uint32_t device, uint8_t port)
{
    return (struct mac){{0x02, (uint8_t)(device >> 16), (uint8_t)(device >> 8),
                         (uint8_t)device, 1, port}};
}

static uint32_t parent_of(uint32_t at)
{
    uint32_t in_site = at % SITE;

    return in_site == 0 ? at : at - in_site + (in_site - 1) / FANOUT;
}

/* The port of the parent that leads to a switch: below the uplink. */
static uint32_t port_to(uint32_t child)
{
    return UPLINK + 1 + (child % SITE - 1) % FANOUT;
}

static void add_port(struct facts *f, uint32_t device, uint32_t if_index)
{
    char name[16];

    (void)snprintf(name, sizeof name, "Gi0/%u", (unsigned)if_index);
    *array_add(&f->interfaces) = (struct interface){
        .if_index = if_index,
        .name = arena_text(f->arena, name),
        .descr = "",
        .alias = "",
        .label = "",
        .type = 6,
        .mac = mac_of(device, (uint8_t)if_index),
        .admin_status = 1,
        .oper_status = 1,
        .duplex = "",
    };
    *array_add(&f->bridge.ports) =
        (struct bridge_port){.base_port = if_index, .if_index = if_index};
}

static void add_device(struct network *n, enum device_kind kind, uint32_t ports)
{
    uint32_t at = n->count++;
    struct facts *f = facts_new();
    char name[16];

    (void)snprintf(name, sizeof name, "d%u", (unsigned)at);
    n->facts[at] = f;
    n->addrs[at] = addr_v4((const uint8_t[]){10, (uint8_t)(at >> 16),
                                             (uint8_t)(at >> 8), (uint8_t)at});
    for (uint32_t p = 1; p <= ports; p++)
        add_port(f, at, p);
    if (kind == KIND_SWITCH)
        f->bridge.base_mac = mac_of(at, 0);
    else
        f->bridge.ports.count = 0;
    f->system.name = arena_text(f->arena, name);
    n->devices[at] = (struct topo_device){
        .name = f->system.name,
        .facts = f,
        .addrs = &n->addrs[at],
        .addr_count = 1,
        .kind = kind,
    };
    memcpy(n->devices[at].id.octets, &at, sizeof at);
    n->devices[at].id.octets[15] = 1;
}

static void learn(struct network *n, uint32_t bridge, uint32_t port,
                  struct mac mac)
{
    *array_add(&n->facts[bridge]->fdb) =
        (struct fdb_entry){mac, port, port, 1, 3};
    n->rows++;
}

/* All switches above have it below; all others of the site towards the root. */
static void speak(struct network *n, uint32_t at, struct mac mac, bool widely)
{
    uint32_t site = at - at % SITE, low = at;
    bool above[SITE] = {false};

    above[at % SITE] = true;
    while (low % SITE != 0) {
        uint32_t high = parent_of(low);
        learn(n, high, port_to(low), mac);
        above[high % SITE] = true;
        low = high;
    }
    for (uint32_t i = site; widely && i < site + SITE && i < n->switches; i++)
        if (!above[i % SITE])
            learn(n, i, UPLINK, mac);
}

static void announce(struct network *n, uint32_t from, uint32_t port,
                     uint32_t to, uint32_t local)
{
    struct facts *f = n->facts[to];
    struct mac chassis = mac_of(from, 0);
    char name[16];

    (void)snprintf(name, sizeof name, "Gi0/%u", (unsigned)port);
    const char *text = arena_text(f->arena, name);
    *array_add(&f->neighbors) = (struct neighbor){
        .protocol = NEIGHBOR_LLDP,
        .chassis_subtype = 4,
        .port_subtype = 5,
        .local_if_index = local,
        .chassis_id = arena_bytes(f->arena, (struct bytes){chassis.octets, 6}),
        .port_id = bytes_of_text(text),
        .chassis_text = "",
        .port_text = text,
        .port_descr = "",
        .sys_name = "",
        .sys_descr = "",
        .platform = "",
        .chassis_mac = chassis,
    };
}

static void make(struct network *n)
{
    uint32_t sites = (n->switches + SITE - 1) / SITE;
    uint32_t all = n->switches + sites + n->hosts;

    n->facts = mem_array(all, sizeof *n->facts);
    n->devices = mem_array(all, sizeof *n->devices);
    n->addrs = mem_array(all, sizeof *n->addrs);
    for (uint32_t i = 0; i < n->switches; i++)
        add_device(n, KIND_SWITCH, UPLINK + FANOUT + 24);
    for (uint32_t i = 0; i < sites; i++)
        add_device(n, KIND_ROUTER, 2);
    for (uint32_t i = 0; i < n->hosts; i++)
        add_device(n, KIND_HOST, 1);
    for (uint32_t i = 0; i < n->switches; i++) {
        speak(n, i, mac_of(i, 0), n->rows < ROWS_WANTED);
        learn(n, i, UPLINK, mac_of(n->switches + i / SITE, 1));
        if (n->lldp && i % SITE != 0) {
            announce(n, i, UPLINK, parent_of(i), port_to(i));
            announce(n, parent_of(i), port_to(i), i, UPLINK);
        }
    }
    for (uint32_t i = 0; i < n->hosts; i++) {
        uint32_t at = i % n->switches;
        uint32_t port = UPLINK + FANOUT + 1 + i / n->switches;
        struct mac mac = mac_of(n->switches + sites + i, 1);

        if (port > UPLINK + FANOUT + 24)
            break;
        learn(n, at, port, mac);
        speak(n, at, mac, false);
    }
}

static long peak_kib(void)
{
    struct rusage use;

    return getrusage(RUSAGE_SELF, &use) == 0 ? use.ru_maxrss : 0;
}

static uint32_t number(int argc, char **argv, int at, uint32_t otherwise)
{
    return argc > at ? (uint32_t)strtoul(argv[at], NULL, 10) : otherwise;
}

/* What follows of it: the life of its links, what is other than before, and who
 * depends on whom. */
static void measure_rest(const struct topo_input *input, struct topology *was)
{
    struct life_look *looks = mem_array(input->count + 1, sizeof *looks);
    struct life_moment moment = {.input = input, .looks = looks, .round = 1};
    struct topology *is = topology_infer(input);
    struct topo_changes changes = {0};
    double at = cpu_s();

    for (size_t i = 0; i < input->count; i++)
        looks[i] = (struct life_look){.at = {1}, .tells = true};
    life_continue(was, NULL, &moment);
    moment.round = 2;
    life_continue(is, was, &moment);
    double lives = cpu_s();
    topology_diff(was, is, &changes);
    double differs = cpu_s();
    free(topology_dominators(is, 0));
    printf("life of two moments %.0f ms of CPU, their difference %.0f ms, "
           "dominators %.0f ms\n",
           (lives - at) * 1e3, (differs - lives) * 1e3,
           (cpu_s() - differs) * 1e3);
    array_fini(&changes);
    topology_unref(is);
    free(looks);
}

int main(int argc, char **argv)
{
    struct network n = {
        .switches = number(argc, argv, 1, 10000),
        .hosts = number(argc, argv, 2, 40000),
        .lldp = argc > 3,
    };

    make(&n);
    const struct topo_input input = {.devices = n.devices, .count = n.count};
    long before = peak_kib();
    struct mono start = mono_now();
    double cpu = cpu_s();
    struct topology *t = topology_infer(&input);
    int64_t ms = mono_ms_between(start, mono_now());

    cpu = cpu_s() - cpu;
    size_t sure = 0;

    for (size_t i = 0; i < t->links.count; i++)
        sure += t->links.at[i].state == LINK_CONFIRMED;
    printf("%u devices, %zu rows: %zu links, %zu confirmed, %lld ms, "
           "%.0f ms of CPU, %ld MiB more\n",
           n.count, n.rows, t->links.count, sure, (long long)ms, cpu * 1e3,
           (peak_kib() - before) / 1024);
    measure_rest(&input, t);
    topology_unref(t);
    for (uint32_t i = 0; i < n.count; i++)
        facts_unref(n.facts[i]);
    free(n.facts);
    free(n.devices);
    free(n.addrs);
    return 0;
}
