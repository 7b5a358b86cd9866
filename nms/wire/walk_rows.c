#include "wire/walk_rows.h"

#include "base/mem.h"
#include "wire/ber.h"

enum {
    INDEX_ROOM = 8,
    BLOB_ROOM = 64,
    SEEN_ROOM = 64,
    ROWS_ROOM = 16,
    TRAIL_ROOM = 128, /* sub-identifiers, at first */
    TRAIL_MAX = 8192,
    SPARES_MAX = 256,
    SPARE_OCTETS_MAX = 8192,
};

void walk_rows_init(struct walk_rows *r, size_t columns, bool stamped)
{
    *r = (struct walk_rows){.columns = columns, .stamped = stamped};
}

static void row_free(struct walk_row *row)
{
    free(row->index);
    free(row->values);
    free(row->stamps);
    free(row->blob);
    free(row);
}

void walk_rows_fini(struct walk_rows *r)
{
    for (size_t i = 0; i < r->count; i++)
        row_free(r->rows[r->first + i]);
    while (r->spare != NULL) {
        struct walk_row *row = r->spare;

        r->spare = row->next_spare;
        row_free(row);
    }
    free(r->rows);
    free(r->highest);
    free(r->trail);
    free(r->seen);
    *r = (struct walk_rows){0};
}

/* ---- indexes handed out -------------------------------------------------- */

/* Never 0. Two indexes of one hash among millions are less likely than a bit
 * flipped on the way. */
static uint64_t hash_of(struct oid index)
{
    uint64_t hash = bytes_hash((struct bytes){(const uint8_t *)index.sub,
                                              index.len * sizeof *index.sub});

    return hash == 0 ? 1 : hash;
}

/* Where hash is, or would go. */
static size_t seen_at(const uint64_t *seen, size_t room, uint64_t hash)
{
    size_t at = hash & (room - 1);

    while (seen[at] != 0 && seen[at] != hash)
        at = (at + 1) & (room - 1);
    return at;
}

static void seen_grow(struct walk_rows *r)
{
    size_t room = r->seen_room == 0 ? SEEN_ROOM : r->seen_room * 2;
    uint64_t *seen = mem_array(room, sizeof *seen);

    for (size_t i = 0; i < r->seen_room; i++) {
        if (r->seen[i] != 0)
            seen[seen_at(seen, room, r->seen[i])] = r->seen[i];
    }
    free(r->seen);
    r->seen = seen;
    r->seen_room = room;
}

static void seen_add(struct walk_rows *r, struct oid index)
{
    if ((r->seen_count + 1) * 2 > r->seen_room)
        seen_grow(r);
    uint64_t hash = hash_of(index);
    r->seen[seen_at(r->seen, r->seen_room, hash)] = hash;
    r->seen_count++;
}

/* Hashes what the trail holds, and empties it. */
static void trail_hash(struct walk_rows *r)
{
    for (size_t at = 0; at < r->trail_used; at += 1 + r->trail[at])
        seen_add(r, (struct oid){r->trail + at + 1, r->trail[at]});
    r->trail_used = 0;
}

static void trail_add(struct walk_rows *r, struct oid index)
{
    if (r->trail_room - r->trail_used < 1 + index.len) {
        if (r->trail_room >= TRAIL_MAX)
            trail_hash(r);
        else
            r->trail_room = r->trail_room * 2 + TRAIL_ROOM + OID_MAX;
        r->trail = mem_resize(r->trail, r->trail_room, sizeof *r->trail);
    }
    r->trail[r->trail_used++] = (uint32_t)index.len;
    memcpy(r->trail + r->trail_used, index.sub, index.len * sizeof *index.sub);
    r->trail_used += index.len;
}

static bool is_above(const struct walk_rows *r, struct oid index)
{
    const struct oid highest = {r->highest, r->highest_len};

    return highest.len == 0 || oid_compare(index, highest) > 0;
}

/* True if index was handed out. An orderly agent goes up: nothing is looked
 * for. */
static bool was_handed_out(struct walk_rows *r, struct oid index)
{
    if (is_above(r, index))
        return false;
    trail_hash(r);
    return r->seen[seen_at(r->seen, r->seen_room, hash_of(index))] != 0;
}

void walk_rows_pass(struct walk_rows *r, struct oid index)
{
    if (index.len == 0) /* the one row of scalars */
        return;
    trail_add(r, index);
    if (!is_above(r, index))
        return;
    if (r->highest_room < index.len) {
        r->highest_room = index.len < INDEX_ROOM ? INDEX_ROOM : index.len;
        r->highest =
            mem_resize(r->highest, r->highest_room, sizeof *r->highest);
    }
    memcpy(r->highest, index.sub, index.len * sizeof *index.sub);
    r->highest_len = index.len;
}

/* ---- rows --------------------------------------------------------------- */

static struct oid index_of(const struct walk_row *row)
{
    return (struct oid){row->index, row->index_len};
}

static size_t octets_of(const struct walk_rows *r, const struct walk_row *row)
{
    return sizeof *row + row->index_room * sizeof *row->index +
           r->columns * sizeof *row->values +
           (row->stamps != NULL ? r->columns * sizeof *row->stamps : 0) +
           row->blob_room;
}

/* Where index is or would go in r->rows. */
static size_t place_of(const struct walk_rows *r, struct oid index)
{
    size_t low = r->first, high = r->first + r->count;

    if (r->count > 0 && oid_compare(index_of(r->rows[high - 1]), index) < 0)
        return high; /* the usual case */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (oid_compare(index_of(r->rows[middle]), index) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct walk_row *row_new(struct walk_rows *r, struct oid index,
                                const struct stamp *stamp)
{
    struct walk_row *row = r->spare;

    if (row != NULL) {
        r->spare = row->next_spare;
        r->spares--;
    } else {
        row = mem_new(struct walk_row);
        row->values = mem_array(r->columns, sizeof *row->values);
        if (r->stamped)
            row->stamps = mem_array(r->columns, sizeof *row->stamps);
    }
    if (row->index_room < index.len) {
        row->index_room = index.len < INDEX_ROOM ? INDEX_ROOM : index.len;
        row->index =
            mem_resize(row->index, row->index_room, sizeof *row->index);
    }
    if (index.len > 0)
        memcpy(row->index, index.sub, index.len * sizeof *index.sub);
    row->index_len = index.len;
    row->stamp = *stamp;
    r->octets += octets_of(r, row);
    return row;
}

/* Puts row at r->rows[at], those from there on one further. */
static void insert(struct walk_rows *r, size_t at, struct walk_row *row)
{
    size_t end = r->first + r->count;

    if (end == r->room && r->first > 0) { /* room that was left at the front */
        memmove(r->rows, r->rows + r->first, r->count * sizeof *r->rows);
        at -= r->first;
        end = r->count;
        r->first = 0;
    } else if (end == r->room) {
        r->room = r->room == 0 ? ROWS_ROOM : r->room * 2;
        r->rows = mem_resize(r->rows, r->room, sizeof *r->rows);
    }
    memmove(&r->rows[at + 1], &r->rows[at], (end - at) * sizeof *r->rows);
    r->rows[at] = row;
    r->count++;
    r->last = row;
}

/* The row at index, made if it is not there; NULL if limit rows are. */
static struct walk_row *row_at(struct walk_rows *r, struct oid index,
                               const struct stamp *stamp, size_t limit)
{
    if (r->last != NULL && oid_equal(index_of(r->last), index))
        return r->last;
    size_t at = place_of(r, index);
    if (at < r->first + r->count && oid_equal(index_of(r->rows[at]), index))
        return r->last = r->rows[at];
    if (r->count >= limit)
        return NULL;
    insert(r, at, row_new(r, index, stamp));
    return r->last;
}

/* ---- values ------------------------------------------------------------- */

/* Moves the views of values into a larger blob. */
static void blob_grow(struct walk_rows *r, struct walk_row *row, size_t need)
{
    size_t room = row->blob_room == 0 ? BLOB_ROOM : row->blob_room;

    while (room < need)
        room *= 2;
    uint8_t *blob = mem_array(1, room);
    if (row->blob_used > 0)
        memcpy(blob, row->blob, row->blob_used);
    for (size_t i = 0; i < r->columns; i++) {
        struct value *v = &row->values[i];

        if (v->type == VALUE_OID && v->oid.len > 0)
            v->oid.sub =
                (const uint32_t *)(const void *)(blob +
                                                 ((const uint8_t *)v->oid.sub -
                                                  row->blob));
        else if (ber_has_octets(v->type) && v->octets.len > 0)
            v->octets.at = blob + (v->octets.at - row->blob);
    }
    free(row->blob);
    row->blob = blob;
    r->octets += room - row->blob_room;
    row->blob_room = room;
}

/* A copy of len octets in the row's blob, aligned for sub-identifiers. */
static uint8_t *keep(struct walk_rows *r, struct walk_row *row, const void *at,
                     size_t len)
{
    size_t start =
        (row->blob_used + sizeof(uint32_t) - 1) & ~(sizeof(uint32_t) - 1);

    if (start + len > row->blob_room)
        blob_grow(r, row, start + len);
    memcpy(row->blob + start, at, len);
    row->blob_used = start + len;
    return row->blob + start;
}

static void value_keep(struct walk_rows *r, struct walk_row *row, size_t column,
                       const struct value *value)
{
    struct value kept = *value;

    if (value->type == VALUE_OID && value->oid.len > 0)
        kept.oid.sub = (const uint32_t *)(const void *)keep(
            r, row, value->oid.sub, value->oid.len * sizeof *value->oid.sub);
    else if (ber_has_octets(value->type) && value->octets.len > 0)
        kept.octets.at = keep(r, row, value->octets.at, value->octets.len);
    row->values[column] = kept;
}

enum walk_put walk_rows_put(struct walk_rows *r, struct oid index,
                            size_t column, const struct value *value,
                            const struct stamp *stamp, size_t limit)
{
    bool known_row = r->last != NULL && oid_equal(index_of(r->last), index);

    if (!known_row && was_handed_out(r, index))
        return WALK_PUT_KNOWN;
    if (r->octets >= WALK_ROWS_OCTETS_MAX)
        return WALK_PUT_FULL;
    struct walk_row *row = row_at(r, index, stamp, limit);
    if (row == NULL)
        return WALK_PUT_FULL;
    if (row->values[column].type != VALUE_NONE)
        return WALK_PUT_KNOWN;
    value_keep(r, row, column, value);
    if (row->stamps != NULL)
        row->stamps[column] = *stamp;
    return WALK_PUT_NEW;
}

const struct walk_row *walk_rows_first(const struct walk_rows *r)
{
    return r->count > 0 ? r->rows[r->first] : NULL;
}

struct walk_row *walk_rows_take(struct walk_rows *r)
{
    struct walk_row *row = r->rows[r->first++];

    r->octets -= octets_of(r, row);
    if (--r->count == 0)
        r->first = 0;
    if (r->last == row)
        r->last = NULL;
    walk_rows_pass(r, index_of(row));
    return row;
}

void walk_rows_recycle(struct walk_rows *r, struct walk_row *row)
{
    if (r->spares == SPARES_MAX || octets_of(r, row) > SPARE_OCTETS_MAX) {
        row_free(row);
        return;
    }
    memset(row->values, 0, r->columns * sizeof *row->values);
    row->blob_used = 0;
    row->next_spare = r->spare;
    r->spare = row;
    r->spares++;
}
