/* Alerts that are forgotten: what they say of somebody or something, or all of
 * them when their time is over. */
#include "base/redaction.h"
#include "station/alerts_parts.h"
#include "station/store.h"

struct amending {
    struct alerts *a;
    const struct alerts_erasure *what;
    struct alerts_erased erased;
};

enum { TEXTS = 5 };

/* r with words replaced, borrowing from texts; false: it has none. */
static bool amend(const struct alerts_erasure *e, struct alert_record *r,
                  struct buffer texts[TEXTS])
{
    const char **const places[TEXTS] = {&r->name, &r->device, &r->text,
                                        &r->acknowledged.text,
                                        &r->acknowledged.who};
    bool changed = false;

    for (size_t i = 0; i < TEXTS; i++) {
        if (*places[i] == NULL ||
            !redaction_text(e->words, *places[i], &texts[i]))
            continue;
        *places[i] = texts[i].at;
        changed = true;
    }
    if (e->who == NULL || r->acknowledged.who == NULL ||
        strcmp(r->acknowledged.who, e->who) != 0)
        return changed;
    r->acknowledged.who = e->instead;
    return true;
}

static void texts_fini(struct buffer texts[TEXTS])
{
    for (size_t i = 0; i < TEXTS; i++)
        buffer_fini(&texts[i]);
}

/* What a link's alert names as its device is one of two. */
static bool is_of(const struct alert_record *r, const struct alerts_erasure *e)
{
    return (e->device != NULL && ident_equal(&r->object.device, e->device)) ||
           (e->name != NULL && ident_is_set(&r->object.device) &&
            strcmp(r->device, e->name) == 0);
}

static struct alert_record *amend_past(void *arg, const struct alert_record *r)
{
    struct amending *m = arg;
    struct buffer texts[TEXTS] = {0};
    struct alert_record next = *r, *made = (struct alert_record *)r;

    if (is_of(r, m->what)) {
        m->erased.deleted++;
        alerts_keep_no_more(m->a, r->index);
        return NULL;
    }
    if (amend(m->what, &next, texts)) {
        m->erased.changed++;
        made = alert_copy(&next);
        alerts_keep_past(m->a, made);
    }
    texts_fini(texts);
    return made;
}

/* Symptoms are told anew by whoever sees them. */
static void amend_active(struct amending *m, struct alert *alert)
{
    struct buffer texts[TEXTS] = {0};
    struct alert_record next = *alert->record;

    if (amend(m->what, &next, texts)) {
        m->erased.changed++;
        alerts_become(m->a, alert, &next, ALERT_NEWS);
    }
    texts_fini(texts);
}

struct alerts_erased alerts_erase(struct alerts *a,
                                  const struct alerts_erasure *e)
{
    struct amending m = {.a = a, .what = e};
    size_t at = 0;
    void *value;

    while (table_next(a->by_key, &at, NULL, &value)) {
        struct alert *alert = value;

        if (alert->record->state == ALERT_ACTIVE)
            amend_active(&m, alert);
    }
    if (a->store != NULL)
        store_begin(a->store);
    alerts_keep_unkept(a);
    alert_book_unref(alerts_book(a)); /* all that ended is in it */
    a->book = alert_book_amend(a->book, amend_past, &m);
    if (a->store != NULL)
        store_end(a->store);
    return m.erased;
}

/* ---- time ---- */

enum { EXPIRE_MS = 3600000 };

static struct alert_record *expire_past(void *arg, const struct alert_record *r)
{
    struct alerts *a = arg;

    if (a->wall.ms - r->cleared.ms < a->keep_ended_ms)
        return (struct alert_record *)r;
    alerts_keep_no_more(a, r->index);
    return NULL;
}

void alerts_expire(struct alerts *a)
{
    if (a->keep_ended_ms == 0 ||
        (a->ended_looked_at.ns != 0 &&
         mono_ms_between(a->ended_looked_at, a->now) < EXPIRE_MS))
        return;
    a->ended_looked_at = a->now;
    alert_book_unref(alerts_book(a)); /* all that ended is in it, by its end */
    if (a->book->cleared_count == 0 ||
        a->wall.ms - a->book->cleared[0]->cleared.ms < a->keep_ended_ms)
        return;
    a->book = alert_book_amend(a->book, expire_past, a);
}

void alerts_keep_ended_for(struct alerts *a, int64_t keep_ms)
{
    a->keep_ended_ms = keep_ms;
    a->ended_looked_at = (struct mono){0};
}
