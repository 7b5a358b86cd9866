/* What an alert takes away, and what explains it, is known some seconds after
 * it rose: whoever was told of it hears once more when that has settled. */
#include "north/notices_parts.h"

#include "station/alerts.h"

enum {
    QUIET_MS = 3000,  /* without a change, when all was looked at */
    LATEST_MS = 60000 /* whatever is not known by then */
};

/* The alert of the port that told a receiver of a device, while that is not
 * over; NULL. */
static const struct alert_record *herald_of(const struct served *s,
                                            uint32_t herald)
{
    const struct told *told =
        herald != 0 ? notice_ledger_find(s->ledger, herald) : NULL;

    return told != NULL && !told->ending
               ? alerts_by_number(station_alerts(s->owner->station), herald)
               : NULL;
}

bool served_is_told_by_herald(struct served *s, const struct alert_record *a)
{
    if (herald_of(s, a->herald) == NULL)
        return false;
    struct told *told = notice_ledger_tell_by(s->ledger, a->index, a->severity,
                                              wall_now(), a->herald);
    notice_ledger_keep(s->ledger, a->index);
    served_note_reasons(s, told, a);
    return true;
}

void served_note_reasons(struct served *s, struct told *told,
                         const struct alert_record *a)
{
    uint32_t symptoms = alert_symptoms_hash(a);

    if (symptoms == told->reasons) {
        told->stirred = (struct mono){0};
        return;
    }
    if (told->stirred.ns != 0 && symptoms == told->stirred_to)
        return;
    told->stirred_last = mono_now();
    if (told->stirred.ns == 0)
        told->stirred = told->stirred_last;
    told->stirred_to = symptoms;
    s->stirring = true;
}

/* Something else is about to be told of it, with what is known by then. */
static bool is_gathered(const struct served *s, uint32_t index)
{
    for (size_t i = 0; i < s->gathered.count; i++)
        if (s->gathered.at[i].alert->index == index)
            return true;
    return false;
}

static void tell_reasons(struct served *s, const struct told *t,
                         const struct alert_record *a)
{
    struct notice_item item = {.news = ALERT_EXPLAINED};
    const struct alert_record *port = t->by != 0 ? herald_of(s, t->by) : NULL;

    if (t->by != 0 && port == NULL)
        return; /* that is over: what is told of a is told of its own */
    item.alert = alert_ref(port != NULL ? port : a);
    item.because = port != NULL ? alert_ref(a) : NULL;
    served_gather(s, &item);
}

/* True while more may be known soon. */
static bool look_at(struct served *s, struct told *t, struct mono now)
{
    const struct alert_record *a =
        alerts_by_number(station_alerts(s->owner->station), t->index);
    bool wanted = a != NULL && s->open && served_wants(s, a);

    if (wanted && (is_gathered(s, t->index) ||
                   (mono_ms_between(t->stirred, now) < LATEST_MS &&
                    (mono_ms_between(t->stirred_last, now) < QUIET_MS ||
                     !a->symptoms_whole))))
        return true;
    t->stirred = (struct mono){0};
    if (wanted && alert_symptoms_hash(a) != t->reasons)
        tell_reasons(s, t, a);
    return false;
}

void served_tell_reasons(struct served *s, struct mono now)
{
    size_t at = 0;

    if (!s->stirring)
        return;
    s->stirring = false;
    for (struct told *t; (t = notice_ledger_next(s->ledger, &at)) != NULL;)
        if (t->stirred.ns != 0 && look_at(s, t, now))
            s->stirring = true;
}
