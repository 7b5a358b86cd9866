#include "mibs/kind.h"

#include "base/text.h"

#include <string.h>

/* Bits of LLDP's system capabilities (IEEE 802.1AB, table 8-4). */
enum {
    CAP_BRIDGE = 1 << 2,
    CAP_WLAN = 1 << 3,
    CAP_ROUTER = 1 << 4,
    CAP_TELEPHONE = 1 << 5,
};

/* sysServices: 2^(layer - 1) (RFC 3418). */
enum { SERVICE_BRIDGE = 0x02, SERVICE_ROUTER = 0x04, SERVICE_HOST = 0x48 };

/* Last arcs of hrDeviceTypes. */
enum { DEVICE_PRINTER = 5, DEVICE_DISK = 6, DEVICE_KEYBOARD = 13 };

enum { PRINTER_PORTS_MAX = 8, AP_PORTS_MAX = 16 };

static bool has_device(const struct harvest *h, unsigned type)
{
    return (h->hr_types & UINT32_C(1) << type) != 0;
}

/* Servers have printers too; a printer has no keyboard. */
static bool is_printer(const struct harvest *h)
{
    return has_device(h, DEVICE_PRINTER) && !has_device(h, DEVICE_KEYBOARD) &&
           h->facts->interfaces.count <= PRINTER_PORTS_MAX;
}

/* Below upsMIB itself (RFC 1628). */
static bool is_ups(const struct facts *f)
{
    static const char prefix[] = "1.3.6.1.2.1.33.";

    return strncmp(f->system.object_id, prefix, sizeof prefix - 1) == 0;
}

/* Interfaces that virtual machines and containers of a server have among
 * themselves make no router of it. */
static bool is_inner(const struct interface *i)
{
    static const char *const names[] = {
        "lo",   "docker*", "br-*",  "veth*",    "virbr*",  "tun*",
        "tap*", "cni*",    "vnet*", "flannel*", "podman*", "lxc*"};
    const char *label = interface_label(i);

    if (i->type == 24) /* softwareLoopback */
        return true;
    for (size_t k = 0; k < COUNT_OF(names); k++)
        if (text_matches(names[k], label))
            return true;
    return false;
}

/* Interfaces with addresses that others can use, two at most are counted. */
static unsigned legs(const struct facts *f)
{
    uint32_t first = 0;

    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];
        const struct interface *its = facts_interface(f, a->if_index);

        if (its == NULL || is_inner(its) || !addr_is_usable(&a->addr) ||
            a->if_index == first)
            continue;
        if (first != 0)
            return 2;
        first = a->if_index;
    }
    return first != 0;
}

/* Ports that forward frames: a bridge of one is none. */
static bool is_bridge(const struct facts *f)
{
    size_t ports = 0;

    for (size_t i = 0; i < f->bridge.ports.count; i++)
        if (f->bridge.ports.at[i].if_index != 0)
            ports++;
    return ports >= 2;
}

static enum device_kind kind_of_services(uint32_t services)
{
    unsigned layers = services & (SERVICE_BRIDGE | SERVICE_ROUTER);

    if (layers == (SERVICE_BRIDGE | SERVICE_ROUTER) &&
        (services & SERVICE_HOST) == 0)
        return KIND_L3SWITCH;
    if ((services & SERVICE_ROUTER) != 0)
        return KIND_ROUTER;
    if ((services & SERVICE_BRIDGE) != 0)
        return KIND_SWITCH;
    return (services & SERVICE_HOST) != 0 ? KIND_HOST : KIND_UNKNOWN;
}

/* Its keeper says that it forwards, and serves nobody itself: a machine of a
 * server's make at work as a switch or router. */
static bool is_said_to_forward(uint32_t services)
{
    return (services & SERVICE_HOST) == 0 &&
           (services & (SERVICE_BRIDGE | SERVICE_ROUTER)) != 0;
}

/* What it does with frames and packets of others; KIND_UNKNOWN if nothing. */
static enum device_kind kind_of_work(const struct harvest *h)
{
    bool bridges = is_bridge(h->facts);
    bool routes = h->forwards && legs(h->facts) >= 2;

    if (bridges)
        return routes ? KIND_L3SWITCH : KIND_SWITCH;
    return routes ? KIND_ROUTER : KIND_UNKNOWN;
}

static enum device_kind kind_of_stranger(const struct harvest *h,
                                         enum device_kind work)
{
    const struct facts *f = h->facts;

    if (is_printer(h))
        return KIND_PRINTER;
    if (is_ups(f))
        return KIND_UPS;
    if ((h->caps & CAP_TELEPHONE) != 0)
        return KIND_PHONE;
    if ((h->caps & CAP_WLAN) != 0 && (h->caps & CAP_BRIDGE) != 0 &&
        work != KIND_ROUTER && f->interfaces.count <= AP_PORTS_MAX)
        return KIND_AP;
    if (work != KIND_UNKNOWN)
        return work;
    if (is_said_to_forward(f->system.services))
        return kind_of_services(f->system.services);
    if (has_device(h, DEVICE_DISK) || f->storages.count > 0)
        return KIND_SERVER;
    if ((h->caps & CAP_ROUTER) != 0)
        return KIND_ROUTER;
    if ((h->caps & CAP_BRIDGE) != 0)
        return KIND_SWITCH;
    return kind_of_services(f->system.services);
}

enum device_kind kind_infer(const struct harvest *h, enum device_kind told)
{
    enum device_kind work = kind_of_work(h);

    if (told == KIND_UNKNOWN)
        return kind_of_stranger(h, work);
    if (told != KIND_SERVER && told != KIND_HOST)
        return told;
    if (work != KIND_UNKNOWN)
        return work;
    return is_said_to_forward(h->facts->system.services)
               ? kind_of_services(h->facts->system.services)
               : told;
}
