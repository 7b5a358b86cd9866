#include "topology/map_overlay.h"

#include <errno.h>

struct overlay *overlay_new(void)
{
    struct overlay *o = mem_new(struct overlay);

    o->arena = arena_new();
    return o;
}

static void edits_drop(struct overlay *o, size_t from)
{
    for (size_t i = from; i < o->edits.count; i++)
        map_edit_fini(&o->edits.at[i].edit);
    o->edits.count = from;
}

void overlay_free(struct overlay *o)
{
    if (o == NULL)
        return;
    edits_drop(o, 0);
    array_fini(&o->edits);
    arena_free(o->arena);
    free(o);
}

/* ---- what an edit is about ---- */

/* Operations that change the same side of an object. */
enum aspect {
    ASPECT_BEING, /* added, removed: everything hangs on it */
    ASPECT_SIGHT,
    ASPECT_NAME,
    ASPECT_VALUE, /* by key */
    ASPECT_BINDING,
    ASPECT_PLACE,
    ASPECT_MEMBERS,
    ASPECT_FOLD,
    ASPECT_NONE
};

static enum aspect aspect_of(enum map_op op)
{
    static const enum aspect aspects[MAP_OPS] = {
        [MAP_ADD] = ASPECT_BEING,          [MAP_REMOVE] = ASPECT_BEING,
        [MAP_HIDE] = ASPECT_SIGHT,         [MAP_SHOW] = ASPECT_SIGHT,
        [MAP_RENAME] = ASPECT_NAME,        [MAP_SET] = ASPECT_VALUE,
        [MAP_BIND] = ASPECT_BINDING,       [MAP_MOVE] = ASPECT_PLACE,
        [MAP_PIN] = ASPECT_PLACE,          [MAP_UNPIN] = ASPECT_PLACE,
        [MAP_LINK] = ASPECT_BEING,         [MAP_UNLINK] = ASPECT_BEING,
        [MAP_MAKE_CLOUD] = ASPECT_MEMBERS, [MAP_DISSOLVE] = ASPECT_MEMBERS,
        [MAP_COLLAPSE] = ASPECT_FOLD,      [MAP_EXPAND] = ASPECT_FOLD,
        [MAP_NEST] = ASPECT_MEMBERS,       [MAP_UNDO] = ASPECT_NONE,
        [MAP_REDO] = ASPECT_NONE,
    };

    return (unsigned)op < MAP_OPS ? aspects[op] : ASPECT_NONE;
}

static const char *object_of(const struct map_edit *e)
{
    return e->link[0] != '\0' ? e->link : e->id;
}

/* A label that is set is a name that is given. */
static bool names(const struct map_edit *e)
{
    return e->op == MAP_RENAME ||
           (e->op == MAP_SET && strcmp(e->key, "label") == 0);
}

static bool are_members_common(const struct map_edit *a,
                               const struct map_edit *b)
{
    for (size_t i = 0; i < a->members.count; i++) {
        if (strcmp(a->members.at[i], b->id) == 0)
            return true;
        for (size_t k = 0; k < b->members.count; k++)
            if (strcmp(a->members.at[i], b->members.at[k]) == 0)
                return true;
    }
    return false;
}

bool overlay_is_same_thing(const struct map_edit *a, const struct map_edit *b)
{
    enum aspect x = aspect_of(a->op), y = aspect_of(b->op);

    if (x == ASPECT_NONE || y == ASPECT_NONE)
        return false;
    if (x == ASPECT_MEMBERS && y == ASPECT_MEMBERS &&
        (are_members_common(a, b) || are_members_common(b, a)))
        return true;
    if (strcmp(object_of(a), object_of(b)) != 0)
        return false;
    if (names(a) && names(b))
        return true;
    if (x == ASPECT_BEING || y == ASPECT_BEING)
        return true;
    return x == y && strcmp(a->key, b->key) == 0;
}

void overlay_since(const struct overlay *o, uint64_t revision,
                   const struct map_edit *edits, size_t count,
                   struct overlay_indexes *out)
{
    for (size_t i = 0; i < o->edits.count; i++) {
        const struct overlay_edit *e = &o->edits.at[i];
        bool meets = count == 0;

        if (e->revision <= revision)
            continue;
        for (size_t k = 0; k < count && !meets; k++)
            meets = overlay_is_same_thing(&e->edit, &edits[k]);
        if (meets)
            *array_add(out) = i;
    }
}

/* ---- keeping edits ---- */

static const char *keep(struct overlay *o, const char *text)
{
    return arena_text(o->arena, text);
}

static struct map_edit edit_copy(struct overlay *o, const struct map_edit *from)
{
    struct map_edit e = *from;

    e.id = keep(o, from->id);
    e.port = keep(o, from->port);
    e.other = keep(o, from->other);
    e.other_port = keep(o, from->other_port);
    e.key = keep(o, from->key);
    e.text = keep(o, from->text);
    e.link = keep(o, from->link);
    e.was = keep(o, from->was);
    e.members = (struct map_members){0};
    e.attributes = (struct map_extras){0};
    for (size_t i = 0; i < from->members.count; i++)
        *array_add(&e.members) = keep(o, from->members.at[i]);
    for (size_t i = 0; i < from->attributes.count; i++)
        *array_add(&e.attributes) =
            (struct map_extra){keep(o, from->attributes.at[i].key),
                               keep(o, from->attributes.at[i].value)};
    return e;
}

/* An earlier edit that a later one of the same kind makes void; what makes or
 * unmakes objects has an order that matters, and stays. */
static bool is_superseded(const struct overlay *o, size_t at)
{
    const struct map_edit *e = &o->edits.at[at].edit;
    enum aspect aspect = aspect_of(e->op);

    if (o->edits.at[at].undone)
        return true;
    if (aspect == ASPECT_BEING || aspect == ASPECT_MEMBERS)
        return false;
    for (size_t i = o->edits.count; i-- > at + 1;) {
        const struct overlay_edit *later = &o->edits.at[i];

        if (!later->undone && aspect_of(later->edit.op) == aspect &&
            overlay_is_same_thing(e, &later->edit))
            return true;
    }
    return false;
}

/* Makes room: of the older half, what has no effect any more is forgotten. It
 * cannot be undone or redone then. */
static void compact(struct overlay *o)
{
    size_t half = o->edits.count / 2, kept = 0;

    for (size_t i = 0; i < o->edits.count; i++) {
        if (i < half && is_superseded(o, i))
            map_edit_fini(&o->edits.at[i].edit);
        else
            o->edits.at[kept++] = o->edits.at[i];
    }
    o->edits.count = kept;
}

/* Edits before one that others made to the same things unseen. */
static int find_clashes(const struct overlay *o, size_t before,
                        const struct overlay_person *person,
                        const struct map_edit *edits, size_t count,
                        const struct map *m, struct complaint *why)
{
    struct overlay_indexes found = {0};
    size_t clashes = 0;

    overlay_since(o, person->seen, edits, count, &found);
    for (size_t i = 0; i < found.count; i++) {
        if (found.at[i] >= before)
            continue;
        *array_add(person->clashes) = found.at[i];
        clashes++;
    }
    array_fini(&found);
    if (clashes == 0)
        return 0;
    return complain(why, -EALREADY, m->name,
                    "look at what changed, then say it again or leave it",
                    "the same was changed meanwhile: %zu edit%s since revision "
                    "%llu",
                    clashes, clashes == 1 ? "" : "s",
                    (unsigned long long)person->seen);
}

static int add_step(struct overlay *o, struct map *m,
                    const struct overlay_person *person, struct map_edit *edits,
                    size_t count, struct complaint *why)
{
    size_t before = o->edits.count;
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i++) {
        if (edits[i].op == MAP_UNDO || edits[i].op == MAP_REDO)
            rc = complain(why, -EINVAL, m->name, "ask for it alone",
                          "undo and redo are no part of a list of edits");
        else
            rc = map_edit_resolve(&edits[i], m, o->arena, why);
        if (rc < 0)
            break;
        *array_add(&o->edits) =
            (struct overlay_edit){.edit = edit_copy(o, &edits[i]),
                                  .step = o->steps + 1,
                                  .revision = o->revision + 1,
                                  .at = person->at,
                                  .who = keep(o, person->who),
                                  .undone_by = ""};
        (void)map_edit_apply(&edits[i], m);
    }
    if (rc == 0 && person->seen != UINT64_MAX)
        rc = find_clashes(o, before, person, edits, count, m, why);
    if (rc < 0) {
        edits_drop(o, before);
        return rc;
    }
    o->steps++;
    o->revision++;
    return 0;
}

/* The step that undo takes back (this person's last that is in force), or redo
 * does again (the one undone last, of those behind all in force); 0: none. */
static uint64_t find_step(const struct overlay *o, const char *who, bool redo)
{
    uint64_t found = 0, last = 0;

    for (size_t i = o->edits.count; i-- > 0;) {
        const struct overlay_edit *e = &o->edits.at[i];

        if (strcmp(e->who, who) != 0)
            continue;
        if (!e->undone)
            return redo ? found : e->step;
        if (e->revision > last) {
            last = e->revision;
            found = e->step;
        }
    }
    return redo ? found : 0;
}

static int turn_step(struct overlay *o, const struct map *m,
                     const struct overlay_person *person, bool redo,
                     struct complaint *why)
{
    uint64_t step = find_step(o, person->who, redo);

    if (step == 0)
        return complain(why, -ENOENT, m->name,
                        "portolan map edits NAME lists what was done",
                        "%s has nothing to %s on this map", person->who,
                        redo ? "redo" : "undo");
    o->revision++;
    for (size_t i = 0; i < o->edits.count; i++) {
        struct overlay_edit *e = &o->edits.at[i];

        if (e->step != step)
            continue;
        e->undone = !redo;
        e->undone_by = redo ? "" : keep(o, person->who);
        e->revision = o->revision;
    }
    return 0;
}

int overlay_change(struct overlay *o, struct map *m,
                   const struct overlay_person *person, struct map_edit *edits,
                   size_t count, struct complaint *why)
{
    if (count == 1 && (edits[0].op == MAP_UNDO || edits[0].op == MAP_REDO))
        return turn_step(o, m, person, edits[0].op == MAP_REDO, why);
    if (count == 0)
        return complain(why, -EINVAL, m->name, "say what to do",
                        "there is no operation");
    if (o->edits.count + count > OVERLAY_EDITS_MAX)
        compact(o);
    if (o->edits.count + count > OVERLAY_EDITS_MAX)
        return complain(
            why, -ENOSPC, m->name, "import its export as a map of its own",
            "the map has %d edits that are in force", OVERLAY_EDITS_MAX);
    return add_step(o, m, person, edits, count, why);
}

size_t overlay_rename_person(struct overlay *o, const char *from,
                             const char *to)
{
    const char *kept = NULL;
    size_t count = 0;

    for (size_t i = 0; i < o->edits.count; i++) {
        struct overlay_edit *e = &o->edits.at[i];
        bool made = strcmp(e->who, from) == 0;
        bool undid = strcmp(e->undone_by, from) == 0;

        if (!made && !undid)
            continue;
        kept = kept != NULL ? kept : keep(o, to);
        e->who = made ? kept : e->who;
        e->undone_by = undid ? kept : e->undone_by;
        count++;
    }
    return count;
}

/* ---- doing them again ---- */

/* What people added keeps the place that a layout gave it. */
static void take_places(struct map *m, const struct map *earlier)
{
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];
        uint32_t at = n->placed ? UINT32_MAX : map_find_node(earlier, n->id);

        if (at == UINT32_MAX || !earlier->nodes.at[at].placed ||
            earlier->nodes.at[at].edit.pinned)
            continue;
        n->placed = true;
        n->x = earlier->nodes.at[at].x;
        n->y = earlier->nodes.at[at].y;
        n->loose = earlier->nodes.at[at].loose;
    }
}

void overlay_apply(struct overlay *o, struct map *m, const struct map *earlier)
{
    for (size_t i = 0; i < o->edits.count; i++) {
        struct overlay_edit *e = &o->edits.at[i];

        e->gone = !e->undone && !map_edit_apply(&e->edit, m);
    }
    m->revision = o->revision;
    map_tidy(m);
    if (earlier != NULL)
        take_places(m, earlier);
    map_fold(m);
}
