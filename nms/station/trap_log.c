#include "station/trap_log.h"

#include "base/mem.h"
#include "base/own.h"

#include <stdlib.h>
#include <string.h>

struct trap_log {
    struct trap_log_entry *ring[TRAP_LOG_MAX];
    size_t first, count, octets;
    uint32_t index; /* of the last */
    uint64_t logged, bumped;
    struct trap_log_book *book; /* NULL: it is to be made */
};

struct trap_log *trap_log_new(void)
{
    return mem_new(struct trap_log);
}

/* ---- entries ---- */

static void entry_unref(struct trap_log_entry *e)
{
    if (__atomic_sub_fetch(&e->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(e);
}

int trap_log_type(const struct value *v)
{
    static const uint8_t types[TRAP_LOG_TYPES] = {
        VALUE_COUNTER32, VALUE_GAUGE32,   VALUE_TICKS,
        VALUE_INTEGER,   VALUE_IP,        VALUE_OCTETS,
        VALUE_OID,       VALUE_COUNTER64, VALUE_OPAQUE};

    for (int i = 0; i < TRAP_LOG_TYPES; i++)
        if (types[i] == v->type)
            return i;
    return -1;
}

static bool has_octets(const struct value *v)
{
    return v->type == VALUE_OCTETS || v->type == VALUE_IP ||
           v->type == VALUE_OPAQUE;
}

static size_t varbind_size(const struct varbind *vb)
{
    size_t size = sizeof *vb + vb->name.len * sizeof(uint32_t);

    if (vb->value.type == VALUE_OID)
        size += vb->value.oid.len * sizeof(uint32_t);
    else if (has_octets(&vb->value))
        size += vb->value.octets.len;
    return size;
}

/* What is copied behind an entry, in the order of alignment. */
struct placing {
    struct varbind *varbind;
    uint32_t *sub;
    uint8_t *octet;
};

static struct oid place_oid(struct placing *p, struct oid o)
{
    struct oid placed = {.sub = p->sub, .len = o.len};

    if (o.len > 0)
        memcpy(p->sub, o.sub, o.len * sizeof *o.sub);
    p->sub += o.len;
    return placed;
}

static struct bytes place_bytes(struct placing *p, struct bytes b)
{
    struct bytes placed = {p->octet, b.len};

    if (b.len > 0)
        memcpy(p->octet, b.at, b.len);
    p->octet += b.len;
    return placed;
}

static void place_varbind(struct placing *p, const struct varbind *vb)
{
    struct varbind *to = p->varbind++;

    *to = *vb;
    to->name = place_oid(p, vb->name);
    if (vb->value.type == VALUE_OID)
        to->value.oid = place_oid(p, vb->value.oid);
    else if (has_octets(&vb->value))
        to->value.octets = place_bytes(p, vb->value.octets);
}

/* How many sub-identifiers and varbinds an entry has, and its octets. */
struct extent {
    size_t varbinds, subs, octets;
};

static bool is_kept(const struct varbind *vb, size_t *left)
{
    size_t size = varbind_size(vb);

    if (trap_log_type(&vb->value) < 0 || size > *left)
        return false;
    *left -= size;
    return true;
}

static struct extent measure(const struct trap_log_item *item)
{
    struct extent e = {.subs = item->trap.len,
                       .octets = item->engine_id.len +
                                 item->context_engine_id.len +
                                 item->context.len};
    size_t left = TRAP_LOG_ENTRY_MAX;

    for (size_t i = 0; i < item->count; i++) {
        const struct varbind *vb = &item->varbinds[i];

        if (!is_kept(vb, &left))
            continue;
        e.varbinds++;
        e.subs += vb->name.len;
        if (vb->value.type == VALUE_OID)
            e.subs += vb->value.oid.len;
        else if (has_octets(&vb->value))
            e.octets += vb->value.octets.len;
    }
    return e;
}

static struct trap_log_entry *entry_new(const struct trap_log_item *item)
{
    struct extent has = measure(item);
    size_t octets = sizeof(struct trap_log_entry) +
                    has.varbinds * sizeof(struct varbind) +
                    has.subs * sizeof(uint32_t) + has.octets;
    uint8_t *whole = mem_array(octets, 1);
    struct trap_log_entry *e = (void *)whole;
    struct placing p = {.varbind = (void *)(e + 1)};
    size_t left = TRAP_LOG_ENTRY_MAX;

    p.sub = (void *)(p.varbind + has.varbinds);
    p.octet = (void *)(p.sub + has.subs);
    *e = (struct trap_log_entry){.refs = 1, .octets = octets, .item = *item};
    e->item.varbinds = p.varbind;
    e->item.count = has.varbinds;
    e->item.trap = place_oid(&p, item->trap);
    e->item.engine_id = place_bytes(&p, item->engine_id);
    e->item.context_engine_id = place_bytes(&p, item->context_engine_id);
    e->item.context = place_bytes(&p, item->context);
    for (size_t i = 0; i < item->count; i++)
        if (is_kept(&item->varbinds[i], &left))
            place_varbind(&p, &item->varbinds[i]);
    return e;
}

/* ---- the log ---- */

static void touch(struct trap_log *l)
{
    trap_log_book_unref(TAKE(l->book));
}

static void drop_oldest(struct trap_log *l)
{
    struct trap_log_entry *e = l->ring[l->first];

    l->first = (l->first + 1) % TRAP_LOG_MAX;
    l->count--;
    l->octets -= e->octets;
    entry_unref(e);
}

void trap_log_add(struct trap_log *l, const struct trap_log_item *item)
{
    struct trap_log_entry *e = entry_new(item);

    while (l->count == TRAP_LOG_MAX ||
           (l->count > 0 && l->octets + e->octets > TRAP_LOG_OCTETS_MAX)) {
        drop_oldest(l);
        l->bumped++;
    }
    l->index = l->index < UINT32_MAX ? l->index + 1 : 1;
    e->index = l->index;
    l->ring[(l->first + l->count++) % TRAP_LOG_MAX] = e;
    l->octets += e->octets;
    l->logged++;
    touch(l);
}

void trap_log_age(struct trap_log *l, struct wall now)
{
    const int64_t age_ms = (int64_t)TRAP_LOG_AGE_MIN * 60000;

    while (l->count > 0 && now.ms - l->ring[l->first]->item.at.ms >= age_ms) {
        drop_oldest(l);
        touch(l);
    }
}

void trap_log_free(struct trap_log *l)
{
    if (l == NULL)
        return;
    while (l->count > 0)
        drop_oldest(l);
    trap_log_book_unref(l->book);
    free(l);
}

/* ---- as published ---- */

struct trap_log_book *trap_log_book_ref(const struct trap_log_book *b)
{
    struct trap_log_book *shared = (struct trap_log_book *)b;

    (void)__atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void trap_log_book_unref(struct trap_log_book *b)
{
    if (b == NULL || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < b->count; i++)
        entry_unref((struct trap_log_entry *)b->entries[i]);
    for (size_t i = 0; i < TRAP_LOG_TYPES; i++)
        free((void *)b->of_type[i]);
    free((void *)b->entries);
    free((void *)b->variables);
    free(b);
}

static void list_variables(struct trap_log_book *b)
{
    struct trap_log_variable *all =
        mem_array(b->variable_count + 1, sizeof *all);
    uint32_t *of_type[TRAP_LOG_TYPES];
    uint32_t n = 0;

    b->variables = all;
    for (size_t i = 0; i < TRAP_LOG_TYPES; i++) {
        of_type[i] = mem_array(b->of_type_count[i] + 1, sizeof(uint32_t));
        b->of_type[i] = of_type[i];
        b->of_type_count[i] = 0;
    }
    for (uint32_t i = 0; i < b->count; i++)
        for (uint32_t k = 0; k < b->entries[i]->item.count; k++) {
            int type = trap_log_type(&b->entries[i]->item.varbinds[k].value);

            all[n] = (struct trap_log_variable){i, k};
            of_type[type][b->of_type_count[type]++] = n++;
        }
}

struct trap_log_book *trap_log_book(struct trap_log *l)
{
    if (l->book != NULL)
        return trap_log_book_ref(l->book);
    struct trap_log_book *b = mem_new(struct trap_log_book);
    const struct trap_log_entry **entries =
        mem_array(l->count + 1, sizeof *entries);

    b->refs = 1;
    b->logged = l->logged;
    b->bumped = l->bumped;
    b->entries = entries;
    b->count = l->count;
    for (size_t i = 0; i < l->count; i++) {
        struct trap_log_entry *e = l->ring[(l->first + i) % TRAP_LOG_MAX];

        (void)__atomic_add_fetch(&e->refs, 1, __ATOMIC_RELAXED);
        entries[i] = e;
        b->variable_count += e->item.count;
        for (size_t k = 0; k < e->item.count; k++)
            b->of_type_count[trap_log_type(&e->item.varbinds[k].value)]++;
    }
    list_variables(b);
    l->book = b;
    return trap_log_book_ref(b);
}
