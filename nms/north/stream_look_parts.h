/* stream_look_parts.h - what the files stream_look*.c share. */
#ifndef NORTH_STREAM_LOOK_PARTS_H
#define NORTH_STREAM_LOOK_PARTS_H

#include "north/alert_counts.h"
#include "north/stream_look.h"

struct seen_device {
    struct device_record *record; /* a reference */
    struct device_state state;
};
struct seen_devices ARRAY_OF(struct seen_device);

/* A link as it was told of last. */
struct seen_link {
    uint8_t state, step_ab, step_ba;
    bool mislink;
};

/* The state of the whole in a few numbers. */
struct seen_tally {
    size_t devices[MAP_STATES];
    struct alert_counts alerts;
    float risk;
    bool isolated, overloaded, agentx;
    const char *doubt; /* static */
};

struct stream_seen {
    bool begun;
    struct seen_devices devices; /* by name */
    struct alert_book *alerts;
    struct risk_book *risk;
    struct topology *topology;
    struct seen_link *links; /* of topology's; NULL: not looked at yet */
    struct discovery_record discovery;
    struct seen_tally tally;
};

/* stream_look_alerts.c */
void stream_look_alerts(struct stream_seen *seen, const struct snapshot *s,
                        struct stream_batch *out);
void stream_look_risk(struct stream_seen *seen, const struct snapshot *s,
                      struct stream_batch *out);
/* stream_look_links.c */
void stream_look_links(struct stream_seen *seen, const struct snapshot *s,
                       struct stream_batch *out);

#endif
