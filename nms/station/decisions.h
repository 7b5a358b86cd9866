/* decisions.h - why addresses are of a device: of each that was asked, who it
 * was held to be, by which evidence, and who came second.
 */
#ifndef STATION_DECISIONS_H
#define STATION_DECISIONS_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/mem.h"
#include "topology/identity.h"

#include <jansson.h>

enum { DECISIONS_MAX = 64 }; /* of a device; the oldest go first */

enum decided_by {
    DECIDED_FIRST,    /* nobody was known to be it */
    DECIDED_KEYS,     /* what it tells of itself */
    DECIDED_TWIN,     /* the twin test */
    DECIDED_PLACE,    /* it answers where the device did; nothing contradicts */
    DECIDED_REPLACED, /* the same, but the hardware is another one */
    DECIDED_HEARSAY,  /* what others tell of an address without an agent */
    DECIDED_PIN,      /* a person */
    DECIDED_BYS
};
const char *decided_by_name(enum decided_by by); /* "keys" ... */

/* Texts are owned by the list that has it; "" for nothing. */
struct decision {
    struct addr addr;
    struct wall at; /* when it was first decided so */
    enum decided_by by;
    uint16_t agree, differ;    /* bits of enum identity_sign */
    char *why;                 /* kept ones: holds those behind it, too */
    char *second, *second_why; /* the runner-up, and why it is not that one */
    bool second_open;          /* it may be that one all the same */
};
struct decisions ARRAY_OF(struct decision);

/* Replaces what was decided of the same address; texts are copied, NULL is "".
 * False if it was decided so already: nothing changes, not even the time. */
bool decisions_note(struct decisions *list, const struct decision *new);

/* What was decided of an address; NULL if nothing was. */
const struct decision *decisions_of(const struct decisions *list,
                                    const struct addr *addr);

void decisions_forget(struct decisions *list, const struct addr *addr);

/* What was decided of addresses of from, which come to to. */
void decisions_move(struct decisions *to, struct decisions *from);

void decisions_fini(struct decisions *list);

json_t *decisions_to_json(const struct decisions *list);
/* What cannot be read is left out. */
void decisions_from_json(struct decisions *list, const json_t *array);

#endif
