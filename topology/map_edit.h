/* map_edit.h - one operation of a person on a map: as text for the command, as
 * JSON for the API and the file, and what it does.
 *
 * An operation names objects by what the person sees (map_edit_resolve() finds
 * which they are) and is kept by their stable ids, so that it means the same
 * after renames, renumbering and rediscovery.
 */
#ifndef TOPOLOGY_MAP_EDIT_H
#define TOPOLOGY_MAP_EDIT_H

#include "topology/map_doc.h"

#include <jansson.h>

enum map_op {
    MAP_ADD,
    MAP_REMOVE,
    MAP_HIDE,
    MAP_SHOW,
    MAP_RENAME,
    MAP_SET,
    MAP_BIND,
    MAP_MOVE,
    MAP_PIN,
    MAP_UNPIN,
    MAP_LINK,
    MAP_UNLINK,
    MAP_MAKE_CLOUD,
    MAP_DISSOLVE,
    MAP_COLLAPSE,
    MAP_EXPAND,
    MAP_NEST,
    MAP_UNDO,
    MAP_REDO,
    MAP_OPS
};
const char *map_op_name(enum map_op op); /* "add" ... "cloud" ... "redo" */

enum {
    MAP_EDIT_TEXT_MAX = 65536,    /* octets of one operation as text */
    MAP_EDIT_MEMBERS_MAX = 10000, /* that one cloud names */
    MAP_EDIT_ATTRIBUTES_MAX = 100 /* of one node that is added */
};

struct map_members ARRAY_OF(const char *);

/* Texts live in the arena it was made with, and are never NULL. */
struct map_edit {
    enum map_op op;
    const char *id, *port; /* the object; a cloud; a link's A */
    /* bind: device; nest: parent; link: B; cloud: names its members had */
    const char *other, *other_port;
    const char *key, *text; /* rename, set: value; cloud: prefix */
    bool placed;            /* move, pin: where */
    double x, y;
    struct map_members members;   /* cloud */
    struct map_extras attributes; /* add */
    /* Since it was resolved: */
    const char *link; /* id of the link that is meant, "" = a node */
    const char *was;  /* what the object was called then */
};
void map_edit_fini(struct map_edit *e);

/* Reads "move:core-1,20,30" and its like. A backslash takes the meaning of
 * a separator. -EINVAL and *why with the column. */
int map_edit_parse(const char *text, struct arena *arena, struct map_edit *out,
                   struct complaint *why) __attribute__((warn_unused_result));

/* Reads {"op": "move", "id": "core-1", "x": 20, "y": 30}, or the text form in a
 * JSON string. */
int map_edit_read(const json_t *from, struct arena *arena, struct map_edit *out,
                  struct complaint *why) __attribute__((warn_unused_result));

/* The object, with what resolving found too; a new reference. */
json_t *map_edit_json(const struct map_edit *e);

/* Appends the text form, objects by the names they had: for people. */
void map_edit_text(const struct map_edit *e, struct buffer *out);

/* Finds what e names in m, and checks that it can be done there. Names are ids,
 * else what stands on the plate, else addresses, each if it is the only one.
 * What it fills in lives in arena. -ENOENT, -EEXIST, -EINVAL and *why. */
int map_edit_resolve(struct map_edit *e, const struct map *m,
                     struct arena *arena, struct complaint *why)
    __attribute__((warn_unused_result));

/* Does e to m; false, and nothing is done, if its object is not there. Removed
 * things are only marked; map_tidy() and map_fold() are the caller's. */
bool map_edit_apply(const struct map_edit *e, struct map *m);

/* The id of the cloud of a name, appended: MAP_CLOUD_PREFIX and the name. */
#define MAP_CLOUD_PREFIX "~cloud-"
void map_cloud_id(const char *name, struct buffer *out);

/* Words of speeds: "10G", "2.5G", "100M", or bit/s. False if it is none. */
bool map_speed_parse(const char *text, uint64_t *out);

#endif
