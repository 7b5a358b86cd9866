/* Addresses without an agent. */
#include "station/discovery_state.h"

#include "base/table.h"
#include "station/silent.h"

#include <stdlib.h>

/* A silent device that has this MAC already, by ARP. */
static struct device *silent_of_mac(const struct table *by_mac,
                                    const struct hearsay *h,
                                    const struct addr *addr)
{
    struct mac mac;

    return hearsay_mac(h, addr, &mac)
               ? table_find(by_mac, (struct bytes){mac.octets, 6})
               : NULL;
}

static void remember_macs(struct device *device, struct table *by_mac,
                          const struct hearsay *h)
{
    struct mac mac;

    for (size_t i = 0; i < device->addrs.count; i++)
        if (hearsay_mac(h, &device->addrs.at[i], &mac))
            (void)table_put(by_mac, (struct bytes){mac.octets, 6}, device);
}

static void name_silent(struct discovery *d, struct device *device,
                        const struct hearsay *h)
{
    const struct announced *n = NULL;

    for (size_t i = 0; i < device->addrs.count && n == NULL; i++)
        n = hearsay_neighbor(h, &device->addrs.at[i]);
    if (n == NULL)
        return;
    enum device_kind kind = kind_of_caps(n->caps);
    if (kind != KIND_UNKNOWN && device->kind != kind) {
        device->kind = kind;
        device_touch(device);
        device->unsaved = true;
    }
    if (n->name[0] != '\0')
        discovery_rename(d, device, n->name);
}

static void add_silent(struct discovery *d, const struct addr *addr,
                       struct table *by_mac, const struct hearsay *h)
{
    struct ident id;

    if (inventory_by_addr(d->parts.inventory, addr) != NULL ||
        !addr_names_device(addr, d->parts.leads.fence))
        return;
    struct device *owner = silent_of_mac(by_mac, h, addr);
    if (owner == NULL && identities_owner_of(d->identities, addr, &id))
        owner = inventory_by_id(d->parts.inventory, &id);
    if (owner != NULL) {
        (void)inventory_give_addr(d->parts.inventory, owner, addr);
        return;
    }
    struct device *device = discovery_add_device(d, "", addr);
    device->port = d->parts.leads.port;
    device->collected_at = device->first_seen;
    device_why(device, "answers echo, but no credential");
    remember_macs(device, by_mac, h);
    name_silent(d, device, h);
    d->listener.found(d->listener.arg, device);
    d->listener.learned(d->listener.arg, device);
}

void discovery_settle_silent(struct discovery *d)
{
    OWNED(hearsay_free) struct hearsay *h = hearsay_new(d->parts.inventory);
    OWNED(table_free) struct table *by_mac = table_new();

    for (size_t i = 0; i < inventory_count(d->parts.inventory); i++) {
        struct device *device = inventory_at(d->parts.inventory, i);

        if (device_is_silent(device)) {
            name_silent(d, device, h);
            remember_macs(device, by_mac, h);
        }
    }
    for (size_t i = 0; i < d->echoing.count; i++)
        add_silent(d, &d->echoing.at[i], by_mac, h);
    d->echoing.count = 0;
}
