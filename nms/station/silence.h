/* silence.h - a time in which nobody wants to hear of something: what it
 * covers, and when. Pure.
 *
 * It hides nothing and ends nothing: alerts rise and end under it, and say that
 * they are silenced.
 */
#ifndef STATION_SILENCE_H
#define STATION_SILENCE_H

#include "base/addr.h"
#include "base/complaint.h"
#include "station/alert.h"

enum silence_kind {
    SILENCE_NAME,   /* a device with all that is of it, or a port: by name, with
                     * and ? as of file names */
    SILENCE_PREFIX, /* devices with an address in it */
    SILENCE_GROUP,  /* what is at a site */
    SILENCE_CLOUD   /* of a map: devices in it */
};

enum {
    SILENCE_OBJECT_MAX = 255,
    SILENCE_TEXT_MAX = 1000,
    SILENCE_LONGEST_S = 366 * 24 * 3600
};

/* What it covers; texts are borrowed. */
struct silence_object {
    enum silence_kind kind;
    const char *text; /* as written */
    const char
        *name; /* NAME: the pattern; GROUP: a pattern too; CLOUD: MAP/NAME */
    struct prefix prefix; /* PREFIX */
};

/* Reads "sw1", "sw1:Gi0/1", "edge-*", "192.0.2.0/24", "group:NAME",
 * "cloud:MAP/NAME". 0, or -EINVAL and *why. */
int silence_object_read(const char *text, struct silence_object *out,
                        struct complaint *why)
    __attribute__((warn_unused_result));

/* Who knows what belongs to what. */
struct silence_world {
    bool (*in_prefix)(void *arg, const struct ident *device,
                      const struct prefix *p);
    bool (*in_group)(void *arg, const struct alert_record *r, const char *name);
    bool (*in_cloud)(void *arg, const struct ident *device, const char *cloud);
    void *arg;
};

bool silence_covers(const struct silence_object *o,
                    const struct alert_record *r,
                    const struct silence_world *world);

/* From a moment to another, not included; again and again every so many ms, or
 * once: 0. Whole days are those of the clocks on the wall: what begins at two
 * in the morning does so in summer and in winter, and lasts as long by them. */
struct silence_time {
    struct wall from, until;
    int64_t every_ms;
};

/* 0, or -EINVAL and *why: it ends before it begins, or goes on into itself. */
int silence_time_check(const struct silence_time *t, struct complaint *why)
    __attribute__((warn_unused_result));

bool silence_holds(const struct silence_time *t, struct wall now);
bool silence_is_over(const struct silence_time *t, struct wall now); /* for good
                                                                      */
/* When it holds next, or since when it does; 0: it is over. */
struct wall silence_next(const struct silence_time *t, struct wall now);

#endif
