/* neighbor.h - what LLDP and CDP tables have in common: ids of chassis and
 * ports as people read them. */
#ifndef MIBS_NEIGHBOR_H
#define MIBS_NEIGHBOR_H

#include "mibs/harvest.h"

/* LldpChassisIdSubtype and LldpPortIdSubtype (IEEE 802.1AB-2005, 12.2). */
enum {
    CHASSIS_COMPONENT = 1,
    CHASSIS_ALIAS = 2,
    CHASSIS_PORT = 3,
    CHASSIS_MAC = 4,
    CHASSIS_ADDRESS = 5,
    CHASSIS_IF_NAME = 6,
    CHASSIS_LOCAL = 7,
    PORT_ALIAS = 1,
    PORT_COMPONENT = 2,
    PORT_MAC = 3,
    PORT_ADDRESS = 4,
    PORT_IF_NAME = 5,
    PORT_AGENT_CIRCUIT = 6,
    PORT_LOCAL = 7,
};

/* How the octets of an id are to be read. */
enum id_form { ID_TEXT, ID_MAC, ID_ADDRESS };

enum id_form chassis_form(int64_t subtype);
enum id_form port_form(int64_t subtype);

/* The id as text, in the arena: a MAC with colons, an address as people write
 * it, else text; octets that are none of it as hexadecimal. *mac is set where
 * form is ID_MAC and it is one. */
const char *id_text(struct harvest *h, struct bytes id, enum id_form form,
                    struct mac *mac);

/* Adds address a, of which several may be told, to n; false if it is full or
 * known already. */
bool neighbor_add_address(struct neighbor *n, const struct addr *a);

/* Another number for neighbors that are others, or at other ports; whatever
 * order they stand in. Never 0. */
uint64_t neighbors_mark(const struct neighbors *n);

#endif
