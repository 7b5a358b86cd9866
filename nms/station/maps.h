/* maps.h - the station's maps: owns DATA/maps/NAME.gv, makes the generated
 * ones anew when the topology changes, and has pictures drawn.
 *
 * The documents belong to a thread, which does what is wanted of them in the
 * order it was asked: makes them, lays edits and positions over them, turns
 * them into text. So nothing is lost that comes while a map is made, and the
 * loop is not held by ten thousand nodes.
 *
 * Laying out and drawing happen in children (portolan-render), two at a time,
 * each with its limits: a map that cannot be drawn costs a complaint, nothing
 * else. Positions that a layout found are kept in the document, so that the
 * next picture shows everything where it was. All functions are for the loop.
 */
#ifndef STATION_MAPS_H
#define STATION_MAPS_H

#include "base/clock.h"
#include "base/ident.h"
#include "topology/map.h"
#include "topology/map_import.h"

#include "topology/site.h"
#include <jansson.h>

struct event_base;
struct inferred;
struct maps;
struct snapshot;

struct maps_options {
    const char *data_dir; /* documents in maps/ below it */
    const char *render;   /* path of portolan-render; NULL: beside this
                             program, else PREFIX/libexec/portolan, else PATH */
    const char *icons;    /* folder with kind/ and state/; NULL: as installed,
                             else nms/web/icons where the program runs from its
                             tree */
    unsigned ahead_ms;    /* "physical", "network" and those of prefixes are
                             laid out so long after the topology came to rest;
                             0: not before somebody asks */
};

enum {
    MAPS_MAX = 1000,      /* documents */
    MAPS_ASKED_MAX = 200, /* of these, such as were made because somebody asked
                             and nobody edited; the longest not asked go */
    MAPS_AHEAD_MS = 5000, /* as options.ahead_ms for a station */
    MAPS_RENDERERS = 2,   /* children at a time */
    MAPS_QUEUE_MAX = 64,  /* pictures that wait; further ones: -EBUSY */
    MAPS_RENDER_LIMIT_MS = 60000,
    MAPS_PICTURE_MAX = 64 << 20 /* octets of a picture */
};

/* Makes DATA/maps. Everything in options is copied. 0, or -errno and *why. */
int maps_new(struct event_base *base, const struct maps_options *options,
             struct maps **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Ends the children; what was changed is written by then. Callbacks that are
 * owed come with -ECANCELED. */
void maps_free(struct maps *s);
OWNED_BY(struct maps, maps_free)

/* Reads what is there; one that cannot be read is renamed NAME.gv.broken with a
 * line in the log. Blocks: for the start. */
int maps_load(struct maps *s, struct complaint *why)
    __attribute__((warn_unused_result));

/* What the configuration says of maps. */
struct maps_wanted {
    const struct prefix *prefixes; /* with a map that is always there */
    size_t prefix_count;
    struct site_rules sites;
};

/* Has the generated maps of what was inferred made anew: "physical", "network"
 * and those of prefixes that are wanted; positions and edits carry over, also
 * such as come until then. They bear the moment of from. Others (of sites,
 * VLANs ...) are made when somebody asks for them. Everything is copied. */
void maps_refresh(struct maps *s, const struct inferred *from,
                  const struct maps_wanted *wanted);

/* True while maps are made anew. */
bool maps_busy(const struct maps *s);

struct maps_entry {
    const char *name;
    const char *title; /* of a VLAN or site, as people call it; "" = none */
    enum map_view view;
    bool made;           /* it is a document; else it is made when asked for */
    size_t nodes, links; /* of one that is not made: devices, 0 */
    bool laid_out;       /* every node has a position */
    uint64_t revision;   /* of people's edits; 0: there are none */
    struct wall changed; /* of its contents: nodes, links, positions */
};
struct maps_entries ARRAY_OF(struct maps_entry);

/* Appends what there is and what can be made, by name. Names are valid until
 * the loop's next turn. array_fini() it. */
void maps_list(const struct maps *s, struct maps_entries *out);

/* "svg" ".svg" "png" "pdf" "gv" "json" "graphml" "csv"; false for other words.
 */
enum maps_format {
    MAPS_SVG,
    MAPS_PNG,
    MAPS_PDF,
    MAPS_GV,
    MAPS_JSON,
    MAPS_GRAPHML,
    MAPS_CSV,
    MAPS_FORMATS
};
bool maps_format_parse(const char *word, enum maps_format *out);
const char *maps_format_type(enum maps_format f); /* "image/svg+xml" ... */

/* What to show. */
struct maps_view {
    /* Of this moment: states and loads, and the time in the title; referenced
     * until they are read. NULL: states are not known. */
    struct snapshot *snapshot;
    bool ports; /* port names however large the map is */
    /* What was inferred at another moment: drawn instead, with the positions
     * and edits of today, and not kept. Referenced; NULL: of now. */
    struct inferred *past;
    /* MAPS_JSON: for a page (map_write_json_as()); if shown, with these clouds
     * opened and folded (map_turn_clouds()); copied. NULL: as they are. */
    struct map_json_form form;
    const char *open, *fold;
};

/* result: 0, -ENOENT no such map, -EBUSY too many wait, -ETIMEDOUT, -EFBIG,
 * -ECANCELED, -EIO; then picture is empty and why says it in words. The
 * picture, of the map's revision, is valid until the callback returns. The
 * callback comes once, never from within. */
typedef void (*maps_picture_fn)(void *arg, int result, struct bytes picture,
                                uint64_t revision, const struct complaint *why);

/* Has a map drawn or written in a format; view may be NULL.
 * MAPS_GV, MAPS_JSON, MAPS_GRAPHML and MAPS_CSV of a map that is laid out need
 * no child. The same picture asked again comes from memory. */
void maps_picture(struct maps *s, const char *name, enum maps_format format,
                  const struct maps_view *view, maps_picture_fn done,
                  void *arg);

/* ---- what people do to maps ---- */

enum maps_deed {
    MAPS_EDIT,   /* does edits, all or none */
    MAPS_EDITS,  /* tells what was done */
    MAPS_NEW,    /* an empty map, to be drawn by hand */
    MAPS_IMPORT, /* a map of a document of others */
    MAPS_DELETE  /* a map that is no generated one */
};

/* Borrowed until maps_ask() returns. */
struct maps_question {
    enum maps_deed deed;
    const char *name;
    const char *who; /* a person's name; NULL: the name of uid */
    unsigned uid;
    json_t *edits;             /* MAPS_EDIT: a list (map_edit_read()) */
    struct snapshot *snapshot; /* MAPS_EDIT: where devices are found */
    /* MAPS_EDIT: only if the map has this revision; only if nobody changed the
     * same things since that one. UINT64_MAX: whatever happened. */
    uint64_t matches, seen;
    struct bytes document; /* MAPS_IMPORT */
    enum map_import_format format;
    bool replace; /* MAPS_IMPORT: in place of what is there; edits stay */
};

/* result: 0, or -ENOENT no such map or object, -EEXIST there is one, -EINVAL
 * the question is wrong, -EPERM not for a generated map, -ESTALE another
 * revision, -EALREADY the same was changed since, -ECANCELED; then why says it
 * in words. answer is {"name", "revision", "edits": [...]}, the edits done or,
 * for -ESTALE and -EALREADY, those that are in the way; borrowed; NULL if there
 * is nothing to tell. The callback comes once, never from within. */
struct maps_answer {
    int result;
    uint64_t revision;
    json_t *told;
    const struct complaint *why;
};
typedef void (*maps_answer_fn)(void *arg, const struct maps_answer *answer);
void maps_ask(struct maps *s, const struct maps_question *q,
              maps_answer_fn done, void *arg);

/* Whoever is called from, as one who made edits, is called to from now on, on
 * disk too; a file that cannot be written keeps the name, with a line in the
 * log. count: of edits. The callback comes once, never from within; at the end
 * of the station not at all. */
typedef void (*maps_renamed_fn)(void *arg, size_t count);
void maps_rename_person(struct maps *s, const char *from, const char *to,
                        maps_renamed_fn done, void *arg);

/* Forgets every picture and question whose callback argument is arg. */
void maps_forget(struct maps *s, const void *arg);

/* A node that a search found. */
struct maps_hit {
    const char *map; /* name of the map that it is in */
    enum map_view view;
    const char *id, *name, *address;
    enum device_kind kind;
    const char *clouds; /* around it, the outermost first, by " / "; "" */
    const char *leads;  /* the map that it leads into, "" */
    unsigned fits;      /* 3 is called so, 2 by its name, 1 by what else */
};
struct maps_hits ARRAY_OF(struct maps_hit);
enum { MAPS_HITS_MAX = 200 };

/* The hits are valid until the callback returns. */
typedef void (*maps_find_fn)(void *arg, const struct maps_hits *hits);

/* Looks for text in the names, addresses and models of all documents' nodes,
 * the best first, at most MAPS_HITS_MAX. The callback comes once, never from
 * within; at the end of the station with what was found by then. */
void maps_find(struct maps *s, const char *text, maps_find_fn done, void *arg);

/* Forgets every search whose callback argument is arg. */
void maps_find_forget(struct maps *s, const void *arg);

/* A device in a cloud ("MAP/NAME") or in one within it. */
struct cloud_member {
    const char *cloud;
    struct ident device;
};
enum { CLOUD_MEMBERS_MAX = 50000 /* of all clouds */ };

/* The devices in a cloud, in order; none if there is no such map or cloud.
 * cloud NULL: of all clouds, in their order, of maps that somebody edited or
 * that are always there; clouds beyond CLOUD_MEMBERS_MAX are left out, with a
 * line in the log. Texts are valid until the callback returns. It comes once,
 * never from within; at the end of the station not at all. */
typedef void (*maps_members_fn)(void *arg, const struct cloud_member *members,
                                size_t count);
void maps_members(struct maps *s, const char *cloud, maps_members_fn done,
                  void *arg);

/* Forgets every such question whose callback argument is arg. */
void maps_members_forget(struct maps *s, const void *arg);

/* A document became another one, came or went. */
struct maps_change {
    const char *name;
    uint64_t revision; /* of people's edits */
    struct wall changed;
    const char *who;  /* "" = nobody: the station */
    const char *what; /* "edited", "drawn", "imported", "found" anew, "placed",
                         "deleted" */
    const json_t *edits; /* that were done; NULL */
};
/* From the loop; texts are valid until it returns. One may listen; NULL: nobody
 * does. */
typedef void (*maps_change_fn)(void *arg, const struct maps_change *change);
void maps_listen(struct maps *s, maps_change_fn told, void *arg);

struct maps_stats {
    uint64_t pictures, cached, failures, written, broken;
    uint32_t running, waiting;
};
void maps_stats(const struct maps *s, struct maps_stats *out);

#endif
