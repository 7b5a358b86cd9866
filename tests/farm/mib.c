#include "tests/farm/mib.h"

#include "tests/farm/recording.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A group as the tree uses it: with its prefix in BER. */
struct branch {
    const struct group *group;
    uint8_t ber[PREFIX_BER_MAX];
    size_t ber_len;
};

/* Groups of mib-2 by their sub-identifier there, where most questions go. */
enum { MIB2_LEN = 6, MIB2_SUBS = 128 };
static const struct oid mib2 = OID_INIT(1, 3, 6, 1, 2, 1);

struct mib {
    struct branches ARRAY_OF(struct branch) branches; /* in order */
    size_t mib2_first[MIB2_SUBS + 1]; /* the first group not below 1.3.6.1.2.1.N
                                       */
};

static const struct group *const lists[] = {
    groups_system, groups_if,     groups_ip,     groups_lldp,
    groups_cdp,    groups_bridge, groups_entity, groups_host,
    groups_cisco,  groups_vendor, groups_ups,    groups_peer,
};

/* ---- for groups -----------------------------------------------------------
 */

void index_push_ip(struct index *i, uint32_t ip)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        index_push(i, ip >> shift & 0xff);
}

void index_push_mac(struct index *i, uint64_t mac)
{
    for (int shift = 40; shift >= 0; shift -= 8)
        index_push(i, (uint32_t)(mac >> shift & 0xff));
}

void octets_put(uint8_t *at, uint64_t number, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        at[i] = (uint8_t)(number >> (8 * (octets - 1 - i)));
}

bool value_octets(struct value *out, const void *at, size_t len)
{
    *out = (struct value){.type = VALUE_OCTETS, .octets = {at, len}};
    return true;
}

bool value_str(struct value *out, const char *text)
{
    return value_octets(out, text, strlen(text));
}

bool value_text_of(struct view *v, struct value *out)
{
    return value_str(out, v->text);
}

bool value_mac(struct view *v, struct value *out, uint64_t mac)
{
    octets_put((uint8_t *)v->text, mac, 6);
    return value_octets(out, v->text, 6);
}

bool value_ip(struct view *v, struct value *out, uint32_t ip)
{
    octets_put((uint8_t *)v->text, ip, 4);
    value_octets(out, v->text, 4);
    out->type = VALUE_IP;
    return true;
}

bool value_oid(struct value *out, struct oid oid)
{
    *out = (struct value){.type = VALUE_OID, .oid = oid};
    return true;
}

int64_t view_wander(const struct view *v, uint32_t thing, int64_t low,
                    int64_t high)
{
    enum { PERIOD_MS = 1800000 };
    uint64_t hash = network_hash(v->net->seed, 0x77616e64 + thing, v->index);
    int64_t phase = (v->now_ms + (int64_t)(hash % PERIOD_MS)) % PERIOD_MS;
    int64_t half = PERIOD_MS / 2;
    int64_t wave = phase < half ? phase : PERIOD_MS - phase;
    int64_t middle =
        low + (int64_t)(hash >> 32 & 0xffff) * (high - low) / 0xffff;
    int64_t reach = (high - low) / 5;
    int64_t value = middle + (wave - half / 2) * reach / half;

    return value < low ? low : value > high ? high : value;
}

/* ---- the tree -------------------------------------------------------------
 */

static size_t sub_ber(uint32_t sub, uint8_t *out)
{
    size_t len = 0;

    if (sub < 0x80) {
        out[0] = (uint8_t)sub;
        return 1;
    }
    for (int shift = 28; shift >= 0; shift -= 7)
        if (len > 0 || sub >> shift != 0)
            out[len++] =
                (uint8_t)((sub >> shift & 0x7f) | (shift > 0 ? 0x80 : 0));
    return len;
}

static size_t oid_ber(struct oid o, uint8_t *out)
{
    size_t len = 0;

    if (o.len >= 2)
        len = sub_ber(o.sub[0] * 40 + o.sub[1], out);
    for (size_t i = 2; i < o.len; i++)
        len += sub_ber(o.sub[i], out + len);
    return len;
}

/* By the first name that a group may have. */
static int branch_compare(const void *a, const void *b)
{
    const struct group *of[] = {((const struct branch *)a)->group,
                                ((const struct branch *)b)->group};
    struct oid_store first[2];

    for (size_t i = 0; i < 2; i++) {
        oid_copy(&first[i], of[i]->prefix);
        (void)oid_push(&first[i], of[i]->columns[0]); /* far from full */
    }
    return oid_compare(oid_view(&first[0]), oid_view(&first[1]));
}

struct mib *mib_new(void)
{
    struct mib *m = mem_new(struct mib);

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (const struct group *g = lists[i]; g->count > 0; g++) {
            struct branch *b = array_add(&m->branches);

            b->group = g;
            assert(g->prefix.len < 20);
            b->ber_len = oid_ber(g->prefix, b->ber);
        }
    }
    qsort(m->branches.at, m->branches.count, sizeof *m->branches.at,
          branch_compare);
    for (uint32_t sub = 0; sub <= MIB2_SUBS; sub++) {
        struct oid prefix = OID(1, 3, 6, 1, 2, 1, sub);
        size_t at = 0;

        while (at < m->branches.count &&
               oid_compare(m->branches.at[at].group->prefix, prefix) < 0)
            at++;
        m->mib2_first[sub] = at;
    }
    return m;
}

void mib_free(struct mib *m)
{
    if (m == NULL)
        return;
    array_fini(&m->branches);
    free(m);
}

const struct group *mib_group(const struct mib *m, size_t nth)
{
    return nth < m->branches.count ? m->branches.at[nth].group : NULL;
}

static uint32_t group_rows(const struct group *g, const struct view *v)
{
    return g->rows(v);
}

static void group_index(const struct group *g, const struct view *v,
                        uint32_t row, struct index *out)
{
    out->len = 0;
    if (g->index == NULL)
        index_push(out, 0);
    else
        g->index(v, row, out);
    assert(out->len <= INDEX_MAX);
}

static struct oid index_view(const struct index *i)
{
    return (struct oid){i->sub, i->len};
}

/* The first row whose index is above, or not below, the one given. */
static uint32_t group_bound(const struct group *g, const struct view *v,
                            struct oid index, bool above, uint32_t rows)
{
    uint32_t low = 0, high = rows;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct index at;

        group_index(g, v, middle, &at);
        int order = oid_compare(index_view(&at), index);

        if (order < 0 || (above && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of rows in the wrong order: every eighth row and the next are swapped. An
 * involution. */
static uint32_t row_swap(uint32_t row, uint32_t rows)
{
    if (row % 8 == 3 && row + 1 < rows)
        return row + 1;
    return row % 8 == 4 ? row - 1 : row;
}

/* Rows that an endless table pretends to have in each column. */
enum { ENDLESS_ROWS = 1u << 30 };

static bool spot_read(const struct mib *m, struct view *v, struct spot *at,
                      struct value *value)
{
    const struct group *g = m->branches.at[at->group].group;
    uint32_t rows = group_rows(g, v), row = at->row;

    if ((v->faults & VIEW_BACKWARDS) != 0)
        row = row_swap(row, rows);
    return g->get(v, g->columns[at->column], row, value);
}

/* Reads at *at or, where there is nothing, what follows. */
static bool spot_settle(const struct mib *m, struct view *v, struct spot *at,
                        struct value *value)
{
    for (; at->group < m->branches.count; at->group++, at->column = 0) {
        const struct group *g = m->branches.at[at->group].group;
        uint32_t rows = group_rows(g, v);

        if (rows == 0) {
            at->row = at->beyond = 0;
            continue;
        }
        for (; at->column < g->count; at->column++, at->row = 0) {
            if (at->beyond > 0 && at->beyond < ENDLESS_ROWS)
                return spot_read(m, v, at, value);
            at->beyond = 0;
            for (; at->row < rows; at->row++)
                if (spot_read(m, v, at, value))
                    return true;
        }
    }
    return false;
}

bool mib_advance(const struct mib *m, struct view *v, struct spot *at,
                 struct value *value)
{
    if (v->recording != NULL)
        return recording_next(v->recording, at, value);
    const struct group *g = m->branches.at[at->group].group;
    uint32_t rows = group_rows(g, v);
    bool last = at->row + 1 >= rows;

    if (last && g->endless && (v->faults & VIEW_ENDLESS) != 0) {
        at->beyond++;
        return spot_settle(m, v, at, value);
    }
    if (last && g->index != NULL && (v->faults & VIEW_LOOP) != 0 && rows > 1)
        at->row = 0;
    else
        at->row++;
    return spot_settle(m, v, at, value);
}

/* Where in a group names after name begin; false: all are after it or none. */
static void spot_seek(const struct group *g, struct view *v, struct oid rest,
                      struct spot *at)
{
    unsigned column = 0;

    at->row = at->column = at->beyond = 0;
    if (rest.len == 0)
        return;
    while (column < g->count && g->columns[column] < rest.sub[0])
        column++;
    at->column = column;
    if (column == g->count || g->columns[column] > rest.sub[0])
        return;
    struct oid index = oid_tail(rest, 1);
    uint32_t rows = group_rows(g, v);

    at->row = group_bound(g, v, index, true, rows);
    if (at->row == 0 || rows == 0)
        return;
    struct index before;

    group_index(g, v, at->row - 1, &before);
    bool same = oid_equal(index_view(&before), index);

    if ((v->faults & VIEW_BACKWARDS) != 0 && same)
        at->row = row_swap(at->row - 1, rows) + 1;
    if (at->row < rows)
        return;
    if (g->endless && (v->faults & VIEW_ENDLESS) != 0 && index.len > 0) {
        at->row = rows - 1;
        at->beyond = index.sub[index.len - 1] - before.sub[before.len - 1] + 1;
    } else if (g->index != NULL && (v->faults & VIEW_LOOP) != 0 && rows > 1) {
        at->row = 0;
    }
}

bool mib_after(const struct mib *m, struct view *v, struct oid name,
               struct spot *at, struct value *value)
{
    if (v->recording != NULL)
        return recording_after(v->recording, name, at, value);
    size_t low = 0, high = m->branches.count;

    if (name.len > MIB2_LEN && oid_begins(name, mib2) &&
        name.sub[MIB2_LEN] < MIB2_SUBS) {
        low = m->mib2_first[name.sub[MIB2_LEN]];
        high = m->mib2_first[name.sub[MIB2_LEN] + 1];
    }
    while (low < high) { /* the first group whose names are not all before */
        size_t middle = low + (high - low) / 2;
        const struct group *g = m->branches.at[middle].group;
        bool inside = oid_begins(name, g->prefix) && name.len > g->prefix.len;
        bool before = inside
                          ? g->columns[g->count - 1] < name.sub[g->prefix.len]
                          : oid_compare(g->prefix, name) < 0 &&
                                !oid_begins(name, g->prefix);

        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    *at = (struct spot){.group = (uint32_t)low};
    if (low == m->branches.count)
        return false;
    const struct group *g = m->branches.at[low].group;

    if (oid_begins(name, g->prefix))
        spot_seek(g, v, oid_tail(name, g->prefix.len), at);
    return spot_settle(m, v, at, value);
}

/* The group that has a column of this name; NULL if none. */
static const struct group *mib_owner(const struct mib *m, struct oid name,
                                     struct spot *at)
{
    for (size_t i = m->branches.count; i-- > 0;) {
        const struct group *g = m->branches.at[i].group;

        if (name.len <= g->prefix.len || !oid_begins(name, g->prefix))
            continue;
        for (unsigned c = 0; c < g->count; c++) {
            if (g->columns[c] != name.sub[g->prefix.len])
                continue;
            *at = (struct spot){.group = (uint32_t)i, .column = c};
            return g;
        }
    }
    return NULL;
}

bool mib_find(const struct mib *m, struct view *v, struct oid name,
              struct spot *at, struct value *value, bool *has_object)
{
    *has_object = false;
    if (v->recording != NULL)
        return recording_find(v->recording, name, at, value, has_object);
    const struct group *g = mib_owner(m, name, at);
    uint32_t rows = g == NULL ? 0 : group_rows(g, v);

    if (rows == 0)
        return false;
    *has_object = true;
    struct oid index = oid_tail(name, g->prefix.len + 1);
    struct index found;

    at->row = group_bound(g, v, index, false, rows);
    if (at->row == rows)
        return false;
    group_index(g, v, at->row, &found);
    return oid_equal(index_view(&found), index) &&
           g->get(v, g->columns[at->column], at->row, value);
}

/* The index at *at, wrong order and endless rows included. */
static void spot_index(const struct mib *m, const struct view *v,
                       const struct spot *at, struct index *out)
{
    const struct group *g = m->branches.at[at->group].group;
    uint32_t row = at->row;

    if ((v->faults & VIEW_BACKWARDS) != 0)
        row = row_swap(row, group_rows(g, v));
    group_index(g, v, row, out);
    out->sub[out->len - 1] += at->beyond;
}

void mib_name(const struct mib *m, const struct view *v, const struct spot *at,
              struct oid_store *out)
{
    if (v->recording != NULL) {
        oid_copy(out, recording_name(v->recording, at));
        return;
    }
    const struct group *g = m->branches.at[at->group].group;
    struct index index;

    spot_index(m, v, at, &index);
    oid_copy(out, g->prefix);
    (void)oid_push(out, g->columns[at->column]); /* fits by construction */
    (void)oid_append(out, index_view(&index));
}

size_t mib_name_ber(const struct mib *m, const struct view *v,
                    const struct spot *at, uint8_t *out)
{
    if (v->recording != NULL)
        return oid_ber(recording_name(v->recording, at), out);
    const struct branch *b = &m->branches.at[at->group];
    size_t len = b->ber_len;
    struct index index;

    memcpy(out, b->ber, len);
    out[len++] = b->group->columns[at->column];
    spot_index(m, v, at, &index);
    for (unsigned i = 0; i < index.len; i++)
        len += sub_ber(index.sub[i], out + len);
    return len;
}
