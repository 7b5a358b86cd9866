#include "station/ports.h"

#include "base/table.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

struct port_list ARRAY_OF(struct port *);

struct ports {
    struct port_list list;
    struct table *labels;  /* label -> port, the first of that label */
    struct table *objects; /* object -> port */
    struct table *indexes; /* ifIndex -> port */
    bool distrusted;       /* 64-bit counters */
};

/* ---- what is asked ---- */

#define IF_ENTRY 1, 3, 6, 1, 2, 1, 2, 2, 1
#define IFX_ENTRY 1, 3, 6, 1, 2, 1, 31, 1, 1, 1

/* Columns of the ask; the first PORT_RATES in the order of enum series_port. */
enum {
    COLUMN_ADMIN = PORT_RATES,
    COLUMN_OPER,
    COLUMN_DISCONTINUITY,
    COLUMN_NAME,
    COLUMN_DESCR,
    COLUMNS_WIDE,
    COLUMN_NARROW = COLUMNS_WIDE, /* then those counters in 32 bits */
    NARROW = 8,
    COLUMNS_ALL = COLUMN_NARROW + NARROW
};

static const struct oid columns[COLUMNS_ALL] = {
    [PORT_IN_OCTETS] = OID_INIT(IFX_ENTRY, 6),
    [PORT_OUT_OCTETS] = OID_INIT(IFX_ENTRY, 10),
    [PORT_IN_UCAST] = OID_INIT(IFX_ENTRY, 7),
    [PORT_OUT_UCAST] = OID_INIT(IFX_ENTRY, 11),
    [PORT_IN_MCAST] = OID_INIT(IFX_ENTRY, 8),
    [PORT_OUT_MCAST] = OID_INIT(IFX_ENTRY, 12),
    [PORT_IN_BCAST] = OID_INIT(IFX_ENTRY, 9),
    [PORT_OUT_BCAST] = OID_INIT(IFX_ENTRY, 13),
    [PORT_IN_ERRORS] = OID_INIT(IF_ENTRY, 14),
    [PORT_OUT_ERRORS] = OID_INIT(IF_ENTRY, 20),
    [PORT_IN_DISCARDS] = OID_INIT(IF_ENTRY, 13),
    [PORT_OUT_DISCARDS] = OID_INIT(IF_ENTRY, 19),
    [COLUMN_ADMIN] = OID_INIT(IF_ENTRY, 7),
    [COLUMN_OPER] = OID_INIT(IF_ENTRY, 8),
    [COLUMN_DISCONTINUITY] = OID_INIT(IFX_ENTRY, 19),
    [COLUMN_NAME] = OID_INIT(IFX_ENTRY, 1),
    [COLUMN_DESCR] = OID_INIT(IF_ENTRY, 2),
    [COLUMN_NARROW + PORT_IN_OCTETS] = OID_INIT(IF_ENTRY, 10),
    [COLUMN_NARROW + PORT_OUT_OCTETS] = OID_INIT(IF_ENTRY, 16),
    [COLUMN_NARROW + PORT_IN_UCAST] = OID_INIT(IF_ENTRY, 11),
    [COLUMN_NARROW + PORT_OUT_UCAST] = OID_INIT(IF_ENTRY, 17),
    [COLUMN_NARROW + PORT_IN_MCAST] = OID_INIT(IFX_ENTRY, 2),
    [COLUMN_NARROW + PORT_OUT_MCAST] = OID_INIT(IFX_ENTRY, 4),
    [COLUMN_NARROW + PORT_IN_BCAST] = OID_INIT(IFX_ENTRY, 3),
    [COLUMN_NARROW + PORT_OUT_BCAST] = OID_INIT(IFX_ENTRY, 5),
};
_Static_assert((int)PORT_IN_ERRORS == (int)NARROW, "errors have one width");

/* Agents are met whose 64-bit counters stay 0. */
static bool is_doubtful(const struct port *p)
{
    enum { UP = 1 };

    if (!p->present || p->wide == WIDE_MOVES)
        return false;
    return p->wide != WIDE_SILENT || (p->carries && p->oper_status == UP);
}

void ports_ask(const struct ports *ps, const struct facts *facts,
               struct ask *ask)
{
    bool narrow = ps->distrusted;

    for (size_t i = 0; i < facts->interfaces.count && !narrow; i++)
        narrow = !facts->interfaces.at[i].has_hc;
    for (size_t i = 0; i < ps->list.count && !narrow; i++)
        narrow = is_doubtful(ps->list.at[i]);
    *ask = (struct ask){.name = "ifTable",
                        .columns = columns,
                        .count = narrow ? COLUMNS_ALL : COLUMNS_WIDE,
                        .with_uptime = true};
}

void ports_distrust_wide(struct ports *ps, bool distrusted)
{
    ps->distrusted = distrusted;
}

/* ---- the set ---- */

struct ports *ports_new(void)
{
    struct ports *ps = mem_new(struct ports);

    ps->labels = table_new();
    ps->objects = table_new();
    ps->indexes = table_new();
    return ps;
}

static void port_free(struct port *p)
{
    free(p->object);
    free(p->path);
    free(p->label);
    free(p->descr);
    free(p->alias);
    free(p);
}

void ports_free(struct ports *ps)
{
    if (ps == NULL)
        return;
    for (size_t i = 0; i < ps->list.count; i++)
        port_free(ps->list.at[i]);
    array_fini(&ps->list);
    table_free(ps->labels);
    table_free(ps->objects);
    table_free(ps->indexes);
    free(ps);
}

size_t ports_count(const struct ports *ps)
{
    return ps->list.count;
}

struct port *ports_at(const struct ports *ps, size_t i)
{
    return ps->list.at[i];
}

static struct bytes index_key(const uint32_t *if_index)
{
    return (struct bytes){(const uint8_t *)if_index, sizeof *if_index};
}

struct port *ports_by_index(const struct ports *ps, uint32_t if_index)
{
    return table_find(ps->indexes, index_key(&if_index));
}

struct port *ports_by_label(const struct ports *ps, const char *label)
{
    return table_find_text(ps->labels, label);
}

static struct port *port_new(struct ports *ps, const char *dir,
                             const char *object)
{
    struct buffer OWNED_BUFFER path = {0};
    struct port *p = mem_new(struct port);

    p->object = mem_text(object);
    layout_path(dir, SERIES_PORT, object, &path);
    p->path = buffer_take(&path);
    p->label = mem_text(object);
    p->descr = mem_text("");
    p->alias = mem_text("");
    p->gap = GAP_FIRST;
    for (size_t i = 0; i < PORT_RATES; i++)
        p->rates[i] = NAN;
    (void)table_put_text(ps->objects, p->object, p);
    *array_add(&ps->list) = p;
    return p;
}

/* A new port is named by its label; where a port of that name lives already,
 * by its label and ifIndex. */
static struct port *port_born(struct ports *ps, const char *dir,
                              const struct interface *i)
{
    struct buffer OWNED_BUFFER object = {0};

    buffer_text(&object, interface_label(i));
    if (table_find_text(ps->objects, object.at) != NULL)
        buffer_format(&object, "-%u", i->if_index);
    if (table_find_text(ps->objects, object.at) != NULL)
        buffer_format(&object, "-%zu", ps->list.count);
    return port_new(ps, dir, object.at);
}

static void replace(char **text, const char *with)
{
    if (strcmp(*text, with) == 0)
        return;
    free(*text);
    *text = mem_text(with);
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

static bool is_of_cable(const struct interface *i)
{
    enum { ETHERNET = 6, FAST_ETHERNET = 62, GIGABIT_ETHERNET = 117 };

    return i->type == ETHERNET || i->type == FAST_ETHERNET ||
           i->type == GIGABIT_ETHERNET;
}

static void port_describe(struct port *p, const struct interface *i)
{
    replace(&p->label, interface_label(i));
    replace(&p->descr, i->descr);
    replace(&p->alias, i->alias);
    p->mac = i->mac;
    p->speed_bps = limit_of(i);
    p->carries = is_of_cable(i);
    if (p->round == 0) { /* until polling tells */
        p->admin_status = i->admin_status;
        p->oper_status = i->oper_status;
    }
    if (p->if_index != i->if_index)
        p->last.valid = false;
    p->if_index = p->facts_if_index = i->if_index;
    p->present = true;
}

/* A port that is not taken yet and was known by these marks. */
static struct port *by_marks(const struct ports *ps, const struct interface *i)
{
    struct port *by_alias = NULL;
    unsigned aliases = 0;

    for (size_t n = 0; n < ps->list.count; n++) {
        struct port *p = ps->list.at[n];

        if (p->present)
            continue;
        if (i->descr[0] != '\0' && strcmp(p->descr, i->descr) == 0 &&
            mac_is_set(&i->mac) && mac_equal(&p->mac, &i->mac))
            return p;
        if (i->alias[0] != '\0' && strcmp(p->alias, i->alias) == 0) {
            by_alias = p;
            aliases++;
        }
    }
    return aliases == 1 ? by_alias : NULL;
}

/* The free port of this label; of several the one with this ifIndex. */
static struct port *by_label(const struct ports *ps, const struct interface *i)
{
    struct port *p = ports_by_label(ps, interface_label(i));

    if (p != NULL && !p->present && p->unique)
        return p;
    p = ports_by_index(ps, i->if_index);
    if (p != NULL && !p->present && strcmp(p->label, interface_label(i)) == 0)
        return p;
    return NULL;
}

/* Labels and indexes afresh, from the ports that are present. */
static void index_again(struct ports *ps)
{
    table_free(ps->labels);
    table_free(ps->indexes);
    ps->labels = table_new();
    ps->indexes = table_new();
    for (size_t i = 0; i < ps->list.count; i++) {
        struct port *p = ps->list.at[i];
        struct port *first = ports_by_label(ps, p->label);

        p->unique = first == NULL;
        if (first != NULL && (p->present || !first->present))
            first->unique = false;
        else
            (void)table_put_text(ps->labels, p->label, p);
        if (p->present)
            (void)table_put(ps->indexes, index_key(&p->if_index), p);
    }
}

/* Two rounds: those whose names are known first, so that a new port never
 * takes the place of a known one. */
void ports_match(struct ports *ps, const char *dir, const struct facts *facts)
{
    size_t count = facts->interfaces.count;
    bool *matched = mem_array(count + 1, sizeof *matched);

    for (size_t i = 0; i < ps->list.count; i++)
        ps->list.at[i]->present = false;
    for (size_t i = 0; i < count; i++) {
        struct port *p = by_label(ps, &facts->interfaces.at[i]);

        matched[i] = p != NULL;
        if (p != NULL)
            port_describe(p, &facts->interfaces.at[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct interface *one = &facts->interfaces.at[i];
        struct port *p = matched[i] ? NULL : by_marks(ps, one);

        if (p == NULL && !matched[i] && ps->list.count < PORTS_MAX)
            p = port_born(ps, dir, one);
        if (p != NULL)
            port_describe(p, one);
    }
    free(matched);
    index_again(ps);
}

/* ---- reading a row ---- */

static void row_label(const struct row *row, struct buffer *out)
{
    if (value_exists(&row->values[COLUMN_NAME]))
        value_text(&row->values[COLUMN_NAME], NULL, out);
    if (out->len == 0 && value_exists(&row->values[COLUMN_DESCR]))
        value_text(&row->values[COLUMN_DESCR], NULL, out);
}

/* Names beyond ASCII are converted by the device's own encoding, which is not
 * known here: they cannot be compared. */
static bool is_ascii(const struct buffer *label)
{
    for (size_t i = 0; i < label->len; i++)
        if ((uint8_t)label->at[i] >= 0x80)
            return false;
    return true;
}

/* The port that a row speaks of: by its name where that tells, whatever number
 * it has today. */
static struct port *port_of_row(struct ports *ps, const struct row *row,
                                bool *strange)
{
    struct buffer OWNED_BUFFER label = {0};
    uint32_t if_index = row->index.sub[0];
    struct port *numbered = ports_by_index(ps, if_index);

    row_label(row, &label);
    if (label.len == 0 || !is_ascii(&label) ||
        (numbered != NULL && strcmp(numbered->label, label.at) == 0))
        return numbered;
    struct port *named = ports_by_label(ps, label.at);
    *strange = true;
    if (named == NULL || !named->unique)
        return NULL;
    named->if_index = if_index;
    (void)table_put(ps->indexes, index_key(&if_index), named);
    return named;
}

static uint64_t octets_of(const struct row *row, size_t columns_from)
{
    return value_unsigned(&row->values[columns_from + PORT_IN_OCTETS], 0) |
           value_unsigned(&row->values[columns_from + PORT_OUT_OCTETS], 0);
}

/* Are the 64-bit counters true? */
static enum port_wide judge_wide(enum port_wide before, const struct row *row)
{
    if (octets_of(row, 0) != 0)
        return WIDE_MOVES;
    if (row->count != COLUMNS_ALL || before == WIDE_MOVES)
        return before;
    return octets_of(row, COLUMN_NARROW) != 0 ? WIDE_STUCK : WIDE_SILENT;
}

/* When column was read, against the reading's own time. */
static struct counter_moment moment_of(const struct counter_reading *r,
                                       const struct row *row, size_t column)
{
    const struct stamp *s =
        row->stamps != NULL ? &row->stamps[column] : row->stamp;
    int64_t slack_ns = (s->received.ns - s->sent.ns) / 2;

    return (struct counter_moment){
        .later_us = (int32_t)((s->sent.ns + slack_ns - r->at.ns) / 1000),
        .slack_us = (uint32_t)(slack_ns / 1000),
        .ticks = r->has_uptime ? (int32_t)(s->uptime_cs - r->uptime_cs) : 0,
    };
}

static void take_counter(struct counter_reading *r, const struct row *row,
                         size_t i, enum port_wide worth)
{
    size_t column = i;
    bool wide = i < NARROW;

    if (wide && row->count == COLUMNS_ALL &&
        (worth == WIDE_STUCK || !value_exists(&row->values[i]))) {
        column = COLUMN_NARROW + i;
        wide = false;
    }
    if (!value_exists(&row->values[column]))
        return;
    r->counters[i] = value_unsigned(&row->values[column], 0);
    r->moments[i] = moment_of(r, row, column);
    if (r->moments[i].ticks < 0) /* restarted between two PDUs */
        r->valid = false;
    r->present |= (uint16_t)(1U << i);
    if (wide)
        r->wide |= (uint16_t)(1U << i);
}

/* Did each PDU tell sysUpTime? */
static bool has_uptimes(const struct row *row)
{
    for (size_t i = 0; row->stamps != NULL && i < row->count; i++)
        if (value_exists(&row->values[i]) && !row->stamps[i].has_uptime)
            return false;
    return row->stamp->has_uptime;
}

static struct counter_reading read_counters(const struct row *row,
                                            enum port_wide worth)
{
    const struct value *moved = &row->values[COLUMN_DISCONTINUITY];
    const struct stamp *s = row->stamp;
    struct counter_reading r = {
        .valid = true,
        .at = {s->sent.ns + (s->received.ns - s->sent.ns) / 2},
        .has_uptime = has_uptimes(row),
        .uptime_cs = s->uptime_cs,
        .has_discontinuity = value_exists(moved),
        .discontinuity_cs = (uint32_t)value_unsigned(moved, 0),
    };

    for (size_t i = 0; i < PORT_RATES; i++)
        take_counter(&r, row, i, worth);
    return r;
}

/* What is beyond a port's speed is no rate; but time and again it is the speed
 * that is not true: people set it, for the sake of routing. */
static void learn_speed(struct port *p)
{
    enum { BEYOND_MAX = 3 };

    if (p->gap == GAP_IMPOSSIBLE)
        p->faster |= ++p->beyond >= BEYOND_MAX;
    else
        p->beyond = 0;
}

struct port *ports_read(struct ports *ps, const struct row *row, uint64_t round,
                        bool *strange)
{
    if (row->index.len != 1 || row->count < COLUMNS_WIDE)
        return NULL;
    struct port *p = port_of_row(ps, row, strange);
    if (p == NULL || p->round == round) {
        *strange |= p == NULL;
        return NULL;
    }
    p->wide = judge_wide(p->wide, row);
    struct counter_reading now =
        read_counters(row, ps->distrusted ? WIDE_STUCK : p->wide);
    p->gap =
        rate_compute(&p->last, &now, p->faster ? 0 : p->speed_bps, p->rates);
    p->last = now;
    learn_speed(p);
    p->round = round;
    p->admin_status =
        (uint8_t)value_unsigned(&row->values[COLUMN_ADMIN], p->admin_status);
    p->oper_status =
        (uint8_t)value_unsigned(&row->values[COLUMN_OPER], p->oper_status);
    return p;
}

/* ---- for the store ---- */

void ports_to_json(const struct ports *ps, struct buffer *out)
{
    json_t *list = json_array();

    for (size_t i = 0; i < ps->list.count; i++) {
        const struct port *p = ps->list.at[i];
        char mac[MAC_TEXT_MAX] = "";

        if (mac_is_set(&p->mac))
            mac_format(&p->mac, mac, sizeof mac);
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "object",
                                        p->object, "label", p->label, "descr",
                                        p->descr, "alias", p->alias, "mac", mac,
                                        "if_index", (json_int_t)p->if_index));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    buffer_text(out, text);
    free(text);
    json_decref(list);
}

void ports_from_json(struct ports *ps, const char *dir, const char *text,
                     size_t len)
{
    json_t *list = json_loadb(text, len, 0, NULL), *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        const char *object, *label, *descr, *alias, *mac;
        json_int_t if_index;

        if (json_unpack(one, "{s:s,s:s,s:s,s:s,s:s,s:I}", "object", &object,
                        "label", &label, "descr", &descr, "alias", &alias,
                        "mac", &mac, "if_index", &if_index) < 0 ||
            ps->list.count >= PORTS_MAX)
            continue;
        struct port *p = port_new(ps, dir, object);
        replace(&p->label, label);
        replace(&p->descr, descr);
        replace(&p->alias, alias);
        if (mac_parse(mac, &p->mac) < 0)
            p->mac = (struct mac){0};
        p->if_index = (uint32_t)if_index;
        p->present = true; /* until facts say otherwise */
    }
    json_decref(list);
    index_again(ps);
}
