/* Any octets as a raw socket may hand them out: decoding ends, stays inside
 * them, and is all or nothing. For IPv4 also with a right checksum. */
#include "wire/icmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IP_HEADER = 20, MESSAGE_MAX = 256 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void try_message(struct bytes message, bool v6)
{
    struct cursor c = cursor_over(message);
    struct icmp_echo echo;
    int result = icmp_echo_reply_decode(&c, v6, &echo);

    must(result == 0 || result == -EBADMSG);
    must((result == 0) == cursor_ok(&c));
    must(cursor_offset(&c) <= message.len);
    must(result == 0 ||
         (echo.id == 0 && echo.sequence == 0 && echo.token == 0));
}

/* The ICMP message at, made an echo reply with a right checksum. */
static void make_reply(uint8_t *at, size_t len)
{
    uint32_t sum = 0;

    at[0] = at[1] = at[2] = at[3] = 0;
    for (size_t i = 0; i < len; i++)
        sum += (i & 1) == 0 ? (uint32_t)at[i] << 8 : at[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    at[2] = (uint8_t)(~sum >> 8);
    at[3] = (uint8_t)~sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_message((struct bytes){data, size}, false);
    try_message((struct bytes){data, size}, true);
    if (size < IP_HEADER + 4 || size > MESSAGE_MAX)
        return 0;
    uint8_t *fixed = malloc(size);
    must(fixed != NULL);
    memcpy(fixed, data, size);
    fixed[0] = 0x45;
    fixed[9] = 1;
    make_reply(fixed + IP_HEADER, size - IP_HEADER);
    try_message((struct bytes){fixed, size}, false);
    free(fixed);
    return 0;
}
