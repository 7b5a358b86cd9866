/* What a check leaves in the record of gaps. */
#include "station/polled.h"

#include <errno.h>

static struct wall when(const struct polled *pd, struct mono moment)
{
    return steady_at(&pd->polling->clock, moment);
}

/* More time between two readings than series hold together. */
static bool is_late(const struct polled *pd, struct mono before,
                    struct mono now)
{
    return mono_ms_between(before, now) > pd->polling->patience_ms;
}

static bool is_loss(enum gap why)
{
    return gap_name(why)[0] != '\0';
}

static void open_gap(const struct polled *pd, const char *path,
                     struct mono from, enum gap why)
{
    gaps_open(pd->polling->parts.gaps, pd->device->dir, gaps_file(path),
              when(pd, from), why);
}

static void close_gap(const struct polled *pd, const char *path, struct mono to)
{
    gaps_close(pd->polling->parts.gaps, pd->device->dir, gaps_file(path),
               when(pd, to));
}

enum gap polled_reason(int result)
{
    switch (-result) {
    case EACCES:
        return GAP_AUTHENTICATION;
    case EPERM:
    case ECANCELED:
        return GAP_STATION;
    case EBADMSG:
    case EMSGSIZE:
    case EIO:
        return GAP_BROKEN;
    default:
        return GAP_TIMEOUT;
    }
}

/* Since when values of the device may be missing: a walk that broke off left
 * some of its ports as they were before that. */
static struct mono missing_since(const struct polled *pd)
{
    struct mono since = pd->good_at;

    for (size_t i = 0; i < ports_count(pd->ports); i++) {
        const struct port *p = ports_at(pd->ports, i);
        struct mono at = p->round == pd->round ? p->before : p->row_at;

        if (p->present && p->recorded == GAP_NONE && at.ns != 0 &&
            mono_reached(since, at))
            since = at;
    }
    return since;
}

void polled_silent(struct polled *pd, int result, struct mono now)
{
    enum gap why = polled_in_doubt(pd) ? GAP_OVERLOAD : polled_reason(result);

    if (pd->gap == why ||
        (pd->gap == GAP_NONE && !is_late(pd, pd->good_at, now)))
        return;
    open_gap(pd, "", pd->gap == GAP_NONE ? missing_since(pd) : now, why);
    pd->gap = why;
}

/* ---- of the device as a whole ---- */

/* What made a poll late, if no question remained without an answer. */
static enum gap why_late(const struct polled *pd)
{
    return pd->skipped ? GAP_OVERLOAD : GAP_TIMEOUT;
}

/* What the device as a whole went through. */
struct whole {
    struct mono since; /* it was read before, or polls began */
    bool late;         /* with all of it, and that is on record */
    enum gap ended;    /* the reason of the gap that ended, or GAP_NONE */
    struct mono end;   /* when it did */
};

/* When the first of its ports was read in this round. */
static struct mono first_read(const struct polled *pd, struct mono now)
{
    struct mono first = now;

    for (size_t i = 0; i < ports_count(pd->ports); i++) {
        const struct port *p = ports_at(pd->ports, i);

        if (p->round == pd->round && p->row_at.ns != 0 &&
            mono_reached(first, p->row_at))
            first = p->row_at;
    }
    return first;
}

/* A walk may take long: what its first row tells is as old, and the last row's
 * time is not over before its end. */
static struct whole note_device(struct polled *pd, const struct ports_round *r,
                                struct mono now)
{
    struct mono first = first_read(pd, now);
    bool late = is_late(pd, pd->good_at, first);
    struct whole whole = {
        .since = pd->good_at, .late = late, .end = late ? now : pd->good_end};

    if (r->read > 0 && r->known == 0) {
        if (is_loss(r->why) && pd->gap == GAP_NONE) {
            open_gap(pd, "", missing_since(pd), r->why);
            pd->gap = r->why;
        }
    } else if (pd->gap != GAP_NONE) {
        close_gap(pd, "", whole.end);
        whole.ended = pd->gap;
        pd->gap = GAP_NONE;
    } else if (late) {
        open_gap(pd, "", missing_since(pd), why_late(pd));
        close_gap(pd, "", now);
    }
    if (whole.ended != GAP_NONE || late)
        pd->gap_end = whole.end;
    pd->good_at = first;
    pd->good_end = now;
    return whole;
}

/* ---- of one port ---- */

static void open_port_gap(const struct polled *pd, const struct port *p,
                          struct mono from, enum gap why)
{
    struct buffer OWNED_BUFFER path = {0};

    layout_path(pd->device->dir, SERIES_PORT, p->row->object, &path);
    open_gap(pd, path.at, from, why);
}

static void close_port_gap(const struct polled *pd, const struct port *p,
                           struct mono to)
{
    struct buffer OWNED_BUFFER path = {0};

    layout_path(pd->device->dir, SERIES_PORT, p->row->object, &path);
    close_gap(pd, path.at, to);
}

/* A first reading tells no rate: for the port a gap goes on; and so does what
 * was before polls began, where the first of them was in vain. */
static void note_first(const struct polled *pd, struct port *p,
                       const struct whole *whole)
{
    int64_t every_ms = pd->polling->options.every_ms;
    bool in_vain =
        p->before.ns == 0 && !whole->late &&
        mono_ms_between(whole->since, p->row_at) > every_ms + every_ms / 2;

    if (whole->ended != GAP_NONE) {
        open_port_gap(pd, p, whole->end, whole->ended);
        p->recorded = (uint8_t)whole->ended;
    } else if (in_vain) {
        open_port_gap(pd, p, whole->since, why_late(pd));
        p->recorded = (uint8_t)why_late(pd);
    }
}

static void note_read(const struct polled *pd, struct port *p,
                      const struct whole *whole)
{
    enum gap gap = (enum gap)p->row->gap;
    bool known = gap == GAP_NONE && p->before.ns != 0;
    bool late = known && is_late(pd, p->before, p->row_at);

    if (known && late && p->recorded == GAP_NONE && !whole->late) {
        open_port_gap(pd, p, p->before, why_late(pd));
        p->recorded = (uint8_t)why_late(pd);
    }
    if (known && p->recorded != GAP_NONE) {
        close_port_gap(pd, p, late ? p->row_at : p->before);
        p->recorded = GAP_NONE;
    }
    if (gap == GAP_FIRST && p->recorded == GAP_NONE)
        note_first(pd, p, whole);
    if (!is_loss(gap) || gap == p->recorded || pd->gap != GAP_NONE)
        return;
    open_port_gap(pd, p, p->before.ns != 0 ? p->before : p->row_at, gap);
    p->recorded = (uint8_t)gap;
}

static void note_unread(const struct polled *pd, struct port *p, enum gap why,
                        struct mono now)
{
    if (!p->present && p->recorded != GAP_NONE) { /* it is no more */
        close_port_gap(pd, p, now);
        p->recorded = GAP_NONE;
    }
    if (!p->present || p->recorded != GAP_NONE || pd->gap != GAP_NONE ||
        p->row_at.ns == 0 || !is_late(pd, p->row_at, now))
        return;
    open_port_gap(pd, p, p->row_at, why);
    p->recorded = (uint8_t)why;
}

void polled_heard(struct polled *pd, const struct ports_round *r,
                  struct mono now)
{
    enum gap unread = pd->strange ? GAP_RENUMBERED : GAP_TIMEOUT;

    struct whole whole = note_device(pd, r, now);

    for (size_t i = 0; i < ports_count(pd->ports); i++) {
        struct port *p = ports_at(pd->ports, i);

        if (p->round == pd->round)
            note_read(pd, p, &whole);
        else
            note_unread(pd, p, unread, now);
    }
    pd->skipped = false;
}

/* ---- of echoes ---- */

bool polled_has_echoes(const struct polled *pd)
{
    const struct polling *p = pd->polling;

    return p->parts.pinger != NULL && p->options.ping_count > 0 &&
           pd->device->addrs.count > 0;
}

static void echo_path(const struct polled *pd, struct buffer *out)
{
    layout_path(pd->device->dir, SERIES_ICMP, "", out);
}

/* That none came back is known of a device that is down as often as it is
 * asked: it stays one gap. */
void polled_echoed(struct polled *pd, bool answered, struct mono now)
{
    struct buffer OWNED_BUFFER path = {0};
    bool late = is_late(pd, pd->echoed_at, now);

    if (late && pd->echo_gap == GAP_NONE)
        polled_unechoed(pd, GAP_OVERLOAD, now);
    if (pd->echo_gap != GAP_NONE && (answered || pd->echo_gap != GAP_TIMEOUT)) {
        echo_path(pd, &path);
        close_gap(pd, path.at, late ? now : pd->echoed_at);
        pd->echo_gap = GAP_NONE;
    }
    pd->echoed_at = now;
}

void polled_unechoed(struct polled *pd, enum gap why, struct mono now)
{
    struct buffer OWNED_BUFFER path = {0};

    if (pd->echo_gap == why || pd->device->dir == NULL)
        return;
    echo_path(pd, &path);
    open_gap(pd, path.at, pd->echo_gap == GAP_NONE ? pd->echoed_at : now, why);
    pd->echo_gap = why;
}

/* One that is down is asked ever more rarely, for its silence. */
void polled_miss_echoes(struct polled *pd, struct mono now)
{
    bool down = pd->device->reach == REACH_DOWN;

    if (pd->echo_gap == GAP_NONE && polled_has_echoes(pd) &&
        is_late(pd, pd->echoed_at, now))
        polled_unechoed(pd, down ? GAP_TIMEOUT : GAP_OVERLOAD, now);
}

/* ---- of what is measured ---- */

static void open_metrics_gap(struct polled *pd, enum gap why, struct mono from)
{
    gaps_open(pd->polling->parts.gaps, pd->device->dir, GAPS_METRICS,
              when(pd, from), why);
    pd->unmeasured = true;
}

void polled_unmeasured(struct polled *pd, enum gap why, struct mono now)
{
    if (pd->unmeasured || pd->device->dir == NULL)
        return;
    open_metrics_gap(pd, why, pd->measured_at.ns != 0 ? pd->measured_at : now);
}

void polled_not_asked_to_measure(struct polled *pd, int result, struct mono now)
{
    if (pd->gap == GAP_NONE && pd->measured_at.ns != 0 &&
        is_late(pd, pd->measured_at, now))
        polled_unmeasured(pd, polled_reason(result), now);
}

/* More than a gap of the whole device says. */
static void note_late_metrics(struct polled *pd, struct mono now)
{
    struct mono from = pd->measured_at;

    if (mono_reached(pd->gap_end, from))
        from = pd->gap_end;
    if (pd->measured_at.ns != 0 && pd->device->dir != NULL &&
        mono_ms_between(from, now) > pd->polling->options.every_ms)
        open_metrics_gap(pd, why_late(pd), from);
}

void polled_measured(struct polled *pd, struct mono now)
{
    bool late = is_late(pd, pd->measured_at, now);

    if (late && !pd->unmeasured)
        note_late_metrics(pd, now);
    if (pd->unmeasured)
        gaps_close(pd->polling->parts.gaps, pd->device->dir, GAPS_METRICS,
                   when(pd, late ? now : pd->measured_at));
    pd->unmeasured = false;
    pd->measured_at = now;
}
