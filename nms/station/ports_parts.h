/* ports_parts.h - the ports of one device from within; for ports*.c alone. */
#ifndef STATION_PORTS_PARTS_H
#define STATION_PORTS_PARTS_H

#include "station/drift.h"
#include "station/ports.h"

struct port_list ARRAY_OF(struct port);

/* Where a port was found when the facts were new. */
struct numbered {
    uint32_t if_index, order; /* order: in the list */
};
struct numbered_list ARRAY_OF(struct numbered);

/* What all devices have all the time is small: tables are made when somebody
 * looks into them, and are gone with the next facts. */
struct ports {
    struct port_list list;
    struct numbered_list numbers; /* by ifIndex ascending */
    size_t next;                  /* of these, likely */
    struct readings *readings;    /* the last of each port */
    struct drift drift;           /* of the agent's clock */
    struct port_rows *rows;       /* of each port; NULL before the first */
    struct port_texts *texts;     /* all their texts; NULL likewise */
    struct arena *fresh;   /* texts and rows that are new; NULL: none are */
    struct table *moved;   /* ifIndex -> port that moved there, or NULL */
    struct table *labels;  /* label -> port, the first of that label, or NULL */
    struct table *objects; /* object -> itself, of all ports, or NULL */
    bool distrusted;       /* 64-bit counters */
    bool narrow;           /* some port has no others than short ones */
    bool unnamed;          /* some port has no ifName */
    bool turned;           /* some port went up or down since last asked */
};

/* Rows may be written from now on: nobody else has them. */
void ports_own(struct ports *ps);

/* The last readings, to be changed. */
struct readings *ports_own_readings(struct ports *ps);

/* Another text, or a row, for as long as the ports are not arranged. */
struct arena *ports_fresh(struct ports *ps);

/* Is any of its rates known? */
bool port_knows_any(const struct port *p);

/* Its counters stand still: may that be since the agent has not refreshed them
 * yet? before, now: when it was read. Notes since when. */
bool ports_may_wait(struct port *p, struct mono before, struct mono now);

/* After ports came, went or were named anew, in rows of our own: those that are
 * present come first, and all texts lie together. */
void ports_arrange(struct ports *ps);

#endif
