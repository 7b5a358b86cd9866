/* follow.h - what a device says of others leads on: its neighbors, ARP entries,
 * next hops, and the small subnets it is connected to. Within limits, since a
 * device may say anything. */
#ifndef STATION_FOLLOW_H
#define STATION_FOLLOW_H

#include "station/inventory.h"
#include "station/leads.h"

struct follow;

enum {
    SUBNET_HOSTS_MAX = 1024,   /* larger ones are swept as ranges alone */
    SUBNETS_PER_DEVICE = 1024, /* that one device leads to */
    SUBNET_ADDRS_MAX = 1 << 20 /* addresses of subnets swept in a round */
};

/* All is borrowed. */
struct follow *follow_new(struct leads *leads, const struct inventory *inv,
                          const struct fence *fence);
void follow_free(struct follow *f);

/* Subnets swept before may be swept again. */
void follow_new_round(struct follow *f);

/* Gives leads what facts tell of others. */
void follow_facts(struct follow *f, const struct facts *facts);

/* True if a subnet was swept in this round. */
bool follow_swept(const struct follow *f);
/* Subnets beyond the limits in this round. */
uint64_t follow_refused(const struct follow *f);

/* True for addresses that name a device: those another machine can use, and
 * inside the fence loopback ones too, but never localhost, which everybody
 * has. */
bool addr_names_device(const struct addr *a, const struct fence *fence);

#endif
