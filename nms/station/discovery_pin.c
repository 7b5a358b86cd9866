/* What people say of identities, and what follows of it. */
#include "station/discovery_state.h"

#include "mibs/facts_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int refuse_full(const struct device *device, struct complaint *why)
{
    return complain(why, -ENOSPC, device->name, "undo some",
                    "there are %d pins already", PINS_MAX);
}

static void note_pin(struct device *device, const struct pin *pin)
{
    char text[200];
    struct decision decision = {.at = pin->at, .by = DECIDED_PIN, .why = text};

    pin_text(pin, text, sizeof text);
    for (size_t i = 0; i < pin->addrs.count; i++) {
        decision.addr = pin->addrs.at[i];
        (void)decisions_note(&device->decisions, &decision);
    }
    device_why(device, text);
    device_touch(device);
    device->unsaved = true;
}

static int refuse_pinned(const struct discovery *d, const struct device *device,
                         struct complaint *why)
{
    for (size_t i = 0; i < device->addrs.count; i++)
        if (pins_of(d->parts.pins, &device->addrs.at[i]) != NULL)
            return complain(why, -EINVAL, device->name, "undo that first",
                            "an address of it is pinned already");
    return 0;
}

static int refuse_merge(const struct discovery *d, const struct device *to,
                        const struct device *from, struct complaint *why)
{
    if (to == from)
        return complain(why, -EINVAL, to->name, "name two devices",
                        "it is one device already");
    if (from->station)
        return complain(why, -EINVAL, from->name,
                        "name the other device second",
                        "the station's own machine cannot be given away");
    if (pins_part(d->parts.pins, &to->id, &from->id))
        return complain(why, -EINVAL, from->name,
                        "undo that: `portolan device NAME --why` lists it",
                        "somebody said that it is not %s", to->name);
    return refuse_pinned(d, from, why);
}

static bool has_port(const struct facts *f, const struct interface *port)
{
    for (size_t i = 0; i < f->interfaces.count; i++) {
        const struct interface *one = &f->interfaces.at[i];

        if (strcmp(one->label, port->label) == 0 &&
            (mac_equal(&one->mac, &port->mac) || !mac_is_set(&one->mac) ||
             !mac_is_set(&port->mac)))
            return true;
    }
    return false;
}

/* Ports of from that to does not tell of: they are polled no more, for one
 * device is asked at one address. */
static uint32_t count_lost(const struct device *to, const struct device *from)
{
    enum { COMPARED_MAX = 4096 }; /* ports of each */
    OWNED(facts_unref) struct facts *have = facts_open(to->facts);
    OWNED(facts_unref) struct facts *had = facts_open(from->facts);
    uint32_t lost = 0;

    if (to->agent == NULL || have->interfaces.count > COMPARED_MAX ||
        had->interfaces.count > COMPARED_MAX)
        return 0;
    for (size_t i = 0; i < had->interfaces.count; i++)
        lost += !has_port(have, &had->interfaces.at[i]);
    return lost;
}

/* What answers at an address is found out, now. */
static void ask(struct discovery *d, const struct addr *addr)
{
    (void)discovery_lead(d, addr, LEAD_NAMED);
}

int discovery_pin_merge(struct discovery *d, struct device *to,
                        struct device *from, const char *who,
                        struct complaint *why)
{
    int rc = refuse_merge(d, to, from, why);

    if (rc < 0)
        return rc;
    const struct pin new = {
        .kind = PIN_MERGE,
        .device = to->id,
        .other = from->id,
        .device_name = to->name,
        .other_name = from->name,
        .dir = from->dir,
        .addrs = {.at = from->addrs.at, .count = from->addrs.count},
        .who = (char *)who, /* copied */
        .at = wall_now(),
        .lost_ports = count_lost(to, from),
    };
    struct pin *pin = pins_add(d->parts.pins, &new);
    if (pin == NULL)
        return refuse_full(to, why);
    discovery_merge(d, to, from);
    note_pin(to, pin);
    for (size_t i = 0; to->agent == NULL && i < pin->addrs.count; i++)
        ask(d, &pin->addrs.at[i]); /* it has one now */
    return 0;
}

static struct device *make_own(struct discovery *d, const struct addr *addr)
{
    struct device *own = discovery_add_device(d, "", addr);

    own->port = d->parts.leads.port;
    own->collected_at = own->first_seen;
    return own;
}

static void publish(struct discovery *d, struct device *device)
{
    d->listener.found(d->listener.arg, device);
    d->listener.learned(d->listener.arg, device);
}

int discovery_pin_split(struct discovery *d, struct device *device,
                        const struct addr *addr, const char *who,
                        struct device **out, struct complaint *why)
{
    char text[ADDR_TEXT_MAX];
    struct addr one = *addr;

    *out = NULL;
    addr_format(addr, text, sizeof text);
    if (device->addrs.count < 2)
        return complain(why, -EINVAL, text, "see `portolan device NAME`",
                        "%s has no other address", device->name);
    if (pins_of(d->parts.pins, addr) != NULL)
        return complain(why, -EINVAL, text, "undo that first",
                        "the address is pinned already");
    struct pin new = {
        .kind = PIN_SPLIT,
        .device = device->id,
        .other = ident_new(),
        .device_name = device->name,
        .other_name = text,
        .addrs = {.at = &one, .count = 1},
        .who = (char *)who, /* copied */
        .at = wall_now(),
    };
    struct pin *pin = pins_add(d->parts.pins, &new);
    if (pin == NULL)
        return refuse_full(device, why);
    discovery_yield(d, device, &one);
    struct device *own = make_own(d, &one);
    pin->other = own->id;
    pins_save(d->parts.pins, pin);
    note_pin(own, pin);
    publish(d, own);
    ask(d, &one);
    *out = own;
    return 0;
}

/* The station's own machine is pinned to no address: it comes first. */
int discovery_pin_apart(struct discovery *d, struct device *device,
                        struct device *other, const char *who,
                        struct complaint *why)
{
    if (device == other)
        return complain(why, -EINVAL, device->name,
                        "name two devices, or split an address from it",
                        "it is one device");
    if (pins_part(d->parts.pins, &device->id, &other->id))
        return complain(why, -EINVAL, other->name, "nothing is left to do",
                        "somebody said already that it is not %s",
                        device->name);
    if (other->station) {
        struct device *station = other;

        other = device;
        device = station;
    }
    int rc = refuse_pinned(d, other, why);
    if (rc < 0)
        return rc;
    const struct pin new = {
        .kind = PIN_APART,
        .device = device->id,
        .other = other->id,
        .device_name = device->name,
        .other_name = other->name,
        .addrs = {.at = other->addrs.at, .count = other->addrs.count},
        .who = (char *)who, /* copied */
        .at = wall_now(),
    };
    struct pin *pin = pins_add(d->parts.pins, &new);
    if (pin == NULL)
        return refuse_full(device, why);
    note_pin(other, pin);
    return 0;
}

/* ---- undone ---- */

/* The device that was merged is there again; its agent is met anew. */
static void restore(struct discovery *d, const struct pin *pin)
{
    struct inventory *inv = d->parts.inventory;

    if (pin->addrs.count == 0 || inventory_by_id(inv, &pin->other) != NULL)
        return;
    for (size_t i = 0; i < pin->addrs.count; i++) {
        struct device *owner = inventory_by_addr(inv, &pin->addrs.at[i]);

        if (owner != NULL && ident_equal(&owner->id, &pin->device) &&
            owner->addrs.count > 1)
            discovery_yield(d, owner, &pin->addrs.at[i]);
    }
    struct device *again = inventory_add(inv, &pin->other);
    again->first_seen = again->last_seen = again->collected_at = wall_now();
    again->port = d->parts.leads.port;
    if (pin->dir[0] != '\0')
        inventory_restore_dir(inv, again, pin->dir);
    for (size_t i = 0; i < pin->addrs.count; i++)
        (void)inventory_give_addr(inv, again, &pin->addrs.at[i]);
    (void)inventory_rename(inv, again, pin->other_name);
    device_why(again, "merged by a person, which was undone");
    publish(d, again);
}

void discovery_unpin(struct discovery *d, struct pin *pin)
{
    struct device *device = inventory_by_id(d->parts.inventory, &pin->device);
    struct device *other = inventory_by_id(d->parts.inventory, &pin->other);
    struct pin_addrs addrs = {0};

    for (size_t i = 0; i < pin->addrs.count; i++)
        *array_add(&addrs) = pin->addrs.at[i];
    if (pin->kind == PIN_MERGE)
        restore(d, pin);
    else if (pin->kind == PIN_SPLIT && device != NULL && other != NULL)
        discovery_merge(d, device, other);
    struct device *decided = pin->kind == PIN_APART ? other : device;
    pins_remove(d->parts.pins, pin);
    for (size_t i = 0; i < addrs.count; i++) {
        if (decided != NULL)
            decisions_forget(&decided->decisions, &addrs.at[i]);
        ask(d, &addrs.at[i]);
    }
    array_fini(&addrs);
}
