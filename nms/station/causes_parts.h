/* causes_parts.h - what causes.h is made of; for causes*.c alone. */
#ifndef STATION_CAUSES_PARTS_H
#define STATION_CAUSES_PARTS_H

#include "base/mem.h"
#include "base/table.h"
#include "station/causes.h"
#include "topology/keymap.h"

/* A device that is down. */
struct down {
    struct ident id;
    struct wall since;
    /* Of a suspect: since when it is known that somebody before it answers, or
     * beside it; 0 = it is not. */
    struct mono witnessed, beside;
};

/* A device at the other end of a cable: asked, and while it is down asked
 * again.
 */
struct far_end {
    struct ident id;
    struct mono due;
    unsigned asks; /* that are left */
};

struct causes_far ARRAY_OF(struct far_end);

struct causes {
    struct alerts *alerts;
    struct inventory *inventory;
    struct polling *polling;
    const struct alert_type *unreachable, *port_down, *bgp_down, *ospf_down;
    const struct inferred *inferred; /* NULL: none yet */
    uint32_t *by_node;               /* causes_by_node() */
    bool *unsure;       /* by node: some that it may be the cause of did neither
                           answer since nor are they down */
    size_t nodes;       /* of devices; 0: nothing was looked at */
    struct keymap ends; /* node and ifIndex -> link */
    uint32_t *at_node;  /* links by node: those of n are from at_node[n] to
                           before at_node[n + 1] of node_links */
    uint32_t *node_links;           /* two for each link */
    const struct inferred *ends_of; /* that these are of */
    struct table *downs;            /* ident -> struct down */
    struct table *suspects;         /* the same, of those that may be */
    struct table
        *asked; /* ident -> struct question: since something is silent */
    struct table *graces;    /* index -> struct grace */
    struct table *explained; /* index -> itself: have a cause */
    struct table *sessions;  /* the same, of bgp.down and ospf.down */
    struct causes_far far;   /* devices at the other ends of cables that went
                                down or came back */
    bool dirty;              /* since the last turn */
    bool waiting;            /* some are pending, as of the last turn */
    size_t asked_now;        /* in this turn */
    struct mono looked_at, now;
    struct wall wall;
};

/* ---- causes.c ---- */

/* The active alert of a device that is down; NULL. */
const struct alert_record *causes_of_device(const struct causes *c,
                                            const struct ident *id);
/* Which device explains that this one is down: itself, or one above it. */
const struct ident *causes_cause(const struct causes *c,
                                 const struct ident *id);
/* A device's node; UINT32_MAX: it has none. */
uint32_t causes_node(const struct causes *c, const struct ident *id);
const struct ident *causes_id(const struct causes *c, uint32_t node);
/* The index of what explains all of a device that is down; 0 if it is not. */
uint32_t causes_index(const struct causes *c, const struct ident *id);

/* ---- causes_session.c ---- */

bool causes_is_session(const struct causes *c, const struct alert_record *r);
/* What explains that a session is down; 0: nothing does. */
uint32_t causes_of_session(struct causes *c, const struct alert_record *r);

/* ---- causes_witness.c ---- */

/* Those between suspects and the station, and some beside them, may be the
 * cause, or bear witness that the station is none: they are asked. */
void causes_look_before(struct causes *c);

/* ---- causes_turn.c ---- */

/* Polls a device now, unless it still owes an answer. */
void causes_ask(struct causes *c, struct device *d);
/* Have all between the station and a device answered since? Who has not is
 * asked. */
bool causes_is_verified(struct causes *c, const struct down *down);

/* ---- causes_ports.c ---- */

/* The nth node at the other end of a cable of a node; UINT32_MAX: there are
 * less. */
uint32_t causes_beside(struct causes *c, uint32_t node, uint32_t n);

/* The active alert of a port; NULL. */
const struct alert_record *causes_port_alert(const struct causes *c,
                                             const struct ident *id,
                                             uint32_t if_index);
/* What explains that a port is down; 0: nothing does. */
uint32_t causes_of_port(struct causes *c, const struct alert_record *r);
/* The device at the other end of its cable; NULL: not known, or none. */
const struct ident *causes_far_end(struct causes *c,
                                   const struct alert_record *r);
/* Does cause explain r no longer than until the device at the other ends of
 * their two cables answers? */
bool causes_is_twin(struct causes *c, const struct alert_record *r,
                    const struct alert_record *cause);

#endif
