/* site.h - where a device stands: by a rule of the configuration, else by what
 * it says itself (sysLocation). */
#ifndef TOPOLOGY_SITE_H
#define TOPOLOGY_SITE_H

#include "base/own.h"
#include "topology/topology.h"

/* A device is of the site of the first rule whose every condition it meets. "*"
 * and "?" in a pattern stand for any characters, the case of ASCII letters
 * counts for nothing. */
struct site_rule {
    const char *name;
    const char *location, *device; /* patterns of sysLocation, name; NULL */
    struct prefix prefix;          /* one of its addresses is within */
    bool has_prefix;
};
struct site_rules {
    const struct site_rule *at;
    size_t count;
};

/* Appends the site of a device: a rule's name, else its sysLocation up to the
 * first ',', ';' or '/'. "" where neither is. */
void site_of(const struct site_rules *rules, const struct topo_device *d,
             struct buffer *out);

bool site_pattern_fits(const char *pattern, const char *text);

#endif
