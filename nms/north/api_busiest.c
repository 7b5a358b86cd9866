/* The links that carry most of what they can. */
#include "base/arena.h"
#include "north/json_out.h"
#include "north/routes.h"

#include <math.h>
#include <string.h>

enum { BUSIEST = 15, BUSIEST_MAX = 100 };

struct busy {
    const struct topo_link *link;
    struct map_link_status now;
    double load; /* the higher of both directions */
};

struct busiest {
    struct busy at[BUSIEST_MAX]; /* the busiest first */
    size_t count, most;
};

/* Takes its place, if it is one of the most; equal ones stay as they came. */
static void rank(struct busiest *b, struct busy new)
{
    size_t i = b->count;

    while (i > 0 && b->at[i - 1].load < new.load)
        i--;
    if (i == b->most)
        return;
    if (b->count < b->most)
        b->count++;
    memmove(&b->at[i + 1], &b->at[i], (b->count - i - 1) * sizeof b->at[0]);
    b->at[i] = new;
}

static void find(const struct snapshot *s, struct busiest *out)
{
    const struct topology *t = s->topology;
    OWNED(arena_free) struct arena *arena = arena_new();
    const uint32_t *places = snapshot_node_places(s, arena);

    for (size_t i = 0; t != NULL && i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        struct busy one = {.link = l,
                           .now = snapshot_link_status(s, l, places)};

        one.load = fmax(one.now.load_ab, one.now.load_ba); /* one may be NaN */
        if (l->state != LINK_DOWN && one.load > 0)
            rank(out, one);
    }
}

static json_t *share_json(double load)
{
    return isnan(load) ? json_null() : json_real(round(load * 1000) / 1000);
}

void api_links_busiest(struct api_request *r)
{
    const struct topology *t = r->snapshot->topology;
    int64_t limit = BUSIEST;
    char id[IDENT_TEXT_MAX];

    if (!api_param_number(r, "limit", 1, BUSIEST_MAX, &limit))
        return;
    struct busiest busiest = {.most = (size_t)limit};
    json_t *list = json_array();
    find(r->snapshot, &busiest);
    for (size_t i = 0; i < busiest.count; i++) {
        const struct busy *b = &busiest.at[i];
        json_t *o = json_object();

        json_put_text(o, "id", ident_format(&b->link->id, id, sizeof id));
        json_put_text(o, "a", t->nodes.at[b->link->a].name);
        json_put_text(o, "a_port", b->link->a_port);
        json_put_text(o, "b", t->nodes.at[b->link->b].name);
        json_put_text(o, "b_port", b->link->b_port);
        json_put_count(o, "speed_bps", b->link->speed_bps);
        json_object_set_new(o, "load_ab", share_json(b->now.load_ab));
        json_object_set_new(o, "load_ba", share_json(b->now.load_ba));
        json_array_append_new(list, o);
    }
    api_json(r, 200, json_pack("{s:o}", "links", list));
}
