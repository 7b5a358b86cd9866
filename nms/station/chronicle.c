#include "station/chronicle.h"

#include "base/table.h"
#include "base/text.h"
#include "topology/map.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

static const char node_kind[] = "node", link_kind[] = "link";
static const char reach_kind[] = "reach", watch_kind[] = "watch";
static const char station_key[] = "station", runs_text[] = "runs",
                  rests_text[] = "rests";

/* Addresses of a device that are kept: maps of prefixes ask for them. */
enum { ADDRS_KEPT = 32 };

/* ---- writing ---- */

static void put_text(json_t *o, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0')
        json_object_set_new(o, key, json_string(text)); /* fails: left out */
}

static void put_number(json_t *o, const char *key, uint64_t n)
{
    if (n != 0)
        json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void put_device(json_t *o, const struct topo_device *d)
{
    json_t *addrs = json_array();
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->addr_count && i < ADDRS_KEPT; i++)
        json_array_append_new(
            addrs, json_string(addr_format(&d->addrs[i], text, sizeof text)));
    json_object_set_new(o, "addresses", addrs);
    if (d->facts != NULL) {
        put_text(o, "hardware", d->facts->identity.hardware);
        put_text(o, "location", d->facts->system.location);
    }
    put_number(o, "station", d->station);
}

static json_t *node_json(const struct inferred *of, const struct topo_node *n)
{
    json_t *o = json_object();
    char text[ADDR_TEXT_MAX + 8];

    put_number(o, "origin", n->origin);
    put_text(o, "name", n->name);
    put_text(o, "kind", device_kind_name(n->kind));
    put_text(o, "descr", n->descr);
    put_number(o, "round", n->first_round);
    if (addr_is_set(&n->addr))
        put_text(o, "address", addr_format(&n->addr, text, sizeof text));
    if (n->origin == NODE_SUBNET)
        put_text(o, "prefix", prefix_format(&n->prefix, text, sizeof text));
    if (n->origin == NODE_DEVICE)
        put_device(o, &of->input.devices[n->device]);
    return o;
}

static void put_life(json_t *o, const struct topo_life *l)
{
    put_number(o, "first_seen", (uint64_t)l->first_seen.ms);
    put_number(o, "last_seen", (uint64_t)l->last_seen.ms);
    put_number(o, "first_round", l->first_round);
    put_number(o, "proven_round", l->proven_round);
    put_number(o, "missed_round", l->missed_round);
    put_number(o, "proofs", l->proofs);
    put_number(o, "missed", l->missed);
    put_number(o, "accepted", l->accepted);
}

static json_t *link_json(const struct inferred *of, const struct topo_link *l)
{
    const struct topo_node *nodes = of->topology->nodes.at;
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    put_text(o, "a", ident_format(&nodes[l->a].id, id, sizeof id));
    put_text(o, "b", ident_format(&nodes[l->b].id, id, sizeof id));
    put_text(o, "a_port", l->a_port);
    put_text(o, "b_port", l->b_port);
    put_number(o, "a_if_index", l->a_if_index);
    put_number(o, "b_if_index", l->b_if_index);
    put_number(o, "layer", l->layer);
    put_text(o, "kind", link_kind_name(l->kind));
    put_text(o, "state", link_state_name(l->state));
    put_number(o, "evidence", l->evidence);
    put_number(o, "a_heard", l->a_heard);
    put_number(o, "b_heard", l->b_heard);
    put_number(o, "confidence", l->confidence);
    put_number(o, "speed_bps", l->speed_bps);
    put_text(o, "why", l->why);
    put_life(o, &l->life);
    return o;
}

/* o is taken; NULL: it is gone. */
static void add_row(struct past *p, struct wall at, const char *kind,
                    const struct ident *id, json_t *o)
{
    char key[IDENT_TEXT_MAX];
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

    past_add(p, &(struct past_row){.at = at,
                                   .kind = kind,
                                   .key = ident_format(id, key, sizeof key),
                                   .text = text != NULL ? text : ""});
    json_decref(o);
    free(text);
}

static void add_change(struct past *p, const struct topo_change *c,
                       const struct inferred *is)
{
    if (c->node_is != NULL)
        add_row(p, is->at, node_kind, &c->node_is->id,
                node_json(is, c->node_is));
    else if (c->node_was != NULL)
        add_row(p, is->at, node_kind, &c->node_was->id, NULL);
    if (c->link_was != NULL &&
        (c->link_is == NULL || !ident_equal(&c->link_was->id, &c->link_is->id)))
        add_row(p, is->at, link_kind, &c->link_was->id, NULL);
    if (c->link_is != NULL)
        add_row(p, is->at, link_kind, &c->link_is->id,
                link_json(is, c->link_is));
}

struct past *chronicle_rows(const struct topo_changes *changes,
                            const struct inferred *is)
{
    struct past *p = changes->count > 0 ? past_new() : NULL;

    for (size_t i = 0; i < changes->count; i++)
        add_change(p, &changes->at[i], is);
    return p;
}

void chronicle_add_reach(struct past *p, struct wall at,
                         const struct ident *device, enum reach reach)
{
    char key[IDENT_TEXT_MAX];

    past_add(p, &(struct past_row){.at = at,
                                   .kind = reach_kind,
                                   .key = ident_format(device, key, sizeof key),
                                   .text = reach_name(reach)});
}

void chronicle_add_gone(struct past *p, struct wall at,
                        const struct ident *device)
{
    char key[IDENT_TEXT_MAX];

    past_add(p, &(struct past_row){.at = at,
                                   .kind = reach_kind,
                                   .key = ident_format(device, key, sizeof key),
                                   .text = ""});
}

void chronicle_add_watch(struct past *p, struct wall at, bool runs)
{
    past_add(p, &(struct past_row){.at = at,
                                   .kind = watch_kind,
                                   .key = station_key,
                                   .text = runs ? runs_text : rests_text});
}

bool chronicle_has_reach(const struct past *p, const struct ident *device,
                         enum reach reach)
{
    char key[IDENT_TEXT_MAX];
    size_t low = 0, high = p->rows.count;

    ident_format(device, key, sizeof key);
    while (low < high) { /* rows come by kind and key */
        size_t middle = (low + high) / 2;
        const struct past_row *row = &p->rows.at[middle];
        int order = strcmp(row->kind, reach_kind);

        order = order != 0 ? order : strcmp(row->key, key);
        if (order == 0)
            return strcmp(row->text, reach_name(reach)) == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ---- reading ---- */

struct reading {
    struct inferred *out;
    struct topology *t;
    struct table *nodes; /* id -> index + 1 */
    struct topo_device *devices;
    size_t faults;
};

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL ? text : "";
}

static uint64_t number_of(const json_t *o, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(o, key));

    return n > 0 ? (uint64_t)n : 0;
}

static void read_device(struct reading *r, const json_t *o,
                        const struct topo_node *n)
{
    const json_t *list = json_object_get(o, "addresses");
    size_t count = json_array_size(list);
    struct arena *arena = r->out->arena;
    struct addr *addrs = arena_zero(arena, (count + 1) * sizeof *addrs);
    struct facts *facts = facts_new();
    struct topo_device *d = &r->devices[r->out->input.count++];

    *d = (struct topo_device){.id = n->id,
                              .name = n->name,
                              .facts = facts,
                              .addrs = addrs,
                              .kind = n->kind,
                              .station = number_of(o, "station") != 0};
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text != NULL && addr_parse(text, &addrs[d->addr_count]) == 0)
            d->addr_count++;
    }
    facts->identity.hardware = arena_text(arena, text_of(o, "hardware"));
    facts->identity.kind = n->kind;
    facts->system.name = n->name;
    facts->system.location = arena_text(arena, text_of(o, "location"));
}

static bool read_node(struct reading *r, const char *key, const json_t *o)
{
    struct topo_node n = {.name = arena_text(r->t->arena, text_of(o, "name")),
                          .descr = arena_text(r->t->arena, text_of(o, "descr")),
                          .first_round = number_of(o, "round")};
    uint64_t origin = number_of(o, "origin");

    if (ident_parse(key, &n.id) < 0 || n.name[0] == '\0' ||
        origin > NODE_SUBNET ||
        device_kind_parse(text_of(o, "kind"), &n.kind) < 0 ||
        (origin == NODE_SUBNET &&
         prefix_parse(text_of(o, "prefix"), true, &n.prefix) < 0))
        return false;
    n.origin = (enum node_origin)origin;
    if (text_of(o, "address")[0] != '\0' &&
        addr_parse(text_of(o, "address"), &n.addr) < 0)
        return false;
    if (n.origin == NODE_DEVICE) {
        n.device = r->out->input.count;
        read_device(r, o, &n);
    }
    *array_add(&r->t->nodes) = n;
    (void)table_put(r->nodes, ident_key(&n.id),
                    (void *)(uintptr_t)r->t->nodes.count);
    return true;
}

static bool read_end(const struct reading *r, const char *text, uint32_t *out)
{
    struct ident id;

    if (ident_parse(text, &id) < 0)
        return false;
    uintptr_t found = (uintptr_t)table_find(r->nodes, ident_key(&id));
    *out = (uint32_t)(found - 1);
    return found != 0;
}

static struct topo_life read_life(const json_t *o)
{
    return (struct topo_life){
        .first_seen = {.ms = (int64_t)number_of(o, "first_seen")},
        .last_seen = {.ms = (int64_t)number_of(o, "last_seen")},
        .first_round = number_of(o, "first_round"),
        .proven_round = number_of(o, "proven_round"),
        .missed_round = number_of(o, "missed_round"),
        .proofs = (uint32_t)number_of(o, "proofs"),
        .missed = (uint32_t)number_of(o, "missed"),
        .accepted = number_of(o, "accepted") != 0,
    };
}

static bool read_link(struct reading *r, const char *key, const json_t *o)
{
    struct arena *arena = r->t->arena;
    struct topo_link l = {
        .a_port = arena_text(arena, text_of(o, "a_port")),
        .b_port = arena_text(arena, text_of(o, "b_port")),
        .a_if_index = (uint32_t)number_of(o, "a_if_index"),
        .b_if_index = (uint32_t)number_of(o, "b_if_index"),
        .layer = (uint8_t)number_of(o, "layer"),
        .evidence = (uint32_t)number_of(o, "evidence"),
        .a_heard = (uint32_t)number_of(o, "a_heard"),
        .b_heard = (uint32_t)number_of(o, "b_heard"),
        .confidence = (uint8_t)number_of(o, "confidence"),
        .speed_bps = number_of(o, "speed_bps"),
        .why = arena_text(arena, text_of(o, "why")),
        .life = read_life(o),
    };

    if (ident_parse(key, &l.id) < 0 || !read_end(r, text_of(o, "a"), &l.a) ||
        !read_end(r, text_of(o, "b"), &l.b) ||
        !link_kind_parse(text_of(o, "kind"), &l.kind) ||
        !link_state_parse(text_of(o, "state"), &l.state))
        return false;
    *array_add(&r->t->links) = l;
    return true;
}

/* Nodes first: links name them. Devices are the first of the nodes. */
static void read_rows(struct reading *r, const struct past *p, bool links,
                      bool devices)
{
    for (size_t i = 0; i < p->rows.count; i++) {
        const struct past_row *row = &p->rows.at[i];

        if (strcmp(row->kind, links ? link_kind : node_kind) != 0)
            continue;
        json_t *o = json_loads(row->text, 0, NULL);
        bool device = number_of(o, "origin") == NODE_DEVICE;
        bool wanted = links || device == devices;
        if (wanted &&
            (links ? !read_link(r, row->key, o) : !read_node(r, row->key, o)))
            r->faults++;
        json_decref(o);
    }
}

/* Devices that answered, and since when those that did not. */
static struct map_node_status status_of(const struct past_row *row,
                                        struct wall at, struct arena *arena)
{
    char age[24], words[40];

    if (row == NULL || strcmp(row->text, reach_name(REACH_UNKNOWN)) == 0)
        return (struct map_node_status){MAP_UNKNOWN, ""};
    if (strcmp(row->text, reach_name(REACH_DOWN)) != 0)
        return (struct map_node_status){MAP_UP, ""};
    duration_format(at.ms - row->at.ms, age, sizeof age);
    (void)snprintf(words, sizeof words, "down %s", age);
    return (struct map_node_status){MAP_DOWN, arena_text(arena, words)};
}

static void read_status(const struct reading *r, const struct past *p,
                        struct wall at)
{
    OWNED(table_free) struct table *rows = table_new();
    struct arena *arena = r->out->arena;
    struct map_node_status *status =
        arena_zero(arena, (r->t->nodes.count + 1) * sizeof *status);
    char key[IDENT_TEXT_MAX];
    bool rests = false;

    for (size_t i = 0; i < p->rows.count; i++) {
        const struct past_row *row = &p->rows.at[i];

        if (strcmp(row->kind, reach_kind) == 0)
            (void)table_put_text(rows, row->key, (void *)row);
        rests = rests || (strcmp(row->kind, watch_kind) == 0 &&
                          strcmp(row->text, rests_text) == 0);
    }
    for (size_t i = 0; i < r->t->nodes.count; i++) {
        const struct topo_node *n = &r->t->nodes.at[i];

        if (n->origin != NODE_DEVICE)
            status[i] = (struct map_node_status){MAP_UNMANAGED, ""};
        else if (rests)
            status[i] =
                (struct map_node_status){MAP_UNKNOWN, "the station was off"};
        else
            status[i] = status_of(
                table_find_text(rows, ident_format(&n->id, key, sizeof key)),
                at, arena);
    }
    r->out->status = status;
}

struct inferred *chronicle_read(const struct past *p, struct wall at,
                                size_t *faults)
{
    struct inferred *out = inferred_empty(at);
    struct topology *t = mem_new(struct topology);
    struct reading r = {.out = out, .t = t, .nodes = table_new()};

    t->refs = 1;
    t->arena = arena_new();
    r.devices = arena_zero(out->arena, (p->rows.count + 1) * sizeof *r.devices);
    out->input.devices = r.devices;
    out->topology = t;
    read_rows(&r, p, false, true);
    read_rows(&r, p, false, false);
    read_rows(&r, p, true, false);
    for (size_t i = 0; i < out->input.count; i++)
        (void)table_put(out->nodes, ident_key(&r.devices[i].id), &r.devices[i]);
    topology_sort(t);
    read_status(&r, p, at);
    out->survey = chronicle_read_survey(p, t);
    table_free(r.nodes);
    *faults = r.faults;
    return out;
}

uint64_t chronicle_round(const struct topology *t)
{
    uint64_t last = 0;

    for (size_t i = 0; i < t->nodes.count; i++)
        if (t->nodes.at[i].first_round > last)
            last = t->nodes.at[i].first_round;
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_life *l = &t->links.at[i].life;

        if (l->proven_round > last)
            last = l->proven_round;
        if (l->missed_round > last)
            last = l->missed_round;
    }
    return last;
}
