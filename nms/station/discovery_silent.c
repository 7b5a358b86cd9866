/* Addresses without an agent. What is known of them is spread over the facts of
 * all devices, so that it is looked up in turns. */
#include "station/discovery_state.h"

#include "base/table.h"
#include "station/silent.h"

#include <stdlib.h>

#include <event2/event.h>

enum { TURN_MS = 3 };

enum stage {
    STAGE_SEEK, /* which devices are silent? */
    STAGE_HEAR, /* what do others say of them? */
    STAGE_OWN,  /* ... and is of them alone? */
    STAGE_NAME,
    STAGE_ADD, /* those that echo and are nobody's yet */
    STAGE_DONE
};

struct settling {
    struct event *turn;
    enum stage stage;
    size_t next; /* of what the stage goes through */
    struct silent_ids ARRAY_OF(struct ident) silent;
    struct hearsay *hearsay;
    struct table *by_mac;  /* MAC -> struct ident of the device */
    struct table *by_word; /* what is announced of it -> the same */
    struct arena *arena;
};

/* A device that is known, and how that shows. */
struct known {
    struct device *device; /* NULL: none */
    const char *why;
};

static struct bytes word_key(const struct announced *const *n)
{
    return (struct bytes){(const uint8_t *)n, sizeof *n};
}

/* A silent device that has this MAC already, by ARP, or is announced with this
 * address by the same neighbor. */
static struct known silent_of(const struct discovery *d,
                              const struct addr *addr)
{
    const struct settling *s = d->settling;
    const struct announced *n = hearsay_neighbor(s->hearsay, addr);
    const struct ident *id = NULL;
    struct known known = {NULL, "same MAC address in ARP tables"};
    struct mac mac;

    if (hearsay_mac(s->hearsay, addr, &mac))
        id = table_find(s->by_mac, (struct bytes){mac.octets, 6});
    if (id == NULL && n != NULL) {
        id = table_find(s->by_word, word_key(&n));
        known.why = "announced with the other address by one neighbor";
    }
    if (id != NULL)
        known.device = inventory_by_id(d->parts.inventory, id);
    return known;
}

static void remember(struct discovery *d, const struct device *device)
{
    struct settling *s = d->settling;
    struct ident *id = arena_zero(s->arena, sizeof *id);
    struct mac mac;

    *id = device->id;
    for (size_t i = 0; i < device->addrs.count; i++) {
        const struct announced *n =
            hearsay_neighbor(s->hearsay, &device->addrs.at[i]);

        if (hearsay_mac(s->hearsay, &device->addrs.at[i], &mac))
            (void)table_put(s->by_mac, (struct bytes){mac.octets, 6}, id);
        if (n != NULL)
            (void)table_put(s->by_word, word_key(&n), id);
    }
}

static void note_hearsay(struct device *device, const struct addr *addr,
                         enum decided_by by, const char *why)
{
    struct decision decision = {.addr = *addr,
                                .at = wall_now(),
                                .by = by,
                                .why = (char *)why}; /* copied */

    if (decisions_note(&device->decisions, &decision))
        device->unsaved = true;
}

static void name_silent(struct discovery *d, struct device *device)
{
    const struct announced *n = NULL;

    for (size_t i = 0; i < device->addrs.count && n == NULL; i++)
        n = hearsay_neighbor(d->settling->hearsay, &device->addrs.at[i]);
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

/* Whose a silent address is, as people, others or devices say. */
static struct known owner_of(const struct discovery *d, const struct addr *addr,
                             enum decided_by *by, char *text, size_t len)
{
    const struct pin *pin = pins_of(d->parts.pins, addr);
    struct known known = {0};
    struct ident id;

    *by = DECIDED_PIN;
    if (pin != NULL) {
        pin_text(pin, text, len);
        known.why = text;
        known.device = inventory_by_id(d->parts.inventory,
                                       pin->kind == PIN_MERGE ? &pin->device
                                                              : &pin->other);
        return known;
    }
    *by = DECIDED_HEARSAY;
    known = silent_of(d, addr);
    if (known.device == NULL && identities_owner_of(d->identities, addr, &id))
        known = (struct known){inventory_by_id(d->parts.inventory, &id),
                               "it lists the address as its own"};
    return known;
}

static void add_silent(struct discovery *d, const struct addr *addr)
{
    static const char first[] = "answers echo, but no credential";
    enum decided_by by;
    char text[200];

    if (inventory_by_addr(d->parts.inventory, addr) != NULL ||
        !addr_names_device(addr, d->parts.leads.fence))
        return;
    struct known owner = owner_of(d, addr, &by, text, sizeof text);
    if (owner.device != NULL) {
        (void)inventory_give_addr(d->parts.inventory, owner.device, addr);
        note_hearsay(owner.device, addr, by, owner.why);
        return;
    }
    struct device *device = discovery_add_device(d, "", addr);
    device->port = d->parts.leads.port;
    device->collected_at = device->first_seen;
    device_why(device, first);
    note_hearsay(device, addr, DECIDED_FIRST, first);
    remember(d, device);
    name_silent(d, device);
    d->listener.found(d->listener.arg, device);
    d->listener.learned(d->listener.arg, device);
}

/* What was known as two may turn out to be one when somebody has resolved both
 * addresses. True if it did: device is gone. */
static bool join_silent(struct discovery *d, struct device *device)
{
    for (size_t i = 0; i < device->addrs.count; i++) {
        struct addr addr = device->addrs.at[i];
        struct known other = silent_of(d, &addr);

        if (other.device == NULL || other.device == device ||
            pins_of(d->parts.pins, &addr) != NULL ||
            pins_part(d->parts.pins, &device->id, &other.device->id))
            continue;
        device_why(other.device, other.why);
        discovery_merge(d, other.device, device);
        note_hearsay(other.device, &addr, DECIDED_HEARSAY, other.why);
        return true;
    }
    return false;
}

/* ---- in turns ---- */

static void seek(struct discovery *d, const struct device *device)
{
    if (device_is_silent(device))
        *array_add(&d->settling->silent) = device->id;
}

static void name(struct discovery *d, const struct ident *id)
{
    struct device *device = inventory_by_id(d->parts.inventory, id);

    if (device == NULL || !device_is_silent(device) || join_silent(d, device))
        return;
    name_silent(d, device);
    remember(d, device);
}

/* One step; false if the stage has no more. */
static bool step(struct discovery *d)
{
    struct settling *s = d->settling;
    const struct inventory *inv = d->parts.inventory;
    size_t n = s->next++;
    const size_t counts[] = {[STAGE_SEEK] = inventory_count(inv),
                             [STAGE_HEAR] = inventory_count(inv),
                             [STAGE_OWN] = inventory_count(inv),
                             [STAGE_NAME] = s->silent.count,
                             [STAGE_ADD] = d->echoing.count,
                             [STAGE_DONE] = 0};

    if (n >= counts[s->stage])
        return false;
    if (s->stage == STAGE_SEEK) {
        seek(d, inventory_at(inv, n));
    } else if (s->stage == STAGE_HEAR) {
        hearsay_hear(s->hearsay, inventory_at(inv, n)->facts);
    } else if (s->stage == STAGE_OWN) {
        hearsay_own(s->hearsay, inventory_at(inv, n)->facts);
    } else if (s->stage == STAGE_NAME) {
        name(d, &s->silent.at[n]);
    } else {
        struct addr addr = d->echoing.at[n];

        add_silent(d, &addr);
    }
    return true;
}

static enum stage after(const struct discovery *d)
{
    const struct settling *s = d->settling;

    if (s->stage == STAGE_SEEK && s->silent.count + d->echoing.count == 0)
        return STAGE_DONE;
    return s->stage + 1;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval soon = {0};
    struct discovery *d = arg;
    struct settling *s = d->settling;
    struct mono until = mono_after_ms(mono_now(), TURN_MS);

    (void)fd;
    (void)what;
    while (s->stage != STAGE_DONE && !mono_reached(mono_now(), until))
        if (!step(d)) {
            s->stage = after(d);
            s->next = 0;
        }
    if (s->stage != STAGE_DONE) {
        event_add(s->turn, &soon);
        return;
    }
    d->echoing.count = 0;
    discovery_stop_settling(d);
    discovery_settled(d);
}

void discovery_settle_silent(struct discovery *d)
{
    static const struct timeval soon = {0};
    struct settling *s = mem_new(struct settling);

    s->hearsay = hearsay_new();
    s->by_mac = table_new();
    s->by_word = table_new();
    s->arena = arena_new();
    s->turn = evtimer_new(d->parts.leads.base, on_turn, d);
    d->settling = s;
    event_add(s->turn, &soon);
}

void discovery_stop_settling(struct discovery *d)
{
    struct settling *s = TAKE(d->settling);

    if (s == NULL)
        return;
    event_free(s->turn);
    hearsay_free(s->hearsay);
    table_free(s->by_mac);
    table_free(s->by_word);
    arena_free(s->arena);
    array_fini(&s->silent);
    free(s);
}
