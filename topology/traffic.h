/* traffic.h - does what goes into a link come out of it? Pure arithmetic on
 * the rates of its two ports, which are polled at moments of their own.
 *
 * Traffic that agrees makes a link surer; traffic that does not tells of a
 * probable mislink. It never makes nor removes a link.
 */
#ifndef TOPOLOGY_TRAFFIC_H
#define TOPOLOGY_TRAFFIC_H

#include <stdint.h>

enum traffic_verdict {
    TRAFFIC_UNKNOWN, /* too little flows, or it cannot be told */
    TRAFFIC_AGREES,
    TRAFFIC_DISAGREES
};
const char *traffic_verdict_name(enum traffic_verdict v); /* "agrees" ... */

/* What a port carried between two moments, octets/s; NaN: not known. */
struct traffic_span {
    int64_t from_ms, to_ms;
    double in, out;
};

/* What is remembered of one link; all zero at first. */
struct traffic_state {
    uint8_t near, far; /* busy intervals in a row */
    uint8_t verdict;   /* enum traffic_verdict */
};

/* So many busy intervals in a row make a verdict. */
enum { TRAFFIC_INTERVALS = 3 };

/* Holds one interval of end b against the two of end a that cover it, a[0]
 * before a[1]. Busy: either direction has a ten-thousandth of speed_bps (0: not
 * known), and 100 kbit/s. Less than 3 % between what went in and what came out
 * is near; more than 30 % beyond both of a's rates is far. An interval that is
 * not covered, or not busy, counts for nothing. Gives the verdict. */
enum traffic_verdict traffic_weigh(struct traffic_state *s,
                                   const struct traffic_span a[2],
                                   const struct traffic_span *b,
                                   uint64_t speed_bps);

#endif
