/* What people ask and say about identities. */
#include "station/explain.h"
#include "station/station_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SHARED_MAX = 256 };

/* ---- what people say ---- */

static int device_called(const struct station *s, const char *name,
                         struct device **out, struct complaint *why)
{
    *out = inventory_find(s->inventory, name);
    if (*out == NULL)
        return complain(why, -ENOENT, name, "see `portolan devices`",
                        "no device is called \"%s\"", name);
    return 0;
}

static int both_called(const struct station *s, const char *a, const char *b,
                       struct device **one, struct device **other,
                       struct complaint *why)
{
    int rc = device_called(s, a, one, why);

    return rc < 0 ? rc : device_called(s, b, other, why);
}

static void tell(struct station *s, const char *type, const char *object,
                 const char *text)
{
    struct event_subject subject = {.class = EVENT_CHANGE,
                                    .severity = SEVERITY_INDETERMINATE,
                                    .type = type,
                                    .object = object,
                                    .source = "operator"};

    events_add(s->events, wall_now(), &subject, "%s", text);
}

/* "undone by bob: merged with sw-2 by ann" */
static void unpin(struct station *s, struct pin *pin, const char *who)
{
    char said[200], text[320];

    pin_text(pin, said, sizeof said);
    (void)snprintf(text, sizeof text, "undone by %s: %s", who, said);
    tell(s, "device.unpinned",
         pin->kind == PIN_MERGE ? pin->device_name : pin->other_name, text);
    discovery_unpin(s->discovery, pin);
    s->topology_wanted = true;
    station_publish(s);
}

static void pinned(struct station *s, const struct device *d)
{
    tell(s, "device.pinned", d->name, d->why);
    s->topology_wanted = true;
    station_publish(s);
}

int station_merge(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
{
    struct device *to, *from;
    int rc = both_called(s, a, b, &to, &from, why);

    if (rc == 0)
        rc = discovery_pin_merge(s->discovery, to, from, who, why);
    if (rc == 0)
        pinned(s, to);
    return rc;
}

int station_unmerge(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
{
    struct device *to;
    int rc = device_called(s, a, &to, why);

    if (rc < 0)
        return rc;
    struct pin *pin = pins_merge(s->pins, &to->id, b);
    if (pin == NULL)
        return complain(why, -ENOENT, b, "see `portolan device NAME --why`",
                        "nobody merged \"%s\" with %s", b, to->name);
    unpin(s, pin, who);
    return 0;
}

int station_apart(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
{
    struct device *device, *other;
    int rc = both_called(s, a, b, &device, &other, why);

    if (rc == 0)
        rc = discovery_pin_apart(s->discovery, device, other, who, why);
    if (rc == 0)
        pinned(s, other->station ? device : other);
    return rc;
}

int station_unapart(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
{
    struct device *device, *other;
    int rc = both_called(s, a, b, &device, &other, why);

    if (rc < 0)
        return rc;
    struct pin *pin = pins_apart(s->pins, &device->id, &other->id);
    if (pin == NULL)
        return complain(why, -ENOENT, b, "see `portolan device NAME --why`",
                        "nobody keeps \"%s\" apart from %s", b, device->name);
    unpin(s, pin, who);
    return 0;
}

static int address_of(const char *text, struct addr *out, struct complaint *why)
{
    if (addr_parse(text, out) < 0)
        return complain(why, -EINVAL, text, "write 192.0.2.1",
                        "\"%s\" is no address", text);
    return 0;
}

int station_split(struct station *s, const char *address, const char *who,
                  struct complaint *why)
{
    struct device *own = NULL;
    struct addr addr;
    int rc = address_of(address, &addr, why);

    if (rc < 0)
        return rc;
    struct device *d = inventory_by_addr(s->inventory, &addr);
    if (d == NULL)
        return complain(why, -ENOENT, address, "see `portolan devices`",
                        "no device has the address %s", address);
    rc = discovery_pin_split(s->discovery, d, &addr, who, &own, why);
    if (rc == 0)
        pinned(s, own);
    return rc;
}

int station_unsplit(struct station *s, const char *address, const char *who,
                    struct complaint *why)
{
    struct addr addr;
    int rc = address_of(address, &addr, why);

    if (rc < 0)
        return rc;
    struct pin *pin = pins_of(s->pins, &addr);
    if (pin == NULL || pin->kind != PIN_SPLIT)
        return complain(why, -ENOENT, address,
                        "see `portolan device NAME --why`",
                        "nobody split %s from a device", address);
    unpin(s, pin, who);
    return 0;
}

const struct pins *station_pins(const struct station *s)
{
    return s->pins;
}

/* ---- why ---- */

struct explaining {
    const struct station *s;
    const struct device *device;
    const struct device *chassis; /* of those that share its serial number */
    struct explanation *out;
};

static bool is_other_engine(const struct device *a, const struct device *b)
{
    struct bytes x = a->facts->system.engine_id;
    struct bytes y = b->facts->system.engine_id;

    return x.len > 0 && y.len > 0 && !bytes_equal(x, y);
}

/* Who shows most of a chassis is the chassis. */
static bool shows_more(const struct device *a, const struct device *b)
{
    size_t x = a->facts->entities.count + a->facts->interfaces.count;
    size_t y = b->facts->entities.count + b->facts->interfaces.count;

    return x != y ? x > y : strcmp(a->name, b->name) < 0;
}

static void on_shared(void *arg, enum identity_sign sign, const char *value,
                      const struct ident *with)
{
    struct explaining *e = arg;
    const struct device *other = inventory_by_id(e->s->inventory, with);

    if (other == NULL || e->out->shared.count >= SHARED_MAX)
        return;
    *array_add(&e->out->shared) = (struct shared_sign){
        .sign = sign, .value = mem_text(value), .with = other->name};
    if (sign == SIGN_SERIAL && is_other_engine(e->device, other) &&
        shows_more(other, e->chassis))
        e->chassis = other;
}

int station_explain(const struct station *s, const char *name,
                    struct explanation *out, struct complaint *why)
{
    struct device *d;
    int rc = device_called(s, name, &d, why);

    *out = (struct explanation){0};
    if (rc < 0)
        return rc;
    struct explaining e = {.s = s, .device = d, .chassis = d, .out = out};
    out->why = d->why;
    out->decisions = &d->decisions;
    discovery_shared(s->discovery, &d->id, on_shared, &e);
    out->parent = e.chassis != d ? e.chassis->name : NULL;
    for (size_t i = 0; i < pins_count(s->pins); i++) {
        const struct pin *pin = pins_at(s->pins, i);

        if (ident_equal(&pin->device, &d->id) ||
            ident_equal(&pin->other, &d->id))
            *array_add(&out->pins) = pin;
    }
    return 0;
}

void explanation_fini(struct explanation *e)
{
    for (size_t i = 0; i < e->shared.count; i++)
        free(e->shared.at[i].value);
    array_fini(&e->shared);
    array_fini(&e->pins);
}

/* ---- addresses ---- */

bool station_next_lead(const struct station *s, size_t *at,
                       struct station_lead *out)
{
    if (!discovery_next(s->discovery, at, &out->addr, &out->state))
        return false;
    const struct device *d = inventory_by_addr(s->inventory, &out->addr);
    out->device = d != NULL ? d->name : NULL;
    return true;
}

/* True if a person may be asked whether they are one. */
static bool is_open(const struct station *s, const struct device *device,
                    const struct decision *decision,
                    const struct device **other)
{
    if (decision->second[0] == '\0' || decision->by == DECIDED_PIN)
        return false;
    *other = inventory_find(s->inventory, decision->second);
    return *other != NULL && *other != device &&
           !pins_part(s->pins, &device->id, &(*other)->id);
}

bool station_next_double(const struct station *s, size_t *device,
                         size_t *decision, struct station_double *out)
{
    for (; *device < inventory_count(s->inventory); (*device)++) {
        const struct device *d = inventory_at(s->inventory, *device);

        while (*decision < d->decisions.count) {
            const struct decision *one = &d->decisions.at[(*decision)++];
            const struct device *other;

            if (!is_open(s, d, one, &other))
                continue;
            *out = (struct station_double){
                .device = d->name, .other = other->name, .decision = one};
            return true;
        }
        *decision = 0;
    }
    return false;
}
