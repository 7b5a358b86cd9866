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
    port_row_ask(narrow, ask);
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

void port_know_nothing(struct port *p, enum gap why)
{
    p->gap = why;
    for (size_t i = 0; i < PORT_RATES; i++)
        p->rates[i] = NAN;
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
    port_know_nothing(p, GAP_FIRST);
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

static void port_describe(struct port *p, const struct interface *i)
{
    replace(&p->label, interface_label(i));
    replace(&p->descr, i->descr);
    replace(&p->alias, i->alias);
    p->mac = i->mac;
    p->speed_bps = limit_of(i);
    p->frame_octets = frame_of(i);
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

/* Names beyond ASCII are converted by the device's own encoding, which is not
 * known here: they are held against what it sent before. */
static bool is_ascii(struct bytes sent)
{
    for (size_t i = 0; i < sent.len; i++)
        if (sent.at[i] >= 0x80)
            return false;
    return true;
}

static bool is_named(const struct port *p, const char *label, struct bytes sent)
{
    if (is_ascii(sent))
        return strcmp(p->label, label) == 0;
    return p->sent_name == 0 || p->sent_name == bytes_hash(sent);
}

/* Rows without a name are of the port of that number, unless it had one. */
static struct port *nameless(struct port *numbered, bool *strange)
{
    if (numbered == NULL || numbered->sent_name == 0)
        return numbered;
    *strange = true;
    return NULL;
}

/* The port that a row speaks of: by its name where that tells, whatever number
 * it has today. *moved: it had another one, or none. */
static struct port *port_of_row(struct ports *ps, const struct row *row,
                                bool *moved, bool *strange)
{
    struct buffer OWNED_BUFFER label = {0};
    uint32_t if_index = row->index.sub[0];
    struct port *numbered = ports_by_index(ps, if_index);
    struct bytes sent = port_row_label(row, &label);

    if (label.len == 0)
        return nameless(numbered, strange);
    if (numbered != NULL && is_named(numbered, label.at, sent)) {
        numbered->sent_name = bytes_hash(sent);
        return numbered;
    }
    *strange = true;
    struct port *named = is_ascii(sent) ? ports_by_label(ps, label.at) : NULL;
    if (named == NULL || !named->unique)
        return NULL;
    *moved = true;
    named->sent_name = bytes_hash(sent);
    named->if_index = if_index;
    (void)table_put(ps->indexes, index_key(&if_index), named);
    return named;
}

/* What it carries: as told, or as learned. */
static struct rate_bounds bounds_of(const struct port *p)
{
    bool faster = p->speed_bps > 0 && p->learned_bps > p->speed_bps;

    return (struct rate_bounds){faster ? p->learned_bps : p->speed_bps,
                                p->frame_octets};
}

/* The slowest kind of line that carries so much. */
static uint64_t line_of(double bps)
{
    static const uint64_t gigabit = 1000000000;
    static const double gigabits[] = {0.01, 0.1, 1,   2.5, 5,   10,  25,
                                      40,   50,  100, 200, 400, 800, 1600};

    for (size_t i = 0; i < COUNT_OF(gigabits); i++)
        if (bps <= gigabits[i] * (double)gigabit)
            return (uint64_t)(gigabits[i] * (double)gigabit);
    return 0;
}

/* What flowed through the port by octets that were beyond it. */
static double beyond_bps(const struct counter_reading *before,
                         const struct counter_reading *now)
{
    static const size_t octets[] = {PORT_IN_OCTETS, PORT_OUT_OCTETS};
    double seconds = (double)(now->at.ns - before->at.ns) / 1e9, most = 0;

    for (size_t n = 0; n < COUNT_OF(octets); n++) {
        size_t i = octets[n];
        double grown = (double)now->counters[i] - (double)before->counters[i];

        if ((now->beyond >> i & 1) && grown * 8 > most * seconds)
            most = grown * 8 / seconds;
    }
    return most;
}

/* What is beyond a port's speed is no rate; but time and again it is the speed
 * that is not true: people set it, for the sake of routing or shaping. Readings
 * that say so in a row, and nearly the same, are believed. */
static void learn_speed(struct port *p, double bps)
{
    enum { CONFIRMED = 3, NEARLY = 4 };
    struct port_beyond *b = &p->beyond;

    if (p->gap != GAP_IMPOSSIBLE || bps <= 0) {
        *b = (struct port_beyond){0};
        return;
    }
    if (b->count == 0 || bps < b->least_bps)
        b->least_bps = bps;
    if (bps > b->most_bps)
        b->most_bps = bps;
    if (b->most_bps > b->least_bps * NEARLY)
        *b = (struct port_beyond){0, bps, bps};
    if (++b->count >= CONFIRMED)
        p->learned_bps = line_of(b->most_bps);
}

static void take_reading(struct port *p, struct counter_reading *now)
{
    struct rate_bounds bounds = bounds_of(p);

    p->gap = rate_compute(&p->last, now, &bounds, p->rates);
    if (p->gap == GAP_TOO_CLOSE)
        return;
    learn_speed(p, beyond_bps(&p->last, now));
    p->anew = p->last.valid && rate_may_be_anew(&p->last, now, &bounds);
    p->last = *now;
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
    p->round = round;
    p->unsure = named == NAMED_BEFORE;
    p->anew = false;
    if (moved && named != NAMED_WITH_ALL) {
        port_know_nothing(p,
                          GAP_RENUMBERED); /* the counters may be another's */
        note_row(p, row);
        return p;
    }
    p->wide = port_row_judge(p->wide, row);
    struct counter_reading now =
        port_row_read(row, ps->distrusted ? WIDE_STUCK : p->wide);
    now.wall = wall;
    take_reading(p, &now);
    if (p->gap != GAP_TOO_CLOSE)
        note_row(p, row);
    p->admin_status = port_row_admin(row, p->admin_status);
    p->oper_status = port_row_oper(row, p->oper_status);
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
        json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I}", "object", p->object,
                      "label", p->label, "descr", p->descr, "alias", p->alias,
                      "mac", mac, "if_index", (json_int_t)p->if_index,
                      "learned", (json_int_t)p->learned_bps));
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
        json_int_t if_index, learned = 0;

        if (json_unpack(one, "{s:s,s:s,s:s,s:s,s:s,s:I,s?I}", "object", &object,
                        "label", &label, "descr", &descr, "alias", &alias,
                        "mac", &mac, "if_index", &if_index, "learned",
                        &learned) < 0 ||
            ps->list.count >= PORTS_MAX)
            continue;
        struct port *p = port_new(ps, dir, object);
        replace(&p->label, label);
        replace(&p->descr, descr);
        replace(&p->alias, alias);
        if (mac_parse(mac, &p->mac) < 0)
            p->mac = (struct mac){0};
        p->if_index = (uint32_t)if_index;
        p->learned_bps = learned > 0 ? (uint64_t)learned : 0;
        p->present = true; /* until facts say otherwise */
    }
    json_decref(list);
    index_again(ps);
}
