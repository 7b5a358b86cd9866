/* What checks say of a device: whether it is there. */
#include "station/polled.h"

#include "station/reach.h"

#include <errno.h>

static void reach_turn(struct polled *pd, enum reach_event event)
{
    struct device *d = pd->device;
    enum reach before = d->reach;

    d->reach = reach_next(before, event);
    if (d->reach == before)
        return;
    d->since = wall_now();
    device_touch(d);
    d->unsaved = true;
    pd->polling->listener.reach_changed(pd->polling->listener.arg, d, before);
}

/* Checks beside the schedule would count some devices more often. */
static void note(struct polled *pd, enum doubt_check end, struct mono at)
{
    if (pd->of_schedule)
        doubt_note(&pd->polling->doubt, end, at);
}

/* Its device is there; is its agent? While we may lose answers ourselves that
 * is not known. */
static void heed(struct polled *pd)
{
    const struct polling_listener *l = &pd->polling->listener;
    bool begins = false, ends = false;

    if (pd->heard || pd->device->agent == NULL) {
        ends = pd->unheard_checks >= UNHEARD_CHECKS;
        pd->unheard_checks = 0;
    } else if (!polled_in_doubt(pd) && pd->unheard_checks < UNHEARD_CHECKS) {
        begins = ++pd->unheard_checks == UNHEARD_CHECKS;
    }
    if (!pd->heard && pd->device->agent != NULL &&
        pd->unheard_checks < UNHEARD_CHECKS) /* then one question is enough */
        agent_is_there(pd->device->agent);
    if (begins || ends)
        l->unheard(l->arg, pd->device, begins);
}

void polled_resume(struct polled *pd)
{
    const struct polling_listener *l = &pd->polling->listener;
    bool unheard = false;

    if (l->told != NULL)
        l->told(l->arg, pd->device, &pd->overrunning, &unheard);
    pd->unheard_checks = unheard ? UNHEARD_CHECKS : 0;
}

void polled_answer(struct polled *pd, struct mono at)
{
    if (!pd->answered || pd->answered_at.ns < at.ns)
        pd->answered_at = at;
    pd->answered = true;
}

void polled_refused(struct polled *pd, int result)
{
    if (result == -EACCES || result == -EBADMSG)
        polled_answer(pd, mono_now());
}

unsigned polled_echoes(const struct polled *pd)
{
    enum { SUSPECT = 8 };
    unsigned usual = pd->polling->options.ping_count;

    if (pd->device->reach == REACH_DOWN)
        return 1;
    return pd->missed > 0 && usual < SUSPECT ? SUSPECT : usual;
}

void polled_answered(struct polled *pd, struct mono now)
{
    int64_t took_ms =
        pd->record.lateness_ms + mono_ms_between(pd->started, now);
    int64_t slow_ms = pd->polling->options.every_ms * DOUBT_SLOW_PERCENT / 100;

    /* Whose check outlasts an interval counts in the one it ends in. */
    note(pd, took_ms > slow_ms ? CHECK_SLOW : CHECK_ANSWERED,
         mono_ms_between(pd->answered_at, now) < slow_ms ? pd->answered_at
                                                         : now);
    pd->missed = 0;
    pd->record.last = wall_now();
    pd->device->last_seen = (struct wall){
        pd->record.last.ms - mono_ms_between(pd->answered_at, now)};
    reach_turn(pd, REACH_ANSWERED);
    heed(pd);
}

/* Has it been silent often enough to be called down? If silence may be our own
 * doing, what it missed proves nothing: that counts from one again. */
static bool gave_up(struct polled *pd, struct mono now)
{
    struct polling *p = pd->polling;

    if (pd->missed <= RECHECKS)
        return false;
    enum doubt_witness witness =
        p->listener.witness(p->listener.arg, pd->device, pd->started, now);
    if (pd->device->reach == REACH_DOWN ||
        doubt_permits(&p->doubt, pd->silent_since, p->stats.devices, witness,
                      now))
        return true;
    pd->missed = 1;
    p->stats.withheld++;
    return false;
}

void polled_missed(struct polled *pd, struct mono now)
{
    if (pd->device->reach != REACH_DOWN)
        note(pd, CHECK_MISSED, now);
    if (pd->missed++ == 0)
        pd->silent_since = pd->started;
    pd->record.failures++;
    pd->polling->stats.failures++;
    reach_turn(pd, gave_up(pd, now) ? REACH_GAVE_UP : REACH_TIMED_OUT);
    pd->missed_at = wall_now();
}

void polled_still_silent(struct polled *pd, struct mono now)
{
    if (pd->missed > 0 && pd->device->reach != REACH_DOWN)
        doubt_note(&pd->polling->doubt, CHECK_MISSED, now);
}

bool polling_missed_twice(const struct device *d, struct wall *second)
{
    const struct polled *pd = d->polled;

    if (pd == NULL || pd->missed != RECHECKS)
        return false;
    *second = pd->missed_at;
    return true;
}
