/* What devices are, by their reach and by their alerts. */
#include "station/snapshot.h"

#include "base/table.h"

#include <stdlib.h>

/* The alerts of a device. */
struct burden {
    enum severity worst; /* among those that ask for somebody */
    uint16_t open, silenced, acknowledged;
    bool explained; /* it cannot be reached for another's sake */
};

struct weighing {
    struct table *burdens; /* ident -> struct burden */
    struct arena *arena;
};

static struct burden *burden_of(struct weighing *w, const struct ident *id)
{
    struct burden *b = table_find(w->burdens, ident_key(id));

    if (b == NULL) {
        b = arena_zero(w->arena, sizeof *b);
        (void)table_put(w->burdens, ident_key(id), b);
    }
    return b;
}

static void count_up(uint16_t *n)
{
    *n = (uint16_t)(*n + (*n < UINT16_MAX));
}

static void weigh(struct weighing *w, const struct alert_record *a)
{
    struct burden *b;

    if (!ident_is_set(&a->object.device))
        return;
    b = burden_of(w, &a->object.device);
    if (a->cause != 0) {
        b->explained = true;
        return;
    }
    if (a->silence != 0 || a->shelved.ms != 0) {
        count_up(&b->silenced);
        return;
    }
    count_up(&b->open);
    if (a->acknowledged.who[0] != '\0')
        count_up(&b->acknowledged);
    if (a->severity > b->worst)
        b->worst = a->severity;
}

static void mark_symptoms(struct weighing *w, const struct snapshot *s,
                          const struct alert_record *a)
{
    for (size_t i = 0; i < a->symptom_count; i++) {
        size_t place = snapshot_place(s, a->symptoms[i]);

        if (place != SIZE_MAX)
            burden_of(w, &s->devices[place]->id)->explained = true;
    }
}

static enum map_state state_of(enum map_state reach, const struct burden *b)
{
    static const enum map_state worst[SEVERITIES] = {
        [SEVERITY_CLEARED] = MAP_UP,
        [SEVERITY_INDETERMINATE] = MAP_WARNING,
        [SEVERITY_WARNING] = MAP_WARNING,
        [SEVERITY_MINOR] = MAP_MINOR,
        [SEVERITY_MAJOR] = MAP_MAJOR,
        [SEVERITY_CRITICAL] = MAP_CRITICAL,
    };

    if (reach == MAP_DOWN && b->explained)
        return MAP_UNREACHABLE;
    return reach == MAP_UP ? worst[b->worst] : reach;
}

struct device_state *snapshot_states(const struct snapshot *s,
                                     struct arena *arena)
{
    static const struct burden none = {.worst = SEVERITY_CLEARED};
    struct device_state *out =
        arena_zero(arena, (s->device_count + 1) * sizeof *out);
    OWNED(arena_free) struct arena *own = arena_new();
    OWNED(table_free) struct table *burdens = table_new();
    struct weighing w = {burdens, own};

    for (size_t i = 0; i < s->alerts->active_count; i++) {
        weigh(&w, s->alerts->active[i]);
        mark_symptoms(&w, s, s->alerts->active[i]);
    }
    for (size_t i = 0; i < s->device_count; i++) {
        const struct device_record *d = s->devices[i];
        const struct burden *b = table_count(burdens) > 0
                                     ? table_find(burdens, ident_key(&d->id))
                                     : NULL;

        if (b == NULL)
            b = &none;
        out[i] = (struct device_state){
            .state = state_of(device_map_state(d), b),
            .silenced = b->open == 0 && b->silenced > 0,
            .acknowledged = b->open > 0 && b->open == b->acknowledged,
            .alerts = b->open,
        };
    }
    return out;
}
