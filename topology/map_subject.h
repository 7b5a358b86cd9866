/* map_subject.h - what a generated map is of, and its name: "physical",
 * "prefix-192.0.2.0-24", "site-harbour", "vlan-10", "stp-core-1",
 * "near-core-1-2". Names are made of letters, digits, '-', '_' and '.', and the
 * same subject has the same name for ever.
 */
#ifndef TOPOLOGY_MAP_SUBJECT_H
#define TOPOLOGY_MAP_SUBJECT_H

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

/* Appends text as it stands in a map's name: what may not be in there becomes
 * '-'; at most MAP_SUBJECT_MAX - 1 octets. */
void map_subject_part(const char *text, struct buffer *out);

/* The subject of a view, and of text where that is one of several. */
struct map_subject map_subject_of(enum map_view view, const char *text);

/* Appends its name. */
void map_subject_name(const struct map_subject *s, struct buffer *out);

/* False if name is that of no generated map. */
bool map_subject_parse(const char *name, struct map_subject *out);

#endif
