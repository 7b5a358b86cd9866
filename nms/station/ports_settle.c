/* What the rows of a round tell together. */
#include "station/ports_parts.h"

#include <math.h>
#include <string.h>

/* Ports of one card have names that differ in the number behind the last mark
 * alone. */
static size_t card_len(const char *label)
{
    size_t len = strlen(label);

    while (len > 0 && label[len - 1] >= '0' && label[len - 1] <= '9')
        len--;
    return len;
}

static bool is_of_card(const struct port *p, const struct port *other)
{
    size_t len = card_len(p->label);

    return len == card_len(other->label) &&
           strncmp(p->label, other->label, len) == 0;
}

/* Where counters of two ports of a card went back nobody announced it; ports
 * beside them that tell no more than what may have come since are not believed.
 */
static void distrust_card(struct ports *ps, uint64_t round,
                          const struct port *fell)
{
    size_t others = 0;

    for (size_t i = 0; i < ports_count(ps); i++) {
        const struct port *p = ports_at(ps, i);
        others += p != fell && p->round == round &&
                          p->row->gap == GAP_BACKWARDS && is_of_card(p, fell)
                      ? 1
                      : 0;
    }
    for (size_t i = 0; others > 0 && i < ports_count(ps); i++) {
        struct port *p = ports_at(ps, i);

        if (p->round == round && p->row->gap == GAP_NONE && p->anew &&
            is_of_card(p, fell))
            ports_know_nothing(ps, p, GAP_CARD);
    }
}

static void distrust_cards(struct ports *ps, uint64_t round)
{
    const struct port *last = NULL; /* of the card that was looked at */

    for (size_t i = 0; i < ports_count(ps); i++) {
        const struct port *p = ports_at(ps, i);

        if (p->round != round || p->row->gap != GAP_BACKWARDS ||
            (last != NULL && is_of_card(last, p)))
            continue;
        distrust_card(ps, round, p);
        last = p;
    }
}

/* ---- counters that stand still ---- */

/* Agents refresh counters every few seconds, some every half minute. Who polls
 * them more often sees all counters stand, then leap: until they move, or
 * longer than that passed, nothing is known. */
enum { STILL_MAX_MS = 45000, BUSY_COUNTS = 100, BUSY_OCTETS = 10000 };

bool port_knows_any(const struct port *p)
{
    for (size_t i = 0; i < PORT_RATES; i++)
        if (isfinite(p->row->rates[i]))
            return true;
    return false;
}

static bool was_busy(const struct port *p, double seconds)
{
    for (size_t i = 0; i < PORT_RATES; i++) {
        bool octets = i == PORT_IN_OCTETS || i == PORT_OUT_OCTETS;

        if ((double)p->row->rates[i] * seconds >
            (octets ? BUSY_OCTETS : BUSY_COUNTS))
            return true;
    }
    return false;
}

static bool moved(const struct port *p)
{
    for (size_t i = 0; i < PORT_RATES; i++)
        if (p->row->rates[i] > 0)
            return true;
    return false;
}

bool ports_may_wait(struct port *p, struct mono before, struct mono now)
{
    enum { UP = 1 };
    double seconds = (double)mono_ms_between(before, now) / 1e3;
    struct mono since = p->still_since.ns != 0 ? p->still_since : before;

    if (p->row->gap != GAP_NONE || p->row->oper_status != UP ||
        mono_ms_between(since, now) > STILL_MAX_MS ||
        (p->still_since.ns == 0 && port_knows_any(p) && !was_busy(p, seconds)))
        return false;
    p->still_since = since;
    return true;
}

void ports_told(struct port *p)
{
    p->still_since = (struct mono){0};
}

/* If a port moved, those that stand do so by themselves. */
static void judge_still(struct ports *ps, uint64_t round)
{
    bool moves = false;

    for (size_t i = 0; i < ports_count(ps); i++) {
        const struct port *p = ports_at(ps, i);

        moves |= p->round == round && !p->still && moved(p);
    }
    for (size_t i = 0; i < ports_count(ps); i++) {
        struct port *p = ports_at(ps, i);

        if (p->round != round || !p->still)
            continue;
        if (!moves)
            p->row->gap = GAP_STILL;
        for (size_t n = 0; moves && n < PORT_RATES; n++)
            p->row->rates[n] *= 0; /* what is unknown stays so */
    }
}

/* -------------------------------------------------------------------------- */

struct ports_round ports_settle(struct ports *ps, uint64_t round, bool strange)
{
    struct ports_round r = {0};
    bool mixed = false;

    ports_own(ps);
    distrust_cards(ps, round);
    judge_still(ps, round);
    for (size_t i = 0; i < ports_count(ps); i++) {
        struct port *p = ports_at(ps, i);

        if (p->round != round)
            continue;
        if (strange && p->unsure) {
            ports_know_nothing(ps, p, GAP_RENUMBERED);
            readings_drop(ports_own_readings(ps), (uint32_t)i);
        }
        mixed |= r.read++ > 0 && p->row->gap != r.why;
        r.why = (enum gap)p->row->gap;
        r.known += port_knows_any(p) ? 1 : 0;
        r.bad += p->row->gap == GAP_IMPOSSIBLE || p->row->gap == GAP_BACKWARDS
                     ? 1
                     : 0;
    }
    readings_settle(ports_own_readings(ps));
    if (mixed || r.read < 2)
        r.why = GAP_NONE;
    return r;
}
