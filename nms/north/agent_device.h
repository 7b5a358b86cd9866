/* agent_device.h - devices as virtual agents: in the context of a device the
 * station answers with what it last polled of it, by the device's own indexes.
 * What a few devices told lies open, those asked last; the others are at rest
 * (mibs/facts_pack.h).
 */
#ifndef NORTH_AGENT_DEVICE_H
#define NORTH_AGENT_DEVICE_H

#include "base/mem.h"
#include "north/mib_set.h"
#include "station/snapshot.h"

enum { DEVICES_OPEN_MAX = 64 };

/* A row of entPhysicalTable: what the device told, or a chassis or port of ours
 * where it told of none and ptopoConnTable needs one. */
struct entity_row {
    uint32_t index;
    const struct entity *told;    /* NULL: it is ours: */
    const struct interface *port; /* NULL: the chassis */
};

/* A row of ptopoConnTable. */
struct connection_row {
    uint32_t port, number; /* entPhysicalIndex; counts up on that port */
    const struct neighbor *neighbor;
};

struct mgmt_row {
    const struct neighbor *neighbor;
    const struct addr *addr;
};

/* What a request in the context of a device is answered from. */
struct device_scene {
    const struct device_record *record;
    const struct facts *facts; /* open */
    uint32_t enterprise;       /* of PORTOLAN-MIB */
    enum severity worst;       /* of its active alarms */
    uint32_t chassis;          /* entPhysicalIndex */
    struct entity_rows ARRAY_OF(struct entity_row) entities;
    struct connection_rows ARRAY_OF(struct connection_row) connections;
    struct local_rows ARRAY_OF(const struct lldp_local_port *) locals;
    /* lldpRemTable and lldpRemManAddrTable */
    struct remote_rows ARRAY_OF(const struct neighbor *) remotes;
    struct mgmt_rows ARRAY_OF(struct mgmt_row) mgmt;
};

struct agent_devices;

struct agent_devices *agent_devices_new(void);
void agent_devices_free(struct agent_devices *a); /* NULL is fine */

/* d, open, until the next is opened. worst: of its active alarms. */
const struct device_scene *agent_devices_open(struct agent_devices *a,
                                              const struct device_record *d,
                                              uint32_t enterprise,
                                              enum severity worst);

/* Tables whose `of` is a struct device_scene. */
const struct mib_set *agent_devices_tables(const struct agent_devices *a);

/* The same, of each file; NULL-terminated. */
extern const struct mib_table *const device_if_tables[];
extern const struct mib_table *const device_entity_tables[];
extern const struct mib_table *const device_lldp_tables[];
extern const struct mib_table *const device_ptopo_tables[];

#endif
