/* map_import_parts.h - what the readers of foreign documents share; for the
 * files map_import*.c. */
#ifndef TOPOLOGY_MAP_IMPORT_PARTS_H
#define TOPOLOGY_MAP_IMPORT_PARTS_H

#include "topology/map_doc.h"
#include "topology/map_import.h"

struct import {
    struct map *map;
    const char *place;
    struct complaint *why;
    int rc;    /* of the first complaint */
    bool ours; /* written by this station's like */
    bool down; /* y grows downwards */
};

/* The first complaint stands. line and column count from 1; 0: not known. */
void import_refuse(struct import *im, int rc, size_t line, size_t column,
                   const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Safe text of the document's own. */
const char *map_import_text(struct import *im, struct bytes raw);

/* The node of an id, made if it is new; UINT32_MAX and a complaint if there are
 * too many. */
uint32_t import_node(struct import *im, const char *id, size_t line,
                     size_t column);

/* A link between two of them; NULL and a complaint if there are too many. The
 * pointer is valid until the next one. */
struct map_link *import_link(struct import *im, uint32_t a, uint32_t b,
                             size_t line, size_t column);

/* True if key is name but for case, and for blanks, dots and hyphens where name
 * has '_'. */
bool import_is_called(const char *key, const char *name);

/* An attribute by whatever name tools give it. */
void import_set_node(struct import *im, uint32_t node, const char *key,
                     const char *value);
void import_set_link(struct import *im, struct map_link *l, const char *key,
                     const char *value);

/* An attribute that a document of ours tells as a person's own, by its name as
 * it is. */
void import_set_own(struct import *im, struct map_extras *of, const char *key,
                    const char *value, bool link);

/* Makes a node a cloud. */
void import_make_cloud(struct import *im, uint32_t node);

void import_dot(struct import *im, struct bytes text);
void import_graphml(struct import *im, struct bytes text);
void import_json(struct import *im, struct bytes text);
void import_csv(struct import *im, struct bytes text);

/* Positions are nearer than that, as map_read() takes them. */
enum { IMPORT_FAR = 10000000 };

/* Positions of others may be for smaller signs than ours; they may be those of
 * a country, too: what is spread stays around its middle, and in reach. */
void import_spread(struct map *m);

#endif
