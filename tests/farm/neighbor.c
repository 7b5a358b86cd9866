#include "tests/farm/neighbor.h"

#include <stdio.h>
#include <string.h>

/* LldpPortIdSubtype; 5 is the name. */
enum { PORT_MAC = 3, PORT_LOCAL = 7, MAC_OCTETS = 6 };

size_t lldp_port_id(const struct view *v, uint32_t port, char *out)
{
    const struct model *m = v->dev->model;
    uint32_t slot = port_slot(v, port);
    uint64_t mac = port_mac(v->net, port);

    if (m->port_subtype == PORT_MAC) {
        for (int i = 0; i < MAC_OCTETS; i++)
            out[i] = (char)(mac >> (40 - 8 * i));
        return MAC_OCTETS;
    }
    if (m->port_subtype == PORT_LOCAL) /* Junos: the ifIndex it had at first */
        (void)snprintf(out, PORT_ID_ROOM, "%u",
                       m->if_base + (slot - v->virtuals) * m->if_step);
    else
        slot_name(v, slot, out, PORT_ID_ROOM);
    return strlen(out);
}

void cdp_device_id(const struct view *v, char *out, size_t len)
{
    char serial[32];

    view_serial(v, serial, sizeof serial);
    if (v->dev->model->family == FAMILY_NXOS)
        (void)snprintf(out, len, "%s(%s)", v->dev->name, serial);
    else
        (void)snprintf(out, len, "%s", v->dev->name);
}
