/* dot.h - Graphviz's DOT language as text in and text out.
 *
 * The reader accepts the language as graphviz.org defines it (subgraphs,
 * default attributes, ports, HTML strings, concatenation, comments, '#' lines),
 * names line and column of what is wrong, and is bounded: a document cannot
 * make it use more than a fixed multiple of its length, nor more than the
 * limits. What attributes mean is the business of who asks.
 */
#ifndef TOPOLOGY_DOT_H
#define TOPOLOGY_DOT_H

#include "base/arena.h"
#include "base/complaint.h"
#include "base/mem.h"
#include "base/own.h"

enum {
    DOT_DEPTH_MAX = 64,            /* subgraphs in each other */
    DOT_TEXT_MAX = 1 << 20,        /* octets of one name or value */
    DOT_ATTRIBUTES_EACH_MAX = 256, /* of one node or edge */
    DOT_ATTRIBUTES_MAX = 4000000,  /* of all nodes and edges together */
    /* The same of a document of our own, which is bounded by its octets. */
    DOT_OWN_EACH_MAX = 512,
    DOT_OWN_ATTRIBUTES_MAX = 8000000
};

/* An attribute where it was set: group is the name of the innermost named
 * subgraph around it, "" outside. html: its value stood in <...>. */
struct dot_attribute {
    const char *key, *value, *group;
    bool html;
};
struct dot_attributes ARRAY_OF(struct dot_attribute);

struct dot_node {
    const char *name, *group; /* group: where it was named first */
    struct dot_attributes attributes;
};

struct dot_edge {
    uint32_t a, b;               /* nodes: tail and head */
    const char *a_port, *b_port; /* as in a:port, "" if none */
    const char *group;
    struct dot_attributes attributes;
};

/* A subgraph that Graphviz draws as a box: its name begins with "cluster". */
struct dot_cluster {
    const char *name;
    const char *around; /* name of the cluster it stands in, "" */
    struct dot_attributes attributes;
    struct dot_members ARRAY_OF(uint32_t) members; /* nodes named in it */
};
struct dot_clusters ARRAY_OF(struct dot_cluster);

struct dot_nodes ARRAY_OF(struct dot_node);
struct dot_edges ARRAY_OF(struct dot_edge);

struct dot_graph {
    const char *name; /* "" if it has none */
    bool directed, strict;
    struct dot_attributes attributes; /* of the graph itself */
    struct dot_nodes nodes;           /* as first named */
    struct dot_edges edges;
    struct dot_clusters clusters; /* inner ones behind those around them */
    struct arena *arena;          /* holds every text */
};

/* Most nodes and edges to accept. */
struct dot_limits {
    size_t nodes, edges;
    /* A graph that has this attribute ahead of its nodes is our own: default
     * attributes are for other tools alone. NULL: no graph is. */
    const char *own;
};

/* Reads the first graph of text. place stands in complaints
 * ("PLACE:LINE:COLUMN"). 0; -EINVAL: not DOT; -EFBIG: beyond a limit. */
int dot_read(const char *place, struct bytes text,
             const struct dot_limits *limits, struct dot_graph **out,
             struct complaint *why) __attribute__((warn_unused_result));
void dot_graph_free(struct dot_graph *g);
OWNED_BY(struct dot_graph, dot_graph_free)

/* The attribute called key that was set last, of a group or (NULL) of any;
 * NULL if there is none. */
const struct dot_attribute *dot_find(const struct dot_attributes *of,
                                     const char *key, const char *group);

/* Appends text as a quoted string: '"' and '\' escaped, line ends as \n. For
 * names and for attributes that Graphviz does not show. */
void dot_write_text(const char *text, struct buffer *out);

/* The same for what Graphviz shows: it decodes entities in labels and tooltips,
 * so that '&' is one too, and takes backslashes off labels once, off tooltips
 * twice. */
void dot_write_label(const char *text, struct buffer *out);
void dot_write_tooltip(const char *text, struct buffer *out);

/* Appends text as words within an HTML label, where backslashes are taken off
 * too. */
void dot_write_html(const char *text, struct buffer *out);

/* Appends what dot_write_text() wrote, or any escString, as plain text; \N
 * becomes name, \n \l \r a line end. */
void dot_plain_text(const char *value, const char *name, struct buffer *out);

/* The same of a label: entities become what they stand for. */
void dot_label_text(const char *value, const char *name, struct buffer *out);

/* Appends what the entity at ("&amp;...") stands for; gives how long it is, 0
 * if there is none that is known. */
size_t dot_entity(const char *at, struct buffer *out);

/* Appends the words of an HTML label: its tags are dropped, entities become
 * what they stand for. */
void dot_html_text(const char *value, struct buffer *out);

#endif
