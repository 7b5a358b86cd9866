#include "station/rule.h"

#include <math.h>
#include <stdlib.h>

const char *rule_on_name(int on)
{
    static const char *const names[] = {"port-state", "restart", "duplex",
                                        "speed"};

    return on < RULE_ON_PORT_STATE ? series_group_name((enum series_group)on)
                                   : names[on - RULE_ON_PORT_STATE];
}

const char *rule_as_name(enum rule_as as)
{
    static const char *const names[RULE_KINDS] = {
        "value", "change", "percentile", "baseline", "days", "limits", "state"};

    return names[as];
}

const char *port_expect_name(enum port_expect expect)
{
    static const char *const names[] = {"up", "down", "any"};

    return names[expect];
}

bool rule_remembers(const struct rule *r)
{
    return r->as == RULE_CHANGE || r->as == RULE_PERCENTILE ||
           r->as == RULE_DAYS || (r->as == RULE_BASELINE && isnan(r->level));
}

struct rule *rule_new(void)
{
    struct rule *r = mem_new(struct rule);

    r->on = -1;
    r->word = -1;
    r->above_one = r->below_one = r->clear = NAN;
    r->level = r->spread = NAN;
    r->percentile = 95;
    r->bounds = rule_bounds_none();
    r->severity = SEVERITY_WARNING;
    return r;
}

void rule_patterns_fini(struct rule_patterns *p)
{
    for (size_t i = 0; i < p->count; i++)
        pattern_free(p->at[i]);
    array_fini(p);
}

void rule_free(struct rule *r)
{
    if (r == NULL)
        return;
    formula_free(r->value_of);
    formula_free(r->limit_of);
    struct rule_patterns *patterns[] = {
        &r->devices, &r->not_devices, &r->objects, &r->not_objects, &r->sites};
    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        rule_patterns_fini(patterns[i]);
    char *texts[] = {r->name, r->value, r->limit, r->unit, r->text};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    free(r);
}

void rules_fini(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        rule_free(rules->at[i]);
    array_fini(rules);
}

struct rule *rules_find(const struct rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->count; i++)
        if (strcmp(rules->at[i]->name, name) == 0)
            return rules->at[i];
    return NULL;
}

const char *const *rule_variables(enum series_group group)
{
    static const char *const port[] = {
        "in_octets",   "out_octets",   "in_ucast",  "out_ucast", "in_mcast",
        "out_mcast",   "in_bcast",     "out_bcast", "in_errors", "out_errors",
        "in_discards", "out_discards", "speed",     NULL};
    static const char *const icmp[] = {"rtt_ms", "loss_percent", "jitter_ms",
                                       NULL};
    static const char *const cpu[] = {"usage_percent", NULL};
    static const char *const room[] = {"used_percent", "used_bytes",
                                       "total_bytes", NULL};
    static const char *const sensor[] = {"value",         "low_critical",
                                         "low_warning",   "high_warning",
                                         "high_critical", NULL};
    static const char *const *const all[SERIES_GROUPS] = {
        [SERIES_PORT] = port,    [SERIES_ICMP] = icmp,
        [SERIES_CPU] = cpu,      [SERIES_MEMORY] = room,
        [SERIES_STORAGE] = room, [SERIES_SENSOR] = sensor};

    return all[group];
}

/* ---- whom a rule is for ---- */

const char *rule_patterns_find(const struct rule_patterns *patterns,
                               const char *const *texts, size_t count)
{
    for (size_t i = 0; i < patterns->count; i++)
        for (size_t k = 0; k < count; k++)
            if (texts[k][0] != '\0' &&
                pattern_find(patterns->at[i], texts[k], NULL))
                return pattern_text(patterns->at[i]);
    return NULL;
}

enum rule_fit rule_fits(const struct rule *r, const struct rule_subject *s,
                        const char **by)
{
    const struct {
        const struct rule_patterns *patterns;
        const char *const *texts;
        size_t count;
        enum rule_fit without, with; /* RULE_FITS: goes on */
    } lists[] = {
        {&r->not_devices, &s->device, 1, RULE_FITS, RULE_NOT_DEVICE},
        {&r->devices, &s->device, 1, RULE_OTHER_DEVICE, RULE_FITS},
        {&r->sites, &s->site, 1, RULE_OTHER_SITE, RULE_FITS},
        {&r->not_objects, s->names, COUNT_OF(s->names), RULE_FITS,
         RULE_NOT_OBJECT},
        {&r->objects, s->names, COUNT_OF(s->names), RULE_OTHER_OBJECT,
         RULE_FITS},
    };

    *by = NULL;
    if (r->off)
        return RULE_IS_OFF;
    if (r->kinds != 0 && (r->kinds >> s->kind & 1) == 0)
        return RULE_OTHER_KIND;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        if (lists[i].patterns->count == 0)
            continue;
        const char *found = rule_patterns_find(lists[i].patterns,
                                               lists[i].texts, lists[i].count);
        enum rule_fit fit = found != NULL ? lists[i].with : lists[i].without;

        *by = found != NULL ? found : *by;
        if (fit != RULE_FITS)
            return fit;
    }
    return RULE_FITS;
}

const char *rule_fit_text(enum rule_fit fit)
{
    static const char *const texts[] = {
        [RULE_FITS] = "it applies",
        [RULE_IS_OFF] = "it is off",
        [RULE_OTHER_KIND] = "the kind of device is not in `kinds`",
        [RULE_OTHER_DEVICE] = "the device fits no pattern of `devices`",
        [RULE_NOT_DEVICE] = "the device fits a pattern of `not_devices`",
        [RULE_OTHER_SITE] = "the site fits no pattern of `sites`",
        [RULE_OTHER_OBJECT] = "the object fits no pattern of `objects`",
        [RULE_NOT_OBJECT] = "the object fits a pattern of `not_objects`",
        [RULE_GIVES_WAY] = "a later rule applies in its place",
        [RULE_NOT_EXPECTED] =
            "nothing says that the port should be up: it leads nowhere",
    };

    return texts[fit];
}
