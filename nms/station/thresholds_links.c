/* Links whose ends are set otherwise than each other. */
#include "station/thresholds_parts.h"

#include <math.h>
#include <stdlib.h>

/* An alert of a link. */
struct told_link {
    const struct alert_type *type;
    bool holds; /* by the newest topology */
    char part[IDENT_TEXT_MAX];
};

static const struct alert_type *type_of(bool duplex)
{
    return alert_type_find(duplex ? "duplex.mismatch" : "speed.mismatch");
}

static struct told_link *told(struct thresholds *t,
                              const struct alert_type *type, const char *part)
{
    struct buffer OWNED_BUFFER key = {0};

    buffer_format(&key, "%s/%s", type->name, part);
    struct told_link *l = table_find_text(t->mismatched, key.at);
    if (l != NULL)
        return l;
    l = mem_new(struct told_link);
    l->type = type;
    memcpy(l->part, part, strlen(part) + 1);
    (void)table_put_text(t->mismatched, key.at, l);
    return l;
}

/* Patterns may name either end. */
static const struct active_rule *rule_of(const struct thresholds *t,
                                         const struct topo_link *l, bool duplex)
{
    const struct topology *of = t->inferred->topology;
    const uint32_t ends[] = {l->a, l->b};
    const char *const ports[] = {l->a_port, l->b_port};
    struct rule_subject subjects[COUNT_OF(ends)];

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        subjects[i] =
            (struct rule_subject){.device = of->nodes.at[ends[i]].name,
                                  .site = "",
                                  .kind = of->nodes.at[ends[i]].kind,
                                  .names = {ports[i], "", "", ""}};
    return thresholds_rule(t, duplex ? RULE_ON_DUPLEX : RULE_ON_SPEED, subjects,
                           COUNT_OF(subjects));
}

static void tell(struct thresholds *t, const struct mismatch *m)
{
    const struct topo_link *l = &t->inferred->topology->links.at[m->link];
    const struct topology *of = t->inferred->topology;
    const struct active_rule *r = rule_of(t, l, m->duplex);
    struct buffer OWNED_BUFFER name = {0};
    char id[IDENT_TEXT_MAX];

    if (r == NULL)
        return;
    struct told_link *known =
        told(t, type_of(m->duplex), ident_format(&l->id, id, sizeof id));
    known->holds = true;
    buffer_format(&name, "%s:%s - %s:%s", of->nodes.at[l->a].name, l->a_port,
                  of->nodes.at[l->b].name, l->b_port);
    alerts_tell(t->parts.alerts,
                &(struct condition){
                    .object = {.class = OBJECT_LINK, .part = known->part},
                    .type = known->type,
                    .severity = r->rule->severity,
                    .at = t->inferred->at,
                    .evidence = ALERT_BY_TOPOLOGY,
                    .name = name.at,
                    .text = m->text,
                    .rule = r->name,
                    .value = NAN,
                    .limit = NAN});
}

/* Alerts of an earlier run that the first topology may end. */
static void resume(struct thresholds *t)
{
    struct alert_book *book = alerts_book(t->parts.alerts);

    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *a = book->active[i];

        if (a->object.class == OBJECT_LINK &&
            strlen(a->object.part) < IDENT_TEXT_MAX &&
            (a->type == type_of(true) || a->type == type_of(false)))
            (void)told(t, a->type, a->object.part);
    }
    alert_book_unref(book);
}

static void end(struct thresholds *t, struct bytes key, struct told_link *l)
{
    alerts_tell(
        t->parts.alerts,
        &(struct condition){.object = {.class = OBJECT_LINK, .part = l->part},
                            .type = l->type,
                            .severity = SEVERITY_CLEARED,
                            .at = t->inferred->at,
                            .evidence = ALERT_BY_TOPOLOGY,
                            .text = "both ends agree, or are linked "
                                    "no more",
                            .value = NAN,
                            .limit = NAN});
    (void)table_remove(t->mismatched, key);
    free(l);
}

void thresholds_links(struct thresholds *t, const struct inferred *i)
{
    struct bytes key;
    void *value;

    t->inferred = i;
    if (!t->links_resumed)
        resume(t);
    t->links_resumed = true;
    for (size_t at = 0; table_next(t->mismatched, &at, NULL, &value);)
        ((struct told_link *)value)->holds = false;
    for (size_t m = 0; m < i->cabling.mismatches.count; m++)
        tell(t, &i->cabling.mismatches.at[m]);
    for (size_t at = 0; table_next(t->mismatched, &at, &key, &value);)
        if (!((struct told_link *)value)->holds)
            end(t, key, value);
}
