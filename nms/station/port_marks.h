/* port_marks.h - the ports of a device that are not present, by what tells them
 * under another name: description and MAC address, else an alias that no other
 * of them has. For ports*.c alone. */
#ifndef STATION_PORT_MARKS_H
#define STATION_PORT_MARKS_H

#include "station/ports_parts.h"

struct port_marks;

/* Of ports that are not present now. Others may be added meanwhile, and those
 * that were taken may be changed. */
struct port_marks *port_marks_new(struct ports *ps);
void port_marks_free(struct port_marks *m);
OWNED_BY(struct port_marks, port_marks_free)

/* The port that was known by these marks; it is taken, and not found again.
 * NULL if there is none. */
struct port *port_marks_take(struct port_marks *m, const struct interface *i);

#endif
