#include "mibs/roster.h"

#include <stdlib.h>

/* Each table is a word, its way and rows; where these are to be got, the
 * columns as two words and each index behind its length. */
struct roster {
    uint32_t check;
    uint16_t uses, strays; /* left; in a row */
    uint32_t values;       /* instances to be got */
    uint32_t count;        /* words */
    uint32_t words[];
};

enum { WAY_BITS = 2, WORD_BITS = 32, COLUMNS_MAX = 64 };

void roster_free(struct roster *r)
{
    free(r);
}

bool roster_next(const struct roster *r, size_t *at, struct roster_table *out)
{
    if (*at == r->count)
        return false;
    const uint32_t *words = r->words + *at;
    *out = (struct roster_table){
        .way = (enum roster_way)(words[0] & ((1U << WAY_BITS) - 1)),
        .rows = words[0] >> WAY_BITS,
    };
    *at += 1;
    if (out->way != ROSTER_GET)
        return true;
    out->columns = (uint64_t)words[2] << WORD_BITS | words[1];
    out->at = words + 3;
    *at += 2;
    for (uint32_t i = 0; i < out->rows; i++)
        *at += 1 + r->words[*at];
    return true;
}

struct oid roster_row(struct roster_table *t)
{
    struct oid index = {t->at + 1, t->at[0]};

    t->at += 1 + index.len;
    return index;
}

bool roster_use(struct roster *r, uint32_t check)
{
    if (r == NULL || r->check != check || r->uses == 0)
        return false;
    r->uses--;
    return r->strays < ROSTER_STRAYS_MAX;
}

void roster_held(struct roster *r)
{
    r->strays = 0;
}

void roster_strayed(struct roster *r)
{
    r->strays++;
}

void roster_expire(struct roster *r)
{
    if (r != NULL)
        r->uses = 0;
}

size_t roster_values(const struct roster *r)
{
    return r->values;
}

/* ---- making one ---------------------------------------------------------- */

void roster_note(struct roster_notes *n, size_t table, const struct row *row)
{
    struct noted_row *noted = array_add(&n->rows);

    noted->table = (uint32_t)table;
    noted->at = (uint32_t)n->subs.count;
    noted->len = (uint32_t)row->index.len;
    for (size_t i = 0; i < row->index.len; i++)
        *array_add(&n->subs) = row->index.sub[i];
    for (size_t i = 0; i < row->count && row->count <= COLUMNS_MAX; i++)
        if (value_exists(&row->values[i]))
            noted->columns |= (uint64_t)1 << i;
}

void roster_notes_fini(struct roster_notes *n)
{
    array_fini(&n->rows);
    array_fini(&n->subs);
}

struct words ARRAY_OF(uint32_t);

static size_t bits_set(uint64_t bits)
{
    size_t count = 0;

    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* What the notes say of one table; rows that differ in which columns they have,
 * or have too many, are not told by their indexes. */
static struct roster_table table_of(const struct roster_notes *n, size_t table)
{
    struct roster_table t = {.way = ROSTER_LEAVE};

    for (size_t i = 0; i < n->rows.count; i++) {
        const struct noted_row *row = &n->rows.at[i];

        if (row->table != table)
            continue;
        if (t.rows++ == 0) {
            t.way = ROSTER_GET;
            t.columns = row->columns;
        } else if (t.columns != row->columns) {
            t.way = ROSTER_WALK;
        }
    }
    if (t.rows > 0 && (t.columns == 0 ||
                       t.rows * bits_set(t.columns) > ROSTER_TABLE_VALUES_MAX))
        t.way = ROSTER_WALK;
    return t;
}

static void add_rows(struct words *words, const struct roster_notes *n,
                     size_t table)
{
    for (size_t i = 0; i < n->rows.count; i++) {
        const struct noted_row *row = &n->rows.at[i];

        if (row->table != table)
            continue;
        *array_add(words) = row->len;
        for (uint32_t k = 0; k < row->len; k++)
            *array_add(words) = n->subs.at[row->at + k];
    }
}

/* Who strayed too often is not followed until its uses are over, then tried
 * once more. */
static void go_on_after(struct roster *r, const struct roster *before)
{
    bool tired = before->strays >= ROSTER_STRAYS_MAX;

    r->strays = before->strays;
    if (tired && before->uses > 0)
        r->uses = before->uses;
    else if (tired)
        r->strays = ROSTER_STRAYS_MAX - 1;
}

struct roster *roster_make(const struct roster_notes *n, size_t tables,
                           uint32_t check, uint64_t device,
                           const struct roster *before)
{
    struct words words = {0};
    size_t values = 0;

    for (size_t i = 0; i < tables; i++) {
        struct roster_table t = table_of(n, i);
        size_t its = t.rows * bits_set(t.columns);

        if (t.way == ROSTER_GET && values + its > ROSTER_VALUES_MAX)
            t.way = ROSTER_WALK;
        if (t.way != ROSTER_GET) {
            *array_add(&words) = (uint32_t)t.way;
            continue;
        }
        values += its;
        *array_add(&words) = (uint32_t)t.way | t.rows << WAY_BITS;
        *array_add(&words) = (uint32_t)t.columns;
        *array_add(&words) = (uint32_t)(t.columns >> WORD_BITS);
        add_rows(&words, n, i);
    }
    struct roster *r = mem_zero(sizeof *r + words.count * sizeof *r->words);
    r->check = check;
    r->uses = (uint16_t)(ROSTER_USES - device % (ROSTER_USES / 2));
    if (before != NULL)
        go_on_after(r, before);
    r->values = (uint32_t)values;
    r->count = (uint32_t)words.count;
    if (words.count > 0)
        memcpy(r->words, words.at, words.count * sizeof *r->words);
    array_fini(&words);
    return r;
}
