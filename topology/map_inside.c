#include "topology/map_inside.h"
#include "topology/map_edit.h"
#include "topology/map_subject.h"

/* By its name, else by an earlier one. */
static uint32_t cloud_leading_to(const struct map *m, const char *name)
{
    uint32_t found = UINT32_MAX;

    for (uint32_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (n->origin != MAP_CLOUD)
            continue;
        if (strcmp(n->leads, name) == 0)
            return i;
        if (found == UINT32_MAX && map_subject_was(n->leads, name))
            found = i;
    }
    return found;
}

static bool is_within(const struct map *m, uint32_t node, uint32_t cloud)
{
    for (unsigned deep = 0; deep <= MAP_CLOUD_DEPTH_MAX; deep++) {
        if (node == UINT32_MAX || node == cloud)
            return node == cloud;
        node = map_cloud_of(m, &m->nodes.at[node]);
    }
    return false;
}

/* What stands for an outside node: the largest cloud around it that does not
 * hold the inside too, else the node itself. */
static uint32_t stand_in(const struct map *m, uint32_t node, uint32_t inside)
{
    uint32_t best = node, at = node;

    for (unsigned deep = 0; deep < MAP_CLOUD_DEPTH_MAX; deep++) {
        at = map_cloud_of(m, &m->nodes.at[at]);
        if (at == UINT32_MAX || is_within(m, inside, at))
            break;
        best = at;
    }
    return best;
}

/* Ends of links that lead out stand for what is there, which is kept. */
static void keep_outside(struct map *m, uint32_t cloud, const bool *inside,
                         bool *keeps)
{
    for (size_t i = 0; i < m->links.count; i++) {
        struct map_link *l = &m->links.at[i];

        if (l->summed > 0 || inside[l->a] == inside[l->b])
            continue;
        uint32_t *out = inside[l->a] ? &l->b : &l->a;
        *out = stand_in(m, *out, cloud);
        keeps[*out] = true;
    }
}

static void make_plain(struct map *m, struct map_node *n)
{
    if (n->origin == MAP_CLOUD) {
        n->origin = MAP_OTHER;
        n->state = MAP_UNMANAGED;
        n->words = "";
        n->collapsed = false;
    }
    n->cloud = "";
    n->note = map_keep(m, "outside");
}

bool map_cut_inside(struct map *m, const char *name)
{
    uint32_t cloud = cloud_leading_to(m, name);

    if (cloud == UINT32_MAX)
        return false;
    const char *id = m->nodes.at[cloud].id;
    m->name = m->nodes.at[cloud].leads;
    bool *inside = mem_array(m->nodes.count + 1, sizeof *inside);
    bool *keeps = mem_array(m->nodes.count + 1, sizeof *keeps);

    for (uint32_t i = 0; i < m->nodes.count; i++)
        inside[i] = keeps[i] = i != cloud && is_within(m, i, cloud);
    keep_outside(m, cloud, inside, keeps);
    for (uint32_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        n->edit.removed = !keeps[i];
        if (inside[i] && strcmp(n->cloud, id) == 0)
            n->cloud = "";
        else if (keeps[i] && !inside[i])
            make_plain(m, n);
    }
    for (size_t i = 0; i < m->links.count; i++)
        if (!inside[m->links.at[i].a] && !inside[m->links.at[i].b])
            m->links.at[i].edit.removed = true;
    free(inside);
    free(keeps);
    map_tidy(m);
    return true;
}

static bool leads_inside(const struct map_node *n)
{
    return n->origin == MAP_CLOUD && n->leads[0] == '\0';
}

/* By its id, which stays when its name does not. */
static const char *own_name(const struct map_node *n)
{
    return n->id + strlen(MAP_CLOUD_PREFIX);
}

void map_lead_inside(struct map *m)
{
    OWNED(map_parts_free) struct map_parts *parts = map_parts_new();

    for (size_t i = 0; i < m->nodes.count; i++)
        if (leads_inside(&m->nodes.at[i]))
            map_parts_add(parts, own_name(&m->nodes.at[i]));
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (!leads_inside(n))
            continue;
        struct map_subject inside =
            map_parts_subject(parts, MAP_INSIDE, own_name(n));
        struct buffer OWNED_BUFFER leads = {0};

        map_subject_name(&inside, &leads);
        n->leads = map_keep(m, leads.at);
    }
}
