/* What is known of alerts better, or otherwise, after they rose. */
#include "station/alerts_parts.h"

#include <string.h>

void alerts_explain(struct alerts *a, uint32_t index, uint32_t cause,
                    struct wall at)
{
    struct alert *alert = alerts_by_index(a, index);

    if (alert == NULL || alert->record->cause == cause)
        return;
    struct alert_record next = *alert->record;
    next.cause = cause;
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_EXPLAINED);
}

static bool are_symptoms(const struct alert_record *r,
                         const struct symptom_list *list)
{
    if (r->symptom_count != list->count || r->symptoms_whole != list->whole)
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(r->symptoms[i], list->names[i]) != 0)
            return false;
    return true;
}

void alerts_list_symptoms(struct alerts *a, uint32_t index,
                          const struct symptom_list *list, struct wall at)
{
    struct alert *alert = alerts_by_index(a, index);

    if (alert == NULL || are_symptoms(alert->record, list))
        return;
    struct alert_record next = *alert->record;
    next.symptoms = list->names;
    next.symptom_count = list->count;
    next.symptoms_whole = list->whole;
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_EXPLAINED);
}

void alerts_silence(struct alerts *a, uint32_t index, uint32_t silence,
                    struct wall at)
{
    struct alert *alert = alerts_by_index(a, index);

    if (alert == NULL || alert->record->silence == silence)
        return;
    struct alert_record next = *alert->record;
    next.silence = silence;
    next.changed = at;
    alerts_become(a, alert, &next, ALERT_TOUCHED);
}

void alerts_weigh(struct alerts *a, uint32_t index, double risk)
{
    struct alert *alert = alerts_by_index(a, index);

    if (alert == NULL)
        return;
    struct alert_record next = *alert->record;
    next.risk = risk;
    alerts_become(a, alert, &next, ALERT_NEWS);
}

/* "sw1:Gi0/1" becomes "core:Gi0/1". */
static void rename_one(struct alerts *a, struct alert *alert, const char *name)
{
    struct alert_record next = *alert->record;
    struct buffer OWNED_BUFFER whole = {0};
    size_t len = strlen(next.device);
    bool begins = len > 0 && strncmp(next.name, next.device, len) == 0;

    buffer_format(&whole, "%s%s", name, begins ? next.name + len : "");
    next.device = name;
    if (begins)
        next.name = whole.at;
    alerts_become(a, alert, &next, ALERT_NEWS);
}

void alerts_rename(struct alerts *a, const struct ident *device,
                   const char *name)
{
    const struct owner *owner = table_find(a->owners, ident_key(device));

    for (struct alert *alert = owner != NULL ? owner->first : NULL;
         alert != NULL; alert = alert->next)
        if (alert->record->state != ALERT_CLEARED)
            rename_one(a, alert, name);
}
