/* icmp.h - ICMP and ICMPv6 echo in batches (RFC 792, RFC 4443).
 *
 * One raw socket per address family for all targets, sendmmsg/recvmmsg, replies
 * matched by a 64-bit token in the payload, so that nobody else's echo is taken
 * for ours.
 */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/fence.h"

struct beat;
struct event_base;
struct pinger;

struct pinger_options {
    uint32_t rate;             /* packets/s; 0 = 1000 */
    const struct fence *fence; /* NULL = anything; borrowed */
    struct beat *beat; /* checks start and replies are read at its beats; NULL =
                          at once; borrowed */
};

/* Needs CAP_NET_RAW only here. NULL and errno if no socket can be opened. */
struct pinger *pinger_new(struct event_base *base,
                          const struct pinger_options *options);
void pinger_free(struct pinger *p);
void pinger_limit(struct pinger *p, uint32_t rate);

/* The outcome of one check of count echoes. */
struct ping_result {
    struct addr addr;
    unsigned sent, received;
    /* NaN: no reply. Jitter is the mean of the absolute differences between the
     * round trips of one reply and the next of the same check (the D of RFC
     * 3550, 6.4.1, not smoothed); NaN with fewer than two replies. */
    double rtt_ms_min, rtt_ms_avg, rtt_ms_max, jitter_ms;
    int error; /* 0; -EPERM fence; -ENETUNREACH ... */
};
typedef void (*ping_fn)(void *arg, const struct ping_result *result);

/* count echoes (1..16), interval_ms apart, each waited for timeout_ms. The
 * callback comes once, from the loop: for a sweep (count 1) with the reply,
 * else when the last one was answered or given up. */
void pinger_check(struct pinger *p, const struct addr *addr, unsigned count,
                  uint32_t interval_ms, uint32_t timeout_ms, ping_fn done,
                  void *arg);

/* Forgets every check whose callback argument is arg. May be called from a
 * callback; pinger_free() may not. */
void pinger_forget(struct pinger *p, const void *arg);

/* Checks waiting or under way. */
size_t pinger_busy(const struct pinger *p);

struct pinger_stats {
    uint64_t sent, received, unexpected, malformed, fenced, errors;
    uint64_t dropped; /* replies that our own sockets had no room for */
};
void pinger_stats(const struct pinger *p, struct pinger_stats *out);

/* The decoder, for its tests: an echo reply's payload token. c begins where a
 * raw socket lets it begin: v4 at the IP header, v6 at the ICMPv6 header. An
 * echo reply that is not of ours gives -EBADMSG too. */
struct icmp_echo {
    uint16_t id, sequence;
    uint64_t token;
};
int icmp_echo_reply_decode(struct cursor *c, bool v6, struct icmp_echo *out)
    __attribute__((warn_unused_result));

#endif
