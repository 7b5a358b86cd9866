#include "station/risk.h"

#include "base/arena.h"
#include "base/mem.h"
#include "graphs/layout.h"

#include <math.h>
#include <stdlib.h>

enum { BORDER = 25, CLEARLY = 5, LONG_MS = 60000, OLD_YEARS = 5 };
enum { EXPOSURE_USUAL = 3, EXPOSURE_MAX = 5 };

static const double HOUR_MS = 3600e3;

const char *const risk_alert_names[] = {
    "severity",     "value", "exposure", "suppressed", "silenced",
    "acknowledged", "hours", "count",    "flaps",      NULL};
const char risk_alert_formula[] =
    "severity * value * exposure * if(silenced, 0, if(suppressed, 0.2, 1))";

const char *const risk_group_names[] = {"highest", "rest", "count", NULL};
const char risk_group_formula[] = "highest + 0.2 * rest";

const char *risk_level_name(int level)
{
    static const char *const names[] = {"very low", "low", "medium", "high",
                                        "very high"};

    return level >= 1 && level <= RISK_LEVELS ? names[level - 1] : "";
}

int risk_level_of(double risk)
{
    int level = 1 + (int)(risk / BORDER);

    return level < RISK_LEVELS ? level : RISK_LEVELS;
}

/* How far risk is outside of a level. */
static double outside(int level, double risk)
{
    double low = (level - 1) * BORDER;
    double high = level < RISK_LEVELS ? level * BORDER : RISK_MAX + 1;

    return risk < low ? low - risk : risk >= high ? risk - high : 0;
}

bool risk_mark_step(struct risk_mark *m, double risk, struct mono now)
{
    int level = risk_level_of(risk);
    int before = m->level;

    if (level == m->level) {
        m->beyond = (struct mono){0};
        return false;
    }
    if (m->beyond.ns == 0)
        m->beyond = now;
    if (before != 0 && outside(before, risk) < CLEARLY &&
        mono_ms_between(m->beyond, now) < LONG_MS)
        return false;
    *m = (struct risk_mark){.level = level};
    return true;
}

/* ---- formulas ---- */

void risk_variables(const struct alert_record *a, int value, int exposure,
                    struct wall now, double out[RISK_VARIABLES])
{
    out[RISK_SEVERITY] = (double)a->severity; /* indeterminate is 1 */
    out[RISK_VALUE] = value;
    out[RISK_EXPOSURE] = exposure;
    out[RISK_SUPPRESSED] = a->cause != 0;
    out[RISK_SILENCED] = a->silence != 0;
    out[RISK_ACKNOWLEDGED] = a->acknowledged.who[0] != '\0';
    out[RISK_HOURS] = fmax(0, (double)(now.ms - a->raised.ms) / HOUR_MS);
    out[RISK_COUNT] = a->count;
    out[RISK_FLAPS] = a->flaps;
}

static double within(double risk)
{
    return isnan(risk) || risk < 0 ? 0 : risk > RISK_MAX ? RISK_MAX : risk;
}

double risk_of_formula(const struct formula *f, const double *variables)
{
    return within(formula_value(f, variables));
}

double risk_join(double risk, double more)
{
    return RISK_MAX * (1 - (1 - risk / RISK_MAX) * (1 - more / RISK_MAX));
}

void risk_sum_add(struct risk_sum *s, double risk)
{
    s->count++;
    s->sum += risk;
    s->highest = fmax(s->highest, risk);
}

double risk_sum_rest(const struct risk_sum *s)
{
    return s->count > 1 ? (s->sum - s->highest) / (double)(s->count - 1) : 0;
}

double risk_of_group(const struct formula *f, const struct risk_sum *members)
{
    const double variables[GROUP_VARIABLES] = {
        [GROUP_COUNT] = (double)members->count,
        [GROUP_HIGHEST] = members->highest,
        [GROUP_REST] = risk_sum_rest(members)};

    return risk_of_formula(f, variables);
}

/* ---- exposure ---- */

int risk_exposure(const struct risk_exposure *e, struct buffer *why)
{
    const struct {
        bool holds;
        int more;
        const char *text;
    } parts[] = {
        {e->is_public, 1, "an address of the public Internet"},
        {e->plain, 1, "a community that everybody guesses"},
        {e->encrypted, -1, "SNMPv3 with encryption"},
        {e->firmware_years > OLD_YEARS, 1, "firmware older than five years"},
    };
    int exposure = EXPOSURE_USUAL;

    buffer_format(why, "%d", EXPOSURE_USUAL);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (!parts[i].holds)
            continue;
        exposure += parts[i].more;
        buffer_format(why, " %c 1 (%s)", parts[i].more > 0 ? '+' : '-',
                      parts[i].text);
    }
    return exposure < EXPOSURE_MAX ? exposure : EXPOSURE_MAX;
}

/* ---- over time ---- */

struct risk_history *risk_history_ref(const struct risk_history *h)
{
    struct risk_history *shared = (struct risk_history *)h;

    (void)__atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void risk_history_unref(struct risk_history *h)
{
    if (h != NULL && __atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(h);
}

bool risk_history_span(const struct risk_history *h, struct wall from,
                       struct wall to, struct risk_span *out)
{
    double risk = 0, sum = 0;
    int64_t since_ms = from.ms;
    size_t n = 0;

    for (; n < h->count && risk_history_at(h, n)->at.ms <= from.ms; n++)
        risk = (double)risk_history_at(h, n)->risk;
    *out = (struct risk_span){.highest = risk};
    if (n == 0 && h->count == RISK_POINTS)
        return false; /* what was before these is not known */
    for (; n < h->count && risk_history_at(h, n)->at.ms < to.ms; n++) {
        const struct risk_point *p = risk_history_at(h, n);

        sum += risk * (double)(p->at.ms - since_ms);
        since_ms = p->at.ms > since_ms ? p->at.ms : since_ms;
        risk = (double)p->risk;
        out->highest = risk > out->highest ? risk : out->highest;
    }
    sum += risk * (double)(to.ms - since_ms);
    out->mean = to.ms > from.ms ? sum / (double)(to.ms - from.ms) : risk;
    out->last = risk;
    return true;
}

/* Folders of devices are called by what a device is called: none is so. */
static const char others[] = "_risk";

void risk_series_path(enum risk_class class, const char *name,
                      struct buffer *out)
{
    static const char *const prefixes[] = {[RISK_LINK] = "link-",
                                           [RISK_SITE] = "site-",
                                           [RISK_CLOUD] = "cloud-",
                                           [RISK_WHOLE] = "all"};
    struct buffer OWNED_BUFFER object = {0};

    if (class == RISK_DEVICE) {
        layout_path(name, SERIES_RISK, "", out);
        return;
    }
    buffer_format(&object, "%s%s", prefixes[class], name);
    layout_path(others, SERIES_RISK, object.at, out);
}

/* ---- as published ---- */

struct risk_book *risk_book_ref(const struct risk_book *b)
{
    struct risk_book *mine = (struct risk_book *)b;

    (void)__atomic_add_fetch(&mine->refs, 1, __ATOMIC_RELAXED);
    return mine;
}

/* They are the book's own references. */
static void drop_histories(const struct risk_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        risk_history_unref((struct risk_history *)entries[i].history);
}

void risk_book_unref(struct risk_book *b)
{
    if (b == NULL || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    drop_histories(b->devices, b->device_count);
    drop_histories(b->links, b->link_count);
    drop_histories(b->groups, b->group_count);
    drop_histories(b->clouds, b->cloud_count);
    drop_histories(&b->whole, 1);
    arena_free(b->arena);
    free(b);
}

static int by_id(const void *key, const void *entry)
{
    return ident_compare(key, &((const struct risk_entry *)entry)->id);
}

const struct risk_entry *risk_of_device(const struct risk_book *b,
                                        const struct ident *id)
{
    return b->device_count > 0 ? bsearch(id, b->devices, b->device_count,
                                         sizeof *b->devices, by_id)
                               : NULL;
}

const struct risk_entry *risk_of_link(const struct risk_book *b,
                                      const struct ident *id)
{
    return b->link_count > 0
               ? bsearch(id, b->links, b->link_count, sizeof *b->links, by_id)
               : NULL;
}
