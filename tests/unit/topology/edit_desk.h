/* edit_desk.h - a small map on a desk, its log of edits, and people who say
 * what to do. */
#ifndef TESTS_EDIT_DESK_H
#define TESTS_EDIT_DESK_H

#include "topology/map_overlay.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static inline struct map_node *node(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    if (at == UINT32_MAX)
        fail_msg("there is no node %s", id);
    return &m->nodes.at[at];
}

static inline bool is_there(const struct map *m, const char *id)
{
    return map_find_node(m, id) != UINT32_MAX;
}

static inline void found(struct map *m, const char *id, const char *label,
                         const char *address)
{
    struct map_node *n = map_add_node(m, id);

    n->origin = MAP_DEVICE;
    n->label = map_keep(m, label);
    n->address = map_keep(m, address);
}

/* What discovery finds: core, sw1, sw2 by stable ids. */
static inline struct map *discovered(void)
{
    struct map *m = map_new("physical", MAP_PHYSICAL);
    struct map_link *l;

    found(m, "01", "core", "192.0.2.1");
    found(m, "02", "sw1", "192.0.2.2");
    found(m, "03", "sw2", "192.0.2.3");
    node(m, "01")->placed = true;
    node(m, "01")->x = 10;
    l = map_add_link(m, 0, 1);
    l->id = "l1";
    l->a_port = "Gi0/1";
    l->b_port = "eth0";
    l = map_add_link(m, 0, 2);
    l->id = "l2";
    l->a_port = "Gi0/2";
    l->b_port = "eth0";
    return m;
}

/* ---- a map, its edits, and who does them ---- */

struct desk {
    struct map *found, *shown;
    struct overlay *log;
    struct overlay_indexes clashes;
    struct complaint why;
};

static inline void desk_show(struct desk *d)
{
    struct map *shown = map_copy(d->found);

    overlay_apply(d->log, shown, d->shown);
    map_free(d->shown);
    d->shown = shown;
}

static inline struct desk *desk_new(struct map *found)
{
    struct desk *d = mem_new(struct desk);

    d->found = found;
    d->log = overlay_new();
    desk_show(d);
    return d;
}

static inline void desk_free(struct desk *d)
{
    map_free(d->found);
    map_free(d->shown);
    overlay_free(d->log);
    array_fini(&d->clashes);
    free(d);
}
OWNED_BY(struct desk, desk_free)

/* Operations, blanks between them, as one step of a person who saw a revision.
 */
static inline int say_seeing(struct desk *d, const char *who,
                             const char *operations, uint64_t seen)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct map_edit edits[16];
    struct overlay_person person = {.who = who,
                                    .at = {1795000000000},
                                    .seen = seen,
                                    .clashes = &d->clashes};
    char text[512], *rest = NULL;
    size_t count = 0;

    d->clashes.count = 0;
    snprintf(text, sizeof text, "%s", operations);
    for (char *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        assert_int_equal(map_edit_parse(word, arena, &edits[count++], NULL), 0);
    int rc = overlay_change(d->log, d->shown, &person, edits, count, &d->why);
    for (size_t i = 0; i < count; i++)
        map_edit_fini(&edits[i]);
    desk_show(d);
    return rc;
}

static inline int say(struct desk *d, const char *who, const char *operations)
{
    return say_seeing(d, who, operations, UINT64_MAX);
}

static inline void must(struct desk *d, const char *who, const char *operations)
{
    if (say(d, who, operations) < 0)
        fail_msg("%s: %s", operations, d->why.what);
}

#endif
