/* portolanLinkTable and portolanSegmentMemberTable. */
#include "base/mem.h"
#include "north/agent_view_parts.h"

#include <stdlib.h>

/* ---- rows ---- */

static uint32_t number_of(const struct agent_view *v, const struct ident *id)
{
    char text[IDENT_TEXT_MAX];
    const struct object_ref ref = {.class = OBJECT_LINK,
                                   .part = ident_format(id, text, sizeof text)};

    return object_book_index(v->snapshot->objects, &ref);
}

/* The object at an end of a link: a device, a segment; 0. */
static uint32_t end_of(const struct agent_view *v, uint32_t node)
{
    const struct topo_node *n = &v->snapshot->topology->nodes.at[node];

    if (n->origin == NODE_SEGMENT)
        return number_of(v, &n->id);
    if (n->origin != NODE_DEVICE)
        return 0;
    const struct device_record *d = snapshot_of_node(v->snapshot, node);
    return d != NULL ? d->object : 0;
}

/* The same links have the same numbers, unless some had none yet. */
static bool is_as_before(const struct agent_view *v,
                         const struct agent_view *before)
{
    return before != NULL && before->link_objects != NULL &&
           before->snapshot->topology == v->snapshot->topology &&
           before->snapshot->objects->count == v->snapshot->objects->count;
}

static void number_links(struct agent_view *v, const struct agent_view *before)
{
    const struct topology *t = v->snapshot->topology;
    bool same = is_as_before(v, before);

    v->link_objects = mem_array(t->links.count + 1, sizeof(uint32_t));
    for (size_t i = 0; i < t->links.count; i++)
        v->link_objects[i] =
            same ? before->link_objects[i] : number_of(v, &t->links.at[i].id);
}

static int compare_links(const void *a, const void *b)
{
    const struct link_row *left = a, *right = b;

    return left->index < right->index ? -1 : left->index > right->index;
}

static int compare_members(const void *a, const void *b)
{
    const struct member_row *left = a, *right = b;

    if (left->segment != right->segment)
        return left->segment < right->segment ? -1 : 1;
    return left->link < right->link ? -1 : left->link > right->link;
}

static void add_member(struct agent_view *v, const struct link_row *row)
{
    const struct topo_node *nodes = v->snapshot->topology->nodes.at;
    const struct topo_link *l = row->link;
    bool a_is_segment = nodes[l->a].origin == NODE_SEGMENT;
    uint32_t segment = a_is_segment ? row->a : row->b;

    if (segment == 0)
        return;
    *array_add(&v->members) = (struct member_row){
        .segment = segment,
        .link = row->index,
        .object = a_is_segment ? row->b : row->a,
        .node = a_is_segment ? l->b : l->a,
        .if_index = a_is_segment ? l->b_if_index : l->a_if_index,
        .port = a_is_segment ? l->b_port : l->a_port};
}

void agent_view_list_links(struct agent_view *v,
                           const struct agent_view *before)
{
    const struct topology *t = v->snapshot->topology;

    if (t == NULL)
        return;
    number_links(v, before);
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        const struct link_row row = {.index = v->link_objects[i],
                                     .link = l,
                                     .a = end_of(v, l->a),
                                     .b = end_of(v, l->b)};

        if (row.index == 0)
            continue;
        *array_add(&v->links) = row;
        if (l->kind == LINK_SEGMENT)
            add_member(v, &row);
    }
    if (v->links.count > 0)
        qsort(v->links.at, v->links.count, sizeof v->links.at[0],
              compare_links);
    if (v->members.count > 0)
        qsort(v->members.at, v->members.count, sizeof v->members.at[0],
              compare_members);
}

/* ---- portolanLinkTable ---- */

static size_t link_rows(const void *of)
{
    return agent_scene_view(of)->links.count;
}

static void link_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, agent_scene_view(of)->links.at[row].index);
}

enum link_column {
    LINK_A_OBJECT = 2,
    LINK_A_NAME,
    LINK_A_IF_INDEX,
    LINK_A_PORT,
    LINK_B_OBJECT,
    LINK_B_NAME,
    LINK_B_IF_INDEX,
    LINK_B_PORT,
    LINK_OF_KIND,
    LINK_IN_STATE,
    LINK_CONFIDENCE,
    LINK_BY_EVIDENCE,
    LINK_FIRST_SEEN,
    LINK_LAST_VERIFIED,
    LINK_ON_LAYER
};

static int64_t kind_number(enum link_kind kind)
{
    static const uint8_t numbers[] = {
        [LINK_P2P] = 1, [LINK_BUNDLE] = 2, [LINK_SEGMENT] = 3, [LINK_L3] = 4};

    return numbers[kind];
}

static int64_t state_number(enum link_state state)
{
    static const uint8_t numbers[] = {
        [LINK_CONFIRMED] = 1, [LINK_BLOCKED] = 2,   [LINK_DOWN] = 3,
        [LINK_STALE] = 4,     [LINK_AMBIGUOUS] = 5, [LINK_CANDIDATE] = 6};

    return numbers[state];
}

/* Bit 0 of BITS is the highest of the octet. */
static uint8_t evidence_bits(uint32_t evidence)
{
    static const uint32_t bits[] = {
        EVIDENCE_MANUAL,
        EVIDENCE_LLDP,
        EVIDENCE_CDP | EVIDENCE_FDP | EVIDENCE_EDP | EVIDENCE_NDP,
        EVIDENCE_LACP,
        EVIDENCE_STP,
        EVIDENCE_FDB,
        EVIDENCE_ARP | EVIDENCE_SUBNET | EVIDENCE_ROUTE | EVIDENCE_OSPF |
            EVIDENCE_BGP,
        EVIDENCE_TRAFFIC};
    unsigned octet = 0;

    for (size_t i = 0; i < COUNT_OF(bits); i++)
        if ((evidence & bits[i]) != 0)
            octet |= 0x80u >> i;
    return (uint8_t)octet;
}

static void end_value(const struct agent_view *v, const struct link_row *row,
                      bool a, uint32_t column, struct mib_cell *out)
{
    const struct topo_link *l = row->link;

    switch (column) {
    case LINK_A_OBJECT:
        mib_unsigned(out, a ? row->a : row->b);
        break;
    case LINK_A_NAME:
        mib_text(out, v->snapshot->topology->nodes.at[a ? l->a : l->b].name);
        break;
    case LINK_A_IF_INDEX:
        mib_integer(out, a ? l->a_if_index : l->b_if_index);
        break;
    default:
        mib_text(out, a ? l->a_port : l->b_port);
    }
}

static void link_value(const void *of, size_t row, uint32_t column,
                       struct mib_cell *out)
{
    const struct link_row *r = &agent_scene_view(of)->links.at[row];
    const struct topo_link *l = r->link;

    if (column <= LINK_A_PORT)
        end_value(agent_scene_view(of), r, true, column, out);
    else if (column <= LINK_B_PORT)
        end_value(agent_scene_view(of), r, false,
                  column - LINK_B_OBJECT + LINK_A_OBJECT, out);
    else if (column == LINK_OF_KIND)
        mib_integer(out, kind_number(l->kind));
    else if (column == LINK_IN_STATE)
        mib_integer(out, state_number(l->state));
    else if (column == LINK_CONFIDENCE)
        mib_integer(out, l->confidence);
    else if (column == LINK_BY_EVIDENCE)
        mib_bits(out, evidence_bits(l->evidence));
    else if (column == LINK_FIRST_SEEN)
        mib_date(out, l->life.first_seen);
    else if (column == LINK_LAST_VERIFIED)
        mib_date(out, l->life.last_seen);
    else
        mib_integer(out, l->layer);
}

static const uint8_t link_columns[] = {2,  3,  4,  5,  6,  7,  8, 9,
                                       10, 11, 12, 13, 14, 15, 16};
static const struct mib_table link_table = {.entry = OID_INIT(1, 4, 1),
                                            .own = true,
                                            MIB_COLUMNS(link_columns),
                                            .rows = link_rows,
                                            .index = link_index,
                                            .value = link_value};

/* ---- portolanSegmentMemberTable ---- */

static size_t member_rows(const void *of)
{
    return agent_scene_view(of)->members.count;
}

static void member_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, agent_scene_view(of)->members.at[row].segment);
    (void)oid_push(out, agent_scene_view(of)->members.at[row].link);
}

static void member_value(const void *of, size_t row, uint32_t column,
                         struct mib_cell *out)
{
    enum { OBJECT = 3, NAME, IF_INDEX };
    const struct agent_view *v = agent_scene_view(of);
    const struct member_row *m = &v->members.at[row];

    if (column == OBJECT)
        mib_unsigned(out, m->object);
    else if (column == NAME)
        mib_text(out, v->snapshot->topology->nodes.at[m->node].name);
    else if (column == IF_INDEX)
        mib_integer(out, m->if_index);
    else
        mib_text(out, m->port);
}

static const uint8_t member_columns[] = {3, 4, 5, 6};
static const struct mib_table member_table = {.entry = OID_INIT(1, 5, 1),
                                              .own = true,
                                              MIB_COLUMNS(member_columns),
                                              .rows = member_rows,
                                              .index = member_index,
                                              .value = member_value};

const struct mib_table *const agent_link_tables[] = {&link_table, &member_table,
                                                     NULL};
