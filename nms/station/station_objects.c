/* Which objects have a number: devices and links as they come, and whatever an
 * alert was raised of. A few at a time. */
#include "station/station_parts.h"

enum { LOOKS = 500 }; /* at once */

static void know_devices(struct station *s, size_t looks)
{
    struct objects_progress *p = &s->objects_progress;

    if (p->order != inventory_order(s->inventory)) {
        p->order = inventory_order(s->inventory);
        p->device = 0;
    }
    for (; looks > 0 && p->device < inventory_count(s->inventory); looks--) {
        struct device *d = inventory_at(s->inventory, p->device++);
        const struct object_ref ref = {
            .class = OBJECT_DEVICE, .device = d->id, .part = ""};

        if (d->object != 0 || d->name == NULL)
            continue;
        d->object = objects_know(s->objects, &ref);
        device_touch(d);
    }
}

static void know_link(struct station *s, const struct ident *id)
{
    char text[IDENT_TEXT_MAX];
    const struct object_ref ref = {.class = OBJECT_LINK,
                                   .part = ident_format(id, text, sizeof text)};

    (void)objects_know(s->objects, &ref);
}

/* Links, and shared segments, which have members instead of ends. */
static void know_links(struct station *s, size_t looks)
{
    struct objects_progress *p = &s->objects_progress;

    if (s->inferred == NULL)
        return;
    const struct topology *t = s->inferred->topology;
    if (p->inferred != s->inferred->at.ms) {
        p->inferred = s->inferred->at.ms;
        p->link = p->node = 0;
    }
    for (; looks > 0 && p->link < t->links.count; looks--)
        know_link(s, &t->links.at[p->link++].id);
    for (; looks > 0 && p->node < t->nodes.count; looks--) {
        const struct topo_node *node = &t->nodes.at[p->node++];

        if (node->origin == NODE_SEGMENT)
            know_link(s, &node->id);
    }
}

static void know_named(struct station *s, const struct risk_entry *at,
                       size_t count)
{
    for (size_t i = 0; i < count && i < LOOKS; i++) {
        const struct object_ref ref = {.class = OBJECT_GROUP,
                                       .part = at[i].name};

        (void)objects_know(s->objects, &ref);
    }
}

/* Sites and clouds of maps; there are few. */
static void know_groups(struct station *s)
{
    const struct risk_book *b = s->snapshot != NULL ? s->snapshot->risk : NULL;

    if (b == NULL)
        return;
    know_named(s, b->groups, b->group_count);
    know_named(s, b->clouds, b->cloud_count);
}

void station_know_objects(struct station *s)
{
    know_groups(s);
    know_devices(s, LOOKS);
    know_links(s, LOOKS);
}

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct station *s = arg;

    (void)before;
    if (news == ALERT_RAISED)
        (void)objects_know(s->objects, &now->object);
}

int station_open_objects(struct station *s, struct complaint *why)
{
    const struct object_ref self = {.class = OBJECT_STATION, .part = ""};
    const struct alert_listener listener = {.on_alert = on_alert, .arg = s};
    int rc;

    s->objects = objects_new(s->store);
    rc = objects_load(s->objects, why);
    if (rc < 0)
        return rc;
    (void)objects_know(s->objects, &self);
    alerts_listen(s->alerts, &listener);
    return 0;
}
