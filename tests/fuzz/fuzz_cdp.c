/* Any octets behind a header whose checksum is right, so that the TLVs are
 * reached: decoding ends, stays inside them, and is all or nothing. */
#include "wire/cdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER_LEN = 4, CHECKSUM_AT = 2, MESSAGE_MAX = 4096 };

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

static void set_checksum(uint8_t *at, size_t len)
{
    uint32_t sum = 0;

    at[CHECKSUM_AT] = at[CHECKSUM_AT + 1] = 0;
    for (size_t i = 0; i < len; i++)
        sum += (i & 1) == 0 ? (uint32_t)at[i] << 8 : at[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    at[CHECKSUM_AT] = (uint8_t)(~sum >> 8);
    at[CHECKSUM_AT + 1] = (uint8_t)~sum;
}

static void try_message(struct bytes message)
{
    struct cursor c = cursor_over(message);
    struct cdp_announcement said;
    int result = cdp_decode(&c, &said);

    must(result == 0 || result == -EBADMSG);
    must((result == 0) == cursor_ok(&c));
    must(cursor_offset(&c) <= message.len);
    must((said.device_id.len > 0) == (result == 0));
    must_lie_inside(said.device_id, message);
    must_lie_inside(said.device_port, message);
    must_lie_inside(said.platform, message);
    must_lie_inside(said.version, message);
    must_lie_inside(said.vtp_domain, message);
    must_lie_inside(said.sys_name, message);
    must(said.addr_count <= CDP_ADDRS_MAX && said.duplex <= 2);
    for (size_t i = 0; i < said.addr_count; i++)
        must(addr_is_set(&said.addrs[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_message((struct bytes){data, size});
    if (size < HEADER_LEN || size > MESSAGE_MAX)
        return 0;
    uint8_t *fixed = malloc(size);
    must(fixed != NULL);
    memcpy(fixed, data, size);
    fixed[0] = (uint8_t)(1 + (fixed[0] & 1));
    set_checksum(fixed, size);
    try_message((struct bytes){fixed, size});
    free(fixed);
    return 0;
}
