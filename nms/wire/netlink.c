#include "wire/netlink.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <netlink/addr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

/* How long the kernel, which answers at once, may take. */
enum { ANSWER_MAX_S = 2, SYSFS_FILE_MAX = 64 };

/* A dump under way: where its rows go, and how many there were. */
struct dump {
    struct facts *facts;
    size_t rows;
    bool done;
    int error;
};

OWNED_BY(struct nl_sock, nl_socket_free)
OWNED_BY(struct nl_cb, nl_cb_put)

/* IANAifType by the kernel's ARPHRD; ifType other(1) else. */
static int32_t if_type_of(unsigned arp_type)
{
    static const struct {
        unsigned arp_type;
        int32_t if_type;
    } types[] = {
        {ARPHRD_ETHER, 6},        {ARPHRD_LOOPBACK, 24},  {ARPHRD_PPP, 23},
        {ARPHRD_TUNNEL, 131},     {ARPHRD_TUNNEL6, 131},  {ARPHRD_SIT, 131},
        {ARPHRD_IPGRE, 131},      {ARPHRD_IP6GRE, 131},   {ARPHRD_NONE, 131},
        {ARPHRD_INFINIBAND, 199}, {ARPHRD_IEEE80211, 71},
    };

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].arp_type == arp_type)
            return types[i].if_type;
    return 1;
}

/* ifOperStatus by the kernel's IF_OPER_ (RFC 2863). A device that does not tell
 * is up when it runs, as the loopback does. */
static uint8_t oper_status_of(struct rtnl_link *link)
{
    static const uint8_t states[] = {
        [IF_OPER_NOTPRESENT] = 6,     [IF_OPER_DOWN] = 2,
        [IF_OPER_LOWERLAYERDOWN] = 7, [IF_OPER_TESTING] = 3,
        [IF_OPER_DORMANT] = 5,        [IF_OPER_UP] = 1,
    };
    uint8_t state = rtnl_link_get_operstate(link);

    if (state < COUNT_OF(states) && states[state] != 0)
        return states[state];
    return (rtnl_link_get_flags(link) & IFF_RUNNING) != 0 ? 1 : 2;
}

/* What the driver says of an interface under /sys/class/net; "" if nothing. */
static const char *sysfs_read(struct arena *arena, const char *if_name,
                              const char *what)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&path, "/sys/class/net/%s/%s", if_name, what);
    if (file_read(path.at, SYSFS_FILE_MAX, &text) < 0 || text.len == 0)
        return "";
    return arena_text_of(arena, text.at, strcspn(text.at, "\n"));
}

static uint64_t speed_of(struct arena *arena, const char *if_name)
{
    const char *text = sysfs_read(arena, if_name, "speed");
    long mbps = strtol(text, NULL, 10);

    return mbps > 0 ? (uint64_t)mbps * 1000000 : 0;
}

static const char *duplex_of(struct arena *arena, const char *if_name)
{
    const char *text = sysfs_read(arena, if_name, "duplex");

    if (strcmp(text, "full") == 0)
        return "fullDuplex";
    return strcmp(text, "half") == 0 ? "halfDuplex" : "";
}

static struct bytes octets_of(struct nl_addr *addr)
{
    if (addr == NULL)
        return (struct bytes){0};
    return (struct bytes){nl_addr_get_binary_addr(addr), nl_addr_get_len(addr)};
}

static struct addr ip_of(struct nl_addr *addr, uint32_t if_index)
{
    struct addr a = addr_of_octets(octets_of(addr));

    if (a.family == 6 && addr_is_link_local(&a))
        a.zone = if_index;
    return a;
}

static void add_stack(struct facts *f, uint32_t upper, uint32_t lower,
                      bool aggregate)
{
    if (upper == 0 || lower == 0 || f->stack.count >= NETLINK_ROWS_MAX)
        return;
    *array_add(&f->stack) = (struct stack_entry){
        .upper = upper, .lower = lower, .aggregate = aggregate};
}

/* A link is the port of a bond or bridge, or runs over another, as a VLAN
 * does. One that runs over a link of another namespace tells an index that
 * means nothing here. */
static void take_stack(struct facts *f, struct rtnl_link *link)
{
    uint32_t if_index = (uint32_t)rtnl_link_get_ifindex(link);
    int32_t peer_namespace;
    bool elsewhere = rtnl_link_get_link_netnsid(link, &peer_namespace) == 0;
    const char *kind = rtnl_link_get_type(link);
    bool is_pair = kind != NULL && strcmp(kind, "veth") == 0;

    add_stack(f, (uint32_t)rtnl_link_get_master(link), if_index, false);
    if (!elsewhere && !is_pair)
        add_stack(f, if_index, (uint32_t)rtnl_link_get_link(link), false);
}

static void take_link(struct facts *f, struct nl_object *object)
{
    struct rtnl_link *link = (struct rtnl_link *)object;
    struct interface *i = array_add(&f->interfaces);
    const char *name = rtnl_link_get_name(link);
    struct bytes phys = octets_of(rtnl_link_get_addr(link));

    i->if_index = (uint32_t)rtnl_link_get_ifindex(link);
    i->name = arena_text(f->arena, name);
    i->descr = i->label = i->name;
    i->alias = arena_text(f->arena, rtnl_link_get_ifalias(link));
    i->type = if_type_of(rtnl_link_get_arptype(link));
    i->speed_bps = speed_of(f->arena, i->name);
    i->duplex = duplex_of(f->arena, i->name);
    (void)mac_of_octets(phys, &i->mac); /* false: it stays unset */
    i->phys = arena_bytes(f->arena, phys);
    i->admin_status = (rtnl_link_get_flags(link) & IFF_UP) != 0 ? 1 : 2;
    i->oper_status = oper_status_of(link);
    i->mtu = rtnl_link_get_mtu(link);
    i->last_change_cs = FACT_UNKNOWN;
    take_stack(f, link);
}

static void take_address(struct facts *f, struct nl_object *object)
{
    struct rtnl_addr *from = (struct rtnl_addr *)object;
    uint32_t if_index = (uint32_t)rtnl_addr_get_ifindex(from);
    struct addr addr = ip_of(rtnl_addr_get_local(from), if_index);

    if (!addr_is_set(&addr))
        return;
    *array_add(&f->addresses) =
        (struct interface_address){.addr = addr,
                                   .if_index = if_index,
                                   .prefix_len = rtnl_addr_get_prefixlen(from)};
}

static void take_neighbor(struct facts *f, struct nl_object *object)
{
    enum { NUD_USELESS = NUD_NOARP | NUD_FAILED | NUD_INCOMPLETE };
    struct rtnl_neigh *from = (struct rtnl_neigh *)object;
    uint32_t if_index = (uint32_t)rtnl_neigh_get_ifindex(from);
    struct arp_entry entry = {.if_index = if_index};
    int state = rtnl_neigh_get_state(from);

    entry.addr = ip_of(rtnl_neigh_get_dst(from), if_index);
    if (state < 0 || (state & NUD_USELESS) != 0 || !addr_is_set(&entry.addr) ||
        addr_is_multicast(&entry.addr) ||
        !mac_of_octets(octets_of(rtnl_neigh_get_lladdr(from)), &entry.mac))
        return;
    *array_add(&f->arp) = entry;
}

static struct prefix destination_of(struct rtnl_route *from)
{
    struct nl_addr *dst = rtnl_route_get_dst(from);
    struct addr addr = addr_of_octets(octets_of(dst));

    if (!addr_is_set(&addr)) /* a default route has no octets */
        addr.family = rtnl_route_get_family(from) == AF_INET6 ? 6 : 4;
    return prefix_of(&addr, dst != NULL ? nl_addr_get_prefixlen(dst) : 0);
}

static void take_route(struct facts *f, struct nl_object *object)
{
    struct rtnl_route *from = (struct rtnl_route *)object;
    struct prefix to = destination_of(from);

    if (rtnl_route_get_table(from) != RT_TABLE_MAIN ||
        rtnl_route_get_type(from) != RTN_UNICAST || addr_is_multicast(&to.base))
        return;
    for (int i = 0; i < rtnl_route_get_nnexthops(from); i++) {
        struct rtnl_nexthop *hop = rtnl_route_nexthop_n(from, i);
        uint32_t if_index = (uint32_t)rtnl_route_nh_get_ifindex(hop);

        if (f->routes.count >= NETLINK_ROWS_MAX)
            return;
        *array_add(&f->routes) = (struct route){
            .to = to,
            .next_hop = ip_of(rtnl_route_nh_get_gateway(hop), if_index),
            .if_index = if_index};
    }
}

/* What each kind of object tells, whatever was asked for. */
static void take_object(struct facts *f, struct nl_object *object)
{
    static const struct {
        const char *type;
        void (*take)(struct facts *f, struct nl_object *object);
    } kinds[] = {
        {"route/link", take_link},
        {"route/addr", take_address},
        {"route/neigh", take_neighbor},
        {"route/route", take_route},
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(nl_object_get_type(object), kinds[i].type) == 0)
            kinds[i].take(f, object);
}

static void on_object(struct nl_object *object, void *arg)
{
    struct dump *dump = arg;

    dump->rows++;
    take_object(dump->facts, object);
}

/* What no kernel sends, and libnl reads for ever, or beyond its message: an
 * address of another family without that family; a next hop of no length, or
 * that ends within its padding. */
static bool via_is_whole(const struct nlattr *at)
{
    return nla_type(at) != RTA_VIA || nla_len(at) >= (int)sizeof(struct rtvia);
}

static bool vias_are_whole(struct nlattr *first, int len)
{
    struct nlattr *at;
    int left;

    nla_for_each_attr(at, first, len, left) if (!via_is_whole(at)) return false;
    return true;
}

static bool hops_are_whole(const struct nlattr *hops)
{
    uint8_t *at = nla_data(hops);
    size_t left = (size_t)nla_len(hops);
    struct rtnexthop hop;

    while (left >= sizeof hop) {
        memcpy(&hop, at, sizeof hop);
        size_t len = (size_t)RTNH_ALIGN((int)hop.rtnh_len);
        if (hop.rtnh_len < sizeof hop || len > left ||
            !vias_are_whole((struct nlattr *)(void *)(at + sizeof hop),
                            hop.rtnh_len - (int)sizeof hop))
            return false;
        at += len;
        left -= len;
    }
    return true;
}

/* libnl reads data of a kind of link where only its statistics are. */
static bool link_is_whole(struct nlmsghdr *head)
{
    struct nlattr *info =
        nlmsg_find_attr(head, (int)sizeof(struct ifinfomsg), IFLA_LINKINFO);

    return info == NULL ||
           nla_find(nla_data(info), nla_len(info), IFLA_INFO_XSTATS) == NULL ||
           nla_find(nla_data(info), nla_len(info), IFLA_INFO_DATA) != NULL;
}

static bool can_be_read(struct nl_msg *msg)
{
    struct nlmsghdr *head = nlmsg_hdr(msg);
    struct nlattr *at;
    int left;

    if (head->nlmsg_type >= RTM_NEWLINK && head->nlmsg_type <= RTM_SETLINK)
        return link_is_whole(head);
    if (head->nlmsg_type < RTM_NEWROUTE || head->nlmsg_type > RTM_GETROUTE)
        return true;
    nlmsg_for_each_attr(at, head, (int)sizeof(struct rtmsg),
                        left) if (!via_is_whole(at) ||
                                  (nla_type(at) == RTA_MULTIPATH &&
                                   !hops_are_whole(at))) return false;
    return true;
}

static int on_message(struct nl_msg *msg, void *arg)
{
    struct dump *dump = arg;

    if (dump->rows >= NETLINK_ROWS_MAX) {
        dump->done = true; /* the socket is closed with what is left */
        return NL_STOP;
    }
    /* A message that this libnl cannot read is a row left out. */
    if (can_be_read(msg))
        (void)nl_msg_parse(msg, on_object, dump);
    return NL_OK;
}

void netlink_take(struct facts *f, struct bytes message)
{
    struct nlmsghdr head;
    struct dump dump = {.facts = f};

    if (message.len < sizeof head)
        return;
    memcpy(&head, message.at, sizeof head);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > message.len)
        return;
    void *copy = malloc(message.len); /* aligned, as libnl reads it */
    memcpy(copy, message.at, message.len);
    struct nl_msg *msg = nlmsg_convert(copy);
    if (msg != NULL) {
        nlmsg_set_proto(msg, NETLINK_ROUTE);
        (void)on_message(msg, &dump);
    }
    nlmsg_free(msg);
    free(copy);
}

static int on_finish(struct nl_msg *msg, void *arg)
{
    struct dump *dump = arg;

    (void)msg;
    dump->done = true;
    return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
    struct dump *dump = arg;

    (void)from;
    dump->error = error->error < 0 ? error->error : -EIO;
    dump->done = true;
    return NL_STOP;
}

static int receive_all(struct nl_sock *sock, struct dump *dump)
{
    OWNED(nl_cb_put) struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

    if (cb == NULL)
        return -ENOMEM;
    nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, dump);
    nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, dump);
    nl_cb_err(cb, NL_CB_CUSTOM, on_error, dump);
    while (!dump->done) {
        int rc = nl_recvmsgs(sock, cb);
        if (rc < 0)
            return rc == -NLE_AGAIN ? -ETIMEDOUT : -EIO;
    }
    return dump->error;
}

/* Asks the kernel for all of one kind, on a socket of its own, so that a dump
 * that is cut short leaves nothing behind. */
static int dump_all(struct facts *f, int type)
{
    OWNED(nl_socket_free) struct nl_sock *sock = nl_socket_alloc();
    struct timeval limit = {.tv_sec = ANSWER_MAX_S};
    struct dump dump = {.facts = f};

    if (sock == NULL)
        return -ENOMEM;
    if (nl_connect(sock, NETLINK_ROUTE) < 0)
        return -EIO;
    if (setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &limit,
                   sizeof limit) < 0)
        return -errno;
    if (nl_rtgen_request(sock, type, AF_UNSPEC, NLM_F_DUMP) < 0)
        return -EIO;
    return receive_all(sock, &dump);
}

static void read_system(struct facts *f)
{
    struct utsname host;

    if (uname(&host) < 0)
        return;
    struct buffer OWNED_BUFFER descr = {0};
    buffer_format(&descr, "%s %s %s %s %s", host.sysname, host.nodename,
                  host.release, host.version, host.machine);
    f->system.descr = arena_text(f->arena, descr.at);
    f->system.name = arena_text(f->arena, host.nodename);
}

static int by_if_index(const void *a, const void *b)
{
    const struct interface *left = a, *right = b;

    return (left->if_index > right->if_index) -
           (left->if_index < right->if_index);
}

static int read_all(struct facts *f)
{
    static const int kinds[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETNEIGH,
                                RTM_GETROUTE};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        int rc = dump_all(f, kinds[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int netlink_read(struct facts **out)
{
    struct facts *f = facts_new();
    int rc = read_all(f);

    *out = NULL;
    if (rc < 0) {
        facts_unref(f);
        return rc;
    }
    read_system(f);
    if (f->interfaces.count > 1)
        qsort(f->interfaces.at, f->interfaces.count, sizeof f->interfaces.at[0],
              by_if_index);
    f->system.if_number = (int64_t)f->interfaces.count;
    f->observed_at = wall_now();
    *out = f;
    return 0;
}
