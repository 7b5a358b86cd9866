/* map_overlay.h - all that people did to one map, in the order they did it.
 *
 * The edits of a map are a log, not a state: each is kept with who made it and
 * when, and is done again over whatever discovery finds. What is undone stays
 * in the log and is passed over; an edit whose object is gone waits for it to
 * come back. Each change gives the log a new revision, so that two people who
 * change the same thing do not overwrite each other unseen.
 *
 * Pure: time and people are told.
 */
#ifndef TOPOLOGY_MAP_OVERLAY_H
#define TOPOLOGY_MAP_OVERLAY_H

#include "base/clock.h"
#include "topology/map_edit.h"

enum {
    OVERLAY_EDITS_MAX = 20000, /* then what is superseded is dropped */
    OVERLAY_WHO_MAX = 64,      /* octets of a person's name */
    OVERLAY_TEXT_MAX = 64 << 20
};

struct overlay_edit {
    struct map_edit edit;
    uint64_t step;     /* edits of one request are undone together */
    uint64_t revision; /* that made, undid or redid it last */
    struct wall at;    /* of its making */
    const char *who;
    const char *undone_by; /* "" = it is in force */
    bool undone;
    bool gone; /* its object was not there when it was last applied */
};
struct overlay_edits ARRAY_OF(struct overlay_edit);

struct overlay {
    struct overlay_edits edits;
    uint64_t revision; /* 0: nobody ever edited the map */
    uint64_t steps;
    struct arena *arena; /* holds every text */
};

struct overlay *overlay_new(void);
void overlay_free(struct overlay *o);
OWNED_BY(struct overlay, overlay_free)

struct overlay_indexes ARRAY_OF(size_t);

/* Who asks for a change, and when. */
struct overlay_person {
    const char *who;
    struct wall at;
    /* What the person saw: edits made to the same things since are in the way
     * (-EALREADY), and their indexes in clashes. UINT64_MAX: the change is
     * wanted whatever came in between. */
    uint64_t seen;
    struct overlay_indexes *clashes;
};

/* Does a list of edits to m, the map as it is shown, and keeps them as one
 * step: all or none. undo and redo (which must stand alone) take back, or do
 * again, this person's last step. edits are resolved in place and stay the
 * caller's. m needs overlay_apply() afterwards, whatever came. -EINVAL, -ENOENT
 * and so on, and *why. */
int overlay_change(struct overlay *o, struct map *m,
                   const struct overlay_person *person, struct map_edit *edits,
                   size_t count, struct complaint *why)
    __attribute__((warn_unused_result));

/* Does all edits that are in force to m, a copy of what was found; notes which
 * have no object. earlier, the same map as it was shown before, gives places to
 * what people added and nobody placed; may be NULL. */
void overlay_apply(struct overlay *o, struct map *m, const struct map *earlier);

/* True if a and b are about the same thing, so that the later hides the
 * earlier. */
bool overlay_is_same_thing(const struct map_edit *a, const struct map_edit *b);

/* Edits that came, went or came back after a revision, and are about the same
 * thing as one of edits (count 0: any): by index, appended. */
void overlay_since(const struct overlay *o, uint64_t revision,
                   const struct map_edit *edits, size_t count,
                   struct overlay_indexes *out);

/* Whoever is called from is called to from now on. How many edits say so. */
size_t overlay_rename_person(struct overlay *o, const char *from,
                             const char *to);

/* The log as a document (JSON), and back. name is used in complaints. */
void overlay_write(const struct overlay *o, const char *name,
                   struct buffer *out);
int overlay_read(const char *name, struct bytes text, struct overlay **out,
                 struct complaint *why) __attribute__((warn_unused_result));

/* {"step", "revision", "at", "who", "text", "status", "op", ...}: for people
 * and programs; status is "in force", "undone" or "gone" (its object is). A new
 * reference. */
json_t *overlay_edit_json(const struct overlay_edit *e);

#endif
