#include "topology/topology.h"

#include "base/text.h"
#include "base/tsv.h"
#include "topology/scene.h"

static const char *const kind_names[] = {
    [LINK_P2P] = "p2p",
    [LINK_BUNDLE] = "bundle",
    [LINK_SEGMENT] = "segment",
    [LINK_L3] = "l3",
};

static const char *const state_names[] = {
    [LINK_CONFIRMED] = "confirmed", [LINK_CANDIDATE] = "candidate",
    [LINK_DOWN] = "down",           [LINK_STALE] = "stale",
    [LINK_BLOCKED] = "blocked",     [LINK_AMBIGUOUS] = "ambiguous",
};

static const struct {
    enum link_evidence bit;
    const char *name;
} evidence_names[] = {
    {EVIDENCE_MANUAL, "manual"},   {EVIDENCE_LLDP, "lldp"},
    {EVIDENCE_CDP, "cdp"},         {EVIDENCE_FDP, "fdp"},
    {EVIDENCE_EDP, "edp"},         {EVIDENCE_NDP, "ndp"},
    {EVIDENCE_LACP, "lacp"},       {EVIDENCE_STP, "stp"},
    {EVIDENCE_FDB, "fdb"},         {EVIDENCE_ARP, "arp"},
    {EVIDENCE_SUBNET, "subnet"},   {EVIDENCE_ROUTE, "route"},
    {EVIDENCE_OSPF, "ospf"},       {EVIDENCE_BGP, "bgp"},
    {EVIDENCE_TRAFFIC, "traffic"}, {EVIDENCE_MISLINK, "mislink"},
};

const char *link_kind_name(enum link_kind k)
{
    return (size_t)k < COUNT_OF(kind_names) ? kind_names[k] : "";
}

const char *link_state_name(enum link_state s)
{
    return (size_t)s < COUNT_OF(state_names) ? state_names[s] : "";
}

bool link_kind_parse(const char *word, enum link_kind *out)
{
    for (size_t k = 0; k < COUNT_OF(kind_names); k++)
        if (text_compare_nocase(word, kind_names[k]) == 0) {
            *out = (enum link_kind)k;
            return true;
        }
    return false;
}

bool link_state_parse(const char *word, enum link_state *out)
{
    for (size_t s = 0; s < COUNT_OF(state_names); s++)
        if (text_compare_nocase(word, state_names[s]) == 0) {
            *out = (enum link_state)s;
            return true;
        }
    return false;
}

void link_evidence_text(uint32_t evidence, struct buffer *out)
{
    const char *separator = "";

    for (size_t i = 0; i < COUNT_OF(evidence_names); i++) {
        if ((evidence & (uint32_t)evidence_names[i].bit) == 0)
            continue;
        buffer_text(out, separator);
        buffer_text(out, evidence_names[i].name);
        separator = ",";
    }
}

bool topo_link_is_one_sided(const struct topo_link *l)
{
    uint32_t said = l->a_heard | l->b_heard;

    return l->layer == 2 && said != 0 && said == l->evidence &&
           (l->a_heard == 0 || l->b_heard == 0);
}

struct topology *topology_infer(const struct topo_input *input)
{
    OWNED(scene_free) struct scene *s = scene_new(input);
    struct tree tree = {0};

    ports_build(s);
    owners_build(s);
    claims_gather(s);
    edges_pair(s);
    edges_settle_adjacent(s);
    fdb_build(s);
    edges_settle_rest(s);
    tree_build(s, &tree);
    leaves_place(s, &tree);
    tree_weigh_joins(s, &tree);
    tree_fini(&tree);
    hearsay_doubt(s);
    subnets_build(s);
    edges_name_spread_bundles(s);
    edges_weigh_traffic(s);
    return scene_emit(s);
}

/* ---- order ---- */

/* A link with the names it is sorted by. */
struct sorted_link {
    const char *a, *b;
    struct topo_link link;
};

static int link_compare(const void *a, const void *b)
{
    const struct sorted_link *x = a, *y = b;
    int order = strcmp(x->a, y->a);

    if (order == 0)
        order = strcmp(x->b, y->b);
    if (order == 0)
        order = strcmp(x->link.a_port, y->link.a_port);
    if (order == 0)
        order = strcmp(x->link.b_port, y->link.b_port);
    if (order == 0)
        order =
            (x->link.layer > y->link.layer) - (x->link.layer < y->link.layer);
    return order != 0 ? order : ident_compare(&x->link.id, &y->link.id);
}

void topology_sort(struct topology *t)
{
    struct sorted_link *all = mem_array(t->links.count + 1, sizeof *all);

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        all[i] = (struct sorted_link){t->nodes.at[l->a].name,
                                      t->nodes.at[l->b].name, *l};
    }
    qsort(all, t->links.count, sizeof *all, link_compare);
    for (size_t i = 0; i < t->links.count; i++)
        t->links.at[i] = all[i].link;
    free(all);
}

/* ---- lives ---- */

struct topology *topology_ref(const struct topology *t)
{
    struct topology *shared =
        (struct topology *)t; /* the count alone changes */

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void topology_unref(struct topology *t)
{
    if (t == NULL || __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    array_fini(&t->nodes);
    array_fini(&t->links);
    array_fini(&t->conflicts);
    array_fini(&t->losses);
    arena_free(t->arena);
    free(t);
}

struct tsv *topology_tsv_new(void)
{
    return tsv_new("a_name a_port b_name b_port layer kind evidence confidence "
                   "state");
}

void topology_tsv(const struct topology *t, struct tsv *out)
{
    struct buffer OWNED_BUFFER evidence = {0};

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        buffer_clear(&evidence);
        link_evidence_text(l->evidence, &evidence);
        tsv_text(out, t->nodes.at[l->a].name);
        tsv_text(out, l->a_port);
        tsv_text(out, t->nodes.at[l->b].name);
        tsv_text(out, l->b_port);
        tsv_count(out, l->layer);
        tsv_text(out, link_kind_name(l->kind));
        tsv_text(out, evidence.at);
        tsv_count(out, l->confidence);
        tsv_text(out, link_state_name(l->state));
        tsv_row(out);
    }
}
