/* Any octets: decoding ends, stays inside them, and is all or nothing. */
#include "wire/lldp.h"

#include <errno.h>
#include <stdlib.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes lldpdu = {data, size};
    struct cursor c = cursor_over(lldpdu);
    struct lldp_announcement said;
    int result = lldp_decode(&c, &said);

    must(result == 0 || result == -EBADMSG);
    must((result == 0) == cursor_ok(&c));
    must(cursor_offset(&c) <= size);
    must((said.chassis_id.len > 0) == (result == 0));
    must_lie_inside(said.chassis_id, lldpdu);
    must_lie_inside(said.port_id, lldpdu);
    must_lie_inside(said.port_desc, lldpdu);
    must_lie_inside(said.sys_name, lldpdu);
    must_lie_inside(said.sys_desc, lldpdu);
    must(said.mgmt_count <= LLDP_MGMT_MAX);
    for (size_t i = 0; i < said.mgmt_count; i++)
        must(addr_is_set(&said.mgmt[i]));
    return 0;
}
