/* Any octets as stored facts: nothing, or facts whose texts are texts, whose
 * numbers are within their bounds, and which come back the same when they are
 * written again. */
#include "mibs/facts_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_sound(const struct facts *f)
{
    must(f->identity.kind < DEVICE_KINDS);
    must(f->system.name != NULL && f->identity.vendor != NULL);
    for (size_t i = 0; i < f->interfaces.count; i++)
        must(f->interfaces.at[i].name != NULL &&
             f->interfaces.at[i].label != NULL);
    for (size_t i = 0; i < f->neighbors.count; i++) {
        const struct neighbor *n = &f->neighbors.at[i];

        must(n->mgmt_count <= COUNT_OF(n->mgmt) && n->sys_name != NULL);
        for (size_t m = 0; m < n->mgmt_count; m++)
            must(addr_is_set(&n->mgmt[m]));
        must(neighbor_protocol_name(n->protocol) != NULL);
    }
    for (size_t i = 0; i < f->sensors.count; i++)
        must(f->sensors.at[i].class != NULL && f->sensors.at[i].unit != NULL);
    (void)facts_interface(f, 1);
}

/* What is written of what was read says all of it. */
static void must_come_back(const struct facts *f)
{
    struct buffer OWNED_BUFFER first = {0}, second = {0};

    facts_to_json(f, &first);
    struct facts *again = facts_from_json(first.at, first.len);
    must(again != NULL);
    facts_to_json(again, &second);
    must(first.len == second.len &&
         memcmp(first.at, second.at, first.len) == 0);
    facts_unref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct facts *f = facts_from_json((const char *)data, size);

    if (f == NULL)
        return 0;
    must_be_sound(f);
    must_come_back(f);
    facts_unref(f);
    return 0;
}
