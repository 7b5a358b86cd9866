/* silent.h - addresses that echo but have no agent: who are they? Answered
 * from what others say of them. Pure. */
#ifndef STATION_SILENT_H
#define STATION_SILENT_H

#include "station/inventory.h"

/* What the facts of all devices tell of addresses without an agent. */
struct hearsay;

struct hearsay *hearsay_new(void);
/* Hears neighbors and ARP entries of a device, which may be at rest. */
void hearsay_hear(struct hearsay *h, const struct facts *facts);
void hearsay_free(struct hearsay *h);
OWNED_BY(struct hearsay, hearsay_free)

/* What was announced with addr as a management address; NULL if nothing was.
 * Valid as long as h. */
struct announced {
    const char *name; /* sysName, else the chassis id as people read it */
    uint16_t caps;    /* LLDP bits */
};
const struct announced *hearsay_neighbor(const struct hearsay *h,
                                         const struct addr *addr);

/* After all were heard: who has an agent answers for addresses of others with
 * MACs of its own (proxy ARP), which so tell nothing. facts as above. */
void hearsay_own(struct hearsay *h, const struct facts *facts);

/* The MAC of addr by ARP tables; false if none tells or they disagree, and for
 * MACs that tell nothing of who it is: of routers' virtual addresses, of who
 * has an agent, of more than HEARSAY_ADDRS_MAX addresses. */
enum { HEARSAY_ADDRS_MAX = 8 };
bool hearsay_mac(const struct hearsay *h, const struct addr *addr,
                 struct mac *out);

/* The kind that capabilities (LLDP bits) make of a neighbor. */
enum device_kind kind_of_caps(uint16_t caps);

#endif
