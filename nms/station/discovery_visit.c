/* A full round asks every device that is known; some of them in each turn of
 * the loop. */
#include "station/discovery_state.h"

#include "wire/engine.h"

#include <event2/event.h>

enum { TURN_MS = 3 };

/* A busy agent that was asked once may be asked another time. */
static void revisit(struct discovery *d, struct device *device)
{
    if (device->visited == d->visit)
        return;
    device->visited = d->visit;
    if (device->agent == NULL && device->addrs.count > 0 && !device->station)
        (void)leads_add(d->leads, &device->addrs.at[0], LEAD_HINT);
    if (device->agent == NULL ||
        (d->scope == COLLECT_NEWS && device->collected_at.ms != 0 &&
         agent_is_busy(device->agent)))
        return;
    collect_anew(d->collect, device, d->scope, d->visit_at);
}

static void begin_pass(struct discovery *d)
{
    d->visit_next = 0;
    d->visit_order = inventory_order(d->parts.inventory);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval soon = {0};
    struct discovery *d = arg;
    struct inventory *inv = d->parts.inventory;
    struct mono until = mono_after_ms(mono_now(), TURN_MS);

    (void)fd;
    (void)what;
    while (d->visit_next < inventory_count(inv) &&
           !mono_reached(mono_now(), until))
        revisit(d, inventory_at(inv, d->visit_next++));
    if (d->visit_next < inventory_count(inv)) {
        event_add(d->visiting, &soon);
    } else if (d->visit_order != inventory_order(inv)) {
        begin_pass(d); /* some may have changed places: who was missed? */
        event_add(d->visiting, &soon);
    } else {
        discovery_finish(d);
    }
}

void discovery_visit(struct discovery *d)
{
    static const struct timeval soon = {0};

    if (d->visiting == NULL)
        d->visiting = evtimer_new(d->parts.leads.base, on_turn, d);
    d->visit++;
    d->visit_at = mono_now();
    begin_pass(d);
    event_add(d->visiting, &soon);
}

bool discovery_is_visiting(const struct discovery *d)
{
    return d->visiting != NULL && event_pending(d->visiting, EV_TIMEOUT, NULL);
}

void discovery_stop_visiting(struct discovery *d)
{
    if (d->visiting != NULL)
        event_free(TAKE(d->visiting));
}
