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

static bool knows_any(const struct port *p)
{
    for (size_t i = 0; i < PORT_RATES; i++)
        if (isfinite(p->row->rates[i]))
            return true;
    return false;
}

struct ports_round ports_settle(struct ports *ps, uint64_t round, bool strange)
{
    struct ports_round r = {0};
    bool mixed = false;

    ports_own(ps);
    distrust_cards(ps, round);
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
        r.known += knows_any(p) ? 1 : 0;
        r.bad += p->row->gap == GAP_IMPOSSIBLE || p->row->gap == GAP_BACKWARDS
                     ? 1
                     : 0;
    }
    readings_settle(ports_own_readings(ps));
    if (mixed || r.read < 2)
        r.why = GAP_NONE;
    return r;
}
