/* A turn: who explains whom is looked at anew, who may know more is asked, and
 * alerts are told. */
#include "station/causes_parts.h"

#include "station/polling.h"
#include "topology/dominators.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_AGAIN_MS = 5000, FAR_AGAIN_MS = 5000 };

/* What lasts though its cause is over: until then it may end too. */
struct grace {
    struct mono until;
};

struct indexes ARRAY_OF(uint32_t);

/* ---- asking ---- */

/* When a device was asked last. */
struct question {
    struct wall at;
};

void causes_ask(struct causes *c, struct device *d)
{
    struct question *q = table_find(c->asked, ident_key(&d->id));

    if (c->asked_now >= CAUSES_ASK_MAX ||
        (q != NULL && d->last_seen.ms < q->at.ms))
        return;
    if (q == NULL) {
        q = mem_new(struct question);
        (void)table_put(c->asked, ident_key(&d->id), q);
    }
    q->at = c->wall;
    c->asked_now++;
    polling_verify(c->polling, d);
}

bool causes_is_verified(struct causes *c, const struct down *down)
{
    uint32_t node = inferred_node(c->inferred, &down->id);
    bool verified = true;

    if (node == UINT32_MAX || c->inferred->above == NULL)
        return true;
    for (uint32_t at = c->inferred->above[node]; at != ABOVE_NONE;
         at = c->inferred->above[at]) {
        struct device *d = at < c->inferred->input.count
                               ? inventory_by_id(c->inventory, causes_id(c, at))
                               : NULL;

        if (d == NULL || d->station || d->polled == NULL ||
            d->reach == REACH_DOWN || d->reach == REACH_UNKNOWN ||
            d->last_seen.ms >= down->since.ms)
            continue;
        verified = false;
        if (d->reach == REACH_UP)
            causes_ask(c, d);
    }
    return verified;
}

/* Who is behind something that is down, and has not answered since. unsure: by
 * node, whether there are such behind it. */
static void ask_behind(struct causes *c, const struct cause_state *states,
                       bool *unsure)
{
    const uint32_t *above = c->inferred->above;

    for (uint32_t n = 0; above != NULL && n < c->inferred->input.count; n++) {
        uint32_t cause = c->by_node[n];

        if (cause == ABOVE_NONE || cause == n || states[n].down ||
            states[n].seen.ms >= states[cause].since.ms)
            continue;
        struct device *d = inventory_by_id(c->inventory, causes_id(c, n));
        if (d == NULL || d->polled == NULL)
            continue;
        if (d->reach == REACH_UP || d->reach == REACH_SUSPECT)
            unsure[cause] = true;
        if (d->reach == REACH_UP)
            causes_ask(c, d);
    }
}

/* ---- a turn ---- */

/* What is known of all nodes, who explains whom then, and of whom more may be
 * known soon. True if that is another one than before. */
static bool look(struct causes *c)
{
    size_t count = c->inferred->topology->nodes.count;
    size_t devices = c->inferred->input.count;
    struct cause_state *states = mem_array(count + 1, sizeof *states);
    bool *unsure = mem_array(count + 1, sizeof *unsure);

    for (uint32_t n = 0; n < devices; n++) {
        const struct device *d = inventory_by_id(c->inventory, causes_id(c, n));

        if (d == NULL || d->station)
            continue;
        states[n] = (struct cause_state){.down = d->reach == REACH_DOWN,
                                         .since = d->since,
                                         .seen = d->last_seen};
    }
    uint32_t *by_node = causes_by_node(c->inferred->above, states, count);
    bool other = c->by_node == NULL || c->nodes != devices ||
                 memcmp(by_node, c->by_node, devices * sizeof *by_node) != 0;
    free(c->by_node);
    c->by_node = by_node;
    c->nodes = devices;
    ask_behind(c, states, unsure);
    free(states);
    other = other || memcmp(unsure, c->unsure, devices * sizeof *unsure) != 0;
    free(c->unsure);
    c->unsure = unsure;
    return other;
}

static struct object_ref object_of(const struct down *down)
{
    return (struct object_ref){
        .class = OBJECT_DEVICE, .device = down->id, .part = ""};
}

/* One that waits rises once it is explained, or who is between answered. */
static void hasten_one(struct causes *c, const struct down *down, bool own)
{
    struct object_ref object = object_of(down);
    const struct ident *cause = causes_cause(c, &down->id);
    bool is_own = ident_equal(cause, &down->id);

    if (is_own != own || causes_of_device(c, &down->id) != NULL)
        return;
    if (own ? causes_is_verified(c, down) : causes_of_device(c, cause) != NULL)
        alerts_hasten(c->alerts, &object, c->unreachable, "");
    else
        c->waiting = true;
}

/* Causes before their symptoms. */
static void hasten(struct causes *c)
{
    void *down;

    c->waiting = false;
    for (int own = 1; own >= 0; own--)
        for (size_t at = 0; table_next(c->downs, &at, NULL, &down);)
            hasten_one(c, down, own == 1);
}

/* None that waits is told while the station doubts what it sees. */
static void defer(struct causes *c)
{
    size_t at = 0;
    void *down;

    while (table_next(c->downs, &at, NULL, &down)) {
        struct object_ref object = object_of(down);

        alerts_defer(c->alerts, &object, c->unreachable, "", CAUSES_WAIT_MS);
    }
}

static void collect(void *arg, const struct alert_record *r)
{
    if (r->state == ALERT_ACTIVE)
        *array_add((struct indexes *)arg) = r->index;
}

static void collect_port(void *arg, const struct alert_record *r)
{
    if (r->object.class == OBJECT_PORT)
        collect(arg, r);
}

/* Ports that are down of who is beside one that is down. */
static void collect_facing(struct causes *c, struct indexes *out)
{
    const struct topology *t = c->inferred->topology;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        bool a = l->a < c->nodes && c->by_node[l->a] != ABOVE_NONE;
        bool b = l->b < c->nodes && c->by_node[l->b] != ABOVE_NONE;

        if (a == b || l->a >= c->nodes || l->b >= c->nodes)
            continue;
        alerts_each_of(c->alerts, causes_id(c, a ? l->b : l->a), collect_port,
                       out);
    }
}

static void verify(struct causes *c, const struct ident *id)
{
    struct device *d = inventory_by_id(c->inventory, id);

    if (d != NULL && d->polled != NULL)
        polling_verify(c->polling, d);
}

/* Asks who is due; false: that was the last time. */
static bool ask_far_end(struct causes *c, struct far_end *far)
{
    const struct device *d = inventory_by_id(c->inventory, &far->id);

    if (!mono_reached(c->now, far->due))
        return true;
    verify(c, &far->id);
    c->asked_now++;
    far->due = mono_after_ms(c->now, FAR_AGAIN_MS);
    return --far->asks > 0 && d != NULL && d->reach == REACH_DOWN;
}

/* So that a port that is down is soon explained by the device behind it; and
 * that who is down is soon heard where its cable comes back. */
static void ask_far_ends(struct causes *c)
{
    size_t left = 0;

    for (size_t i = 0; i < c->far.count; i++)
        if (ask_far_end(c, &c->far.at[i]))
            c->far.at[left++] = c->far.at[i];
    c->far.count = left;
}

/* What explained r does so no more: it is over, or something behind it answers.
 * When all come back some do a little earlier: true while r may be over soon,
 * and what explained it too, which are asked at once. */
static bool is_spared(struct causes *c, const struct alert_record *r)
{
    struct bytes key = {(const uint8_t *)&r->index, sizeof r->index};
    struct grace *grace = table_find(c->graces, key);

    if (grace != NULL)
        return !mono_reached(c->now, grace->until);
    if (c->asked_now >= CAUSES_ASK_MAX)
        return true; /* its turn comes */
    const struct alert_record *cause = alerts_by_number(c->alerts, r->cause);
    grace = mem_new(struct grace);
    grace->until = mono_after_ms(c->now, CAUSES_GRACE_MS);
    (void)table_put(c->graces, key, grace);
    c->asked_now++;
    verify(c, &r->object.device);
    if (cause != NULL)
        verify(c, &cause->object.device);
    return true;
}

static void explain(struct causes *c, uint32_t index)
{
    const struct alert_record *r = alerts_by_number(c->alerts, index);
    struct bytes key = {(const uint8_t *)&index, sizeof index};
    uint32_t cause;

    if (r == NULL)
        return;
    cause = causes_of(c, r);
    const struct alert_record *by = alerts_by_number(c->alerts, r->cause);
    bool twin = by != NULL && causes_is_twin(c, r, by);
    c->waiting |= twin;
    if (cause == 0 && r->cause != 0 && !twin && is_spared(c, r)) {
        c->waiting = true;
        return;
    }
    if (table_count(c->graces) > 0)
        free(table_remove(c->graces, key));
    alerts_explain(c->alerts, index, cause, c->wall);
}

static void add_indexes(const struct table *t, struct indexes *out)
{
    struct bytes key;
    size_t at = 0;

    while (table_next(t, &at, &key, NULL)) {
        uint32_t *index = array_add(out);

        memcpy(index, key.at, sizeof *index);
    }
}

static void explain_all(struct causes *c)
{
    struct indexes list = {0};
    struct bytes key;
    size_t at = 0;

    while (table_next(c->downs, &at, &key, NULL)) {
        struct ident id;

        memcpy(id.octets, key.at, sizeof id.octets);
        alerts_each_of(c->alerts, &id, collect, &list);
    }
    collect_facing(c, &list);
    add_indexes(c->explained, &list);
    add_indexes(c->sessions, &list);
    for (size_t i = 0; i < list.count; i++)
        explain(c, list.at[i]);
    array_fini(&list);
}

/* ---- lists of symptoms ---- */

struct symptom {
    uint32_t cause;
    const char *name;
};
struct symptoms ARRAY_OF(struct symptom);

static int by_cause(const void *a, const void *b)
{
    const struct symptom *x = a, *y = b;

    if (x->cause != y->cause)
        return x->cause < y->cause ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* A device that is down: of itself, cause 0 and no name. */
static void collect_symptom(struct causes *c, const struct ident *id,
                            struct symptoms *out)
{
    const struct alert_record *r = causes_of_device(c, id);
    const struct device *d = inventory_by_id(c->inventory, id);

    if (r == NULL || d == NULL)
        return;
    *array_add(out) = (struct symptom){r->cause != 0 ? r->cause : r->index,
                                       r->cause != 0 ? d->name : ""};
}

/* Is all that may be behind the device of an alert known? */
static bool is_whole(const struct causes *c, uint32_t index)
{
    const struct alert_record *r = alerts_by_number(c->alerts, index);
    uint32_t node = r != NULL ? causes_node(c, &r->object.device) : UINT32_MAX;

    return node == UINT32_MAX || !c->unsure[node];
}

static void list_symptoms(struct causes *c)
{
    struct symptoms all = {0};
    const char **names = mem_array(table_count(c->downs) + 1, sizeof *names);
    size_t at = 0;
    void *down;

    while (table_next(c->downs, &at, NULL, &down))
        collect_symptom(c, &((struct down *)down)->id, &all);
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, by_cause);
    for (size_t i = 0, end = 0; i < all.count; i = end) {
        size_t count = 0;

        for (end = i; end < all.count && all.at[end].cause == all.at[i].cause;
             end++)
            if (all.at[end].name[0] != '\0')
                names[count++] = all.at[end].name;
        alerts_list_symptoms(
            c->alerts, all.at[i].cause,
            &(struct symptom_list){names, count, is_whole(c, all.at[i].cause)},
            c->wall);
    }
    free(names);
    array_fini(&all);
}

static void forget_asked(struct causes *c)
{
    size_t at = 0;
    struct bytes key;
    void *question;

    while (table_next(c->asked, &at, &key, &question)) {
        (void)table_remove(c->asked, key);
        free(question);
    }
}

void causes_use(struct causes *c, const struct inferred *inferred)
{
    c->inferred = inferred;
    c->nodes = 0;
    c->ends_of = NULL;
    c->dirty = true;
}

void causes_tick(struct causes *c, bool frozen, struct mono now,
                 struct wall wall)
{
    bool again = mono_ms_between(c->looked_at, now) >= LOOK_AGAIN_MS;

    c->now = now;
    c->wall = wall;
    c->asked_now = 0;
    ask_far_ends(c);
    if (table_count(c->downs) == 0 && table_count(c->suspects) == 0)
        forget_asked(c);
    if (c->inferred == NULL)
        return;
    causes_look_before(c);
    if (table_count(c->downs) == 0 && table_count(c->explained) == 0 &&
        table_count(c->sessions) == 0)
        return;
    if (frozen) {
        defer(c);
        return;
    }
    if (!c->dirty && !again && !c->waiting)
        return;
    c->looked_at = now;
    if (!look(c) && !c->dirty && !c->waiting)
        return;
    c->dirty = false;
    hasten(c);
    explain_all(c);
    list_symptoms(c);
}
