/* What a walk of the ports brought. */
#include "station/polled.h"

/* While its counters stood still nothing was told: what they grew then, they
 * grew all that time. */
static void fill(const struct polled *pd, const struct port *port,
                 const double *values)
{
    int64_t every_ms = pd->polling->options.every_ms;
    struct mono at = port->still_since;

    if (at.ns == 0 || port->row->gap != GAP_NONE)
        return;
    for (at = mono_after_ms(at, every_ms);
         mono_ms_between(at, port->row_at) > every_ms / 2;
         at = mono_after_ms(at, every_ms))
        polled_tell_port(pd, port, at, values, GAP_NONE);
}

/* What was read of a port is told when all rows are there: they tell of each
 * other. */
static void sample_port(struct polled *pd, struct port *port)
{
    struct polling *p = pd->polling;
    double values[PORT_RATES];

    if (port->row->gap == GAP_TOO_CLOSE || port->row->gap == GAP_STILL)
        return;
    if (port->row->gap == GAP_NONE)
        port->row->at = steady_at(&p->clock, port->row_at);
    for (size_t i = 0; i < PORT_RATES; i++)
        values[i] = (double)port->row->rates[i];
    p->stats.samples++;
    fill(pd, port, values);
    polled_tell_port(pd, port, port->row_at, values, port->row->gap);
    ports_told(port);
}

void polled_unread(struct polled *pd, int result)
{
    enum gap why = pd->strange           ? GAP_RENUMBERED
                   : polled_in_doubt(pd) ? GAP_OVERLOAD
                                         : polled_reason(result);
    struct mono now = mono_now();

    for (size_t i = 0; i < ports_count(pd->ports); i++) {
        struct port *port = ports_at(pd->ports, i);

        if (port->round == pd->round || port->round == 0)
            continue;
        ports_know_nothing(pd->ports, port, why);
        if (port->present)
            polled_tell_port(pd, port, now, NULL, why);
    }
}

void polled_round(struct polled *pd, int result)
{
    struct mono now = mono_now();
    struct ports_round round = ports_settle(pd->ports, pd->round, pd->strange);

    pd->record.bad_samples += round.bad;
    pd->polling->stats.bad_samples += round.bad;
    for (size_t i = 0; i < ports_count(pd->ports); i++)
        if (ports_at(pd->ports, i)->round == pd->round)
            sample_port(pd, ports_at(pd->ports, i));
    polled_unread(pd, result);
    if (result == 0 || round.read > 0)
        polled_heard(pd, &round, now);
    else
        polled_silent(pd, result, now);
}
