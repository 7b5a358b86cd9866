/* changes.h - what receivers are told of although it is no alert: a risk that
 * came to another level, links that came or went. The station tells of each as
 * it happens, from the loop; whoever sends it keeps within bounds
 * (north/notice_changes.h).
 */
#ifndef STATION_CHANGES_H
#define STATION_CHANGES_H

#include "station/alert.h"

struct station;

/* Of a device, link, site, cloud (OBJECT_GROUP) or the whole (OBJECT_STATION).
 * Texts are borrowed. */
struct risk_change {
    struct object_ref object;
    const char *name; /* for people; "all" of the whole */
    double risk;
    int level, before; /* 1..5 (risk.h) */
};

/* Of one inference. */
struct topology_change {
    size_t came, went, others; /* links: found or back; down, stale or gone;
                                  changed besides */
    const char *first;         /* of them, a sentence; borrowed */
};

struct change_listener {
    void (*on_risk)(void *arg, const struct risk_change *c);
    void (*on_topology)(void *arg, const struct topology_change *c);
    void *arg;
};

/* One at a time; it is copied. NULL: nobody listens. */
void station_listen_changes(struct station *s, const struct change_listener *l);

/* How grave it is that a risk has come to that level: what events and
 * notifications say of it. */
enum severity risk_level_severity(int level);

#endif
