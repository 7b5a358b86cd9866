/* The risk of links: alerts of their own, and of the ports at their ends. */
#include "station/risks_parts.h"

#include <math.h>
#include <stdlib.h>

static struct bytes index_key(const uint32_t *index)
{
    return (struct bytes){(const uint8_t *)index, sizeof *index};
}

static void link_free(struct risk_link *l)
{
    for (size_t i = 0; i < l->alerts.count; i++)
        alert_unref(l->alerts.at[i]);
    array_fini(&l->alerts);
    risk_history_unref(l->state.history);
    free(l->name);
    free(l);
}

void risks_free_links(struct risks *r)
{
    void *value;

    for (size_t at = 0; table_next(r->links, &at, NULL, &value);)
        link_free(value);
    table_free(r->links);
    table_free(r->known);
    table_free(r->of_alert);
}

/* The link at a port, which an alert names by its object. */
static const struct topo_link *link_of_port(const struct risks *r,
                                            const struct object_ref *o)
{
    const struct device *d = inventory_by_id(r->parts.inventory, &o->device);
    uint32_t node = r->inferred != NULL && d != NULL
                        ? inferred_node(r->inferred, &d->id)
                        : UINT32_MAX;

    if (node == UINT32_MAX || d->record == NULL)
        return NULL;
    for (size_t i = 0; i < d->record->port_count; i++) {
        const struct port_record *p = &d->record->ports[i];

        if (strcmp(p->object, o->part) != 0)
            continue;
        uint32_t link = cabling_trunk(&r->inferred->cabling, node, p->if_index);
        return link != UINT32_MAX ? &r->inferred->topology->links.at[link]
                                  : NULL;
    }
    return NULL;
}

static void describe(const struct risks *r, struct risk_link *l,
                     const struct topo_link *like)
{
    const struct topology *t = r->inferred->topology;
    struct buffer name = {0};

    buffer_format(&name, "%s:%s - %s:%s", t->nodes.at[like->a].name,
                  like->a_port, t->nodes.at[like->b].name, like->b_port);
    l->name = buffer_take(&name);
    l->ends[0] = t->nodes.at[like->a].id;
    l->ends[1] = t->nodes.at[like->b].id;
}

static struct risk_link *link_like(struct risks *r,
                                   const struct topo_link *like)
{
    struct risk_link *l = table_find(r->links, ident_key(&like->id));
    char text[IDENT_TEXT_MAX];

    if (l != NULL)
        return l;
    l = mem_new(struct risk_link);
    l->id = like->id;
    describe(r, l, like);
    risks_recall(r, &l->state, RISK_LINK,
                 ident_format(&l->id, text, sizeof text));
    l->had_risk = l->state.risk > 0;
    (void)table_put(r->links, ident_key(&l->id), l);
    return l;
}

/* NULL: it is of none that the topology has, or has yet. */
static struct risk_link *link_of(struct risks *r, const struct alert_record *a)
{
    const struct topo_link *like = NULL;
    struct ident id;

    if (a->object.class == OBJECT_LINK) {
        if (ident_parse(a->object.part, &id) < 0)
            return NULL;
        like = table_find(r->known, ident_key(&id));
        if (like == NULL)
            return table_find(r->links, ident_key(&id));
    } else if (a->object.class == OBJECT_PORT) {
        like = link_of_port(r, &a->object);
    }
    return like != NULL ? link_like(r, like) : NULL;
}

static void take(struct risk_link *l, const struct alert_record *a)
{
    for (size_t i = 0; i < l->alerts.count; i++)
        if (l->alerts.at[i]->index == a->index) {
            alert_unref(l->alerts.at[i]);
            l->alerts.at[i] = alert_ref(a);
            return;
        }
    *array_add(&l->alerts) = alert_ref(a);
}

static void let_go(struct risk_link *l, uint32_t index)
{
    for (size_t i = 0; i < l->alerts.count; i++)
        if (l->alerts.at[i]->index == index) {
            alert_unref(l->alerts.at[i]);
            l->alerts.at[i] = l->alerts.at[--l->alerts.count];
            return;
        }
}

void risks_link_alert(struct risks *r, enum alert_news news,
                      const struct alert_record *a)
{
    struct risk_link *l = table_find(r->of_alert, index_key(&a->index));

    if (news == ALERT_ENDED) {
        if (l != NULL)
            let_go(l, a->index);
        (void)table_remove(r->of_alert, index_key(&a->index));
        return;
    }
    if (l == NULL)
        l = link_of(r, a);
    if (l == NULL)
        return;
    take(l, a);
    (void)table_put(r->of_alert, index_key(&a->index), l);
}

/* What an end lends to its link: the more of both counts. */
static void lend(struct risks *r, struct risk_link *l)
{
    l->value = l->exposure = 1;
    for (size_t i = 0; i < COUNT_OF(l->ends); i++) {
        const struct risk_device *o =
            table_find(r->devices, ident_key(&l->ends[i]));

        if (o == NULL)
            continue;
        l->value = o->value > l->value ? o->value : l->value;
        l->exposure = o->exposure > l->exposure ? o->exposure : l->exposure;
    }
}

/* An alert of a link adds to nothing else; one of a port is its device's. */
static void weigh(struct risks *r, const struct alert_record *a, double risk)
{
    const struct alert_record *now =
        alerts_by_number(r->parts.alerts, a->index);

    if (a->object.class == OBJECT_LINK && now != NULL &&
        fabs(now->risk - risk) >= RISK_WEIGHT_LEAST)
        alerts_weigh(r->parts.alerts, a->index, risk);
}

static void tell(struct risks *r, const struct risk_link *l, int before)
{
    char id[IDENT_TEXT_MAX];
    const struct object_ref object = {
        .class = OBJECT_LINK, .part = ident_format(&l->id, id, sizeof id)};

    if (before == 0 && !l->had_risk)
        before = 1; /* it had no risk until now */
    risks_tell(r, &object, l->name, &l->state, before);
}

/* There are as many as links have or had alerts. */
void risks_reckon_links(struct risks *r)
{
    struct bytes key;
    void *value;
    int before;

    for (size_t at = 0; table_next(r->links, &at, &key, &value);) {
        struct risk_link *l = value;
        double risk = 0;

        lend(r, l);
        for (size_t i = 0; i < l->alerts.count; i++) {
            const struct alert_record *a = l->alerts.at[i];
            double more = risks_of_alert(r, a, l->value, l->exposure, NULL);

            risk = risk_join(risk, more);
            weigh(r, a, more);
        }
        if (risks_note(r, &l->state, risk, &before))
            tell(r, l, before);
        if (l->alerts.count > 0 || l->state.history != NULL)
            continue; /* its series goes on */
        (void)table_remove(r->links, key);
        link_free(l);
    }
}

/* Those that are in the topology no more. */
static void drop_gone(struct risks *r)
{
    char id[IDENT_TEXT_MAX];
    struct bytes key;
    void *value;

    for (size_t at = 0; table_next(r->links, &at, &key, &value);) {
        struct risk_link *l = value;

        if (l->alerts.count > 0 ||
            table_find(r->known, ident_key(&l->id)) != NULL)
            continue;
        (void)table_remove(r->links, key);
        risks_forget(r, RISK_LINK, ident_format(&l->id, id, sizeof id));
        link_free(l);
        r->changed = true;
    }
}

/* Alerts that were there before their link was known, as after a restart. */
static void take_earlier(struct risks *r)
{
    struct alert_book *book = alerts_book(r->parts.alerts);

    for (size_t i = 0; i < book->active_count; i++)
        if (table_find(r->of_alert, index_key(&book->active[i]->index)) == NULL)
            risks_link_alert(r, ALERT_RAISED, book->active[i]);
    alert_book_unref(book);
}

void risks_know_links(struct risks *r)
{
    const struct topology *t = r->inferred->topology;

    table_free(r->known);
    r->known = table_new();
    for (size_t i = 0; i < t->links.count; i++)
        (void)table_put(r->known, ident_key(&t->links.at[i].id),
                        (void *)&t->links.at[i]);
    drop_gone(r);
    take_earlier(r);
}
