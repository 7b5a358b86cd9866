/* Any octets as a message of a master agent: reading ends, stays inside them,
 * and every request has a response that is whole, and that can be read again.
 */
#include "north/agent_answer.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A table of five rows, two columns and a hole. */
static size_t rows(const void *of)
{
    (void)of;
    return 5;
}

static void row_index(const void *of, size_t row, struct oid_store *out)
{
    (void)of;
    (void)oid_push(out, (uint32_t)row * 2);
}

static void value(const void *of, size_t row, uint32_t column,
                  struct mib_cell *out)
{
    (void)of;
    if (column == 3 && row == 2)
        return;
    if (column == 1)
        mib_text(out, "text");
    else
        mib_oid(out, OID(1, 3, 6, 1, (uint32_t)row));
}

static const uint8_t columns[] = {1, 3};
static const struct mib_table table = {.entry = OID_INIT(1, 3, 6, 1, 2, 1),
                                       MIB_COLUMNS(columns),
                                       .rows = rows,
                                       .index = row_index,
                                       .value = value};
static const struct mib_table *const tables[] = {&table};

/* The bindings of a response are sound. */
static void check_response(const struct buffer *out)
{
    struct agentx_header h;
    struct agentx_binding b;
    struct bytes all = buffer_view(out);

    must(all.len >= AGENTX_HEADER);
    must(agentx_header_read((struct bytes){all.at, AGENTX_HEADER}, &h) == 0 ||
         all.len > AGENTX_PAYLOAD_MAX);
    if (all.len > AGENTX_PAYLOAD_MAX)
        return; /* longer than we would take ourselves */
    must(h.type == AGENTX_RESPONSE && h.len == all.len - AGENTX_HEADER);
    struct agentx_reader r =
        agentx_reader_of(&h, (struct bytes){all.at + AGENTX_HEADER, h.len});
    (void)agentx_read_u32(&r);
    uint16_t error = agentx_read_u16(&r);
    (void)agentx_read_u16(&r);
    size_t count = 0;
    for (; cursor_left(&r.c) > 0; count++)
        agentx_read_binding(&r, &b);
    must(cursor_ok(&r.c));
    must(error == AGENTX_NO_ERROR || count == 0);
    must(count <= AGENT_VARBINDS_MAX + 32);
}

static void read_bindings(struct agentx_reader r)
{
    struct agentx_binding b;

    while (cursor_left(&r.c) > 0) {
        agentx_read_binding(&r, &b);
        must(b.name.len <= OID_MAX && b.oid.len <= OID_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer OWNED_BUFFER out = {0};
    struct agentx_header h;

    if (size < AGENTX_HEADER ||
        agentx_header_read((struct bytes){data, AGENTX_HEADER}, &h) < 0)
        return 0;
    must(h.len <= AGENTX_PAYLOAD_MAX);
    struct agentx_reader r = agentx_reader_of(
        &h, (struct bytes){data + AGENTX_HEADER, size - AGENTX_HEADER});
    struct bytes context = agentx_read_context(&r, &h);
    must(context.len <= size);
    read_bindings(r);
    OWNED(mib_set_free)
    struct mib_set *set = mib_set_new(tables, COUNT_OF(tables), 1);
    agent_answer(context.len == 0 ? set : NULL, NULL, &h, &r, &out);
    check_response(&out);
    return 0;
}
