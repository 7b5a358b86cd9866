/* What a person looks for from anywhere: devices, ports, addresses. */
#include "base/mem.h"
#include "base/text.h"
#include "north/device_json.h"
#include "north/json_out.h"
#include "north/routes.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, EACH_DEFAULT = 20, EACH_MAX = 200 };

/* What was typed, word by word: all of them have to be there, the case of
 * letters aside. */
struct words {
    const char *at[WORDS_MAX];
    size_t count;
};

struct search {
    struct api_request *r;
    struct words words;
    size_t limit; /* of each list */
    bool deep;    /* descriptions of ports too */
    json_t *devices, *ports, *addresses;
};

/* Cuts text, which it changes, at blanks. */
static struct words words_of(char *text)
{
    struct words w = {0};
    char *rest = NULL;

    for (char *at = strtok_r(text, " \t", &rest);
         at != NULL && w.count < WORDS_MAX; at = strtok_r(NULL, " \t", &rest))
        w.at[w.count++] = at;
    return w;
}

/* Is each word in one of the texts? */
static bool fits(const struct words *w, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < w->count; i++) {
        bool found = false;

        for (size_t n = 0; n < count && !found; n++)
            found = text_contains_nocase(texts[n], w->at[i]);
        if (!found)
            return false;
    }
    return true;
}

/* A port is not found by the words of its device alone. */
static bool one_fits(const struct words *w, const char *text)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_contains_nocase(text, w->at[i]))
            return true;
    return false;
}

static bool is_full(const json_t *list, const struct search *s)
{
    return json_array_size(list) >= s->limit;
}

static void look_at_device(struct search *s, const struct device_record *d,
                           const struct device_state *state)
{
    const struct identity_facts *i = &d->facts->identity;
    const char *const texts[] = {d->name, i->vendor, i->hardware,
                                 d->facts->system.location,
                                 d->facts->system.name};

    if (!is_full(s->devices, s) && fits(&s->words, texts, COUNT_OF(texts)))
        json_array_append_new(s->devices,
                              device_json(s->r->snapshot, d, state));
}

static void look_at_addresses(struct search *s, const struct device_record *d)
{
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->addr_count && !is_full(s->addresses, s); i++) {
        const char *const texts[] = {
            addr_format(&d->addrs[i], text, sizeof text), d->name};

        if (one_fits(&s->words, text) &&
            fits(&s->words, texts, COUNT_OF(texts)))
            json_array_append_new(
                s->addresses,
                json_pack("{s:s,s:s}", "address", text, "device", d->name));
    }
}

static void add_port(struct search *s, const struct device_record *d,
                     const char *name, const char *alias,
                     const struct port_record *p)
{
    json_t *o = json_object();

    json_put_text(o, "device", d->name);
    json_put_text(o, "name", name);
    json_put_text(o, "alias", alias);
    if (p != NULL) {
        json_put_text(o, "admin", if_status_name(p->admin_status));
        json_put_text(o, "oper", if_status_name(p->oper_status));
    }
    json_array_append_new(s->ports, o);
}

/* By the names of their series, which need no facts. */
static void look_at_ports(struct search *s, const struct device_record *d)
{
    for (size_t i = 0; i < d->port_count && !is_full(s->ports, s); i++) {
        const char *const texts[] = {d->ports[i].object, d->name};

        if (one_fits(&s->words, texts[0]) &&
            fits(&s->words, texts, COUNT_OF(texts)))
            add_port(s, d, texts[0], "", &d->ports[i]);
    }
}

static const struct port_record *port_of(const struct device_record *d,
                                         uint32_t if_index)
{
    for (size_t i = 0; i < d->port_count; i++)
        if (d->ports[i].if_index == if_index)
            return &d->ports[i];
    return NULL;
}

static void look_at_descriptions(struct search *s,
                                 const struct device_record *d)
{
    const struct facts *f = api_facts(s->r, d);

    for (size_t i = 0; i < f->interfaces.count && !is_full(s->ports, s); i++) {
        const struct interface *port = &f->interfaces.at[i];
        const char *name = interface_label(port);
        const char *const texts[] = {name, port->alias, d->name};

        if ((one_fits(&s->words, name) || one_fits(&s->words, port->alias)) &&
            fits(&s->words, texts, COUNT_OF(texts)))
            add_port(s, d, name, port->alias, port_of(d, port->if_index));
    }
}

static void look(struct search *s)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    const struct snapshot *all = s->r->snapshot;
    const struct device_state *states = snapshot_states(all, arena);

    for (size_t i = 0; i < all->device_count; i++) {
        const struct device_record *d = all->devices[i];

        look_at_device(s, d, &states[i]);
        look_at_addresses(s, d);
        if (s->deep && !is_full(s->ports, s))
            look_at_descriptions(s, d);
        else
            look_at_ports(s, d);
    }
}

void api_search(struct api_request *r)
{
    const char *q = api_param(r, "q"), *deep = api_param(r, "deep");
    int64_t limit = EACH_DEFAULT;

    if (!api_param_number(r, "limit", 1, EACH_MAX, &limit))
        return;
    OWNED(free) char *text = mem_text(q != NULL ? q : "");
    struct search s = {
        .r = r,
        .words = words_of(text),
        .limit = (size_t)limit,
        .deep = deep != NULL && strcmp(deep, "1") == 0,
        .devices = json_array(),
        .ports = json_array(),
        .addresses = json_array(),
    };

    if (s.words.count > 0)
        look(&s);
    api_json(r, 200,
             json_pack("{s:o,s:o,s:o}", "devices", s.devices, "ports", s.ports,
                       "addresses", s.addresses));
}
