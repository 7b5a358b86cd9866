/* map_subject.h - what a generated map is of, and its name: "physical",
 * "prefix-192.0.2.0-24", "site-harbour", "vlan-10", "stp-core-1",
 * "near-core-1-2". Names are made of letters and digits of all scripts, '-',
 * '_' and '.', and the same subject has the same name for ever.
 */
#ifndef TOPOLOGY_MAP_SUBJECT_H
#define TOPOLOGY_MAP_SUBJECT_H

#include "base/own.h"
#include "topology/map.h"

enum { MAP_SUBJECT_MAX = 200, MAP_DEPTH_MAX = 9 };

struct map_subject {
    enum map_view view;
    struct prefix prefix;     /* MAP_PREFIX */
    uint16_t vlan;            /* MAP_VLAN */
    unsigned depth;           /* MAP_NEAR: links from the device, 1.. */
    char of[MAP_SUBJECT_MAX]; /* the site, cloud, root or device, as its name
                                 stands in the map's */
};

/* Appends text as it stands in a map's name: of ASCII, what is no letter,
 * digit,
 * '-', '_' or '.' becomes '-'; at most MAP_SUBJECT_MAX - 1 octets, whole
 * characters. */
void map_subject_part(const char *text, struct buffer *out);

/* Texts that there is a map of each: those that would stand in its name as
 * another does have a mark made of the whole text behind them. */
struct map_parts;
struct map_parts *map_parts_new(void);
void map_parts_add(struct map_parts *p,
                   const char *text); /* again: no matter */
struct map_subject map_parts_subject(const struct map_parts *p,
                                     enum map_view view, const char *text);
void map_parts_free(struct map_parts *p);
OWNED_BY(struct map_parts, map_parts_free)

/* True if the map now called name may have been called earlier: before another
 * came whose name is alike, or when names were ASCII alone. */
bool map_subject_was(const char *name, const char *earlier);

/* The subject of a view, and of text where that is one of several. */
struct map_subject map_subject_of(enum map_view view, const char *text);

/* Appends its name. */
void map_subject_name(const struct map_subject *s, struct buffer *out);

/* False if name is that of no generated map. */
bool map_subject_parse(const char *name, struct map_subject *out);

#endif
