/* network.h - a generated network: devices, ports, cables, hosts and bridged
 * domains, as compact as ten thousand devices want it. Everything an agent
 * tells is computed from this on demand (device.h, mib.h), and so is the truth
 * that is written for tests (truth.h).
 *
 * A plan (plan.h) adds devices, cables and hosts; network_finish() then works
 * out domains, spanning trees, addresses and forwarding. Numbers are dense
 * indices; the same seed gives the same network.
 */
#ifndef FARM_NETWORK_H
#define FARM_NETWORK_H

#include "base/mem.h"
#include "base/own.h"
#include "tests/farm/model.h"

#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX

enum {
    DEVICES_MAX = 200000,
    PORTS_MAX = 8000000,
    DEVICE_PORTS_MAX = 1000,
    NAME_MAX_LEN = 28,
    VLANS = 5
};

/* The VLANs every domain may have; 0 is management. */
struct vlan_plan {
    uint16_t id;
    const char *name;
};
extern const struct vlan_plan vlan_plans[VLANS];
enum { VLAN_MANAGEMENT, VLAN_USERS, VLAN_VOICE, VLAN_SERVERS, VLAN_PRINTERS };

enum port_flag {
    PORT_ROUTED = 1 << 0,     /* has an address of its own, is in no bridge */
    PORT_CUT = 1 << 1,        /* no carrier, by fault */
    PORT_BLOCKED = 1 << 2,    /* spanning tree blocks this end */
    PORT_HOSTS = 1 << 3,      /* hosts without an agent are behind it */
    PORT_SHUT = 1 << 4,       /* administratively down */
    PORT_NO_SESSION = 1 << 5, /* routing protocols do not get on over it */
};

struct port {
    uint32_t device;
    uint32_t peer;       /* port at the other end, NONE */
    uint32_t told;       /* the same as neighbor protocols tell it */
    uint32_t ip;         /* of a routed port, host byte order; else 0 */
    uint32_t speed_mbps; /* 0: as the model says */
    uint8_t prefix_len;  /* of ip */
    uint8_t flags;       /* enum port_flag */
};

/* What of a device may be broken. */
enum device_part {
    PART_FANS = 1 << 0,
    PART_SUPPLY = 1 << 1,
    PART_HEAT = 1 << 2
};

struct device {
    const struct model *model;
    char name[NAME_MAX_LEN]; /* sysName */
    uint32_t first_port, ports;
    uint32_t ip;        /* of management, host byte order; 0: no agent */
    uint32_t mac_base;  /* its MACs are the model's OUI and numbers from here */
    uint32_t domain;    /* bridged domain, NONE */
    uint32_t up_port;   /* port towards the domain's root; NONE for the root */
    uint32_t tin, tout; /* its subtree: devices d with tin <= d.tin < tout */
    uint32_t tree_next; /* scratch of the numbering */
    uint16_t depth;     /* below the root */
    uint16_t site;
    uint8_t vlan;   /* index of vlan_plans that its management is in */
    bool gateway;   /* routes for its domain */
    uint8_t broken; /* enum device_part */
};

/* A host without an agent, seen in forwarding and ARP tables alone. */
struct host {
    uint32_t port, ip;
    uint32_t mac; /* number within its OUI */
    uint8_t oui;  /* index of host_ouis */
    uint8_t vlan; /* index of vlan_plans */
};

/* Whoever has an address in a domain: a device, or a host (HOST_BIT). */
#define HOST_BIT 0x80000000u
struct member {
    uint64_t key; /* vlan id << 48 | MAC */
    uint32_t node;
};

struct domain {
    uint32_t root; /* device: gateway and root of the spanning tree */
    uint32_t first_member, members;
    uint32_t subnet[VLANS]; /* network address of the VLAN, 0 = not there */
    uint8_t prefix_len[VLANS];
    uint32_t by_vlan[VLANS + 1]; /* members of VLAN v are by_ip[by_vlan[v]...],
                                    relative to first_member */
};

struct network {
    struct devices ARRAY_OF(struct device) devices;
    struct ports ARRAY_OF(struct port) ports;
    struct hosts ARRAY_OF(struct host) hosts;
    struct domains ARRAY_OF(struct domain) domains;
    struct members ARRAY_OF(struct member) members; /* of a domain: by key */
    uint32_t *by_mac; /* of a domain: its members by MAC */
    uint32_t *by_ip;  /* of a domain: by VLAN, then address */
    struct sites ARRAY_OF(const char *) sites; /* sysLocation */
    uint64_t seed;
    uint32_t base_ip; /* of the first device, host byte order */
    uint32_t next_mac, next_subnet, next_cable;
    bool finished;
    bool sessions; /* routers tell neighbors of OSPF and peers of BGP */
};

struct network *network_new(uint64_t seed, uint32_t base_ip);
void network_free(struct network *net);
OWNED_BY(struct network, network_free)

/* ---- building ------------------------------------------------------------ */

/* A device with so many ports; its index. The name is cut if too long. */
uint32_t network_add(struct network *net, const struct model *model,
                     uint32_t ports, const char *name);

/* A port of the device that has nothing behind it yet, the first from the
 * front or the back; NONE if all are taken. */
uint32_t network_free_port(const struct network *net, uint32_t device,
                           bool from_back);
uint32_t network_free_ports(const struct network *net, uint32_t device);

/* A cable between free ports of two devices: routed (a subnet of its own) or
 * bridged. False if one of them has no free port. */
bool network_cable(struct network *net, uint32_t a, uint32_t b, bool routed,
                   uint32_t speed_mbps);

/* A host without agent behind a free port of a bridging device, or behind the
 * given port. False if there is none free. */
bool network_host(struct network *net, uint32_t device, uint8_t vlan);
void network_host_at(struct network *net, uint32_t port, uint8_t vlan);

/* Works out what follows from devices and cables. */
void network_finish(struct network *net);

/* ---- asking and changing --------------------------------------------------
 */

static inline struct device *network_device(const struct network *net,
                                            uint32_t i)
{
    return &net->devices.at[i];
}

/* The address of the nth agent from the base, and back (NONE if none). */
uint32_t address_of_agent(uint32_t base_ip, uint32_t n);
uint32_t agent_of_address(uint32_t base_ip, uint32_t ip);

/* MACs as 48-bit numbers. */
uint64_t device_mac(const struct device *d);
uint64_t port_mac(const struct network *net, uint32_t port);
uint64_t host_mac(const struct host *h);

/* Carrier: there is something behind it, and nobody cut or shut it. */
bool port_is_up(const struct network *net, uint32_t port);

/* True if frames pass: up and not blocked at either end. */
bool port_forwards(const struct network *net, uint32_t port);

/* The port of device behind which the member is learned; NONE for the device
 * itself and where nothing is learned. */
uint32_t network_towards(const struct network *net, uint32_t device,
                         const struct member *m);

/* Neighbor protocols tell the cables of two ports the other way round; once
 * more, and they are right again. False if that makes no difference. */
bool network_miswire(struct network *net, uint32_t a, uint32_t b);

/* Cuts or heals the cable at a port (both ends), and lets the spanning trees
 * settle. */
void network_cut(struct network *net, uint32_t port, bool cut);

/* A number that depends on the seed and two numbers alone. */
static inline uint64_t network_hash(uint64_t seed, uint64_t what,
                                    uint64_t which)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + what * 0xbf58476d1ce4e5b9u +
                 which * 0x94d049bb133111ebu + 0x2545f4914f6cdd1du;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

#endif
