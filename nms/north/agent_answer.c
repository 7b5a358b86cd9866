#include "north/agent_answer.h"

#include "base/mem.h"

/* ---- the frame ---- */

static size_t begin(const struct agentx_header *h, uint16_t error,
                    uint16_t index, struct buffer *out)
{
    const struct agentx_header response = {.type = AGENTX_RESPONSE,
                                           .session = h->session,
                                           .transaction = h->transaction,
                                           .packet = h->packet};
    size_t begun = agentx_begin(out, &response);

    agentx_put_u32(out, 0); /* sysUpTime: the master's alone counts */
    agentx_put_u16(out, error);
    agentx_put_u16(out, index);
    return begun;
}

void agent_refuse(const struct agentx_header *h, uint16_t error, uint16_t index,
                  struct buffer *out)
{
    agentx_end(out, begin(h, error, index, out));
}

/* ---- one variable ---- */

static void answer_get(const struct mib_set *set, const void *of,
                       const struct agentx_range *range, struct buffer *out)
{
    struct mib_cell cell;

    if (set == NULL)
        cell.value = (struct value){.type = VALUE_NO_OBJECT};
    else
        mib_get(set, of, oid_view(&range->from), &cell);
    agentx_put_varbind(out, oid_view(&range->from), &cell.value);
}

/* Goes on from range->from, which becomes what was found; false at the end. */
static bool answer_next(const struct mib_set *set, const void *of,
                        struct agentx_range *range, struct buffer *out)
{
    static const struct value end = {.type = VALUE_END_OF_VIEW};
    struct oid_store name;
    struct mib_cell cell;

    if (set == NULL ||
        !mib_next(set, of, oid_view(&range->from), range->include, &name,
                  &cell) ||
        (range->to.len > 0 &&
         oid_compare(oid_view(&name), oid_view(&range->to)) >= 0)) {
        agentx_put_varbind(out, oid_view(&range->from), &end);
        return false;
    }
    agentx_put_varbind(out, oid_view(&name), &cell.value);
    oid_copy(&range->from, oid_view(&name));
    range->include = false;
    return true;
}

/* ---- whole requests ---- */

static void answer_each(const struct mib_set *set, const void *of, bool next,
                        struct agentx_reader *r, struct buffer *out)
{
    struct agentx_range range;

    for (size_t n = 0; cursor_left(&r->c) > 0; n++) {
        if (n == AGENT_VARBINDS_MAX) {
            cursor_break(&r->c, "too many variables");
            return;
        }
        agentx_read_range(r, &range);
        if (!cursor_ok(&r->c))
            return;
        if (next)
            (void)answer_next(set, of, &range, out);
        else
            answer_get(set, of, &range, out);
    }
}

/* RFC 2741, 7.2.3.3: the first ones once, the others again and again, one round
 * after the other, until all are at their end. */
static void answer_bulk(const struct mib_set *set, const void *of,
                        struct agentx_reader *r, struct buffer *out)
{
    struct ARRAY_OF(struct agentx_range) ranges = {0};
    struct agentx_range range;
    uint16_t once = agentx_read_u16(r);
    uint16_t times = agentx_read_u16(r);
    size_t varbinds = 0;

    for (; once > 0 && cursor_left(&r->c) > 0; once--, varbinds++) {
        if (varbinds == AGENT_VARBINDS_MAX)
            cursor_break(&r->c, "too many variables");
        agentx_read_range(r, &range);
        if (cursor_ok(&r->c))
            (void)answer_next(set, of, &range, out);
    }
    while (cursor_left(&r->c) > 0 &&
           varbinds + ranges.count < AGENT_VARBINDS_MAX)
        agentx_read_range(r, array_add(&ranges));
    if (cursor_left(&r->c) > 0)
        cursor_break(&r->c, "too many variables");
    bool more = cursor_ok(&r->c) && ranges.count > 0;
    for (; more && times > 0; times--) {
        more = false;
        for (size_t i = 0; i < ranges.count; i++)
            more |= answer_next(set, of, &ranges.at[i], out);
        varbinds += ranges.count;
        more &= varbinds + ranges.count <= AGENT_VARBINDS_MAX;
    }
    array_fini(&ranges);
}

void agent_answer(const struct mib_set *set, const void *of,
                  const struct agentx_header *h, struct agentx_reader *r,
                  struct buffer *out)
{
    size_t begun = begin(h, AGENTX_NO_ERROR, 0, out);

    switch (h->type) {
    case AGENTX_GET:
        answer_each(set, of, false, r, out);
        break;
    case AGENTX_GET_NEXT:
        answer_each(set, of, true, r, out);
        break;
    case AGENTX_GET_BULK:
        answer_bulk(set, of, r, out);
        break;
    default:
        cursor_break(&r->c, "no question");
    }
    if (!cursor_ok(&r->c)) {
        out->len = begun; /* nothing of it is sent */
        agent_refuse(h, AGENTX_PARSE_ERROR, 0, out);
        return;
    }
    agentx_end(out, begun);
}
