/* Which rules apply to an object. */
#include "station/device_site.h"
#include "station/thresholds_parts.h"

#include <stdlib.h>

const char *thresholds_name(struct thresholds *t, const char *name)
{
    char *known = table_find_text(t->names, name);

    if (known == NULL) {
        known = mem_text(name);
        (void)table_put_text(t->names, name, known);
    }
    return known;
}

const struct active_rule *thresholds_rule(const struct thresholds *t, int on,
                                          const struct rule_subject *subjects,
                                          size_t count)
{
    const char *by;

    for (size_t i = t->rules.count; i > 0; i--)
        for (size_t k = 0; k < count; k++) {
            const struct active_rule *r = &t->rules.at[i - 1];

            if (r->rule->on == on &&
                rule_fits(r->rule, &subjects[k], &by) == RULE_FITS)
                return r;
        }
    return NULL;
}

struct rule_subject thresholds_subject(const struct thresholds *t,
                                       const struct sample *s,
                                       struct buffer *site)
{
    const struct device *d = s->device;
    struct rule_subject subject = {
        .device = d->name != NULL ? d->name : "",
        .kind = d->kind,
        .names = {s->object, s->descr != NULL ? s->descr : "", "", ""}};

    device_site(t->config, d, site);
    subject.site = site->at;
    if (s->port != NULL) {
        subject.names[2] = s->port->descr != NULL ? s->port->descr : "";
        subject.names[3] = s->port->alias != NULL ? s->port->alias : "";
    } else if (s->sensor != NULL) {
        subject.names[2] = s->sensor->class;
        subject.names[3] = s->sensor->group;
    }
    return subject;
}

/* The plan of so many rules, made where there is none. */
static uint16_t plan_of(struct thresholds *t, const uint16_t *rules,
                        uint16_t count)
{
    struct bytes key = {(const uint8_t *)rules, count * sizeof *rules};
    uintptr_t known = count > 0 ? (uintptr_t)table_find(t->plan_index, key) : 1;

    if (known != 0)
        return (uint16_t)(known - 1);
    if (t->plans.count > UINT16_MAX)
        return 0; /* cannot be with so few rules, and would be quiet */
    struct plan *p = mem_zero(sizeof *p + key.len);
    p->count = count;
    memcpy(p->rules, rules, key.len);
    *array_add(&t->plans) = p;
    (void)table_put(t->plan_index, key, (void *)(uintptr_t)t->plans.count);
    return (uint16_t)(t->plans.count - 1);
}

/* What is told of a port is one alert: it goes on by the rule that applies now.
 */
static void hand_over(const struct thresholds *t, struct watched *e)
{
    const struct plan *plan = t->plans.at[e->plan];
    const struct alert_type *type = alert_type_find("port.down");

    for (uint16_t i = 0; i < plan->count; i++)
        for (struct kept *k = e->kept; k != NULL; k = k->next)
            if (t->rules.at[plan->rules[i]].rule->on == RULE_ON_PORT_STATE &&
                k->type == type)
                k->rule = t->rules.at[plan->rules[i]].name;
}

/* What is kept by rules that do not apply any more ends. */
static void end_others(struct thresholds *t, const struct sample *s,
                       struct watched *e)
{
    const struct plan *plan = t->plans.at[e->plan];

    for (struct kept *k = e->kept, *next; k != NULL; k = next) {
        uint16_t i = 0;

        next = k->next;
        while (i < plan->count && t->rules.at[plan->rules[i]].name != k->rule)
            i++;
        if (i < plan->count)
            continue;
        thresholds_end(t, s->device, k, s->at,
                       "its rule does not apply any more");
        thresholds_unsave(t, s->device, e, k);
        t->stats.not_normal -= !rule_is_normal(&k->state);
        watched_drop(e, k);
    }
}

/* The numbers of the rules that apply, in rules; how many. Of those on the
 * state of a port it is the last alone. */
static uint16_t choose(const struct thresholds *t, const struct sample *s,
                       uint16_t rules[RULES_MAX])
{
    struct buffer OWNED_BUFFER site = {0};
    const struct rule_subject subject = thresholds_subject(t, s, &site);
    const struct active_rule *of_state =
        s->group == SERIES_PORT
            ? thresholds_rule(t, RULE_ON_PORT_STATE, &subject, 1)
            : NULL;
    uint16_t count = 0;
    const char *by;

    for (size_t i = 0; i < t->rules.count; i++)
        if (&t->rules.at[i] == of_state ||
            (t->rules.at[i].rule->on == (int)s->group &&
             rule_fits(t->rules.at[i].rule, &subject, &by) == RULE_FITS))
            rules[count++] = (uint16_t)i;
    return count;
}

void thresholds_plan(struct thresholds *t, const struct sample *s,
                     struct watched *e)
{
    uint16_t rules[RULES_MAX];

    e->epoch = t->epoch;
    e->plan = plan_of(t, rules, choose(t, s, rules));
    if (e->was == PORT_WAS_DOWN) /* perhaps somebody minds now */
        e->was = PORT_WAS_UNKNOWN;
    e->expect = s->port != NULL ? thresholds_expect(t, s) : 0;
    hand_over(t, e);
    end_others(t, s, e);
}
