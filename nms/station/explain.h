/* explain.h - why a device is one device: which evidence made addresses its
 * own, what it shares with others and yet is not they, what people said.
 */
#ifndef STATION_EXPLAIN_H
#define STATION_EXPLAIN_H

#include "station/decisions.h"
#include "station/lead_state.h"
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

/* ---- what discovery made of addresses ---- */

struct station_lead {
    struct addr addr;
    enum lead_state state;
    const char *device; /* whose address it is; NULL: nobody's */
};
/* Walks those of this round: *at = 0 at first. False: there is no more. */
bool station_next_lead(const struct station *s, size_t *at,
                       struct station_lead *out);

/* A device that another one may be: who came second for one of its addresses,
 * and nobody said that they are two. */
struct station_double {
    const char *device, *other;
    const struct decision *decision; /* of device; its second is other */
};
/* Walks them in the order of devices: *device = *decision = 0 at first. */
bool station_next_double(const struct station *s, size_t *device,
                         size_t *decision, struct station_double *out);

#endif
