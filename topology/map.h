/* map.h - maps: views of the topology as documents (Graphviz DOT), plus the
 * edits of people, which stay when discovery replaces the rest.
 *
 * Pure. A document is made (map_generate.h), read (map_read), laid over with
 * edits (map_edit), and written (map_write). Positions are points, y up. The
 * picture is the business of portolan-render (render.h, draw.h).
 */
#ifndef TOPOLOGY_MAP_H
#define TOPOLOGY_MAP_H

#include "base/complaint.h"
#include "base/own.h"
#include "topology/topology.h"

/* State of a node or link as the map shows it. */
enum map_state {
    MAP_UP,
    MAP_WARNING,
    MAP_MINOR,
    MAP_MAJOR,
    MAP_CRITICAL,
    MAP_DOWN,
    MAP_UNREACHABLE,
    MAP_UNKNOWN,
    MAP_SILENCED,
    MAP_UNMANAGED,
    MAP_STATES
};
const char *map_state_name(enum map_state s); /* "up" ... */

/* What changes faster than topology: told by the station for each picture. */
struct map_node_status {
    enum map_state state;
    const char *words; /* "down 42 s"; "" = none */
};
struct map_link_status {
    double load_ab, load_ba; /* share of speed 0..1, NaN = not known */
};
struct map_status {
    const struct map_node_status *nodes; /* as topology->nodes, or NULL */
    const struct map_link_status *links; /* as topology->links, or NULL */
};

enum map_view {
    MAP_PHYSICAL, /* layer 2: devices, cables, segments */
    MAP_NETWORK,  /* layer 3: routers and subnets */
    MAP_PREFIX,   /* devices with an address in a prefix, and their links */
    MAP_SITES,    /* layer 2, each site a cloud */
    MAP_SITE,     /* the inside of one of these */
    MAP_INSIDE,   /* of a cloud that the physical map has by itself */
    MAP_VLAN,     /* devices that have a VLAN, and the links that carry it */
    MAP_TREE,     /* a spanning tree: its root, and what is blocked */
    MAP_NEAR,     /* a device and what is so many links around it */
    MAP_STATION,  /* what the station itself runs on */
    MAP_DRAWN,    /* made by people, or read from elsewhere */
    MAP_VIEWS
};
const char *map_view_name(enum map_view v); /* "physical" ... "drawn" */

struct map; /* a document */

void map_free(struct map *m);
OWNED_BY(struct map, map_free)

/* A copy that shares nothing with m: for the states of a moment. */
struct map *map_copy(const struct map *m);

/* Positions and edits of an earlier document of the same map carry over to
 * what is still there; what is new has no position. */
void map_carry_over(struct map *m, const struct map *earlier);

/* Takes the positions that a layout of the same document found for what has
 * none, or is not pinned. True if any changed. */
bool map_take_layout(struct map *m, const struct map *laid_out);

/* Sets states, words and loads. topology must be the one it was made of. */
void map_set_status(struct map *m, const struct topology *t,
                    const struct map_status *status);

/* Reads a document of ours, or any DOT text; name is used in complaints
 * ("NAME:LINE"). Bounded: MAP_TEXT_MAX octets, MAP_NODES_MAX nodes. */
enum { MAP_TEXT_MAX = 64 << 20, MAP_NODES_MAX = 200000 };
int map_read(const char *name, const char *text, size_t len, struct map **out,
             struct complaint *why) __attribute__((warn_unused_result));

/* Appends the document: opens in any Graphviz tool, and is read by map_read()
 * without loss. */
void map_write(const struct map *m, struct buffer *out);

/* The same of a document in two layers: as it was found, and as people changed
 * it. map_read_found() gives the first again, map_read() the second. */
void map_write_edited(const struct map *found, const struct map *shown,
                      struct buffer *out);
int map_read_found(const char *name, const char *text, size_t len,
                   struct map **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* JSON: {"name","nodes":[{id,name,kind,state,x,y..}],"links":[..]}. */
void map_write_json(const struct map *m, struct buffer *out);
/* The same for a page: without what it asks for when it needs it (other
 * addresses, why a link is). */
struct map_json_form {
    bool brief; /* ends of links are places in the list of nodes: a_at, b_at */
    bool shown; /* without what is within a folded cloud */
};
void map_write_json_as(const struct map *m, const struct map_json_form *form,
                       struct buffer *out);

/* Opens and folds clouds, ids with commas between them; NULL: none. What is no
 * cloud of m is left alone. */
void map_turn_clouds(struct map *m, const char *open, const char *fold);

void map_write_graphml(const struct map *m, struct buffer *out);

/* CSV (RFC 4180): a line for each link, and one with an empty end for each node
 * that has none; nodes by their names, by their ids where a name is not unique.
 */
void map_write_csv(const struct map *m, struct buffer *out);

const char *map_name(const struct map *m);
size_t map_node_count(const struct map *m);
size_t map_shown_count(const struct map *m); /* nodes with a plate */
size_t map_link_count(const struct map *m);
bool map_is_laid_out(const struct map *m); /* every node has a position */
bool map_is_edited(const struct map *m);   /* by a person */
enum map_view map_view_of(const struct map *m);

/* The line over a picture, "" if it has none: "physical 2026-11-22 02:47". */
const char *map_title(const struct map *m);
void map_set_title(struct map *m, const char *title);

#endif
