/* port_rows.h - what polling tells of the ports of a device, as it is
 * published: the station fills rows while nobody else has them, and makes a
 * copy where somebody does. Texts stand beside, shared by all copies.
 */
#ifndef STATION_PORT_ROWS_H
#define STATION_PORT_ROWS_H

#include "station/snapshot.h"

/* Texts of ports: immutable, shared. */
struct port_texts;

/* Room for texts of that many octets, NULs counted, which port_texts_add()
 * copies there; with one reference. */
struct port_texts *port_texts_new(size_t room);
const char *port_texts_add(struct port_texts *t, const char *text);
struct port_texts *port_texts_ref(struct port_texts *t);
void port_texts_unref(struct port_texts *t); /* NULL is fine */

struct port_rows {
    unsigned refs;
    uint32_t count, present; /* those present come first */
    struct port_texts *texts;
    uint32_t *orders; /* of each in the readings (readings.h); NULL: as they
                         stand here */
    struct port_record at[];
};

/* count empty rows with one reference; texts: one more reference is taken. */
struct port_rows *port_rows_new(size_t count, struct port_texts *texts);
struct port_rows *port_rows_ref(struct port_rows *rows);
void port_rows_unref(struct port_rows *rows); /* NULL is fine */

/* Rows that nobody else has, for the reference to rows: these, or a copy. */
struct port_rows *port_rows_own(struct port_rows *rows)
    __attribute__((warn_unused_result));

#endif
