/* A company: sites in towns, each with routers to the headquarters, a
 * firewall, two distribution switches, access switches on both of them,
 * servers, printers, access points, and computers and phones without agents.
 */
#include "tests/farm/plan.h"

#include <stdio.h>
#include <string.h>

enum {
    GIGABIT = 1000,
    TEN_GIGABIT = 10000,
    SITE_DEVICES = 40, /* of a site, on average */
    HEADQUARTERS = 60, /* at most, of the first site */
    WAN_FAN_OUT = 6,   /* sites below one */
    LARGE_SITE = 14,   /* devices from which it has two of all */
    PICK_VENDOR = 20,
    PICK_END = 21,
};

static const struct {
    const char *code, *town;
} towns[] = {
    {"ham", "Hamburg, Am Sandtorkai 30"},
    {"osk", "Osaka, Kita-ku 2-4-9"},
    {"mun", "Munich, Landsberger Str. 155"},
    {"lyo", "Lyon, Rue de la Villette"},
    {"bcn", "Barcelona, Carrer de Pallars"},
    {"gdn", "Gdansk, Aleja Grunwaldzka"},
    {"leeds", "Leeds, Wellington Place"},
    {"bos", "Boston, Summer St 245"},
    {"sgp", "Singapore, Cecil St 138"},
    {"syd", "Sydney, Kent St 201"},
    {"cpt", "Cape Town, Bree St 33"},
    {"gru", "Sao Paulo, Av. Paulista"},
    {"hel", "Helsinki, Mannerheimintie"},
    {"zrh", "Zurich, Hardstrasse 201"},
    {"del", "Delhi, Barakhamba Rd"},
    {"tpe", "Taipei, Xinyi Rd 7"},
};

/* What the switches and routers of a site are bought from. */
struct vendor {
    const char *router, *distribution, *access;
};
static const struct vendor vendors[] = {
    {"iosxe-router", "iosxe-dist", "ios-access"},
    {"vrp-router", "vrp-dist", "vrp-access"},
    {"junos-router", "junos-switch", "foundry-access"},
    {"iosxe-router", "nxos-core", "ios-access"},
    {"junos-router", "comware-dist", "comware-access"},
};

/* A site as it is being built. */
struct site {
    struct network *net;
    const struct vendor *vendor;
    uint32_t number, ports, left; /* left: devices still to add */
    char code[12];
    uint32_t routers[2], router_count;
    uint32_t gateways[2], gateway_count;
    uint32_t *access;
    uint32_t access_count;
};

static uint32_t site_add(struct site *s, const char *model, const char *role,
                         uint32_t ports)
{
    char name[NAME_MAX_LEN];

    (void)snprintf(name, sizeof name, "%s-%s", s->code, role);
    uint32_t at = network_add(s->net, model_find(model), ports, name);

    network_device(s->net, at)->site = (uint16_t)s->number;
    if (s->left > 0)
        s->left--;
    return at;
}

static uint32_t site_add_numbered(struct site *s, const char *model,
                                  const char *role, unsigned digits,
                                  uint32_t number, uint32_t ports)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%s-%0*u", role, (int)digits, number);
    return site_add(s, model, text, ports);
}

/* Codes are used again with a number behind once there are more sites. */
static void site_name(struct site *s)
{
    uint32_t town = s->number % COUNT_OF(towns);
    uint32_t round = s->number / COUNT_OF(towns);

    *array_add(&s->net->sites) = towns[town].town;
    if (round == 0)
        (void)snprintf(s->code, sizeof s->code, "%s", towns[town].code);
    else
        (void)snprintf(s->code, sizeof s->code, "%s%u", towns[town].code,
                       round + 1);
}

/* Routers at the edge, a firewall behind them, distribution switches behind
 * that. */
static void site_backbone(struct site *s)
{
    bool large = s->left >= LARGE_SITE;
    uint32_t count = large ? 2 : 1, firewall = NONE;
    bool headquarters = s->number == 0;

    for (uint32_t i = 0; i < count; i++)
        s->routers[s->router_count++] = site_add_numbered(
            s, s->vendor->router, headquarters ? "core" : "rtr", 1, i + 1,
            s->ports);
    if (large)
        firewall = site_add_numbered(s, "srx", "fw", 1, 1, 16);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = site_add(s, s->vendor->distribution,
                               i == 0 ? "dist-a" : "dist-b", s->ports);

        network_device(s->net, at)->gateway = true;
        s->gateways[s->gateway_count++] = at;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t up = firewall == NONE ? s->routers[i] : firewall;

        (void)network_cable(s->net, s->gateways[i], up, true, TEN_GIGABIT);
        if (firewall != NONE)
            (void)network_cable(s->net, firewall, s->routers[i], true,
                                TEN_GIGABIT);
    }
    if (count == 2) {
        (void)network_cable(s->net, s->routers[0], s->routers[1], true,
                            TEN_GIGABIT);
        (void)network_cable(s->net, s->gateways[0], s->gateways[1], false,
                            TEN_GIGABIT);
    }
}

/* Access switches on both distribution switches; when those are full, on the
 * access switch before. */
static void site_access(struct site *s, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at =
            site_add_numbered(s, s->vendor->access, "acc", 2, i + 1, s->ports);
        bool hung = false;

        for (uint32_t g = 0; g < s->gateway_count; g++)
            if (network_free_ports(s->net, s->gateways[g]) > 2)
                hung |= network_cable(s->net, at, s->gateways[g], false,
                                      TEN_GIGABIT);
        if (!hung && i > 0)
            (void)network_cable(s->net, at, s->access[i - 1], false,
                                TEN_GIGABIT);
        s->access[s->access_count++] = at;
    }
}

/* The switch that the nth end device goes to, with ports kept for hosts. */
static uint32_t site_place(const struct site *s, uint32_t nth)
{
    for (uint32_t i = 0; i < s->access_count; i++) {
        uint32_t at = s->access[(nth + i) % s->access_count];

        if (network_free_ports(s->net, at) > 3)
            return at;
    }
    return NONE;
}

/* Servers, printers, access points and UPS: who they are by turns. */
static const struct {
    const char *model, *role;
    uint8_t vlan;
    unsigned digits;
} ends[] = {
    {"ios-ap", "ap", VLAN_MANAGEMENT, 2},
    {"linux-lldp", "srv-app", VLAN_SERVERS, 1},
    {"printer", "prn", VLAN_PRINTERS, 2},
    {"windows", "srv-ad", VLAN_SERVERS, 1},
    {"ios-ap", "ap", VLAN_MANAGEMENT, 2},
    {"linux", "srv-db", VLAN_SERVERS, 1},
    {"ups", "ups", VLAN_SERVERS, 1},
    {"printer", "prn", VLAN_PRINTERS, 2},
};

static bool site_end(struct site *s, uint32_t nth)
{
    uint32_t kind = nth % COUNT_OF(ends), number = 0;
    uint32_t at = site_place(s, nth);

    if (at == NONE)
        return false;
    for (uint32_t i = 0; i <= nth; i++) /* of the same role so far */
        number += strcmp(ends[i % COUNT_OF(ends)].role, ends[kind].role) == 0;
    uint32_t end = site_add_numbered(s, ends[kind].model, ends[kind].role,
                                     ends[kind].digits, number, 1);

    network_device(s->net, end)->vlan = ends[kind].vlan;
    uint32_t mbps = network_device(s->net, end)->model->speed_mbps;

    return network_cable(s->net, end, at, false, mbps == 0 ? GIGABIT : mbps);
}

/* Everything below the backbone: a third of the devices are access switches,
 * the others hang on them. Whatever finds no port becomes an access switch. */
static void site_fill(struct site *s)
{
    uint32_t count = s->left / 3 + (s->left > 0);
    uint32_t nth = 0;

    s->access = mem_array(s->left + 1, sizeof *s->access);
    site_access(s, count);
    while (s->left > 0 && site_end(s, nth))
        nth++;
    while (s->left > 0) {
        uint32_t at = site_add_numbered(s, s->vendor->access, "acc", 2,
                                        s->access_count + 1, s->ports);

        (void)network_cable(s->net, at, s->access[s->access_count - 1], false,
                            TEN_GIGABIT);
        s->access[s->access_count++] = at;
        while (s->left > 0 && site_end(s, nth))
            nth++;
    }
    for (uint32_t i = 0; i < s->access_count; i++) {
        uint32_t free_ports = network_free_ports(s->net, s->access[i]);

        plan_hosts(
            s->net, s->access[i],
            plan_pick(s->net, PICK_END, s->access[i], free_ports / 2 + 1));
    }
    free(s->access);
    s->access = NULL;
}

/* Joins a site to the one above it, the larger ones twice. */
static void site_join(struct network *net, const struct site *s,
                      const struct site *above)
{
    for (uint32_t i = 0; i < s->router_count; i++)
        (void)network_cable(net, s->routers[i],
                            above->routers[i % above->router_count], true,
                            GIGABIT);
}

void campus_draw(struct network *net, uint32_t devices, uint32_t ports)
{
    uint32_t ports_of = ports < 16 ? 16 : ports, left = devices;
    uint32_t count = 1;

    if (devices > HEADQUARTERS)
        count += (devices - HEADQUARTERS + SITE_DEVICES - 1) / SITE_DEVICES;
    struct site *sites = mem_array(count, sizeof *sites);

    for (uint32_t i = 0; i < count; i++) {
        struct site *s = &sites[i];
        uint32_t size = i == 0 ? HEADQUARTERS : left / (count - i);

        /* towns differ in size, the sum stays */
        if (i > 0 && i + 1 < count)
            size = size * (60 + plan_pick(net, PICK_VENDOR + 2, i, 80)) / 100;
        *s = (struct site){.net = net, .number = i, .ports = ports_of};
        s->left = size < left ? size : left;
        s->vendor = &vendors[i == 0 ? 3
                                    : plan_pick(net, PICK_VENDOR, i,
                                                COUNT_OF(vendors))];
        left -= s->left;
        site_name(s);
        site_backbone(s);
        if (i > 0)
            site_join(net, s, &sites[(i - 1) / WAN_FAN_OUT]);
        site_fill(s);
    }
    free(sites);
}
