/* map_doc.h - what a map document is made of; for the files map_*.c, layout.c
 * and draw.c, which are one noun. Others go through map.h.
 *
 * Two layers: what discovery (or an import) says, and the edits of people over
 * it. Every text is safe UTF-8 and never NULL.
 */
#ifndef TOPOLOGY_MAP_DOC_H
#define TOPOLOGY_MAP_DOC_H

#include "base/table.h"
#include "topology/map.h"

enum {
    MAP_LINKS_MAX = 1000000,
    MAP_NAME_MAX = 512, /* octets of a label */
    MAP_ID_MAX = 256,
    MAP_CLOUD_DEPTH_MAX = 32, /* clouds within each other */
    MAP_ADDRESSES_MAX = 32    /* of a node, besides the one it is known by */
};

/* An attribute that is not ours, kept as it was read. */
struct map_extra {
    const char *key, *value;
};
struct map_extras ARRAY_OF(struct map_extra);

/* What stands behind a node. */
enum map_origin {
    MAP_DEVICE,
    MAP_GHOST,
    MAP_SEGMENT,
    MAP_SUBNET,
    MAP_CLOUD, /* stands for its members */
    MAP_OTHER, /* added by hand or read from elsewhere */
    MAP_ORIGINS
};
const char *map_origin_name(enum map_origin o); /* "device" ... "other" */

struct map_node {
    const char *id; /* stable and unique in the document */
    const char *label;
    const char *address;   /* the one that people know it by */
    const char *addresses; /* others that it has, separated by spaces */
    const char *detail;    /* model or platform */
    enum map_origin origin;
    enum device_kind kind;
    enum map_state state;
    const char *words; /* "down 42 s" */
    const char *note;  /* stands under the name of one that is well: "root" */
    const char *leads; /* name of the map that it leads into, "" = none */
    bool focus;        /* what the map is about */
    bool placed;
    double x, y;       /* points, y up; the centre of the plate */
    bool loose;        /* placed where it is because it had no link */
    const char *cloud; /* id of the cloud around it, "" = none; clouds nest */
    bool joined;       /* a member by its addresses: map_fold() decides anew */
    const char *bound; /* id of the device whose state it shows, "" = none */
    /* A cloud: what has its address in this prefix is a member, or half of all
     * it has; "" = only what names it as its cloud. */
    const char *within;
    bool collapsed; /* a cloud: stands for its members, which are not drawn */
    bool folded;    /* stands within a cloud that is collapsed: map_fold() */
    struct map_extras extras;
    struct {
        bool pinned; /* x, y are a person's */
        bool added;  /* the node is a person's */
        bool hidden;
        bool removed;      /* until map_tidy() */
        const char *label; /* "" = not renamed */
    } edit;
};
struct map_nodes ARRAY_OF(struct map_node);

struct map_link {
    const char *id;
    uint32_t a, b; /* nodes */
    const char *a_port, *b_port;
    uint8_t layer; /* 2 or 3; 0 not known */
    enum link_kind kind;
    enum link_state state;
    uint64_t speed_bps;   /* 0 not known */
    const char *evidence; /* "lldp,fdb" */
    uint8_t confidence;   /* 0..100 */
    bool one_sided;       /* one end alone tells of it */
    const char *why;
    double load_ab, load_ba; /* share of speed, NaN not known */
    unsigned summed;         /* made by map_fold() of so many; 0: a link */
    bool folded;             /* told by a summed one, or within a cloud */
    struct map_extras extras;
    struct {
        bool added, hidden, removed;
    } edit;
};
struct map_links ARRAY_OF(struct map_link);

struct map {
    const char *name, *title;
    const char *prefix; /* MAP_PREFIX: "192.0.2.0/24", else "" */
    const char *up;     /* the map that leads here, "" = none */
    enum map_view view;
    uint64_t revision; /* of the edits in it; not in the document */
    bool foreign;      /* read from a document that other tools wrote */
    struct map_nodes nodes;
    struct map_links links;
    struct table *by_id; /* node id to index + 1 */
    struct map_extras extras;
    struct arena *arena; /* holds every text */
};

struct map *map_new(const char *name, enum map_view view);

/* A node of which only the id, which is kept, is known. */
void map_node_init(struct map_node *n, const char *id);

/* A new node; id is copied and must not be there yet. The pointer is valid
 * until the next one is added. */
struct map_node *map_add_node(struct map *m, const char *id);
struct map_link *map_add_link(struct map *m, uint32_t a, uint32_t b);

/* The index of a node; UINT32_MAX if there is none. */
uint32_t map_find_node(const struct map *m, const char *id);

/* What stands on the plate: the renamed label, else the label, else the id. */
const char *map_node_label(const struct map_node *n);

/* A plate is drawn: the node is neither hidden nor folded, and no open cloud
 * (which is a coast around its members). */
bool map_node_is_shown(const struct map_node *n);

/* A link is shown if it is neither hidden nor folded and both ends are shown.
 */
bool map_link_is_shown(const struct map *m, const struct map_link *l);

/* True for what maps can be called: letters and digits of all scripts, '-',
 * '_',
 * '.'; so for no address that leads elsewhere. */
bool map_is_name(const char *text);

/* Appends the address of a map's picture as seen from another's: "NAME.svg".
 * False, and nothing, if no map can be called so. */
bool map_url(const char *map, struct buffer *out);
/* Keeps a text of the document's own. */
const char *map_keep(struct map *m, const char *text);

/* Sets an attribute, or drops it (value ""). */
void map_set_extra(struct map *m, struct map_extras *of, const char *key,
                   const char *value);

/* Drops nodes and links that were removed, and links of such nodes. */
void map_tidy(struct map *m);

/* The cloud of n: UINT32_MAX if it is in none. */
uint32_t map_cloud_of(const struct map *m, const struct map_node *n);

/* Makes members of clouds by their addresses (map_node.within), then folds what
 * is in collapsed ones: a cloud gets the worst state of its members and
 * "up/all" as words, and the sums of links that lead out of it stand as links
 * of its own. Anew each time, so after each change of states too; without
 * clouds it does nothing. */
void map_fold(struct map *m);

/* Words to enumerators; false if there is none of that name. */
bool map_state_parse(const char *word, enum map_state *out);
bool map_view_parse(const char *word, enum map_view *out);
bool map_origin_parse(const char *word, enum map_origin *out);

#endif
