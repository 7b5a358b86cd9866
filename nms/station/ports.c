#include "station/ports_parts.h"

#include "base/table.h"
#include "base/text.h"
#include "station/port_marks.h"
#include "station/port_rows.h"
#include "station/port_speed.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* ---- what is asked ---- */

/* Agents are met whose 64-bit counters stay 0. */
static bool is_doubtful(const struct port *p)
{
    enum { UP = 1 };

    if (!p->present || p->wide == WIDE_MOVES || p->wide == WIDE_SHORT)
        return false;
    return p->wide != WIDE_SILENT || (p->carries && p->row->oper_status == UP);
}

void ports_ask(const struct ports *ps, struct ask *ask)
{
    bool narrow = ps->distrusted || ps->narrow;

    for (size_t i = 0; i < ps->list.count && !narrow; i++)
        narrow = is_doubtful(&ps->list.at[i]);
    port_row_ask(narrow, ps->unnamed, ask);
}

void ports_distrust_wide(struct ports *ps, bool distrusted)
{
    ps->distrusted = distrusted;
}

/* ---- the set ---- */

struct ports *ports_new(void)
{
    struct ports *ps = mem_new(struct ports);

    ps->readings = readings_new();
    return ps;
}

static void drop_tables(struct ports *ps)
{
    table_free(TAKE(ps->labels));
    table_free(TAKE(ps->objects));
    table_free(TAKE(ps->moved));
}

void ports_free(struct ports *ps)
{
    if (ps == NULL)
        return;
    for (size_t i = 0; i < ps->list.count; i++)
        free(ps->list.at[i].beyond);
    array_fini(&ps->list);
    array_fini(&ps->numbers);
    readings_unref(ps->readings);
    port_rows_unref(ps->rows);
    port_texts_unref(ps->texts);
    arena_free(ps->fresh);
    drop_tables(ps);
    free(ps);
}

size_t ports_count(const struct ports *ps)
{
    return ps->list.count;
}

struct port *ports_at(const struct ports *ps, size_t i)
{
    return &ps->list.at[i];
}

static struct bytes index_key(const uint32_t *if_index)
{
    return (struct bytes){(const uint8_t *)if_index, sizeof *if_index};
}

/* Where if_index is in the numbers, or would be. */
static size_t number_at(const struct ports *ps, uint32_t if_index)
{
    size_t low = 0, high = ps->numbers.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ps->numbers.at[middle].if_index < if_index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct port *ports_by_index(const struct ports *ps, uint32_t if_index)
{
    struct port *moved =
        ps->moved != NULL ? table_find(ps->moved, index_key(&if_index)) : NULL;
    size_t at = number_at(ps, if_index);

    if (moved != NULL)
        return moved;
    return at < ps->numbers.count && ps->numbers.at[at].if_index == if_index
               ? &ps->list.at[ps->numbers.at[at].order]
               : NULL;
}

/* The first of two ports of one label is kept, unless it is gone and the other
 * one is not; neither is unique then. */
static void label_ports(struct ports *ps)
{
    table_free(ps->labels);
    ps->labels = table_new();
    for (size_t i = 0; i < ps->list.count; i++) {
        struct port *p = &ps->list.at[i];
        struct port *first = table_find_text(ps->labels, p->label);

        p->unique = first == NULL;
        if (first != NULL && (p->present || !first->present))
            first->unique = false;
        else
            (void)table_put_text(ps->labels, p->label, p);
    }
}

struct port *ports_by_label(struct ports *ps, const char *label)
{
    if (ps->labels == NULL)
        label_ports(ps);
    return table_find_text(ps->labels, label);
}

static void remember_object(struct ports *ps, const struct port *p)
{
    (void)table_put_text(ps->objects, p->row->object,
                         (void *)(uintptr_t)p->row->object);
}

static bool object_is_taken(struct ports *ps, const char *object)
{
    if (ps->objects == NULL) {
        ps->objects = table_new();
        for (size_t i = 0; i < ps->list.count; i++)
            remember_object(ps, &ps->list.at[i]);
    }
    return table_find_text(ps->objects, object) != NULL;
}

struct port_rows *ports_rows(const struct ports *ps)
{
    return ps->rows != NULL ? port_rows_ref(ps->rows) : NULL;
}

struct readings *ports_readings(const struct ports *ps)
{
    return readings_ref(ps->readings);
}

static void know_nothing(struct port_record *row, enum gap why)
{
    row->gap = (uint8_t)why;
    for (size_t i = 0; i < PORT_RATES; i++)
        row->rates[i] = NAN;
}

void ports_know_nothing(struct ports *ps, struct port *p, enum gap why)
{
    ports_own(ps);
    know_nothing(p->row, why);
}

static void name_text(struct ports *ps, const char **text, const char *now)
{
    if (strcmp(*text, now) != 0)
        *text = arena_text(ports_fresh(ps), now);
}

static void port_name(struct ports *ps, struct port *p, const char *label,
                      const char *descr, const char *alias)
{
    if (strcmp(p->label, label) != 0)
        p->sent_name = 0; /* that was of the other one */
    name_text(ps, &p->label, label);
    name_text(ps, &p->descr, descr);
    name_text(ps, &p->alias, alias);
}

static struct port *port_new(struct ports *ps, const char *object)
{
    struct port *p = array_add(&ps->list);

    p->row = arena_zero(ports_fresh(ps), sizeof *p->row);
    p->row->object = arena_text(ports_fresh(ps), object);
    p->label = p->row->object;
    p->descr = p->alias = "";
    know_nothing(p->row, GAP_FIRST);
    if (ps->objects != NULL)
        remember_object(ps, p);
    return p;
}

/* A new port is named by its label; where a port of that name lives already,
 * by its label and ifIndex. */
static struct port *port_born(struct ports *ps, const struct interface *i)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_text(&object, interface_label(i));
    if (object_is_taken(ps, object.at))
        buffer_format(&object, "-%u", i->if_index);
    if (object_is_taken(ps, object.at))
        buffer_format(&object, "-%zu", ps->list.count);
    return port_new(ps, object.at);
}

/* What it carries at most, 0 = not known. Within a host nothing limits it, and
 * the speed told is made up: 10 Mbit/s for a loopback that carries gigabits. */
static uint64_t limit_of(const struct interface *i)
{
    enum { PROP_VIRTUAL = 53, SOFTWARE_LOOPBACK = 24, TUNNEL = 131 };

    return i->type == SOFTWARE_LOOPBACK || i->type == PROP_VIRTUAL ||
                   i->type == TUNNEL
               ? 0
               : i->speed_bps;
}

/* The longest frame of a port of this MTU: with Ethernet's header, tags, check
 * sum, preamble and gap. Where no MTU is told it may be a jumbo. */
static uint32_t frame_of(const struct interface *i)
{
    enum { AROUND = 46, USUAL = 1500, JUMBO = 9216, LONGEST = 65536 };
    int64_t mtu = i->mtu > 0 ? i->mtu : JUMBO;

    mtu = mtu < USUAL ? USUAL : mtu;
    return (uint32_t)(mtu < LONGEST ? mtu : LONGEST) + AROUND;
}

static bool is_of_cable(const struct interface *i)
{
    enum { ETHERNET = 6, FAST_ETHERNET = 62, GIGABIT_ETHERNET = 117 };

    return i->type == ETHERNET || i->type == FAST_ETHERNET ||
           i->type == GIGABIT_ETHERNET;
}

static void port_describe(struct ports *ps, struct port *p,
                          const struct interface *i)
{
    port_name(ps, p, interface_label(i), i->descr, i->alias);
    p->mac = i->mac;
    p->speed_bps = limit_of(i);
    p->frame_octets = frame_of(i);
    p->carries = is_of_cable(i);
    if (p->round == 0) { /* until polling tells */
        p->row->admin_status = i->admin_status;
        p->row->oper_status = i->oper_status;
    }
    p->renumbered |= p->if_index != 0 && p->if_index != i->if_index;
    p->if_index = p->row->if_index = i->if_index;
    p->told = 0;
    p->present = true;
}

/* The free port of this label; of several the one with this ifIndex. */
static struct port *by_label(struct ports *ps, const struct interface *i)
{
    struct port *p = ports_by_label(ps, interface_label(i));

    if (p != NULL && !p->present && p->unique)
        return p;
    p = ports_by_index(ps, i->if_index);
    if (p != NULL && !p->present && strcmp(p->label, interface_label(i)) == 0)
        return p;
    return NULL;
}

/* Of two with one number the newer port is found. */
static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    if (x->if_index != y->if_index)
        return x->if_index < y->if_index ? -1 : 1;
    return (x->order < y->order) - (x->order > y->order);
}

/* Numbers, and which labels are unique, afresh, from the ports that are
 * present. */
static void index_again(struct ports *ps)
{
    size_t present = 0;

    drop_tables(ps);
    array_trim(&ps->list);
    label_ports(ps);
    array_fini(&ps->numbers);
    for (size_t i = 0; i < ps->list.count; i++)
        present += ps->list.at[i].present ? 1 : 0;
    ps->numbers.at = mem_array(present + 1, sizeof *ps->numbers.at);
    ps->numbers.room = present + 1;
    for (size_t i = 0; i < ps->list.count; i++)
        if (ps->list.at[i].present)
            *array_add(&ps->numbers) =
                (struct numbered){ps->list.at[i].if_index, (uint32_t)i};
    qsort(ps->numbers.at, ps->numbers.count, sizeof *ps->numbers.at, by_number);
    drop_tables(ps);
    ports_arrange(ps);
}

/* Two rounds: those whose names are known first, so that a new port never
 * takes the place of a known one. */
void ports_match(struct ports *ps, const struct facts *facts)
{
    size_t count = facts->interfaces.count;
    bool *matched = mem_array(count + 1, sizeof *matched);

    ports_own(ps);
    ps->narrow = ps->unnamed = false;
    for (size_t i = 0; i < count; i++) {
        ps->narrow |= !facts->interfaces.at[i].has_hc;
        ps->unnamed |= strcmp(interface_label(&facts->interfaces.at[i]),
                              facts->interfaces.at[i].name) != 0;
    }
    label_ports(ps); /* as they were */
    for (size_t i = 0; i < ps->list.count; i++)
        ps->list.at[i].present = false;
    for (size_t i = 0; i < count; i++) {
        struct port *p = by_label(ps, &facts->interfaces.at[i]);

        matched[i] = p != NULL;
        if (p != NULL)
            port_describe(ps, p, &facts->interfaces.at[i]);
    }
    drop_tables(ps); /* ports that come move the others */
    OWNED(port_marks_free) struct port_marks *marks = port_marks_new(ps);
    for (size_t i = 0; i < count; i++) {
        const struct interface *one = &facts->interfaces.at[i];
        struct port *p = matched[i] ? NULL : port_marks_take(marks, one);

        if (p == NULL && !matched[i] && ps->list.count < PORTS_MAX)
            p = port_born(ps, one);
        if (p != NULL)
            port_describe(ps, p, one);
    }
    free(matched);
    index_again(ps);
}

/* ---- reading a row ---- */

/* Names beyond ASCII are converted by the device's own encoding, which is not
 * known here: they are held against what it sent before. */
static bool is_ascii(struct bytes sent)
{
    for (size_t i = 0; i < sent.len; i++)
        if (sent.at[i] >= 0x80)
            return false;
    return true;
}

static uint32_t name_hash(struct bytes sent)
{
    return (uint32_t)bytes_hash(sent) | 1; /* 0 is none */
}

static bool is_named(const struct port *p, const char *label, struct bytes sent)
{
    if (is_ascii(sent))
        return strcmp(p->label, label) == 0;
    return p->sent_name == 0 || p->sent_name == name_hash(sent);
}

/* Rows without a name are of the port of that number, unless it had one. */
static struct port *nameless(struct port *numbered, bool *strange)
{
    if (numbered == NULL || numbered->sent_name == 0)
        return numbered;
    *strange = true;
    return NULL;
}

/* Rows mostly come in the order of their numbers. */
static struct port *next_numbered(struct ports *ps, uint32_t if_index)
{
    if (ps->moved != NULL)
        return ports_by_index(ps, if_index);
    if (ps->next >= ps->numbers.count ||
        ps->numbers.at[ps->next].if_index != if_index)
        ps->next = number_at(ps, if_index);
    if (ps->next >= ps->numbers.count ||
        ps->numbers.at[ps->next].if_index != if_index)
        return NULL;
    return &ps->list.at[ps->numbers.at[ps->next++].order];
}

/* The port that a row speaks of: by its name where that tells, whatever number
 * it has today. *moved: it had another one, or none. */
static struct port *port_of_row(struct ports *ps, const struct row *row,
                                bool *moved, bool *strange)
{
    struct buffer OWNED_BUFFER label = {0};
    uint32_t if_index = row->index.sub[0];
    struct port *numbered = next_numbered(ps, if_index);
    struct bytes sent = port_row_name(row);

    if (numbered != NULL && sent.len > 0 &&
        numbered->sent_name == name_hash(sent))
        return numbered; /* as last time */
    port_row_label(row, &label);
    if (label.len == 0)
        return nameless(numbered, strange);
    if (numbered != NULL && is_named(numbered, label.at, sent)) {
        numbered->sent_name = name_hash(sent);
        return numbered;
    }
    *strange = true;
    struct port *named = is_ascii(sent) ? ports_by_label(ps, label.at) : NULL;
    if (named == NULL || !named->unique)
        return NULL;
    *moved = true;
    named->sent_name = name_hash(sent);
    named->if_index = if_index;
    if (ps->moved == NULL)
        ps->moved = table_new();
    (void)table_put(ps->moved, index_key(&if_index), named);
    return named;
}

static uint32_t order_of(const struct ports *ps, const struct port *p)
{
    return (uint32_t)(p - ps->list.at);
}

/* Counters of 64 bits that are told to go round at 32 by one that did, or by
 * two that may have. From then on they are short ones. */
static void learn_width(struct port *p, struct counter_reading *now)
{
    if (now->round != 0 || (now->may_round != 0 && p->rounded)) {
        p->wide = WIDE_SHORT;
        now->wide = 0;
    }
    p->rounded |= now->may_round != 0;
}

static void take_reading(struct ports *ps, struct port *p,
                         struct counter_reading *now)
{
    struct rate_bounds bounds = port_bounds(p);
    struct counter_reading last =
        readings_recall(ps->readings, order_of(ps, p));
    bool stands = rate_stands(&last, now);
    double rates[PORT_RATES];

    bool leaps = !stands && p->still_since.ns != 0;
    if (leaps)
        rate_date_back(&last, p->still_since);
    p->row->gap = (uint8_t)rate_compute(&last, now, &bounds, rates);
    if (p->row->gap == GAP_NONE && (p->told & ~now->present) != 0)
        p->row->gap = GAP_BROKEN; /* not for the first time */
    if (leaps && !p->leapt)       /* refreshed nobody knows when before */
        p->row->gap = GAP_FIRST;
    for (size_t i = 0; p->row->gap == GAP_FIRST && i < PORT_RATES; i++)
        rates[i] = NAN;
    p->leapt = stands ? p->leapt : last.valid;
    p->told |= now->present;
    p->still = stands && ports_may_wait(p, last.at, now->at);
    bool stay = p->still && port_knows_any(p); /* as it was last known */
    for (size_t i = 0; !stay && i < PORT_RATES; i++)
        p->row->rates[i] = (float)rates[i];
    if (p->row->gap == GAP_TOO_CLOSE)
        return;
    port_learn_speed(p, &last, now);
    learn_width(p, now);
    p->anew = last.valid && rate_may_be_anew(&last, now, &bounds);
    readings_keep(ports_own_readings(ps), order_of(ps, p), now);
}

static void take_status(struct ports *ps, struct port *p, const struct row *row)
{
    uint8_t admin = port_row_admin(row, p->row->admin_status);
    uint8_t oper = port_row_oper(row, p->row->oper_status);

    ps->turned |= admin != p->row->admin_status || oper != p->row->oper_status;
    p->row->admin_status = admin;
    p->row->oper_status = oper;
}

static void note_row(struct port *p, const struct row *row)
{
    p->before = p->row_at;
    p->row_at = port_row_at(row);
}

struct port *ports_read(struct ports *ps, const struct row *row, uint64_t round,
                        struct wall wall, bool *strange)
{
    bool moved = false;

    if (!port_row_is_whole(row))
        return NULL;
    struct port *p = port_of_row(ps, row, &moved, strange);
    if (p == NULL || p->round == round) {
        *strange |= p == NULL;
        return NULL;
    }
    enum port_named named = port_row_named(row);
    ports_own(ps);
    p->round = round;
    p->unsure = named == NAMED_BEFORE;
    p->anew = p->still = false;
    moved |= p->renumbered; /* perhaps while this was read */
    p->renumbered = false;
    if (moved && named != NAMED_WITH_ALL) {
        know_nothing(p->row,
                     GAP_RENUMBERED); /* the counters may be another's */
        note_row(p, row);
        return p;
    }
    enum port_wide wide = port_row_judge((enum port_wide)p->wide, row);
    struct counter_reading now =
        port_row_read(row, ps->distrusted ? WIDE_FALSE : wide);
    p->wide = (uint8_t)wide;
    now.wall = wall;
    now.pace = (float)drift_note(&ps->drift, row->stamp, wall);
    take_status(ps, p, row);
    take_reading(ps, p, &now);
    if (p->row->gap != GAP_TOO_CLOSE)
        note_row(p, row);
    return p;
}

bool ports_take_turned(struct ports *ps)
{
    bool turned = ps->turned;

    ps->turned = false;
    return turned;
}

/* ---- for the store ---- */

void ports_from_json(struct ports *ps, const char *text, size_t len)
{
    json_t *list = json_loadb(text, len, 0, NULL), *one;
    size_t i;

    ports_own(ps);
    json_array_foreach(list, i, one)
    {
        const char *object, *label, *descr, *alias, *mac;
        json_int_t if_index, learned = 0;

        if (json_unpack(one, "{s:s,s:s,s:s,s:s,s:s,s:I,s?I}", "object", &object,
                        "label", &label, "descr", &descr, "alias", &alias,
                        "mac", &mac, "if_index", &if_index, "learned",
                        &learned) < 0 ||
            ps->list.count >= PORTS_MAX)
            continue;
        struct port *p = port_new(ps, object);
        port_name(ps, p, label, descr, alias);
        if (mac_parse(mac, &p->mac) < 0)
            p->mac = (struct mac){0};
        p->if_index = (uint32_t)if_index;
        if (learned > 0)
            port_recall_speed(p, (uint64_t)learned);
        p->present = true; /* until facts say otherwise */
    }
    json_decref(list);
    index_again(ps);
}
