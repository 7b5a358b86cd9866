/* How much devices matter, and how exposed they are. */
#include "station/device_site.h"
#include "station/risks_parts.h"

#include "mibs/profile_date.h"

#include <math.h>

/* Where no rule says otherwise: by how many lose something with it. */
static const uint8_t usual[DEVICE_KINDS] = {
    [KIND_ROUTER] = 4,  [KIND_L3SWITCH] = 4,     [KIND_FIREWALL] = 4,
    [KIND_STACK] = 4,   [KIND_LOADBALANCER] = 4, [KIND_WLC] = 4,
    [KIND_STORAGE] = 4, [KIND_HYPERVISOR] = 4,   [KIND_SWITCH] = 3,
    [KIND_SERVER] = 3,  [KIND_VM] = 3,           [KIND_UPS] = 3,
    [KIND_POWER] = 3,   [KIND_STATION] = 3,      [KIND_AP] = 2,
    [KIND_SENSOR] = 2,  [KIND_UNKNOWN] = 2,      [KIND_HOST] = 1,
    [KIND_PRINTER] = 1, [KIND_PHONE] = 1,        [KIND_CAMERA] = 1,
};

static bool fits(const struct config_value *v, const struct device *d,
                 const char *site)
{
    const char *name = d->name;

    return (v->kinds == 0 || (v->kinds >> d->kind & 1) != 0) &&
           (v->devices.count == 0 ||
            rule_patterns_find(&v->devices, &name, 1) != NULL) &&
           (v->sites.count == 0 ||
            rule_patterns_find(&v->sites, &site, 1) != NULL);
}

int risks_value_of(const struct risks *r, const struct device *d,
                   const struct risk_device *o, struct buffer *why)
{
    const struct config_values *values = &r->config->risk.values;
    struct buffer OWNED_BUFFER site = {0}, OWNED_BUFFER unwanted = {0};
    struct buffer *said = why != NULL ? why : &unwanted;
    int value = usual[d->kind] != 0 ? usual[d->kind] : 1;

    if (o->by_hand != 0) {
        buffer_format(said, "%s said so", o->who);
        return o->by_hand;
    }
    if (values->count > 0)
        device_site(r->config, d, &site);
    for (size_t i = 0; i < values->count; i++)
        if (fits(&values->at[i], d, site.at)) {
            buffer_format(said, "risk.values[%zu]", i);
            return (int)values->at[i].value;
        }
    buffer_format(said, "usual for kind %s", device_kind_name(d->kind));
    return value;
}

static bool in_prefix(const struct addr *a, const char *text)
{
    struct prefix p;

    return prefix_parse(text, false, &p) == 0 && prefix_contains(&p, a);
}

/* RFC 6890's registries, as far as addresses of networks are concerned. */
static bool is_public(const struct addr *a)
{
    static const char *const inside[] = {
        "10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
        "169.254.0.0/16", "127.0.0.0/8",   "192.0.2.0/24",   "198.51.100.0/24",
        "203.0.113.0/24", "198.18.0.0/15", "fc00::/7",       "fe80::/10",
        "2001:db8::/32",  "::1/128"};

    if (!addr_is_usable(a))
        return false;
    for (size_t i = 0; i < COUNT_OF(inside); i++)
        if (in_prefix(a, inside[i]))
            return false;
    return true;
}

static bool is_guessed(const struct credential *c)
{
    return c->version != SNMP_V3 && c->community != NULL &&
           (strcmp(c->community, "public") == 0 ||
            strcmp(c->community, "private") == 0);
}

/* Since "Compiled Wed 21-Mar-12" of sysDescr. */
static double firmware_years(const struct facts *f)
{
    static const double YEAR_S = 365.25 * 86400;
    const char *at = strcasestr(f->system.descr, "compiled ");
    struct date d;

    if (at == NULL || !date_read(at, &d) || d.s <= 0 || f->observed_at.ms == 0)
        return NAN;
    return ((double)f->observed_at.ms / 1000 - (double)d.s) / YEAR_S;
}

int risks_exposure_of(const struct device *d, struct buffer *why)
{
    struct buffer OWNED_BUFFER unwanted = {0};
    const struct credential *c = d->credential;
    struct risk_exposure e = {.firmware_years = firmware_years(d->facts)};

    for (size_t i = 0; i < d->addrs.count && !e.is_public; i++)
        e.is_public = is_public(&d->addrs.at[i]);
    if (c != NULL) {
        e.plain = is_guessed(c);
        e.encrypted = c->version == SNMP_V3 && c->priv_secret != NULL;
    }
    return risk_exposure(&e, why != NULL ? why : &unwanted);
}
