/* Links, what contradicts them, and the way between two devices. */
#include "north/api_links.h"

#include "north/json_out.h"
#include "north/routes.h"

#include <string.h>

enum { LINKS_MAX = 1000000 }; /* of one answer */

static void put_evidence(json_t *o, const char *key, uint32_t evidence)
{
    struct buffer OWNED_BUFFER text = {0};

    link_evidence_text(evidence, &text);
    json_put_text(o, key, text.len > 0 ? text.at : "");
}

static void put_ends(json_t *o, const struct topology *t, uint32_t a,
                     const char *a_port, uint32_t b, const char *b_port)
{
    json_put_text(o, "a", t->nodes.at[a].name);
    json_put_text(o, "a_port", a_port);
    json_put_text(o, "b", t->nodes.at[b].name);
    json_put_text(o, "b_port", b_port);
}

json_t *link_json(const struct topology *t, const struct topo_link *l)
{
    json_t *o = json_object();
    char id[IDENT_TEXT_MAX];

    json_put_text(o, "id", ident_format(&l->id, id, sizeof id));
    put_ends(o, t, l->a, l->a_port, l->b, l->b_port);
    json_put_count(o, "layer", l->layer);
    json_put_text(o, "kind", link_kind_name(l->kind));
    json_put_text(o, "state", link_state_name(l->state));
    put_evidence(o, "evidence", l->evidence);
    put_evidence(o, "a_hears", l->a_heard);
    put_evidence(o, "b_hears", l->b_heard);
    json_put_flag(o, "one_sided", topo_link_is_one_sided(l));
    json_put_count(o, "confidence", l->confidence);
    if (l->speed_bps > 0)
        json_put_count(o, "speed_bps", l->speed_bps);
    if (l->life.first_seen.ms > 0)
        json_put_wall(o, "first_seen", l->life.first_seen);
    if (l->life.last_seen.ms > 0)
        json_put_wall(o, "last_seen", l->life.last_seen);
    json_put_text(o, "why", l->why);
    return o;
}

json_t *loss_json(const struct topology *t, const struct topo_loss *l)
{
    json_t *o = json_object();

    put_ends(o, t, l->a, l->a_port, l->b, l->b_port);
    put_evidence(o, "evidence", l->evidence);
    put_evidence(o, "a_hears", l->a_heard);
    put_evidence(o, "b_hears", l->b_heard);
    json_put_text(o, "outcome", l->shared ? "segment" : "lost");
    json_put_text(o, "why", l->why);
    return o;
}

/* NULL: of all. */
static bool is_of(const struct topology *t, const char *device, uint32_t a,
                  uint32_t b)
{
    return device == NULL || strcmp(t->nodes.at[a].name, device) == 0 ||
           strcmp(t->nodes.at[b].name, device) == 0;
}

/* Where a page of links begins: behind the one of that id. */
static bool page_begin(struct api_request *r, const struct topology *t,
                       size_t *at)
{
    const char *after = api_param(r, "after");
    struct ident id;

    *at = 0;
    if (after == NULL)
        return true;
    if (ident_parse(after, &id) < 0) {
        api_problem(r, 400, "\"after\" is no id of a link",
                    "give the \"next\" of the answer before");
        return false;
    }
    while (*at < t->links.count && !ident_equal(&t->links.at[*at].id, &id))
        (*at)++;
    if ((*at)++ < t->links.count)
        return true;
    api_problem(r, 410, "the link that the page before ended with is gone",
                "begin anew, without \"after\"");
    return false;
}

/* Links from at on, as many as are left; next: the id of the last one where
 * there are more, else "". */
static void write_links(const struct api_request *r, const struct topology *t,
                        size_t at, int64_t left, struct buffer *out,
                        char next[IDENT_TEXT_MAX])
{
    const char *device = api_param(r, "device");
    char last[IDENT_TEXT_MAX] = "";

    next[0] = '\0';
    for (; at < t->links.count; at++) {
        const struct topo_link *l = &t->links.at[at];

        if (!is_of(t, device, l->a, l->b))
            continue;
        if (left-- == 0) {
            memcpy(next, last, sizeof last);
            return;
        }
        json_list_add(out, link_json(t, l));
        (void)ident_format(&l->id, last, sizeof last);
    }
}

static void write_losses(const struct api_request *r, const struct topology *t,
                         struct buffer *out)
{
    const char *device = api_param(r, "device");

    for (size_t i = 0; i < t->losses.count; i++)
        if (is_of(t, device, t->losses.at[i].a, t->losses.at[i].b))
            json_list_add(out, loss_json(t, &t->losses.at[i]));
}

void api_links(struct api_request *r)
{
    static const struct topology none = {.nodes = {0}};
    const struct topology *t =
        r->snapshot->topology != NULL ? r->snapshot->topology : &none;
    struct buffer OWNED_BUFFER lost = {0}, OWNED_BUFFER conflicts = {0};
    struct buffer body = {0};
    struct buffer OWNED_BUFFER links = {0};
    char next[IDENT_TEXT_MAX], at_text[32];
    int64_t limit = LINKS_MAX;
    size_t at;

    if (!api_param_number(r, "limit", 1, LINKS_MAX, &limit) ||
        !page_begin(r, t, &at))
        return;
    bool first = at == 0;
    write_links(r, t, at, limit, &links, next);
    if (first)
        write_losses(r, t, &lost);
    for (size_t i = 0; first && i < t->conflicts.count; i++)
        json_list_add(&conflicts, json_string(t->conflicts.at[i].text));
    json_list_put(&body, "links", &links);
    json_list_put(&body, "lost", &lost);
    json_list_put(&body, "conflicts", &conflicts);
    wall_format(r->snapshot->topology_at, at_text, sizeof at_text);
    if (at_text[0] != '\0')
        buffer_format(&body, ",\"at\":\"%s\"", at_text);
    json_list_end(&body, next[0] != '\0' ? next : NULL);
    api_json_text(r, &body);
}

/* ---- two nodes ---- */

/* The node of a name or address. */
static bool node_of(const struct api_request *r, const char *name,
                    uint32_t *out)
{
    const struct topology *t = r->snapshot->topology;
    const struct device_record *d =
        name != NULL ? snapshot_find(r->snapshot, name) : NULL;

    if (t == NULL || name == NULL)
        return false;
    if (d != NULL) {
        *out = snapshot_node(r->snapshot, snapshot_place(r->snapshot, d->name));
        return *out != UINT32_MAX;
    }
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool nodes_of(struct api_request *r, const char *from, const char *to,
                     uint32_t *a, uint32_t *b)
{
    if (node_of(r, api_param(r, from), a) && node_of(r, api_param(r, to), b))
        return true;
    api_problem(r, 404, "one of the two is not on the map",
                "see `portolan devices`");
    return false;
}

void api_path(struct api_request *r)
{
    const struct topology *t = r->snapshot->topology;
    struct topo_path path = {0};
    uint32_t a, b;

    if (!nodes_of(r, "from", "to", &a, &b))
        return;
    if (!topology_path(t, a, b, &path)) {
        api_problem(r, 404, "no way is known between the two",
                    "see `portolan links`");
        return;
    }
    json_t *nodes = json_array(), *links = json_array();
    for (size_t i = 0; i < path.nodes.count; i++)
        json_array_append_new(nodes,
                              json_string(t->nodes.at[path.nodes.at[i]].name));
    for (size_t i = 0; i < path.links.count; i++)
        json_array_append_new(links,
                              link_json(t, &t->links.at[path.links.at[i]]));
    topo_path_fini(&path);
    api_json(r, 200, json_pack("{s:o,s:o}", "nodes", nodes, "links", links));
}

/* ---- why two are linked, or not ---- */

/* Where each kind of evidence is read, the first that was read counts. */
static const struct source {
    uint32_t evidence;
    const char *tables[6];
} sources[] = {
    {EVIDENCE_LLDP,
     {"lldpRemTable", "lldpV2RemTable", "tmnxLldpRemTable",
      "lldpNeighborInfoTable"}},
    {EVIDENCE_CDP, {"cdpCacheTable", "lldpRemTable"}},
    {EVIDENCE_FDP, {"snFdpCacheTable"}},
    {EVIDENCE_EDP, {"extremeEdpTable"}},
    {EVIDENCE_NDP,
     {"hwNDPPortNbTable", "hh3cNDPPortNbTable", "a3comNDPPortNbTable"}},
    {EVIDENCE_LACP, {"dot3adAggPortTable"}},
    {EVIDENCE_STP, {"dot1dBasePortTable"}},
    {EVIDENCE_FDB, {"dot1qTpFdbTable", "dot1dTpFdbTable"}},
    {EVIDENCE_ARP, {"ipNetToPhysicalTable", "ipNetToMediaTable"}},
    {EVIDENCE_SUBNET, {"ipAddressTable", "ipAddrTable"}},
    {EVIDENCE_ROUTE,
     {"inetCidrRouteTable", "ipCidrRouteTable", "ipRouteTable"}},
    {EVIDENCE_OSPF, {"ospfNbrTable"}},
    {EVIDENCE_BGP,
     {"bgpPeerTable", "cbgpPeer2Table", "jnxBgpM2PeerTable",
      "aristaBgp4V2PeerTable", "os10bgp4V2PeerTable", "bgp4V2PeerTable"}},
};

/* An end of a link or loss, and what it told. */
struct witness_end {
    const struct facts *facts; /* NULL: it tells nothing */
    const char *name, *port, *other, *other_port;
    uint32_t if_index, heard;
};

static const struct table_report *report_of(const struct facts *f,
                                            const struct source *s)
{
    for (size_t i = 0; i < COUNT_OF(s->tables) && s->tables[i] != NULL; i++)
        for (size_t k = 0; k < f->reports.count; k++)
            if (f->reports.at[k].rows > 0 &&
                strcmp(f->reports.at[k].name, s->tables[i]) == 0)
                return &f->reports.at[k];
    return NULL;
}

static size_t learned_at(const struct facts *f, uint32_t if_index)
{
    size_t count = 0;

    for (size_t i = 0; i < f->fdb.count; i++)
        count += if_index != 0 && f->fdb.at[i].if_index == if_index;
    return count;
}

static const char *verb_of(uint32_t evidence)
{
    switch (evidence) {
    case EVIDENCE_STP:
        return "has as designated port";
    case EVIDENCE_LACP:
        return "has as partner of its bundle";
    default:
        return "hears";
    }
}

static void put_words(json_t *o, const struct witness_end *e, uint32_t evidence)
{
    struct buffer OWNED_BUFFER words = {0};

    if (evidence == EVIDENCE_FDB)
        buffer_format(&words, "%s %s has learned %zu addresses", e->name,
                      e->port, learned_at(e->facts, e->if_index));
    else if ((e->heard & evidence) != 0)
        buffer_format(&words, "%s %s %s %s %s", e->name, e->port,
                      verb_of(evidence), e->other, e->other_port);
    else
        buffer_format(&words, "%s tells", e->name);
    json_put_text(o, "says", words.at);
}

/* dot1dStpPortTable goes by dot1dBasePortTable, with which it is asked. */
static const char *table_of(const struct table_report *report,
                            const struct source *s)
{
    if (report == NULL)
        return "frames";
    return s->evidence == EVIDENCE_STP ? "dot1dStpPortTable" : report->name;
}

/* What one end's table says, and how old that is. */
static void add_proof(struct api_request *r, json_t *list,
                      const struct witness_end *e, const struct source *s)
{
    const struct table_report *report = report_of(e->facts, s);
    struct wall at = report != NULL && report->at.ms > 0
                         ? report->at
                         : e->facts->observed_at;
    json_t *o;

    if (report == NULL && (e->heard & s->evidence) == 0)
        return; /* the other end's word */
    o = json_object();
    put_evidence(o, "evidence", s->evidence);
    json_put_text(o, "by", e->name);
    json_put_text(o, "table", table_of(report, s));
    put_words(o, e, s->evidence);
    if (at.ms > 0) {
        json_put_wall(o, "at", at);
        json_put_number(o, "age_s",
                        (double)(r->snapshot->at.ms - at.ms) / 1000);
    }
    json_array_append_new(list, o);
}

static void add_proofs(struct api_request *r, json_t *list,
                       const struct witness_end *e, uint32_t evidence)
{
    const uint32_t of_one = EVIDENCE_LLDP | EVIDENCE_CDP | EVIDENCE_FDP |
                            EVIDENCE_EDP | EVIDENCE_NDP | EVIDENCE_LACP |
                            EVIDENCE_STP;

    for (size_t i = 0; e->facts != NULL && i < COUNT_OF(sources); i++) {
        uint32_t bit = sources[i].evidence;

        if ((evidence & bit) == 0 ||
            ((bit & of_one) != 0 && (e->heard & bit) == 0) ||
            (bit == EVIDENCE_FDB && learned_at(e->facts, e->if_index) == 0))
            continue;
        add_proof(r, list, e, &sources[i]);
    }
}

/* The facts of the two nodes that are asked about, open. */
struct why {
    struct api_request *r;
    const struct topology *t;
    uint32_t nodes[2];
    struct facts *facts[2];
};

static struct witness_end end_of(const struct why *w, uint32_t node,
                                 const char *port, uint32_t if_index,
                                 uint32_t heard)
{
    struct witness_end e = {.name = w->t->nodes.at[node].name,
                            .port = port,
                            .if_index = if_index,
                            .heard = heard};

    for (size_t i = 0; i < COUNT_OF(w->nodes); i++)
        if (w->nodes[i] == node)
            e.facts = w->facts[i];
    return e;
}

static json_t *proofs_json(struct why *w, struct witness_end a,
                           struct witness_end b, uint32_t evidence)
{
    json_t *list = json_array();

    a.other = b.name;
    a.other_port = b.port;
    b.other = a.name;
    b.other_port = a.port;
    add_proofs(w->r, list, &a, evidence);
    add_proofs(w->r, list, &b, evidence);
    return list;
}

static bool joins(const struct why *w, uint32_t a, uint32_t b)
{
    return (a == w->nodes[0] && b == w->nodes[1]) ||
           (a == w->nodes[1] && b == w->nodes[0]);
}

/* True if both are members of the segment or subnet at the end of the link. */
static bool is_common(const struct why *w, const struct topo_link *l)
{
    bool first = false, second = false;
    enum node_origin origin = w->t->nodes.at[l->b].origin;
    uint32_t common =
        origin == NODE_SEGMENT || origin == NODE_SUBNET ? l->b : l->a;

    origin = w->t->nodes.at[common].origin;
    if (origin != NODE_SEGMENT && origin != NODE_SUBNET)
        return false;
    for (size_t i = 0; i < w->t->links.count; i++) {
        const struct topo_link *x = &w->t->links.at[i];
        uint32_t member = x->a == common ? x->b : x->a;

        if (x->a != common && x->b != common)
            continue;
        first = first || member == w->nodes[0];
        second = second || member == w->nodes[1];
    }
    return first && second;
}

static bool concerns(const struct why *w, const struct topo_link *l)
{
    bool of_one = l->a == w->nodes[0] || l->a == w->nodes[1] ||
                  l->b == w->nodes[0] || l->b == w->nodes[1];

    return joins(w, l->a, l->b) || (of_one && is_common(w, l));
}

static void add_link(struct why *w, json_t *list, const struct topo_link *l)
{
    json_t *o = link_json(w->t, l);

    json_object_set_new(
        o, "proofs",
        proofs_json(w, end_of(w, l->a, l->a_port, l->a_if_index, l->a_heard),
                    end_of(w, l->b, l->b_port, l->b_if_index, l->b_heard),
                    l->evidence));
    json_array_append_new(list, o);
}

static void add_loss(struct why *w, json_t *list, const struct topo_loss *l)
{
    json_t *o = loss_json(w->t, l);

    json_object_set_new(
        o, "proofs",
        proofs_json(w, end_of(w, l->a, l->a_port, l->a_if_index, l->a_heard),
                    end_of(w, l->b, l->b_port, l->b_if_index, l->b_heard),
                    l->evidence));
    json_array_append_new(list, o);
}

static void open_facts(struct why *w)
{
    for (size_t i = 0; i < COUNT_OF(w->nodes); i++) {
        const struct device_record *d =
            w->t->nodes.at[w->nodes[i]].origin == NODE_DEVICE
                ? snapshot_of_node(w->r->snapshot, w->nodes[i])
                : NULL;

        w->facts[i] = d != NULL ? device_record_facts(d) : NULL;
    }
}

void api_links_why(struct api_request *r)
{
    struct why w = {.r = r, .t = r->snapshot->topology};
    json_t *links, *lost;

    if (!nodes_of(r, "a", "b", &w.nodes[0], &w.nodes[1]))
        return;
    links = json_array();
    lost = json_array();
    open_facts(&w);
    for (size_t i = 0; i < w.t->links.count; i++)
        if (concerns(&w, &w.t->links.at[i]))
            add_link(&w, links, &w.t->links.at[i]);
    for (size_t i = 0; i < w.t->losses.count; i++)
        if (joins(&w, w.t->losses.at[i].a, w.t->losses.at[i].b))
            add_loss(&w, lost, &w.t->losses.at[i]);
    facts_unref(w.facts[0]);
    facts_unref(w.facts[1]);
    json_t *o = json_pack("{s:o,s:o}", "links", links, "lost", lost);
    json_put_wall(o, "at", r->snapshot->topology_at);
    api_json(r, 200, o);
}
