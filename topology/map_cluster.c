#include "topology/map_cluster.h"

#include "topology/cluster.h"
#include "topology/map_doc.h"
#include "topology/map_edit.h"
#include "topology/map_inside.h"
#include "topology/map_same.h"

/* The document's nodes in an order of their own, and who neighbors whom. */
struct folding {
    struct map *map;
    uint32_t *order; /* nodes by name */
    size_t count;
    uint32_t *rank;       /* of each node, its place in order */
    uint32_t *start, *to; /* by place in order */
};

struct named {
    const char *label, *id;
    uint32_t node;
};

static int named_order(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->label, y->label);

    return order != 0 ? order : strcmp(x->id, y->id);
}

struct pair {
    uint32_t from, to;
};

static int pair_order(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void sort_nodes(struct folding *f)
{
    struct named *names = mem_array(f->count + 1, sizeof *names);

    for (uint32_t i = 0; i < f->count; i++)
        names[i] = (struct named){map_node_label(&f->map->nodes.at[i]),
                                  f->map->nodes.at[i].id, i};
    if (f->count > 0)
        qsort(names, f->count, sizeof *names, named_order);
    for (uint32_t i = 0; i < f->count; i++) {
        f->order[i] = names[i].node;
        f->rank[names[i].node] = i;
    }
    free(names);
}

static void find_neighbors(struct folding *f)
{
    const struct map *m = f->map;
    struct pair *pairs = mem_array(2 * m->links.count + 1, sizeof *pairs);
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < m->links.count; i++) {
        uint32_t a = f->rank[m->links.at[i].a], b = f->rank[m->links.at[i].b];

        if (a == b)
            continue;
        pairs[count++] = (struct pair){a, b};
        pairs[count++] = (struct pair){b, a};
    }
    if (count > 0)
        qsort(pairs, count, sizeof *pairs, pair_order);
    f->to = mem_array(count + 1, sizeof *f->to);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || pair_order(&pairs[i - 1], &pairs[i]) != 0) {
            f->to[kept++] = pairs[i].to;
            f->start[pairs[i].from + 1]++;
        }
    for (size_t i = 0; i < f->count; i++)
        f->start[i + 1] += f->start[i];
    free(pairs);
}

static void folding_init(struct folding *f, struct map *m)
{
    *f = (struct folding){.map = m, .count = m->nodes.count};
    f->order = mem_array(f->count + 1, sizeof *f->order);
    f->rank = mem_array(f->count + 1, sizeof *f->rank);
    f->start = mem_array(f->count + 2, sizeof *f->start);
    sort_nodes(f);
    find_neighbors(f);
}

static void folding_fini(struct folding *f)
{
    free(f->order);
    free(f->rank);
    free(f->start);
    free(f->to);
}

/* Places in order, of which a cloud is made. */
struct crowd {
    uint32_t *at;
    size_t count;
};

static struct map_node *node_at(const struct folding *f, uint32_t place)
{
    return &f->map->nodes.at[f->order[place]];
}

/* ---- names ---- */

static bool is_end(enum device_kind kind)
{
    return kind == KIND_HOST || kind == KIND_PRINTER || kind == KIND_PHONE ||
           kind == KIND_CAMERA || kind == KIND_SENSOR || kind == KIND_VM ||
           kind == KIND_UPS || kind == KIND_POWER;
}

/* The node that others gather around: most links, first by name. */
static uint32_t head_of(const struct folding *f, const struct crowd *c)
{
    uint32_t head = c->at[0];

    for (size_t i = 1; i < c->count; i++) {
        uint32_t n = c->at[i];

        if (f->start[n + 1] - f->start[n] > f->start[head + 1] - f->start[head])
            head = n;
    }
    return head;
}

/* How many octets of text come before the digits at its end. */
static size_t stem_of(const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] >= '0' && text[len - 1] <= '9')
        len--;
    return len;
}

/* Octets that the names of all that carry others begin with. */
static size_t common_start(const struct folding *f, const struct crowd *c,
                           const char *first)
{
    size_t len = stem_of(first);

    for (size_t i = 0; i < c->count; i++) {
        const struct map_node *n = node_at(f, c->at[i]);
        const char *label = map_node_label(n);
        size_t same = 0;

        if (is_end(n->kind))
            continue;
        while (same < len && label[same] == first[same])
            same++;
        len = same;
    }
    /* Not in the middle of a word. */
    while (len > 0 && strchr("-_. ", first[len - 1]) == NULL)
        len--;
    return len;
}

/* The addresses that all share: "192.0.2.0/24". False if there are none, or
 * they share too little to say something. */
static bool common_prefix(const struct folding *f, const struct crowd *c,
                          struct prefix *out)
{
    enum { LEAST = 8, MOST_V4 = 24, MOST_V6 = 64 };
    bool any = false;

    for (size_t i = 0; i < c->count; i++) {
        const struct map_node *n = node_at(f, c->at[i]);
        struct addr a;

        if (n->address[0] == '\0' || addr_parse(n->address, &a) < 0)
            continue;
        if (!any)
            *out = prefix_of(&a, a.family == 4 ? MOST_V4 : MOST_V6);
        any = true;
        if (a.family != out->base.family)
            return false;
        while (out->len > LEAST && !prefix_contains(out, &a))
            *out = prefix_of(&out->base, out->len - 1U);
        if (!prefix_contains(out, &a))
            return false;
    }
    return any;
}

/* "core-*" if all are called so, else "around agg-145"; what has no link by its
 * addresses. */
static void crowd_name(const struct folding *f, const struct crowd *c,
                       struct buffer *out)
{
    enum { TELLING = 3 /* octets */ };
    const char *head = map_node_label(node_at(f, head_of(f, c)));
    size_t len = common_start(f, c, head);
    bool loose = f->start[c->at[0]] == f->start[c->at[0] + 1];
    char text[ADDR_TEXT_MAX];
    struct prefix p;

    if (loose && common_prefix(f, c, &p))
        buffer_text(out, prefix_format(&p, text, sizeof text));
    else if (len >= TELLING)
        buffer_format(out, "%.*s*", (int)len, head);
    else
        buffer_format(out, loose ? "%s and others" : "around %s", head);
}

/* A cloud of that name: the first free of "NAME", "NAME 2" ... */
static struct map_node *add_cloud(struct map *m, const char *name,
                                  const char *parent)
{
    enum { TRIES = 10000 };
    struct buffer OWNED_BUFFER label = {0};
    struct buffer OWNED_BUFFER id = {0};

    for (unsigned i = 1; i < TRIES; i++) {
        buffer_clear(&label);
        buffer_clear(&id);
        buffer_text(&label, name);
        if (i > 1)
            buffer_format(&label, " %u", i);
        map_cloud_id(label.at, &id);
        if (map_find_node(m, id.at) == UINT32_MAX)
            break;
    }
    const char *around = map_keep(m, parent);
    struct map_node *n = map_add_node(m, id.at);
    n->label = map_keep(m, label.at);
    n->origin = MAP_CLOUD;
    n->kind = KIND_CLOUD;
    n->cloud = around;
    n->collapsed = true;
    return n;
}

/* ---- cutting ---- */

/* What is of one kind and called alike, "core-1" and "core-2", does one job;
 * what has no link belongs together by its subnet. */
static uint64_t likeness_of(const struct folding *f, uint32_t place,
                            unsigned bits)
{
    const struct map_node *n = node_at(f, place);
    const char *label = map_node_label(n);
    struct addr a;

    if (f->start[place] != f->start[place + 1])
        return bytes_hash(
                   (struct bytes){(const uint8_t *)label, stem_of(label)}) ^
               n->kind;
    if (n->address[0] == '\0' || addr_parse(n->address, &a) < 0)
        return UINT64_MAX;
    struct prefix p = prefix_of(&a, a.family == 4 ? bits : 2 * bits);
    return bytes_hash(addr_octets(&p.base));
}

/* The part of the graph between members of a crowd. */
struct subgraph {
    struct cluster_graph graph;
    uint32_t *start, *to;
    uint64_t *alike;
    uint8_t *kind;
};

static size_t loose_count(const struct subgraph *s)
{
    size_t count = 0;

    for (size_t i = 0; i < s->graph.count; i++)
        count += s->start[i] == s->start[i + 1];
    return count;
}

static void subgraph_init(struct subgraph *s, const struct folding *f,
                          const struct crowd *c, uint32_t *inside)
{
    size_t fill = 0, room = 0;

    for (size_t i = 0; i < c->count; i++) {
        inside[c->at[i]] = (uint32_t)i + 1;
        room += f->start[c->at[i] + 1] - f->start[c->at[i]];
    }
    s->start = mem_array(c->count + 2, sizeof *s->start);
    s->to = mem_array(room + 1, sizeof *s->to);
    s->alike = mem_array(c->count + 1, sizeof *s->alike);
    s->kind = mem_array(c->count + 1, sizeof *s->kind);
    for (size_t i = 0; i < c->count; i++) {
        uint32_t n = c->at[i];

        for (uint32_t k = f->start[n]; k < f->start[n + 1]; k++)
            if (inside[f->to[k]] != 0)
                s->to[fill++] = inside[f->to[k]] - 1;
        s->start[i + 1] = (uint32_t)fill;
    }
    for (size_t i = 0; i < c->count; i++)
        inside[c->at[i]] = 0;
    s->graph =
        (struct cluster_graph){c->count, s->start, s->to, s->kind, s->alike};
    /* Few enough groups of what has no link. */
    enum { LOOSE_MANY = 15000, FINE = 24, COARSE = 16 };
    unsigned bits = loose_count(s) > LOOSE_MANY ? COARSE : FINE;
    for (size_t i = 0; i < c->count; i++) {
        s->alike[i] = likeness_of(f, c->at[i], bits);
        s->kind[i] = (uint8_t)node_at(f, c->at[i])->kind;
    }
}

static void subgraph_fini(struct subgraph *s)
{
    free(s->start);
    free(s->to);
    free(s->alike);
    free(s->kind);
}

static void cut_crowd(const struct folding *f, const struct crowd *c,
                      const char *parent, unsigned deep, uint32_t *inside);

/* Makes a cloud of each part, and clouds within. */
static void take_parts(const struct folding *f, const struct crowd *c,
                       const int32_t *part, size_t parts, const char *parent,
                       unsigned deep, uint32_t *inside)
{
    uint32_t *room = mem_array(c->count + 1, sizeof *room);
    size_t *first = mem_array(parts + 2, sizeof *first);

    for (size_t i = 0; i < c->count; i++)
        if (part[i] >= 0)
            first[part[i] + 2]++;
    for (size_t i = 2; i < parts + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < c->count; i++)
        if (part[i] >= 0)
            room[first[part[i] + 1]++] = c->at[i];
    for (size_t p = 0; p < parts; p++) {
        struct crowd members = {room + first[p], first[p + 1] - first[p]};
        struct buffer OWNED_BUFFER name = {0};

        if (members.count == 0)
            continue;
        crowd_name(f, &members, &name);
        const char *id = add_cloud(f->map, name.at, parent)->id;
        for (size_t i = 0; i < members.count; i++)
            node_at(f, members.at[i])->cloud = id;
        if (members.count > MAP_CLOUD_FULL)
            cut_crowd(f, &members, id, deep + 1, inside);
    }
    free(room);
    free(first);
}

/* Cuts what is in one cloud, or in none, into clouds. */
static void cut_crowd(const struct folding *f, const struct crowd *c,
                      const char *parent, unsigned deep, uint32_t *inside)
{
    enum { DEEPEST = 4 };
    struct subgraph s;

    if (deep > DEEPEST)
        return;
    subgraph_init(&s, f, c, inside);
    int32_t *part = mem_array(c->count + 1, sizeof *part);
    size_t parts = cluster_cut(&s.graph, part);

    if (parts > 1 || deep == 0) /* one alone would stand for its cloud */
        take_parts(f, c, part, parts, parent, deep, inside);
    free(part);
    subgraph_fini(&s);
}

/* ---- sites ---- */

/* The site of each place in order, as an index; UINT32_MAX: none. */
struct siting {
    uint32_t *of;
    struct site_names ARRAY_OF(const char *) names;
    struct map_parts *parts; /* of all sites, who is on the map or not */
};

static void find_sites(const struct folding *f, const struct map_sources *from,
                       struct siting *s)
{
    OWNED(table_free) struct table *known = table_new();
    char id[IDENT_TEXT_MAX];

    s->parts = map_parts_new();
    s->of = mem_array(f->count + 1, sizeof *s->of);
    for (size_t i = 0; i < f->count; i++)
        s->of[i] = UINT32_MAX;
    for (size_t i = 0; i < from->input->count; i++) {
        const struct topo_device *d = &from->input->devices[i];
        uint32_t at =
            map_find_node(f->map, ident_format(&d->id, id, sizeof id));
        struct buffer OWNED_BUFFER name = {0};

        site_of(&from->sites, d, &name);
        if (name.len > 0)
            map_parts_add(s->parts, name.at);
        if (at == UINT32_MAX || name.len == 0)
            continue;
        uintptr_t site = (uintptr_t)table_find_text(known, name.at);
        if (site == 0) {
            *array_add(&s->names) = map_keep(f->map, name.at);
            site = s->names.count;
            (void)table_put_text(known, name.at, (void *)site);
        }
        s->of[f->rank[at]] = (uint32_t)(site - 1);
    }
}

/* What tells no site stands where its neighbors stand, if they agree. */
static void spread_sites(const struct folding *f, struct siting *s)
{
    enum { ROUNDS = 3 };

    for (unsigned round = 0; round < ROUNDS; round++)
        for (uint32_t n = 0; n < f->count; n++) {
            uint32_t site = UINT32_MAX;
            bool agree = true;

            if (s->of[n] != UINT32_MAX)
                continue;
            for (uint32_t k = f->start[n]; k < f->start[n + 1]; k++) {
                uint32_t other = s->of[f->to[k]];

                agree = agree && (other == UINT32_MAX || site == UINT32_MAX ||
                                  other == site);
                site = other != UINT32_MAX ? other : site;
            }
            if (agree)
                s->of[n] = site;
        }
}

/* True if the sites tell apart what is where. */
static bool sites_are_telling(const struct folding *f, const struct siting *s)
{
    size_t *sizes = mem_array(s->names.count + 1, sizeof *sizes);
    size_t placed = 0, largest = 0, worth = 0;

    for (size_t i = 0; i < f->count; i++)
        if (s->of[i] != UINT32_MAX) {
            placed++;
            sizes[s->of[i]]++;
        }
    for (size_t i = 0; i < s->names.count; i++) {
        largest = sizes[i] > largest ? sizes[i] : largest;
        worth += sizes[i] >= CLUSTER_PART_MIN;
    }
    free(sizes);
    return worth >= 3 && s->names.count <= 2 * CLUSTER_SHOWN_MAX &&
           placed * 10 >= f->count * 6 && largest * 10 <= f->count * 7;
}

/* A cloud for each site; what has none is cut by its shape. */
static void fold_sites(const struct folding *f, const struct siting *s,
                       uint32_t *inside)
{
    uint32_t *room = mem_array(f->count + 1, sizeof *room);

    for (uint32_t site = 0; site < s->names.count; site++) {
        struct crowd members = {room, 0};
        struct map_subject subject =
            map_parts_subject(s->parts, MAP_SITE, s->names.at[site]);
        struct buffer OWNED_BUFFER leads = {0};

        for (uint32_t i = 0; i < f->count; i++)
            if (s->of[i] == site)
                room[members.count++] = i;
        struct map_node *cloud = add_cloud(f->map, s->names.at[site], "");
        const char *id = cloud->id;
        map_subject_name(&subject, &leads);
        cloud->leads = map_keep(f->map, leads.at);
        for (size_t i = 0; i < members.count; i++)
            node_at(f, members.at[i])->cloud = id;
        if (members.count > MAP_CLOUD_FULL)
            cut_crowd(f, &members, id, 1, inside);
    }
    struct crowd rest = {room, 0};
    for (uint32_t i = 0; i < f->count; i++)
        if (s->of[i] == UINT32_MAX)
            room[rest.count++] = i;
    if (rest.count > MAP_CLOUD_FULL)
        cut_crowd(f, &rest, "", 1, inside);
    free(room);
}

/* ---- not too much in one ---- */

/* Nodes and clouds that stand in the cloud called id, "": in none. */
static size_t count_inside(const struct map *m, const char *id, size_t *clouds)
{
    size_t count = 0;

    *clouds = 0;
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (n->edit.removed || strcmp(n->cloud, id) != 0)
            continue;
        count++;
        *clouds += n->origin == MAP_CLOUD;
    }
    return count;
}

/* The cloud of no other that has most in it, clouds among that; of such as
 * would leave no more to look at than room. UINT32_MAX if there is none. */
static uint32_t fullest(const struct map *m, size_t room)
{
    uint32_t best = UINT32_MAX;
    size_t most = 0, clouds;

    for (uint32_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (n->origin != MAP_CLOUD || n->edit.removed || n->cloud[0] != '\0' ||
            n->leads[0] != '\0')
            continue;
        size_t count = count_inside(m, n->id, &clouds);
        if (clouds > 1 && count > most && count <= room) {
            most = count;
            best = i;
        }
    }
    return best;
}

/* A map of a handful of clouds says little: what they are made of by their
 * shape takes their place, as long as that can be looked at. */
static void open_few(struct map *m)
{
    enum { FEW = 10, MANY = 90 };
    size_t clouds;
    uint32_t at;

    for (;;) {
        size_t shown = count_inside(m, "", &clouds);

        if (shown > FEW || (at = fullest(m, MANY - shown)) == UINT32_MAX)
            break;
        const char *id = m->nodes.at[at].id;
        m->nodes.at[at].edit.removed = true;
        for (size_t i = 0; i < m->nodes.count; i++)
            if (strcmp(m->nodes.at[i].cloud, id) == 0)
                m->nodes.at[i].cloud = "";
    }
    map_tidy(m);
}

void map_cluster(struct map *m, const struct map_sources *from, bool sites)
{
    struct folding f;
    struct siting s = {.of = NULL};

    if (!sites && m->nodes.count <= MAP_FOLD_FROM &&
        m->links.count <= MAP_FOLD_LINKS)
        return;
    folding_init(&f, m);
    uint32_t *inside = mem_array(f.count + 1, sizeof *inside);
    find_sites(&f, from, &s);
    spread_sites(&f, &s);
    if (sites || sites_are_telling(&f, &s)) {
        fold_sites(&f, &s, inside);
    } else {
        for (uint32_t i = 0; i < f.count; i++)
            s.of[i] = i; /* all there is */
        cut_crowd(&f, &(struct crowd){s.of, f.count}, "", 0, inside);
    }
    free(s.of);
    array_fini(&s.names);
    map_parts_free(s.parts);
    free(inside);
    folding_fini(&f);
    open_few(m);
    if (from->known != NULL)
        map_same_clouds(m, from->known);
    if (m->view == MAP_PHYSICAL || m->view == MAP_INSIDE)
        map_lead_inside(m);
}
