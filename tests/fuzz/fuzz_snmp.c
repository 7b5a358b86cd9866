/* Any octets as a message: reading ends, stays inside them, is all or nothing;
 * read by rows it is the same; and what was read is written and read again as
 * the same. */
#include "wire/message.h"

#include "base/mem.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_lie_inside(struct bytes view, struct bytes span)
{
    if (view.len == 0)
        return;
    must(view.at >= span.at && view.len <= span.len);
    must((size_t)(view.at - span.at) <= span.len - view.len);
}

static void check_varbinds(const struct pdu *pdu, struct bytes span)
{
    must(pdu->count <= MESSAGE_VARBINDS_MAX);
    for (size_t i = 0; i < pdu->count; i++) {
        const struct varbind *vb = &pdu->varbinds[i];

        must(vb->name.len <= OID_MAX);
        must_lie_inside(pdu->encoded[i], span);
        must((vb->name.len == 0) == (pdu->encoded[i].len == 0));
        must(vb->value.type != VALUE_NONE);
        if (ber_has_octets(vb->value.type))
            must_lie_inside(vb->value.octets, span);
        else if (vb->value.type == VALUE_OID)
            must(vb->value.oid.len <= OID_MAX);
    }
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    if (ber_has_octets(a->type))
        return bytes_equal(a->octets, b->octets);
    if (a->type == VALUE_OID)
        return oid_equal(a->oid, b->oid);
    return a->integer == b->integer;
}

static bool same_pdu(const struct pdu *a, const struct pdu *b)
{
    bool same = a->type == b->type && a->request_id == b->request_id &&
                a->error_status == b->error_status &&
                a->error_index == b->error_index && a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++)
        same = oid_equal(a->varbinds[i].name, b->varbinds[i].name) &&
               same_value(&a->varbinds[i].value, &b->varbinds[i].value);
    return same;
}

static void check_round_trip(const struct message *m,
                             struct message_scratch *scratch)
{
    static uint8_t room[4 * MESSAGE_MAX];
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message again;

    must(message_encode(&b, m) == 0);
    struct cursor c = cursor_over(ber_built(&b));
    must(message_decode(&c, &again) == 0);
    must(again.version == m->version);
    c = cursor_over(again.body);
    must(message_decode_pdu(&c, scratch, &again) == 0);
    must(same_pdu(&m->pdu, &again.pdu));
}

enum { COLUMNS_MAX = 26 };

/* Columns that a PDU may have rows of: its first names, but for some octets
 * that may be an index. */
static struct ber_columns columns_of(const struct pdu *pdu, size_t seed,
                                     struct bytes names[COLUMNS_MAX])
{
    struct ber_columns columns = {.names = names, .lead = seed % 4};
    size_t index = 1 + seed / 4 % 5, most = 1 + seed / 20 % COLUMNS_MAX;

    for (size_t i = columns.lead; i < pdu->count && columns.count < most; i++) {
        struct bytes name = pdu->encoded[i];

        while (name.len > 0 && name.len + index > pdu->encoded[i].len)
            name.len--;
        while (name.len > 0 && name.at[name.len - 1] >= 0x80)
            name.len--;
        names[columns.count++] = name;
    }
    return columns;
}

/* A PDU whose rows are read as such is the same. */
static void check_rows(const struct message *m, size_t seed,
                       struct message_scratch *scratch)
{
    struct bytes names[COLUMNS_MAX];
    struct ber_columns columns = columns_of(&m->pdu, seed, names);
    struct cursor c = cursor_over(m->body), body;
    struct message again = *m;

    must(message_skim_head(&c, scratch, &again, &body) == 0);
    must(message_skim_list(&c, &body, scratch, &columns, &again) == 0);
    must(scratch->rows.cells == scratch->rows.count * columns.count);
    must(scratch->rows_at + scratch->rows.cells <= again.pdu.count);
    must_lie_inside(scratch->rows.octets, m->body);
    for (size_t i = 0; i < scratch->rows.count; i++)
        must_lie_inside(scratch->rows.indexes[i], scratch->rows.octets);
    pdu_read_names(scratch, &again.pdu, 0);
    must(scratch->ber.used <= scratch->ber.room);
    must(same_pdu(&m->pdu, &again.pdu));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct message_scratch *scratch, *second;
    struct bytes whole = {data, size};
    struct cursor c = cursor_over(whole);
    struct message m;

    if (scratch == NULL)
        scratch = message_scratch_new();
    if (second == NULL)
        second = message_scratch_new();
    int result = message_decode(&c, &m);
    must(result == 0 || result == -EBADMSG);
    must((result == 0) == cursor_ok(&c));
    must(cursor_offset(&c) <= size);
    must_lie_inside(m.community, whole);
    must_lie_inside(m.body, whole);
    must_lie_inside(m.v3.engine_id, whole);
    must_lie_inside(m.v3.auth, whole);
    must(m.v3.engine_id.len <= MESSAGE_ENGINE_ID_MAX);
    if (result < 0 || size > MESSAGE_MAX)
        return 0;
    c = cursor_over(m.body);
    result = message_decode_pdu(&c, scratch, &m);
    must((result == 0) == cursor_ok(&c));
    must(scratch->ber.used <= scratch->ber.room);
    check_varbinds(&m.pdu, whole);
    if (result < 0) {
        must(m.pdu.count == 0 && m.pdu.type == 0);
        return 0;
    }
    check_rows(&m, size, second);
    if ((m.v3.flags & MESSAGE_PRIV) == 0)
        check_round_trip(&m, second);
    return 0;
}
