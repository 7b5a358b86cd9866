/* Asks an address once: who is there, or why nobody seems to be. */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/probe.h"

#include <errno.h>

enum { PREFIXES_MAX = 20 };

static void forget(struct api_request *r)
{
    station_probe_cancel(r->pending);
}

/* Why nothing answers, as words and as a word. */
static void put_reason(json_t *o, const struct probe_report *p)
{
    static const struct {
        int result;
        const char *word, *detail, *remedy;
    } reasons[] = {
        {-ENETUNREACH, "no_route", "this machine has no route to that address",
         "check the address, and this machine's routes"},
        {-EACCES, "wrong_credential", "it answers, but refuses the credential",
         "check user, protocols and secrets"},
        {-ECONNREFUSED, "no_agent", "the host answers, but no SNMP agent does",
         "switch SNMP on there, and permit this station"},
        {-EBADMSG, "broken", "what answers there is no proper SNMP",
         "check the address and the port"},
        {0, "no_answer",
         "nothing answers: it is off, something between drops SNMP, or the "
         "community is wrong",
         "check the address, the community, and that this station may ask"},
    };
    size_t i = 0;

    while (reasons[i].result != 0 && reasons[i].result != p->result)
        i++;
    json_put_text(o, "reason", reasons[i].word);
    json_put_text(o, "detail", reasons[i].detail);
    json_put_text(o, "remedy", reasons[i].remedy);
    json_put_text(o, "trouble", p->trouble);
}

static void append_prefix(json_t *list, const struct interface_address *a)
{
    struct prefix p = prefix_of(&a->addr, (unsigned)a->prefix_len);
    char text[ADDR_TEXT_MAX + 4];

    json_array_append_new(list,
                          json_string(prefix_format(&p, text, sizeof text)));
}

/* The block that the address is of, by what it says of itself; and others that
 * it stands in. */
static void put_prefixes(json_t *o, const struct probe_report *p)
{
    const struct interface_addresses *all = &p->facts->addresses;
    json_t *within = json_array(), *prefixes = json_array();

    for (size_t i = 0; i < all->count; i++) {
        const struct interface_address *a = &all->at[i];

        if (a->prefix_len <= 0)
            continue;
        if (addr_equal(&a->addr, &p->addr))
            append_prefix(within, a);
        if (addr_is_usable(&a->addr) &&
            json_array_size(prefixes) < PREFIXES_MAX)
            append_prefix(prefixes, a);
    }
    json_object_set_new(o, "within", within);
    json_object_set_new(o, "prefixes", prefixes);
}

static void put_facts(json_t *o, const struct probe_report *p)
{
    const struct facts *f = p->facts;

    json_put_text(o, "name", f->system.name);
    json_put_text(o, "sysDescr", f->system.descr);
    json_put_text(o, "vendor", f->identity.vendor);
    json_put_text(o, "os", f->identity.os);
    json_put_text(o, "version", f->identity.version);
    json_put_text(o, "hardware", f->identity.hardware);
    json_put_text(o, "kind", device_kind_name(f->identity.kind));
    json_put_flag(o, "whole", p->whole);
    if (!p->whole)
        return;
    json_put_count(o, "interfaces", f->interfaces.count);
    json_put_count(o, "neighbors", f->neighbors.count);
    put_prefixes(o, p);
}

static void on_probed(void *arg, const struct probe_report *p)
{
    struct api_request *r = arg;
    json_t *o = json_object();

    r->forget = NULL;
    json_put_addr(o, "address", &p->addr);
    json_put_flag(o, "answers", p->result == 0);
    if (p->result < 0)
        put_reason(o, p);
    else if (p->facts != NULL)
        put_facts(o, p);
    api_json(r, 200, o);
}

void api_probe(struct api_request *r)
{
    json_t *credential = json_object_get(r->body, "credential");
    struct probe_question q = {
        .address = json_string_value(json_object_get(r->body, "address")),
        .credential = json_is_object(credential) ? credential : NULL,
        .name = json_string_value(credential),
    };
    struct station_probe *probe;
    struct complaint why;
    int rc = station_probe(r->station, &q, on_probed, r, &probe, &why);

    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    r->pending = probe;
    r->forget = forget;
}
