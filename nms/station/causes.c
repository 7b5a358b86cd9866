#include "station/causes_parts.h"

#include "station/polling.h"
#include "topology/dominators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- who is down ---- */

static void tell(struct causes *c, const struct device *d,
                 enum severity severity)
{
    struct condition told = {
        .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
        .type = c->unreachable,
        .severity = severity,
        .at = d->since,
        .evidence = ALERT_BY_POLL,
        .name = d->name,
        .device = d->name,
        .text = severity == SEVERITY_CLEARED ? "answers again"
                                             : "answers neither echo nor SNMP",
        .value = (double)NAN,
        .limit = (double)NAN,
        .hold_ms = CAUSES_WAIT_MS};

    alerts_tell(c->alerts, &told);
    c->dirty = true;
}

void causes_down(struct causes *c, const struct device *d)
{
    struct down *down = mem_new(struct down);

    *down = (struct down){.id = d->id, .since = d->since};
    free(table_put(c->downs, ident_key(&d->id), down));
    tell(c, d, c->unreachable->severity);
}

void causes_up(struct causes *c, const struct device *d)
{
    causes_gone(c, d);
    tell(c, d, SEVERITY_CLEARED);
}

void causes_gone(struct causes *c, const struct device *d)
{
    free(table_remove(c->downs, ident_key(&d->id)));
    c->dirty = true;
}

/* ---- what explains an alert ---- */

/* The alert of a device that is down; NULL if it is not, or was not told yet.
 */
const struct alert_record *causes_of_device(const struct causes *c,
                                            const struct ident *id)
{
    struct object_ref object = {
        .class = OBJECT_DEVICE, .device = *id, .part = ""};
    const struct alert_record *r =
        alerts_of(c->alerts, &object, c->unreachable, "");

    return r != NULL && r->state == ALERT_ACTIVE ? r : NULL;
}

const struct ident *causes_id(const struct causes *c, uint32_t node)
{
    return &c->inferred->input.devices[node].id;
}

uint32_t causes_node(const struct causes *c, const struct ident *id)
{
    uint32_t node =
        c->inferred != NULL ? inferred_node(c->inferred, id) : UINT32_MAX;

    return node < c->nodes ? node : UINT32_MAX;
}

/* Which device explains that this one is down: itself, or one above it. */
const struct ident *causes_cause(const struct causes *c, const struct ident *id)
{
    uint32_t node = causes_node(c, id);

    if (node == UINT32_MAX || c->by_node[node] == ABOVE_NONE)
        return id;
    return causes_id(c, c->by_node[node]);
}

/* The index of what explains all of a device that is down; 0 if it is not. */
static uint32_t index_of(const struct causes *c, const struct ident *id)
{
    const struct alert_record *r = causes_of_device(c, id);

    if (r == NULL)
        return 0;
    const struct alert_record *cause = causes_of_device(c, causes_cause(c, id));
    return cause != NULL ? cause->index : r->index;
}

/* The if_index of a port by what it is called for life; 0: not known. */
static uint32_t port_index(const struct causes *c, const struct object_ref *o)
{
    const struct device *d = inventory_by_id(c->inventory, &o->device);
    const struct device_record *r = d != NULL ? d->record : NULL;

    for (size_t i = 0; r != NULL && i < r->port_count; i++)
        if (strcmp(r->ports[i].object, o->part) == 0)
            return r->ports[i].if_index;
    return 0;
}

static uint64_t end_key(uint32_t node, uint32_t if_index)
{
    enum { NODE_SHIFT = 32 };

    return (uint64_t)node << NODE_SHIFT | if_index;
}

static void add_end(struct causes *c, uint32_t node, uint32_t if_index,
                    uint32_t other)
{
    if (if_index != 0 && node < c->nodes && other < c->nodes)
        (void)keymap_put(&c->ends, end_key(node, if_index), other);
}

/* Which device is beside which port. */
void causes_find_ends(struct causes *c)
{
    const struct topology *t = c->inferred->topology;

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];

        add_end(c, l->a, l->a_if_index, l->b);
        add_end(c, l->b, l->b_if_index, l->a);
    }
}

/* What explains that a port is down: who is at the other end is. */
static uint32_t faced_by(const struct causes *c, const struct alert_record *r)
{
    uint32_t node = causes_node(c, &r->object.device);

    if (node == UINT32_MAX)
        return 0;
    uint32_t other =
        keymap_find(&c->ends, end_key(node, port_index(c, &r->object)));
    return other != KEYMAP_NONE ? index_of(c, causes_id(c, other)) : 0;
}

uint32_t causes_of(struct causes *c, const struct alert_record *r)
{
    const struct ident *id = &r->object.device;
    uint32_t cause;

    if (table_count(c->downs) == 0 || !ident_is_set(id))
        return 0;
    if (r->type == c->unreachable) {
        const struct alert_record *above =
            causes_of_device(c, causes_cause(c, id));

        return above != NULL && above->index != r->index ? above->index : 0;
    }
    cause = index_of(c, id);
    return cause == 0 && r->type == c->port_down ? faced_by(c, r) : cause;
}

/* ---- making it ---- */

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct causes *c = arg;
    struct bytes key = {(const uint8_t *)&now->index, sizeof now->index};

    (void)before;
    c->dirty |= news == ALERT_RAISED || news == ALERT_ENDED;
    if (now->cause != 0 && news != ALERT_ENDED) {
        (void)table_put(c->explained, key, c);
        return;
    }
    (void)table_remove(c->explained, key);
    free(table_remove(c->graces, key));
}

/* Those of an earlier run that are explained. */
static void resume(struct causes *c)
{
    struct alert_book *book = alerts_book(c->alerts);

    for (size_t i = 0; i < book->active_count; i++)
        if (book->active[i]->cause != 0)
            (void)table_put(
                c->explained,
                (struct bytes){(const uint8_t *)&book->active[i]->index,
                               sizeof book->active[i]->index},
                c);
    alert_book_unref(book);
}

static void free_values(struct table *t)
{
    size_t at = 0;
    void *value;

    while (table_next(t, &at, NULL, &value))
        free(value);
    table_free(t);
}

struct causes *causes_new(struct alerts *alerts, struct inventory *inventory,
                          struct polling *polling)
{
    struct causes *c = mem_new(struct causes);
    struct alert_listener listener = {on_alert, c};

    c->alerts = alerts;
    c->inventory = inventory;
    c->polling = polling;
    c->unreachable = alert_type_find("device.unreachable");
    c->port_down = alert_type_find("port.down");
    c->downs = table_new();
    c->asked = table_new();
    c->graces = table_new();
    c->explained = table_new();
    alerts_listen(alerts, &listener);
    resume(c);
    return c;
}

void causes_free(struct causes *c)
{
    if (c == NULL)
        return;
    free_values(c->downs);
    free_values(c->graces);
    table_free(c->asked);
    table_free(c->explained);
    keymap_fini(&c->ends);
    free(c->by_node);
    free(c);
}
