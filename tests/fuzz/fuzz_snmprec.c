/* Any text as a recording: reading ends, line by line, each variable whole or
 * refused with its place; and what is kept of it is in order. */
#include "base/mem.h"
#include "tests/farm/recording.h"
#include "tests/farm/snmprec.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_value(const struct value *v)
{
    switch (v->type) {
    case VALUE_OCTETS:
    case VALUE_OPAQUE:
        must(v->octets.len <= SNMPREC_VALUE_MAX);
        must(v->octets.len == 0 || v->octets.at != NULL);
        break;
    case VALUE_IP:
        must(v->octets.len == 4);
        break;
    case VALUE_OID:
        must(v->oid.len >= 2 && v->oid.len <= OID_MAX);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
        must(v->number <= UINT32_MAX);
        break;
    default:
        must(v->type == VALUE_INTEGER || v->type == VALUE_NULL ||
             v->type == VALUE_COUNTER64);
    }
}

/* Reads it all; gives the number of good lines. */
static size_t read_lines(struct bytes text)
{
    OWNED(free) char *memory = mem_zero(sizeof(struct snmprec));
    struct snmprec *r = (struct snmprec *)(void *)memory;
    struct varbind vb;
    struct complaint why = {0};
    size_t good = 0, line = 0;
    int rc;

    snmprec_init(r, "fuzz", text);
    while ((rc = snmprec_next(r, &vb, &why)) != 0) {
        must(rc == 1 || rc == -EINVAL);
        must(r->line > line); /* each turn reads at least a line */
        line = r->line;
        if (rc == 1) {
            must(vb.name.len >= 2 && vb.name.len <= OID_MAX);
            check_value(&vb.value);
            good++;
        } else {
            must(why.place[0] != '\0' && why.what[0] != '\0');
        }
    }
    must(r->pos == text.len);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size};
    OWNED(recording_free)
    struct recording *r = recording_read("fuzz", text, NULL, NULL);
    struct spot at;
    struct value value;
    size_t count = 0;
    struct oid before = {NULL, 0};
    bool more = recording_after(r, before, &at, &value);

    while (more) {
        struct oid name = recording_name(r, &at);

        must(count == 0 || oid_compare(before, name) < 0);
        check_value(&value);
        before = name;
        count++;
        more = recording_next(r, &at, &value);
    }
    must(count == recording_count(r));
    must(count <= read_lines(text));
    return 0;
}
