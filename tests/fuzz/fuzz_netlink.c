/* Messages of the kernel, whatever is in them: what is told of the station's
 * own network stays within its bounds, and a kind never passes for another. */
#include "wire/netlink.h"

#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_sound(const struct facts *f)
{
    for (size_t i = 0; i < f->interfaces.count; i++) {
        const struct interface *at = &f->interfaces.at[i];
        must(at->name != NULL && at->alias != NULL && at->duplex != NULL);
        must(at->admin_status == 1 || at->admin_status == 2);
        must(at->oper_status >= 1 && at->oper_status <= 7);
    }
    for (size_t i = 0; i < f->addresses.count; i++)
        must(addr_is_set(&f->addresses.at[i].addr));
    for (size_t i = 0; i < f->arp.count; i++)
        must(addr_is_set(&f->arp.at[i].addr));
    for (size_t i = 0; i < f->routes.count; i++)
        must(f->routes.at[i].to.base.family == 4 ||
             f->routes.at[i].to.base.family == 6);
    must(f->stack.count <= NETLINK_ROWS_MAX);
}

/* The first octet chooses the kind, so that all are met; the rest is its body.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t kinds[] = {RTM_NEWLINK, RTM_NEWADDR, RTM_NEWNEIGH,
                                     RTM_NEWROUTE};
    enum { BODY_MAX = 8192 };
    uint8_t message[sizeof(struct nlmsghdr) + BODY_MAX];
    struct nlmsghdr head = {0};

    if (size == 0 || size > BODY_MAX)
        return 0;
    head.nlmsg_type = kinds[data[0] % COUNT_OF(kinds)];
    head.nlmsg_len = (uint32_t)(sizeof head + size - 1);
    memcpy(message, &head, sizeof head);
    memcpy(message + sizeof head, data + 1, size - 1);

    struct facts *f = facts_new();
    netlink_take(f, (struct bytes){message, head.nlmsg_len});
    netlink_take(f, (struct bytes){data, size});
    must_be_sound(f);
    facts_unref(f);
    return 0;
}
