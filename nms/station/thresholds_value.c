/* What a rule looks at. */
#include "base/text.h"
#include "station/thresholds_parts.h"

#include <math.h>
#include <time.h>

enum { HOUR_MS = 3600000 };

static const double NEVER_DAYS = 36500;
/* What grows by less than that of its limit in a day does not fill it. */
static const double GROWTH_LEAST = 1e-4;
/* A sensor is back behind a limit by that much of it. */
static const double LIMIT_BACK = 0.02;
/* Transceivers tell that, or less, of a fibre without light: the port tells. */
static const double DARK_DBM = -39;

int64_t thresholds_local_s(struct thresholds *t, struct wall at)
{
    int64_t hour = at.ms / HOUR_MS;

    if (hour != t->offset_hour) {
        time_t s = (time_t)(at.ms / 1000);
        struct tm tm;

        t->offset_s = localtime_r(&s, &tm) != NULL ? tm.tm_gmtoff : 0;
        t->offset_hour = hour;
    }
    return at.ms / 1000 + t->offset_s;
}

void weighing_variables(struct weighing *w)
{
    const struct sample *s = w->sample;
    size_t count = series_group_values(s->group);
    double *more = w->variables + count;

    memcpy(w->variables, s->values, count * sizeof *s->values);
    if (s->group == SERIES_PORT) {
        more[0] = s->port != NULL && s->port->speed_bps > 0
                      ? (double)s->port->speed_bps
                      : NAN;
    } else if (s->group == SERIES_SENSOR) {
        const struct sensor *x = s->sensor;

        more[0] = x != NULL ? x->low_crit : NAN;
        more[1] = x != NULL ? x->low_warn : NAN;
        more[2] = x != NULL ? x->high_warn : NAN;
        more[3] = x != NULL ? x->high_crit : NAN;
    }
}

static void out_of_order(struct rule_bounds *b)
{
    b->above[SEVERITY_WARNING] = b->below[SEVERITY_WARNING] = NAN;
    b->above[SEVERITY_MAJOR] = b->below[SEVERITY_MAJOR] = NAN;
}

/* The limits a sensor tells; none where these cannot be meant: all of them 0,
 * or the lower ones not below the higher. */
static void own_limits(const struct sensor *s, struct verdict *out)
{
    struct rule_bounds *b = &out->own;
    double limits[] = {s->low_crit, s->low_warn, s->high_warn, s->high_crit};
    double most = 0, before = -INFINITY;

    b->below[SEVERITY_MAJOR] = s->low_crit;
    b->below[SEVERITY_WARNING] = s->low_warn;
    b->above[SEVERITY_WARNING] = s->high_warn;
    b->above[SEVERITY_MAJOR] = s->high_crit;
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        if (isnan(limits[i]))
            continue;
        bool sides = i >= 2 && isfinite(before) && limits[i] <= before;
        bool order = limits[i] < before;

        if (sides || order) {
            out_of_order(b);
            return;
        }
        before = limits[i];
        most = fmax(most, fabs(limits[i]));
    }
    if (most <= 0)
        out_of_order(b);
    b->back = LIMIT_BACK * most;
}

/* What the device told by itself, and a poll sees: nothing is waited for. */
static void believe_both(const struct weighing *w, bool ill,
                         struct verdict *out)
{
    if (ill && (thresholds_evidence(w, 0) & ALERT_BY_TRAP) != 0)
        out->own.for_ms = 0;
}

static double of_limits(const struct weighing *w, const struct rule *r,
                        struct verdict *out)
{
    const struct sample *s = w->sample;

    out->own = rule_bounds_none();
    out->own.for_ms = r->bounds.for_ms;
    out->bounds = &out->own;
    if (s->sensor != NULL)
        own_limits(s->sensor, out);
    out->range = rule_range_of(&out->own);
    believe_both(
        w, s->values[0] < out->range.low || s->values[0] > out->range.high,
        out);
    if (s->sensor != NULL && strcmp(s->sensor->class, "dbm") == 0 &&
        s->values[0] <= DARK_DBM)
        return NAN;
    return s->values[0];
}

/* What is not there, or put off, is no fault unless it was well before. */
static bool is_absent(const char *state)
{
    static const char *const words[] = {
        "present", "absent",  "remove", "insert",  "empty",
        "found",   "install", "shut",   "powered", "active",
        "disable", "standby", "attach", "connect", "off"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_contains_nocase(state, words[i]))
            return true;
    return false;
}

/* 0 well, 1 so-so, 2 ill. */
static double of_state(const struct weighing *w, const struct rule *r,
                       struct verdict *out)
{
    static const char *const words[] = {"ok", "warning", "critical"};
    const struct sample *s = w->sample;

    out->own = rule_bounds_none();
    out->own.for_ms = r->bounds.for_ms;
    out->own.above[SEVERITY_WARNING] = 0.5;
    out->own.above[SEVERITY_MAJOR] = 1.5;
    out->bounds = &out->own;
    out->range = rule_range_of(&out->own);
    if (s->sensor != NULL && w->entry->was != PORT_WAS_UP &&
        strcmp(s->sensor->state_severity, words[0]) != 0 &&
        is_absent(s->sensor->state_descr))
        return NAN;
    for (size_t i = 0; s->sensor != NULL && i < COUNT_OF(words); i++)
        if (strcmp(s->sensor->state_severity, words[i]) == 0) {
            believe_both(w, i > 0, out);
            return (double)i;
        }
    return NAN;
}

static double days_left(const struct window *w, double value, double limit)
{
    double per_day = window_per_day(w);

    if (isnan(per_day) || isnan(value) || isnan(limit))
        return NAN;
    if (value >= limit)
        return 0;
    if (per_day <= GROWTH_LEAST * limit)
        return NEVER_DAYS;
    return fmin((limit - value) / per_day, NEVER_DAYS);
}

static double from_usual(const struct rule *r, double value,
                         const struct verdict *v)
{
    double apart = value - v->usual.level;

    if (!v->usual_known || isnan(value))
        return NAN;
    if (fabs(apart) < r->least)
        return 0;
    return apart / fmax(v->usual.spread, 1e-9);
}

/* Looks first, learns then: what is odd now is not what is usual. */
static bool of_baseline(struct weighing *w, const struct rule *r,
                        struct kept *k, bool add, struct verdict *out)
{
    double value = out->value;
    bool learned = false;

    if (!isnan(r->level)) {
        out->usual = (struct baseline_hour){r->level, r->spread};
        out->usual_known = true;
    } else if (k != NULL) {
        int64_t s = thresholds_local_s(w->t, w->sample->at);

        out->usual_known = baseline_hour(k->baseline, s, &out->usual);
        learned = add && baseline_add(k->baseline, s, value);
    }
    out->value = from_usual(r, value, out);
    return learned;
}

static bool of_window(struct weighing *w, const struct rule *r, struct kept *k,
                      bool add, struct verdict *out)
{
    double value = out->value;

    out->value = NAN;
    if (k == NULL)
        return false;
    if (add)
        window_add(k->window, w->sample->at, value);
    if (isnan(value))
        return false;
    if (r->as == RULE_CHANGE)
        out->value = window_change(k->window);
    else if (r->as == RULE_PERCENTILE)
        out->value = window_percentile(k->window, r->percentile);
    else
        out->value = days_left(k->window, value,
                               formula_value(r->limit_of, w->variables));
    return add && r->as == RULE_DAYS &&
           w->sample->at.ms - k->saved.ms >= HOUR_MS;
}

bool weighing_value(struct weighing *w, const struct rule *r, struct kept *k,
                    bool add, struct verdict *out)
{
    out->bounds = &r->bounds;
    out->range = r->range;
    switch ((enum rule_as)r->as) {
    case RULE_LIMITS:
        out->value = of_limits(w, r, out);
        return false;
    case RULE_STATE:
        out->value = of_state(w, r, out);
        return false;
    case RULE_VALUE:
    case RULE_CHANGE:
    case RULE_PERCENTILE:
    case RULE_BASELINE:
    case RULE_DAYS:
    case RULE_KINDS:
        break;
    }
    out->value = formula_value(r->value_of, w->variables);
    if (r->as == RULE_VALUE)
        return false;
    return r->as == RULE_BASELINE ? of_baseline(w, r, k, add, out)
                                  : of_window(w, r, k, add, out);
}
