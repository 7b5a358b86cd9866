/* What people do with alerts. None of it ends one, or keeps it from ending. */
#include "station/alerts_parts.h"

#include <errno.h>

static int find_index(const struct alerts *a, uint32_t index,
                      struct alert **out, struct complaint *why)
{
    char text[16];

    *out = alerts_by_index(a, index);
    if (*out != NULL)
        return 0;
    (void)snprintf(text, sizeof text, "%u", (unsigned)index);
    return complain(why, -ENOENT, text,
                    "see the list of alerts; what is over needs no more",
                    "there is no alert %s that lasts", text);
}

static void tell(struct alerts *a, const struct alert_record *r,
                 const char *type, struct wall at, const char *who,
                 const char *did, const char *text)
{
    struct event_subject subject = {.class = EVENT_CHANGE,
                                    .severity = SEVERITY_INDETERMINATE,
                                    .type = type,
                                    .object = r->name,
                                    .source = "alerts"};

    if (a->events != NULL)
        events_add(a->events, at, &subject, "%s: %s by %s%s%s", r->type->title,
                   did, who, text[0] != '\0' ? ": " : "", text);
}

int alerts_acknowledge(struct alerts *a, uint32_t index, const char *who,
                       const char *text, struct wall at, struct complaint *why)
{
    struct alert *alert;
    int rc = find_index(a, index, &alert, why);

    if (rc < 0)
        return rc;
    struct alert_record next = *alert->record;
    next.acknowledged = (struct alert_deed){who, text != NULL ? text : "", at};
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_TOUCHED);
    tell(a, alert->record, "alert.acknowledged", at, who, "acknowledged",
         next.acknowledged.text);
    return 0;
}

int alerts_unacknowledge(struct alerts *a, uint32_t index, const char *who,
                         struct wall at, struct complaint *why)
{
    struct alert *alert;
    int rc = find_index(a, index, &alert, why);

    if (rc < 0)
        return rc;
    struct alert_record next = *alert->record;
    next.acknowledged = (struct alert_deed){0};
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_TOUCHED);
    tell(a, alert->record, "alert.unacknowledged", at, who,
         "acknowledgement taken back", "");
    return 0;
}

int alerts_shelve(struct alerts *a, uint32_t index, struct wall until,
                  const char *who, struct wall at, struct complaint *why)
{
    struct alert *alert;
    char text[32] = "";
    int rc = find_index(a, index, &alert, why);

    if (rc < 0)
        return rc;
    struct alert_record next = *alert->record;
    if (until.ms != 0 && next.shelved.ms == 0)
        *array_add(&a->shelved) = index;
    next.shelved = until;
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_TOUCHED);
    wall_format(until, text, sizeof text);
    tell(a, alert->record, "alert.shelved", at, who,
         until.ms != 0 ? "shelved" : "shelved no more", text);
    return 0;
}

void alerts_unshelve(struct alerts *a)
{
    size_t kept = 0;

    for (size_t i = 0; i < a->shelved.count; i++) {
        struct alert *alert = alerts_by_index(a, a->shelved.at[i]);

        if (alert == NULL || alert->record->shelved.ms == 0)
            continue;
        if (alert->record->shelved.ms > a->wall.ms) {
            a->shelved.at[kept++] = a->shelved.at[i];
            continue;
        }
        struct alert_record next = *alert->record;
        next.shelved = (struct wall){0};
        next.changed = a->wall;
        alerts_become(a, alert, &next, ALERT_TOUCHED);
    }
    a->shelved.count = kept;
}
