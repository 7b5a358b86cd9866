/* engine_udp.h - one UDP socket, of the engine for all agents of an address
 * family, or where notifications come in: datagrams leave and arrive in batches
 * of one system call. */
#ifndef WIRE_ENGINE_UDP_H
#define WIRE_ENGINE_UDP_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/own.h"

enum {
    UDP_BATCH = 64,      /* datagrams per system call */
    UDP_SEND_MAX = 4096, /* octets of the longest that is sent */
};

struct udp;

/* family 4 or 6, bound to source or, if that is none, to any address. NULL and
 * errno if it cannot be opened. */
struct udp *udp_new(uint8_t family, const struct addr *source);
/* The same at a place of its own, with room for a burst of some ten thousand
 * small datagrams. at->family tells the family. */
struct udp *udp_listen(const struct addr *at, uint16_t port);
void udp_free(struct udp *u);
OWNED_BY(struct udp, udp_free)

/* From now on the kernel tells when datagrams came, and they may be read later
 * than that. */
void udp_stamp(struct udp *u);

int udp_fd(const struct udp *u);

/* Room for UDP_SEND_MAX octets of the next datagram; NULL if the batch is full
 * and must be flushed first. */
uint8_t *udp_room(struct udp *u);

/* Adds to the batch; octets lie in what udp_room() gave. */
void udp_put(struct udp *u, struct bytes octets, const struct addr *to,
             uint16_t port, uint32_t id);

/* error: of the datagram that was put with id; it was not sent. */
typedef void (*udp_refused_fn)(void *arg, uint32_t id, int error);

/* Sends the batch. False if the kernel has no room now: flush again when the
 * socket is writable. */
bool udp_flush(struct udp *u, udp_refused_fn refused, void *arg);

struct datagram {
    struct bytes octets;
    struct addr from;
    uint16_t port;
    struct mono came, read;
};

/* Receives up to UDP_BATCH datagrams; gives their count and *out, valid until
 * the next call. */
size_t udp_receive(struct udp *u, const struct datagram **out);

/* One address that the network said has no such port; false if none (more). */
bool udp_unreachable(struct udp *u, struct addr *to, uint16_t *port);

/* How many answers of usual size the kernel keeps for us. */
uint32_t udp_capacity(const struct udp *u);

/* Datagrams that the kernel dropped because we were too slow. */
uint64_t udp_drops(const struct udp *u);

#endif
