#include "north/agent_admin.h"

#include "base/mem.h"

enum { ACKNOWLEDGE = 2, SHELVE, SILENCE };
enum { SECONDS_MAX = 31536000, MS_PER_S = 1000 };

static const struct alert_book *book_of(const void *of)
{
    return ((const struct agent_scene *)of)->view->snapshot->alerts;
}

/* ---- reading: by number, as the book has them ---- */

static size_t rows(const void *of)
{
    return book_of(of)->active_count;
}

static void row_index(const void *of, size_t row, struct oid_store *out)
{
    (void)oid_push(out, book_of(of)->active[row]->index);
}

static uint64_t seconds_left(const struct agent_scene *scene, struct wall until)
{
    return until.ms > scene->now.ms
               ? (uint64_t)(until.ms - scene->now.ms) / MS_PER_S
               : 0;
}

static void value(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out)
{
    const struct alert_record *a = book_of(of)->active[row];

    if (column == ACKNOWLEDGE)
        mib_truth(out, a->acknowledged.who[0] != '\0');
    else if (column == SHELVE)
        mib_unsigned(out, seconds_left(of, a->shelved));
    else
        mib_unsigned(out, a->silence != 0 ? 1 : 0);
}

static const uint8_t columns[] = {ACKNOWLEDGE, SHELVE, SILENCE};
static const struct mib_table table = {.entry = OID_INIT(1, 8, 1),
                                       .own = true,
                                       MIB_COLUMNS(columns),
                                       .rows = rows,
                                       .index = row_index,
                                       .value = value};

const struct mib_table *const agent_admin_tables[] = {&table, NULL};

/* ---- writing ---- */

/* Column and row of a name; false if it is none that may be written. */
static bool parse_name(const struct agent_scene *scene, struct oid name,
                       uint32_t *column, uint32_t *alarm)
{
    struct oid entry = OID(1, 3, 6, 1, 4, 1, scene->enterprise, 1, 1, 8, 1);
    struct oid tail = oid_tail(name, entry.len);

    if (!oid_begins(name, entry) || tail.len != 2)
        return false;
    *column = tail.sub[0];
    *alarm = tail.sub[1];
    return *column >= ACKNOWLEDGE && *column <= SILENCE;
}

static uint16_t make_wish(const struct agentx_binding *b, uint32_t column,
                          struct agentx_wish *out)
{
    enum { TRUE = 1, FALSE = 2 };

    if (column == ACKNOWLEDGE) {
        if (b->value.type != VALUE_INTEGER)
            return AGENTX_WRONG_TYPE;
        if (b->value.integer != TRUE && b->value.integer != FALSE)
            return AGENTX_WRONG_VALUE;
        out->deed =
            b->value.integer == TRUE ? DEED_ACKNOWLEDGE : DEED_UNACKNOWLEDGE;
        return AGENTX_NO_ERROR;
    }
    if (b->value.type != VALUE_GAUGE32)
        return AGENTX_WRONG_TYPE;
    if (b->value.number > SECONDS_MAX ||
        (column == SILENCE && b->value.number == 0)) /* it would be over */
        return AGENTX_WRONG_VALUE;
    out->deed = column == SHELVE ? DEED_SHELVE : DEED_SILENCE;
    out->seconds = (uint32_t)b->value.number;
    return AGENTX_NO_ERROR;
}

static uint16_t test(const struct agent_scene *scene,
                     const struct agentx_binding *b, struct agentx_wish *out)
{
    uint32_t column;

    if (!parse_name(scene, oid_view(&b->name), &column, &out->alarm))
        return AGENTX_NOT_WRITABLE;
    const struct alert_record *a = alert_book_find(book_of(scene), out->alarm);
    if (a == NULL || a->state != ALERT_ACTIVE)
        return AGENTX_NO_CREATION;
    return make_wish(b, column, out);
}

uint16_t admin_test(const struct agent_scene *scene, struct agentx_reader *r,
                    struct admin_wishes *out, uint16_t *index)
{
    struct agentx_binding b;

    out->count = 0;
    *index = 0;
    while (cursor_left(&r->c) > 0) {
        struct agentx_wish wish = {0};

        agentx_read_binding(r, &b);
        ++*index;
        if (!cursor_ok(&r->c))
            return AGENTX_PARSE_ERROR;
        if (out->count == ADMIN_WISHES_MAX)
            return AGENTX_RESOURCE_UNAVAILABLE;
        uint16_t error = test(scene, &b, &wish);
        if (error != AGENTX_NO_ERROR)
            return error;
        out->at[out->count++] = wish;
    }
    *index = 0;
    return AGENTX_NO_ERROR;
}

void admin_pattern(const char *name, struct buffer *out)
{
    buffer_text(out, name);
    for (size_t i = 0; i < out->len; i++)
        if (out->at[i] == '*')
            out->at[i] = '?';
}
