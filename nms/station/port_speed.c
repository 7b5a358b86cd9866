#include "station/port_speed.h"

uint64_t port_learned_bps(const struct port *p)
{
    return p->beyond != NULL ? p->beyond->learned_bps : 0;
}

static struct port_beyond *beyond_of(struct port *p)
{
    if (p->beyond == NULL)
        p->beyond = mem_new(struct port_beyond);
    return p->beyond;
}

void port_recall_speed(struct port *p, uint64_t learned_bps)
{
    beyond_of(p)->learned_bps = learned_bps;
}

struct rate_bounds port_bounds(const struct port *p)
{
    uint64_t learned_bps = port_learned_bps(p);
    bool faster = p->speed_bps > 0 && learned_bps > p->speed_bps;

    return (struct rate_bounds){faster ? learned_bps : p->speed_bps,
                                p->frame_octets};
}

/* The slowest kind of line that carries so much. */
static uint64_t line_of(double bps)
{
    static const uint64_t gigabit = 1000000000;
    static const double gigabits[] = {0.01, 0.1, 1,   2.5, 5,   10,  25,
                                      40,   50,  100, 200, 400, 800, 1600};

    for (size_t i = 0; i < COUNT_OF(gigabits); i++)
        if (bps <= gigabits[i] * (double)gigabit)
            return (uint64_t)(gigabits[i] * (double)gigabit);
    return 0;
}

/* What flowed through the port by octets that were beyond it. */
static double beyond_bps(const struct counter_reading *before,
                         const struct counter_reading *now)
{
    static const size_t octets[] = {PORT_IN_OCTETS, PORT_OUT_OCTETS};
    double seconds = (double)(now->at.ns - before->at.ns) / 1e9, most = 0;

    for (size_t n = 0; n < COUNT_OF(octets); n++) {
        size_t i = octets[n];
        double grown = (double)now->counters[i] - (double)before->counters[i];

        if ((now->beyond >> i & 1) && grown * 8 > most * seconds)
            most = grown * 8 / seconds;
    }
    return most;
}

void port_learn_speed(struct port *p, const struct counter_reading *before,
                      const struct counter_reading *now)
{
    enum { CONFIRMED = 3, NEARLY = 4 };
    double bps = beyond_bps(before, now);

    if (p->row->gap != GAP_IMPOSSIBLE || bps <= 0) {
        if (p->beyond != NULL)
            *p->beyond = (struct port_beyond){p->beyond->learned_bps, 0, 0, 0};
        return;
    }
    struct port_beyond *b = beyond_of(p);
    if (b->count == 0 || bps < (double)b->least_bps)
        b->least_bps = (float)bps;
    if (bps > (double)b->most_bps)
        b->most_bps = (float)bps;
    if (b->most_bps > b->least_bps * NEARLY)
        *b = (struct port_beyond){b->learned_bps, (float)bps, (float)bps, 0};
    if (b->count < CONFIRMED)
        b->count++;
    if (b->count == CONFIRMED)
        b->learned_bps = line_of((double)b->most_bps);
}
