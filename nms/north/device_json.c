#include "north/device_json.h"

#include "mibs/location.h"
#include "north/json_out.h"

#include <math.h>

static const char *first_addr(const struct device_record *d, char *out,
                              size_t len)
{
    return d->addr_count > 0 ? addr_format(&d->addrs[0], out, len) : "";
}

static void put_location(json_t *o, const char *location)
{
    struct coordinates at;

    json_put_text(o, "location", location);
    if (!location_coordinates(location, &at))
        return;
    json_put_number(o, "latitude", at.latitude);
    json_put_number(o, "longitude", at.longitude);
}

static void put_risk(json_t *o, const struct snapshot *s,
                     const struct device_record *d)
{
    const struct risk_entry *e =
        s->risk != NULL ? risk_of_device(s->risk, &d->id) : NULL;

    if (e == NULL)
        return;
    json_put_number(o, "risk", round((double)e->risk * 100) / 100);
    json_put_count(o, "level", e->level);
}

json_t *device_state_json(const struct device_record *d,
                          const struct device_state *state)
{
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    json_put_text(o, "name", d->name);
    json_put_text(o, "id", ident_format(&d->id, id, sizeof id));
    json_put_text(o, "state", reach_name(d->reach));
    json_put_text(o, "status", map_state_name(state->state));
    json_put_wall(o, "since", d->since);
    json_put_flag(o, "silenced", state->silenced);
    json_put_flag(o, "acknowledged", state->acknowledged);
    json_put_count(o, "alerts", state->alerts);
    return o;
}

json_t *device_json(const struct snapshot *s, const struct device_record *d,
                    const struct device_state *state)
{
    json_t *o = device_state_json(d, state);
    const struct identity_facts *i = &d->facts->identity;
    char addr[ADDR_TEXT_MAX];

    json_put_text(o, "kind", device_kind_name(d->kind));
    json_put_text(o, "address", first_addr(d, addr, sizeof addr));
    json_put_text(o, "vendor", i->vendor);
    json_put_text(o, "os", i->os);
    json_put_text(o, "version", i->version);
    json_put_text(o, "hardware", i->hardware);
    put_location(o, d->facts->system.location);
    json_put_count(o, "interfaces", d->facts->interfaces.count);
    json_put_text(o, "credential", d->credential);
    json_put_number(o, "rtt_ms", d->poll.rtt_ms);
    json_put_wall(o, "last_seen", d->last_seen);
    json_put_flag(o, "station", d->station);
    put_risk(o, s, d);
    return o;
}
