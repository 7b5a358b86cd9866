/* frames.h - hears LLDP and CDP frames on interfaces of the station. */
#ifndef WIRE_FRAMES_H
#define WIRE_FRAMES_H

#include "base/clock.h"
#include "wire/cdp.h"
#include "wire/lldp.h"

struct event_base;
struct frames;

/* One frame heard, decoded; exactly one of lldp and cdp is set. Views live
 * until the callback returns. */
struct heard {
    const char *if_name;
    uint32_t if_index;
    struct mac source;
    const struct lldp_announcement *lldp;
    const struct cdp_announcement *cdp;
};
typedef void (*heard_fn)(void *arg, const struct heard *heard);

/* Opens one AF_PACKET socket with a filter for both protocols; listens on the
 * interfaces named (joins their multicast groups). Needs CAP_NET_RAW only here.
 * An interface that is not there, or goes, is reported in the log, and heard
 * from some seconds after it is there (again). */
struct frames *frames_new(struct event_base *base, const char *const *if_names,
                          size_t count, heard_fn on_heard, void *arg);
void frames_free(struct frames *f);

/* What an Ethernet frame carries. */
enum frame_kind { FRAME_OTHER, FRAME_LLDP, FRAME_CDP };

/* Reads the header of the frame under c: whom it is from, what it carries.
 * *pdu becomes a cursor over the LLDPDU, or over the CDP message without the
 * padding behind it. FRAME_OTHER, and *pdu empty, for anything else. */
enum frame_kind frame_open(struct cursor *c, struct mac *source,
                           struct cursor *pdu);

struct frames_stats {
    uint64_t heard, malformed, ignored;
};
void frames_stats(const struct frames *f, struct frames_stats *out);

#endif
