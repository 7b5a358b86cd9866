/* The risk of clouds of maps: of a group's kind, of who is in them. */
#include "station/risks_parts.h"

#include <stdlib.h>

static void cloud_free(struct risk_cloud *c)
{
    risk_history_unref(c->state.history);
    array_fini(&c->members);
    free(c->name);
    free(c);
}

void risks_free_clouds(struct risks *r)
{
    void *value;

    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value);)
        cloud_free(value);
    table_free(r->clouds);
}

static struct risk_cloud *cloud_called(struct risks *r, const char *name)
{
    struct risk_cloud *c = table_find_text(r->clouds, name);

    if (c != NULL)
        return c;
    c = mem_new(struct risk_cloud);
    c->name = mem_text(name);
    risks_recall(r, &c->state, RISK_CLOUD, name);
    (void)table_put_text(r->clouds, name, c);
    return c;
}

void risks_clouds(struct risks *r, const struct cloud_member *members,
                  size_t count)
{
    struct risk_cloud *c = NULL;
    struct bytes key;
    void *value;

    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value);) {
        ((struct risk_cloud *)value)->there = false;
        ((struct risk_cloud *)value)->members.count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (c == NULL || strcmp(c->name, members[i].cloud) != 0)
            c = cloud_called(r, members[i].cloud);
        c->there = true;
        *array_add(&c->members) = (struct risk_inside){.id = members[i].device};
    }
    for (size_t at = 0; table_next(r->clouds, &at, &key, &value);) {
        c = value;
        if (c->there)
            continue;
        (void)table_remove(r->clouds, key);
        risks_forget(r, RISK_CLOUD, c->name);
        cloud_free(c);
    }
    r->changed = r->moved = true;
}

const struct risk_device *risks_inside(const struct risks *r,
                                       struct risk_inside *inside)
{
    if (inside->device == NULL ||
        !ident_equal(&inside->device->id, &inside->id))
        inside->device = table_find(r->devices, ident_key(&inside->id));
    return inside->device;
}

static void reckon(struct risks *r, struct risk_cloud *c)
{
    struct risk_sum members = {0};

    for (size_t i = 0; i < c->members.count; i++) {
        const struct risk_device *o = risks_inside(r, &c->members.at[i]);

        if (o != NULL)
            risk_sum_add(&members, o->state.risk);
    }
    risks_reckon_group(r, &c->state, OBJECT_GROUP, c->name, &members);
}

void risks_reckon_clouds(struct risks *r)
{
    void *value;

    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value);)
        reckon(r, value);
}
