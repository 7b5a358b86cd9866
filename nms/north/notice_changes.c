#include "north/notice_changes.h"

#include "base/mem.h"
#include "base/table.h"
#include "station/risk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct alert_type risk_type = {.name = "risk.level",
                                            .title = "risk level changed",
                                            .class = EVENT_PERFORMANCE,
                                            .severity = SEVERITY_INDETERMINATE,
                                            .raise = 11,
                                            .clear = 11},
                               links_type = {.name = "topology.changed",
                                             .title = "topology changed",
                                             .class = EVENT_CHANGE,
                                             .severity = SEVERITY_INDETERMINATE,
                                             .raise = 12,
                                             .clear = 12};

/* The first and the last of what happened to a risk since it was told. */
struct risk_news {
    enum object_class class;
    struct ident device;
    char *part, *name;
    double risk;
    int level, before;
};

struct notice_changes {
    struct table *risks; /* object -> struct risk_news */
    struct mono risks_due, links_due;
    struct topology_change links; /* sums */
    char *first;                  /* of them; NULL: there are none */
};

struct notice_changes *notice_changes_new(void)
{
    struct notice_changes *c = mem_new(struct notice_changes);

    c->risks = table_new();
    return c;
}

static void news_free(struct risk_news *n)
{
    free(n->part);
    free(n->name);
    free(n);
}

void notice_changes_free(struct notice_changes *c)
{
    void *value;

    if (c == NULL)
        return;
    for (size_t at = 0; table_next(c->risks, &at, NULL, &value);)
        news_free(value);
    table_free(c->risks);
    free(c->first);
    free(c);
}

/* ---- what comes ---- */

static struct risk_news *news_of(struct notice_changes *c,
                                 const struct risk_change *r)
{
    struct buffer OWNED_BUFFER key = {0};
    char id[IDENT_TEXT_MAX];

    buffer_format(&key, "%d %s %s", (int)r->object.class,
                  ident_format(&r->object.device, id, sizeof id),
                  r->object.part);
    struct risk_news *n = table_find(c->risks, buffer_view(&key));
    if (n != NULL)
        return n;
    n = mem_new(struct risk_news);
    n->class = r->object.class;
    n->device = r->object.device;
    n->part = mem_text(r->object.part);
    n->before = r->before;
    (void)table_put(c->risks, buffer_view(&key), n);
    return n;
}

void notice_changes_risk(struct notice_changes *c, const struct risk_change *r)
{
    struct risk_news *n = news_of(c, r);

    free(n->name);
    n->name = mem_text(r->name);
    n->risk = r->risk;
    n->level = r->level;
}

void notice_changes_links(struct notice_changes *c,
                          const struct topology_change *t)
{
    c->links.came += t->came;
    c->links.went += t->went;
    c->links.others += t->others;
    if (c->first == NULL)
        c->first = mem_text(t->first);
}

/* ---- what is told ---- */

static struct alert_record record_of(const struct alert_type *type,
                                     const char *name, const char *text,
                                     struct wall at)
{
    return (struct alert_record){
        .refs = 2, /* it is nobody's to free */
        .state = ALERT_ACTIVE,
        .severity = SEVERITY_INDETERMINATE,
        .worst = SEVERITY_INDETERMINATE,
        .type = type,
        .object = {.class = OBJECT_STATION, .part = ""},
        .qualifier = "",
        .name = name,
        .device = "",
        .text = text,
        .rule = "",
        .unit = "",
        .evidence = ALERT_BY_STATION,
        .value = (double)NAN,
        .limit = (double)NAN,
        .raised = at,
        .changed = at,
        .last_seen = at,
        .count = 1,
        .acknowledged = {.who = "", .text = ""},
    };
}

static void tell_risk(const struct risk_news *n, const char *station,
                      struct wall at, notice_change_fn fn, void *arg)
{
    int graver = n->level > n->before ? n->level : n->before;
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "risk is %s (%.0f), was %s", risk_level_name(n->level),
                  n->risk, risk_level_name(n->before));
    struct alert_record a = record_of(&risk_type, n->name, text.at, at);
    a.object = (struct object_ref){n->class, n->device, n->part};
    if (n->class == OBJECT_STATION)
        a.name = station; /* its row bears the risk of the whole */
    if (n->class == OBJECT_DEVICE)
        a.device = n->name;
    /* who was told of the rise is told of the fall: by what is filtered */
    a.severity = a.worst = risk_level_severity(graver);
    a.value = a.risk = n->risk;
    if (n->level < n->before) {
        a.state = ALERT_CLEARED;
        a.cleared = at;
    }
    fn(arg, &a, (uint8_t)n->level);
}

/* The gravest first. */
static int compare_news(const void *a, const void *b)
{
    const struct risk_news *x = *(const struct risk_news *const *)a;
    const struct risk_news *y = *(const struct risk_news *const *)b;
    int p = x->level > x->before ? x->level : x->before;
    int q = y->level > y->before ? y->level : y->before;

    return p != q ? q - p : strcmp(x->name, y->name);
}

static void tell_rest(size_t count, const char *station, struct wall at,
                      notice_change_fn fn, void *arg)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "the risk of %zu more came to another level", count);
    struct alert_record a = record_of(&risk_type, station, text.at, at);
    fn(arg, &a, 0);
}

static void turn_risks(struct notice_changes *c, const char *station,
                       struct wall at, notice_change_fn fn, void *arg)
{
    struct risk_news **all = mem_array(table_count(c->risks) + 1, sizeof *all);
    size_t count = 0;
    struct bytes key;
    void *value;

    for (size_t at_row = 0; table_next(c->risks, &at_row, &key, &value);) {
        struct risk_news *n = value;

        (void)table_remove(c->risks, key);
        if (n->level != n->before)
            all[count++] = n;
        else
            news_free(n);
    }
    if (count > 0)
        qsort((void *)all, count, sizeof *all, compare_news);
    for (size_t i = 0; i < count; i++) {
        if (i < CHANGES_RISK_MAX)
            tell_risk(all[i], station, at, fn, arg);
        news_free(all[i]);
    }
    if (count > CHANGES_RISK_MAX)
        tell_rest(count - CHANGES_RISK_MAX, station, at, fn, arg);
    free((void *)all);
}

static void add_count(struct buffer *out, size_t count, const char *what)
{
    if (count == 0)
        return;
    buffer_format(out, "%s%zu %s", out->len > 0 ? ", " : "links: ", count,
                  what);
}

static void turn_links(struct notice_changes *c, const char *station,
                       struct wall at, notice_change_fn fn, void *arg)
{
    struct buffer OWNED_BUFFER text = {0};

    add_count(&text, c->links.came, "came");
    add_count(&text, c->links.went, "went");
    add_count(&text, c->links.others, "changed");
    buffer_format(&text, "; the first: %s", c->first);
    struct alert_record a = record_of(&links_type, station, text.at, at);
    a.evidence = ALERT_BY_TOPOLOGY;
    fn(arg, &a, 0);
    free(TAKE(c->first));
    c->links = (struct topology_change){.first = ""};
}

void notice_changes_turn(struct notice_changes *c, const char *station,
                         struct mono now, struct wall wall, notice_change_fn fn,
                         void *arg)
{
    if (table_count(c->risks) > 0 && mono_reached(now, c->risks_due)) {
        c->risks_due = mono_after_ms(now, CHANGES_RISK_MS);
        turn_risks(c, station, wall, fn, arg);
    }
    if (c->first != NULL && mono_reached(now, c->links_due)) {
        c->links_due = mono_after_ms(now, CHANGES_LINKS_MS);
        turn_links(c, station, wall, fn, arg);
    }
}
