/* Maps of the past: the topology and the states of a moment, with the positions
 * and edits of today. */
#include "station/inference.h"
#include "station/maps_parts.h"

#include <errno.h>
#include <stdlib.h>

/* Positions and edits of today go over a map of another time; what edits have
 * no object there says nothing of today's. */
static void lay_over(struct maps_file *f, struct map *m)
{
    struct overlay_edits *edits = &f->edits->edits;
    OWNED(free) char *gone = mem_array(edits->count + 1, 1);
    struct map *today = maps_shelf_open(f);

    if (today == NULL)
        return;
    map_carry_over(m, f->found);
    for (size_t i = 0; i < edits->count; i++)
        gone[i] = edits->at[i].gone;
    if (f->edits->revision > 0)
        overlay_apply(f->edits, m, today);
    for (size_t i = 0; i < edits->count; i++)
        edits->at[i].gone = gone[i] != 0;
}

/* Which VLANs a port carried, and who followed whose spanning tree, may be of a
 * time before that was kept. */
static bool is_kept(enum map_view view, const struct inferred *past)
{
    return past->survey != NULL || (view != MAP_VLAN && view != MAP_TREE);
}

static struct map *generate(const struct maps_shelf *s,
                            const struct map_subject *subject,
                            const struct inferred *past)
{
    struct map_sources from = {.topology = past->topology,
                               .input = &past->input,
                               .survey = past->survey,
                               .known = maps_stock_known(s, subject)};

    if (s->stock != NULL)
        from.sites =
            (struct site_rules){s->stock->rules.at, s->stock->rules.count};
    return map_generate(subject, &from);
}

static void set_title(struct map *m, const struct inferred *past)
{
    static const char *const unknown[MAP_VIEWS] = {
        [MAP_DRAWN] = "drawn as it is now",
        [MAP_STATION] = "loads and programs are not kept",
    };
    struct buffer OWNED_BUFFER title = {0};
    enum map_view view = map_view_of(m);
    char moment[32];

    wall_format(past->at, moment, sizeof moment);
    buffer_format(&title, "%s · as of %.10s %.8s UTC · %s", map_name(m), moment,
                  moment + 11,
                  unknown[view] != NULL ? unknown[view] : "loads are not kept");
    map_set_title(m, title.at);
}

int maps_past_make(const struct maps_shelf *s, const char *name,
                   const struct inferred *past, struct map **out,
                   struct complaint *why)
{
    struct maps_file *f = maps_shelf_find(s, name);
    bool drawn = f != NULL && f->told.view == MAP_DRAWN;
    struct map_subject subject;
    struct map *m = NULL;

    *out = NULL;
    if (drawn) {
        m = map_copy(maps_shelf_open(f));
    } else if (map_subject_parse(name, &subject)) {
        if (!is_kept(subject.view, past))
            return complain(why, -ENOENT, name,
                            "ask for a later time, or for physical, where "
                            "blocked links are shown",
                            "which VLANs and spanning trees there were then is "
                            "not known");
        m = generate(s, &subject, past);
        if (m != NULL && f == NULL)
            f = maps_shelf_find(s, map_name(m));
        if (m != NULL && f != NULL)
            lay_over(f, m);
    }
    if (m == NULL)
        return complain(why, -ENOENT, name,
                        "ask for a map of the whole, a prefix, a site or a "
                        "neighbourhood",
                        "no map of that name is known of that time");
    map_set_status(m, past->topology, &(struct map_status){past->status, NULL});
    set_title(m, past);
    *out = m;
    return 0;
}
