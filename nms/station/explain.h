/* explain.h - why a device is one device: which evidence made addresses its
 * own, what it shares with others and yet is not they, what people said.
 */
#ifndef STATION_EXPLAIN_H
#define STATION_EXPLAIN_H

#include "station/decisions.h"
#include "station/pins.h"
#include "topology/identity.h"

struct station;

/* A sign that another device has too. */
struct shared_sign {
    enum identity_sign sign;
    char *value; /* as text */
    const char *with;
};

/* Names and decisions are the station's: valid until the loop turns. */
struct explanation {
    const char *why;
    const struct decisions *decisions;
    struct shared_signs ARRAY_OF(struct shared_sign) shared;
    struct explained_pins ARRAY_OF(const struct pin *) pins;
    const char *parent; /* a context of this device's chassis: the same serial
                           number, another snmpEngineID; NULL */
};

/* -ENOENT and *why if no device is called name. */
int station_explain(const struct station *s, const char *name,
                    struct explanation *out, struct complaint *why)
    __attribute__((warn_unused_result));
void explanation_fini(struct explanation *e);

#endif
