/* Links whose state or load became other. */
#include "north/stream_look_parts.h"

#include "base/table.h"

#include <math.h>
#include <stdlib.h>

enum {
    STEP_UNKNOWN = UINT8_MAX,
    LINKS_AT_ONCE = 4000 /* the others are told of the next time */
};

/* Steps of load as the map shows them. */
static uint8_t step_of(double load)
{
    static const double bounds[] = {0.01, 0.10, 0.25, 0.40, 0.55, 0.70, 0.85};
    uint8_t step = 0;

    if (isnan(load))
        return STEP_UNKNOWN;
    while (step < COUNT_OF(bounds) && load >= bounds[step])
        step++;
    return step;
}

static json_t *share_json(double load)
{
    return isnan(load) ? json_null() : json_real(round(load * 1000) / 1000);
}

static json_t *link_json(const struct topo_link *l,
                         const struct map_link_status *now)
{
    char id[IDENT_TEXT_MAX];
    json_t *o = json_pack(
        "{s:s,s:s,s:o,s:o}", "id", ident_format(&l->id, id, sizeof id), "state",
        link_state_name(l->state), "load_ab", share_json(now->load_ab),
        "load_ba", share_json(now->load_ba));

    if ((l->evidence & EVIDENCE_MISLINK) != 0)
        json_object_set_new(o, "mislink", json_true());
    return o;
}

static struct seen_link seen_of(const struct topo_link *l,
                                const struct map_link_status *now)
{
    return (struct seen_link){
        .state = (uint8_t)l->state,
        .step_ab = step_of(now->load_ab),
        .step_ba = step_of(now->load_ba),
        .mislink = (l->evidence & EVIDENCE_MISLINK) != 0,
    };
}

static bool is_other(const struct seen_link *a, const struct seen_link *b)
{
    return a->state != b->state || a->step_ab != b->step_ab ||
           a->step_ba != b->step_ba || a->mislink != b->mislink;
}

/* What was told of the links of another topology, by those of the new one; a
 * link that was not there has a state that no link has. */
static void follow(struct stream_seen *seen, const struct topology *t,
                   json_t *list)
{
    struct seen_link *now = mem_array(t->links.count + 1, sizeof *now);
    OWNED(table_free) struct table *was = table_new();
    const struct topology *old = seen->topology;
    char id[IDENT_TEXT_MAX];
    size_t at = 0;
    struct bytes key;

    for (size_t i = 0; old != NULL && i < old->links.count; i++)
        (void)table_put(was, ident_key(&old->links.at[i].id), &seen->links[i]);
    for (size_t i = 0; i < t->links.count; i++) {
        const struct seen_link *told =
            table_remove(was, ident_key(&t->links.at[i].id));

        now[i] = told != NULL ? *told : (struct seen_link){.state = UINT8_MAX};
    }
    while (table_next(was, &at, &key, NULL)) {
        struct ident gone;

        memcpy(gone.octets, key.at, sizeof gone.octets);
        json_array_append_new(
            list, json_pack("{s:s,s:b}", "id",
                            ident_format(&gone, id, sizeof id), "gone", 1));
    }
    topology_unref(seen->topology);
    free(seen->links);
    seen->topology = topology_ref(t);
    seen->links = now;
}

void stream_look_links(struct stream_seen *seen, const struct snapshot *s,
                       struct stream_batch *out)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    const uint32_t *places = snapshot_node_places(s, arena);
    const struct topology *t = s->topology;
    json_t *list = json_array();
    bool begun = seen->links != NULL || seen->begun;

    if (t != NULL && t != seen->topology)
        follow(seen, t, list);
    for (size_t i = 0; t != NULL && i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        struct map_link_status status = snapshot_link_status(s, l, places);
        struct seen_link now = seen_of(l, &status);

        if (!is_other(&now, &seen->links[i]))
            continue;
        if (begun && json_array_size(list) >= LINKS_AT_ONCE)
            break;
        seen->links[i] = now;
        if (begun)
            json_array_append_new(list, link_json(l, &status));
    }
    if (json_array_size(list) > 0 && begun)
        stream_batch_add(out, STREAM_LINK, json_pack("{s:o}", "links", list));
    else
        json_decref(list);
}
