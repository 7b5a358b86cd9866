/* Whose address is it? They come and go with who answers there. */
#include "station/discovery_state.h"

static const struct fence *fence_of(const struct discovery *d)
{
    return d->parts.leads.fence;
}

/* ---- addresses come and go ---- */

void discovery_silence(struct discovery *d, struct device *device)
{
    collect_drop(d->collect, device);
    discovery_drop_tests(d, device);
    d->listener.silenced(d->listener.arg, device);
    leads_bury(d->leads, TAKE(device->agent));
    device->credential = NULL;
    device->lost = false;
    device_touch(device);
    device->unsaved = true;
}

void discovery_yield(struct discovery *d, struct device *owner,
                     const struct addr *addr)
{
    bool asked_there =
        owner->agent != NULL && addr_equal(agent_addr(owner->agent), addr);

    inventory_take_addr(d->parts.inventory, addr);
    if (!asked_there)
        return;
    if (owner->addrs.count == 0) {
        discovery_silence(d, owner);
        return;
    }
    discovery_drop_tests(d, owner);
    agent_move(owner->agent, &owner->addrs.at[0], owner->port);
    discovery_collect(d, owner);
}

void discovery_take_over(struct discovery *d, struct device *device,
                         const struct addr *addr)
{
    struct device *owner = inventory_by_addr(d->parts.inventory, addr);

    if (owner != NULL && owner != device) {
        if (device_is_silent(owner) &&
            !pins_part(d->parts.pins, &owner->id, &device->id))
            discovery_merge(d, device, owner);
        else
            discovery_yield(d, owner, addr);
    }
    (void)inventory_give_addr(d->parts.inventory, device, addr);
}

/* An address that a device lists belongs to another one: are they one? If not,
 * who answers there is asked, where the other one never did. */
static void settle(struct discovery *d, struct device *device,
                   struct device *other, const struct addr *addr)
{
    struct identity_claim a = discovery_claim(device);
    struct identity_claim b = discovery_claim(other);

    if (pins_part(d->parts.pins, &device->id, &other->id))
        return;
    if (device_is_silent(other)) {
        discovery_merge(d, device, other);
        return;
    }
    if (device->station || other->station)
        return;
    struct identity_opinion opinion =
        identity_compare(&a, &b, BOOT_SLACK_MS, 0);
    if (opinion.verdict == IDENTITY_SAME) {
        struct decision decision = {.addr = *addr,
                                    .at = wall_now(),
                                    .by = DECIDED_KEYS,
                                    .agree = opinion.agree,
                                    .differ = opinion.differ,
                                    .why = opinion.why};

        device_why(device, opinion.why);
        discovery_merge(d, device, other);
        (void)decisions_note(&device->decisions, &decision);
    } else if (opinion.verdict == IDENTITY_UNSURE) {
        discovery_test_pair(d, device, other, addr);
    } else if (d->parts.follow && !addr_equal(&other->addrs.at[0], addr)) {
        (void)leads_add(d->leads, addr, LEAD_HINT);
    }
}

/* False for an address that a person said is not this device's. */
static bool may_own(const struct discovery *d, const struct device *device,
                    const struct addr *addr)
{
    const struct pin *pin = pins_of(d->parts.pins, addr);

    if (pin == NULL)
        return true;
    return pin->kind == PIN_MERGE ? ident_equal(&pin->device, &device->id)
                                  : ident_equal(&pin->other, &device->id);
}

void discovery_own(struct discovery *d, struct device *device,
                   const struct interface_addresses *own)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct addr *a = &own->at[i].addr;

        if (!addr_names_device(a, fence_of(d)) || !may_own(d, device, a))
            continue;
        struct device *other = inventory_by_addr(d->parts.inventory, a);
        if (other != NULL && other != device)
            settle(d, device, other, a);
        (void)inventory_give_addr(d->parts.inventory, device, a);
    }
    array_trim(&device->addrs);
}
