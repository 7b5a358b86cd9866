/* Alerts and risks that became other. */
#include "north/stream_look_parts.h"

#include "base/table.h"
#include "north/alert_json.h"
#include "north/json_out.h"

#include <math.h>

enum { SYMPTOMS_TOLD = 100 }; /* names of them; beyond: their number alone */

/* ---- alerts ---- */

static bool is_news(const struct alert_record *was,
                    const struct alert_record *is)
{
    return was->state != is->state || was->severity != is->severity ||
           was->acknowledged.at.ms != is->acknowledged.at.ms ||
           strcmp(was->acknowledged.who, is->acknowledged.who) != 0 ||
           was->silence != is->silence || was->shelved.ms != is->shelved.ms ||
           was->cause != is->cause || was->symptom_count != is->symptom_count ||
           was->flapping != is->flapping || was->ceased.ms != is->ceased.ms ||
           fabs(was->risk - is->risk) >= 1 || strcmp(was->text, is->text) != 0;
}

static void tell_alert(struct stream_batch *out, const struct alert_record *a)
{
    json_t *o = alert_json(a);

    if (a->symptom_count > SYMPTOMS_TOLD)
        json_object_del(o, "symptoms");
    stream_batch_add(out, STREAM_ALERT, o);
}

/* One that lasted does no more. */
static void tell_end(struct stream_batch *out, const struct alert_book *now,
                     const struct alert_record *was)
{
    const struct alert_record *is = alert_book_find(now, was->index);

    if (is != NULL)
        tell_alert(out, is);
    else
        stream_batch_add(out, STREAM_ALERT,
                         json_pack("{s:I,s:s}", "id", (json_int_t)was->index,
                                   "state", "cleared"));
}

/* Both are by index. */
static void compare(const struct alert_book *was, const struct alert_book *is,
                    struct stream_batch *out)
{
    for (size_t a = 0, b = 0; a < was->active_count || b < is->active_count;) {
        const struct alert_record *old =
            a < was->active_count ? was->active[a] : NULL;
        const struct alert_record *new =
            b < is->active_count ? is->active[b] : NULL;
        bool ends = new == NULL || (old != NULL && old->index < new->index);
        bool rises = old == NULL || (new != NULL &&new->index < old->index);

        if (ends)
            tell_end(out, is, old);
        else if (rises)
            tell_alert(out, new);
        else if (old != new &&is_news(old, new))
            tell_alert(out, new);
        a += !rises;
        b += !ends;
    }
}

void stream_look_alerts(struct stream_seen *seen, const struct snapshot *s,
                        struct stream_batch *out)
{
    struct stream_mark since = stream_batch_mark(out);

    if (seen->alerts == s->alerts)
        return;
    if (seen->alerts != NULL)
        compare(seen->alerts, s->alerts, out);
    alert_book_unref(seen->alerts);
    seen->alerts = alert_book_ref(s->alerts);
    stream_batch_settle(out, since, STREAM_ALERT);
}

/* ---- risk ---- */

struct risk_look {
    const struct snapshot *s;
    struct table *devices; /* ident -> record; NULL: nobody asked */
    struct stream_batch *out;
};

static void tell_risk(struct risk_look *l, const char *class, const char *name,
                      const char *object, const struct risk_entry *e)
{
    json_t *o = json_object();

    json_put_text(o, "class", class);
    json_put_text(o, "name", name);
    json_put_text(o, "object", object);
    json_put_number(o, "risk", round((double)e->risk * 100) / 100);
    json_put_count(o, "level", e->level);
    stream_batch_add(l->out, STREAM_RISK, o);
}

static const char *device_name(struct risk_look *l, const struct ident *id)
{
    if (l->devices == NULL) {
        l->devices = table_new();
        for (size_t i = 0; i < l->s->device_count; i++)
            (void)table_put(l->devices, ident_key(&l->s->devices[i]->id),
                            l->s->devices[i]);
    }
    const struct device_record *d = table_find(l->devices, ident_key(id));
    return d != NULL ? d->name : NULL;
}

static void tell(struct risk_look *l, const char *class,
                 const struct risk_entry *e)
{
    char id[IDENT_TEXT_MAX];
    const char *name = e->name;

    if (!ident_is_set(&e->id)) {
        tell_risk(l, class, name, name, e);
        return;
    }
    if (strcmp(class, "device") == 0)
        name = device_name(l, &e->id);
    if (name != NULL)
        tell_risk(l, class, name, ident_format(&e->id, id, sizeof id), e);
}

static int order_of(const struct risk_entry *a, const struct risk_entry *b)
{
    int order = ident_compare(&a->id, &b->id);

    return order != 0 || ident_is_set(&a->id) ? order
                                              : strcmp(a->name, b->name);
}

struct entries {
    const struct risk_entry *at;
    size_t count;
};

static void compare_entries(struct risk_look *l, const char *class,
                            struct entries was, struct entries is)
{
    for (size_t a = 0, b = 0; a < was.count || b < is.count;) {
        const struct risk_entry *old = a < was.count ? &was.at[a] : NULL;
        const struct risk_entry *new = b < is.count ? &is.at[b] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : order_of(old, new);

        if (order < 0) { /* it has none any more */
            struct risk_entry none = *old;

            none.risk = 0;
            none.level = 1;
            if (old->risk > 0)
                tell(l, class, &none);
        } else if ((order > 0 && new->risk > 0) ||
                   (order == 0 && (fabsf(old->risk - new->risk) >= 0.5F ||
                                   old->level != new->level))) {
            tell(l, class, new);
        }
        a += order <= 0;
        b += order >= 0;
    }
}

static void compare_books(struct risk_look *l, const struct risk_book *was,
                          const struct risk_book *is)
{
    compare_entries(l, "device",
                    (struct entries){was->devices, was->device_count},
                    (struct entries){is->devices, is->device_count});
    compare_entries(l, "link", (struct entries){was->links, was->link_count},
                    (struct entries){is->links, is->link_count});
    compare_entries(l, "group", (struct entries){was->groups, was->group_count},
                    (struct entries){is->groups, is->group_count});
    compare_entries(l, "cloud", (struct entries){was->clouds, was->cloud_count},
                    (struct entries){is->clouds, is->cloud_count});
    if (fabsf(was->whole.risk - is->whole.risk) >= 0.01F)
        tell_risk(l, "all", "all", "all", &is->whole);
}

void stream_look_risk(struct stream_seen *seen, const struct snapshot *s,
                      struct stream_batch *out)
{
    struct stream_mark since = stream_batch_mark(out);
    struct risk_look l = {.s = s, .out = out};

    if (seen->risk == s->risk || s->risk == NULL)
        return;
    if (seen->risk != NULL)
        compare_books(&l, seen->risk, s->risk);
    table_free(l.devices);
    risk_book_unref(seen->risk);
    seen->risk = risk_book_ref(s->risk);
    stream_batch_settle(out, since, STREAM_RISK);
}
