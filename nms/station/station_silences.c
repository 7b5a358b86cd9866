/* What belongs to what, for silences. */
#include "base/table.h"
#include "base/text.h"
#include "station/station_parts.h"

#include <stdlib.h>
#include <string.h>

/* Devices in a cloud of a map, as of some moments ago. */
struct cloud {
    struct station *station;
    char *name;                                          /* MAP/NAME */
    struct cloud_members ARRAY_OF(struct ident) members; /* in order */
    bool asked;
};

enum { LOOK_AT_CLOUDS_MS = 60000 };

static bool in_prefix(void *arg, const struct ident *device,
                      const struct prefix *p)
{
    const struct station *s = arg;
    const struct device *d = inventory_by_id(s->inventory, device);

    for (size_t i = 0; d != NULL && i < d->addrs.count; i++)
        if (prefix_contains(p, &d->addrs.at[i]))
            return true;
    return false;
}

/* Sites are the station's groups. */
static bool in_group(void *arg, const struct alert_record *r, const char *name)
{
    struct station *s = arg;
    const struct device *d = inventory_by_id(s->inventory, &r->object.device);

    if (r->object.class == OBJECT_GROUP)
        return text_matches(name, r->object.part);
    return d != NULL && text_matches(name, risks_group_of(s->risks, d));
}

static void look_at_groups(struct station *s)
{
    uint64_t version = risks_groups_version(s->risks);

    if (version == s->groups_version)
        return;
    s->groups_version = version;
    for (size_t i = 0; i < silences_count(s->silences); i++)
        if (silences_at(s->silences, i)->of.kind == SILENCE_GROUP)
            silences_renew(s->silences);
}

/* ---- clouds ---- */

static int by_ident(const void *a, const void *b)
{
    return ident_compare(a, b);
}

static void on_members(void *arg, const struct cloud_member *members,
                       size_t count)
{
    struct cloud *c = arg;
    bool same = count == c->members.count;

    c->asked = false;
    for (size_t i = 0; same && i < count; i++)
        same = ident_equal(&c->members.at[i], &members[i].device);
    if (same)
        return;
    array_fini(&c->members);
    for (size_t i = 0; i < count; i++)
        *array_add(&c->members) = members[i].device;
    silences_renew(c->station->silences);
}

static void look(struct cloud *c)
{
    if (c->asked)
        return;
    c->asked = true;
    maps_members(c->station->maps, c->name, on_members, c);
}

static struct cloud *cloud_of(struct station *s, const char *name)
{
    struct cloud *c = table_find_text(s->clouds, name);

    if (c != NULL)
        return c;
    c = mem_new(struct cloud);
    c->station = s;
    c->name = mem_text(name);
    (void)table_put_text(s->clouds, name, c);
    look(c);
    return c;
}

static bool in_cloud(void *arg, const struct ident *device, const char *name)
{
    const struct cloud *c = cloud_of(arg, name);

    return c->members.count > 0 &&
           bsearch(device, c->members.at, c->members.count, sizeof *device,
                   by_ident) != NULL;
}

static void forget(struct station *s, const char *name, struct cloud *c)
{
    (void)table_remove(s->clouds, bytes_of_text(name));
    maps_members_forget(s->maps, c);
    array_fini(&c->members);
    free(c->name);
    free(c);
}

static bool is_wanted(const struct station *s, const struct cloud *c)
{
    for (size_t i = 0; i < silences_count(s->silences); i++) {
        const struct silence *one = silences_at(s->silences, i);

        if (one->of.kind == SILENCE_CLOUD && strcmp(one->of.name, c->name) == 0)
            return true;
    }
    return false;
}

/* People edit maps: who is in a cloud is looked at now and then. */
static void look_at_clouds(struct station *s, struct mono now)
{
    size_t at = 0;
    void *cloud;

    if (!mono_reached(now, s->clouds_due))
        return;
    s->clouds_due = mono_after_ms(now, LOOK_AT_CLOUDS_MS);
    while (table_next(s->clouds, &at, NULL, &cloud)) {
        struct cloud *c = cloud;

        if (is_wanted(s, c))
            look(c);
        else
            forget(s, c->name, c);
    }
}

/* ---- when ---- */

void station_silences_turn(struct station *s, struct mono now, struct wall wall)
{
    look_at_clouds(s, now);
    look_at_groups(s);
    silences_tick(s->silences, wall);
}

int station_silences_start(struct station *s, struct complaint *why)
{
    const struct silences_parts parts = {
        .store = s->store,
        .events = s->events,
        .alerts = s->alerts,
        .world = {in_prefix, in_group, in_cloud, s}};

    s->clouds = table_new();
    s->silences = silences_new(&parts);
    return silences_load(s->silences, why);
}

void station_silences_end(struct station *s)
{
    size_t at = 0;
    void *cloud;

    while (s->clouds != NULL && table_next(s->clouds, &at, NULL, &cloud))
        forget(s, ((struct cloud *)cloud)->name, cloud);
    table_free(s->clouds);
    silences_free(s->silences);
}

struct silences *station_silences(struct station *s)
{
    return s->silences;
}
