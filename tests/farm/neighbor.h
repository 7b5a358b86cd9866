/* neighbor.h - how devices call themselves and their ports in LLDP and CDP. */
#ifndef FARM_NEIGHBOR_H
#define FARM_NEIGHBOR_H

#include "tests/farm/view.h"

enum { PORT_ID_ROOM = 128 };

/* The port id of LLDP in the subtype of the model; octets written. Texts end
 * with a NUL. out has PORT_ID_ROOM octets. */
size_t lldp_port_id(const struct view *v, uint32_t port, char *out);

/* The device id of CDP: the name, of NX-OS with the serial number behind. */
void cdp_device_id(const struct view *v, char *out, size_t len);

#endif
