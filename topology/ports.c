/* Ports: which interfaces share a cable, form a bundle, or can have none. */
#include "topology/scene.h"

#include "base/text.h"

enum {
    /* IANAifType. */
    IF_OTHER = 1,
    IF_LOOPBACK = 24,
    IF_PROP_VIRTUAL = 53,
    IF_TUNNEL = 131,
    IF_L2_VLAN = 135,
    IF_L3_VLAN = 136,
    IF_LAG = 161,
    IF_MPLS = 166,
    IF_BRIDGE = 209,

    /* dot1dStpPortState. */
    STP_BLOCKING = 2,
    STP_LISTENING = 3,
    STP_FORWARDING = 5,

    NESTING_MAX = 8, /* of sub-interfaces */
    BONDS_MAX = 64   /* of one device that are known by name alone */
};

/* Names of interfaces without a cable of their own where the type does not
 * say so: Linux tells ethernetCsmacd of bridges and VLANs. */
static const char *const cableless[] = {
    "lo",     "br",   "docker", "virbr",  "vlan",    "veth", "dummy",
    "tap",    "tun",  "wg",     "vxlan",  "sit",     "gre",  "ifb",
    "irb",    "bvi",  "vmbr",   "null",   "bond",    "team", "vnet",
    "fwbr",   "fwpr", "fwln",   "cilium", "flannel", "cni",  "loopback",
    "ip6tnl", "tunl", "bridge",
};

/* Bundles of Linux, whose agents have no table of members: all share one
 * address. */
static const char *const bonds[] = {"bond", "team"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True if name is one of the words, followed by its end, a number or '-'. */
static bool name_is_of(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(words[i]);

        if (strncasecmp(name, words[i], len) == 0 &&
            (name[len] == '\0' || name[len] == '-' || is_digit(name[len])))
            return true;
    }
    return false;
}

static const char *if_label(const struct interface *i)
{
    if (i->name != NULL && i->name[0] != '\0')
        return i->name;
    if (i->descr != NULL && i->descr[0] != '\0')
        return i->descr;
    return i->label != NULL ? i->label : "";
}

static bool type_has_cable(int32_t type)
{
    return type != IF_LOOPBACK && type != IF_PROP_VIRTUAL &&
           type != IF_TUNNEL && type != IF_L2_VLAN && type != IF_L3_VLAN &&
           type != IF_LAG && type != IF_MPLS && type != IF_BRIDGE &&
           type != IF_OTHER;
}

static uint16_t interface_flags(const struct interface *i)
{
    bool cabled = type_has_cable(i->type) &&
                  !name_is_of(if_label(i), cableless, COUNT_OF(cableless));

    return (uint16_t)((cabled ? PORT_CABLED : 0) |
                      (i->type == IF_LAG ? PORT_AGGREGATE : 0));
}

static uint32_t add_port(struct scene *s, uint32_t node,
                         const struct interface *interface, const char *text)
{
    uint32_t id = (uint32_t)s->ports.count;

    *array_add(&s->ports) = (struct scene_port){
        .node = node,
        .if_index = interface != NULL ? interface->if_index : 0,
        .interface = interface,
        .text = text,
        .carrier = id,
        .bundle = id,
        .edge = NOWHERE,
        .segment = id,
        .core = id,
        .flags = interface != NULL ? interface_flags(interface) : PORT_CABLED,
    };
    return id;
}

uint32_t port_listed(const struct scene *s, uint32_t node, uint32_t if_index)
{
    const struct scene_node *n = &s->nodes.at[node];
    const struct interface *i =
        n->facts != NULL ? facts_interface(n->facts, if_index) : NULL;

    return i != NULL ? n->first_port + (uint32_t)(i - n->facts->interfaces.at)
                     : NOWHERE;
}

static uint32_t port_of_key(struct scene *s, uint64_t key, uint32_t node,
                            const char *text)
{
    uint32_t port = keymap_find(&s->names, key);

    if (port == KEYMAP_NONE) {
        port = add_port(s, node, NULL, text);
        (void)keymap_put(&s->names, key, port); /* it was not there */
    }
    return port;
}

uint32_t port_of_if_index(struct scene *s, uint32_t node, uint32_t if_index)
{
    uint32_t port = port_listed(s, node, if_index);
    struct bytes octets = {(const uint8_t *)&if_index, sizeof if_index};

    if (port != NOWHERE)
        return port;
    return port_of_key(s, scene_name_key(NAME_PORT_NUMBER, node, octets), node,
                       scene_format(s, "ifIndex %u", (unsigned)if_index));
}

uint32_t port_of_text(struct scene *s, uint32_t node, const char *text)
{
    return port_of_key(
        s, scene_name_key(NAME_TOLD_PORT, node, bytes_of_text(text)), node,
        text);
}

uint32_t port_unknown(struct scene *s, uint32_t node, const char *text)
{
    return add_port(s, node, NULL, text);
}

const char *port_label(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return p->interface != NULL ? if_label(p->interface) : p->text;
}

bool port_is_known(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];

    return p->interface != NULL || p->text[0] != '\0';
}

bool port_is_down(const struct scene *s, uint32_t port)
{
    const struct interface *i = s->ports.at[port].interface;

    return i != NULL && if_is_down(i->admin_status, i->oper_status);
}

bool port_is_blocked(const struct scene *s, uint32_t port)
{
    const struct scene_port *p = &s->ports.at[port];
    unsigned flags = p->flags | s->ports.at[p->bundle].flags;

    return (flags & PORT_BLOCKING) != 0 && (flags & PORT_PASSING) == 0;
}

uint32_t port_alone(const struct scene *s, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];
    uint32_t found = NOWHERE;

    for (uint32_t p = n->first_port; p < n->first_port + n->port_count; p++) {
        if ((s->ports.at[p].flags & PORT_CABLED) == 0 ||
            s->ports.at[p].carrier != p || port_is_down(s, p))
            continue;
        if (found != NOWHERE)
            return NOWHERE;
        found = p;
    }
    return found;
}

/* ---- names ---- */

static void enter_name(struct scene *s, enum name_tag tag, uint32_t node,
                       const char *name, uint32_t port)
{
    if (name != NULL && name[0] != '\0')
        scene_name_put(&s->names,
                       scene_name_key(tag, node, bytes_of_text(name)), port);
}

static void add_interfaces(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    s->nodes.at[node].first_port = (uint32_t)s->ports.count;
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->interfaces.count; i++) {
        const struct interface *interface = &f->interfaces.at[i];
        uint32_t port = add_port(s, node, interface, "");

        enter_name(s, NAME_IF_NAME, node, interface->name, port);
        enter_name(s, NAME_IF_DESCR, node, interface->descr, port);
    }
    s->nodes.at[node].port_count = (uint32_t)f->interfaces.count;
}

static uint32_t port_named(const struct scene *s, uint32_t node,
                           struct bytes name)
{
    uint32_t port =
        keymap_find(&s->names, scene_name_key(NAME_IF_NAME, node, name));

    if (port == KEYMAP_NONE)
        port =
            keymap_find(&s->names, scene_name_key(NAME_IF_DESCR, node, name));
    return port == MANY ? NOWHERE : port;
}

/* ---- sub-interfaces ---- */

/* "eth0" of "eth0.20" and "eth0:1"; empty if name has no such form. */
static struct bytes parent_name(const char *name)
{
    size_t len = strlen(name), end = len;

    while (end > 0 && is_digit(name[end - 1]))
        end--;
    if (end == len || end < 2 || (name[end - 1] != '.' && name[end - 1] != ':'))
        return (struct bytes){0};
    if (is_digit(name[0])) /* "1:1" is slot and port */
        return (struct bytes){0};
    return (struct bytes){(const uint8_t *)name, end - 1};
}

static bool is_logical(const struct interface *i)
{
    return i->type == IF_PROP_VIRTUAL || i->type == IF_L2_VLAN ||
           i->type == IF_L3_VLAN;
}

static void find_parent(struct scene *s, uint32_t port)
{
    struct scene_port *p = &s->ports.at[port];
    struct bytes name = parent_name(if_label(p->interface));
    uint32_t parent = name.len > 0 ? port_named(s, p->node, name) : NOWHERE;

    if (parent == NOWHERE || parent == port)
        return;

    const struct interface *over = s->ports.at[parent].interface;
    if (over != NULL &&
        (is_logical(p->interface) || !mac_is_set(&p->interface->mac) ||
         mac_equal(&p->interface->mac, &over->mac)))
        p->carrier = parent;
}

/* A logical interface over exactly one other, as ifStackTable tells. */
static void find_stack_parents(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; i < f->stack.count; i++) {
        const struct stack_entry *e = &f->stack.at[i];
        uint32_t upper = port_listed(s, node, e->upper);
        uint32_t lower = port_listed(s, node, e->lower);

        if (e->aggregate || upper == NOWHERE || lower == NOWHERE ||
            upper == lower || !is_logical(s->ports.at[upper].interface) ||
            s->ports.at[upper].carrier == lower)
            continue;
        /* A second lower one takes the first away: a VLAN over many ports. */
        if (s->ports.at[upper].carrier == upper &&
            s->ports.at[upper].bundle == upper)
            s->ports.at[upper].bundle = lower;
        else
            s->ports.at[upper].bundle = MANY;
    }
    for (uint32_t k = 0; k < s->nodes.at[node].port_count; k++) {
        uint32_t at = s->nodes.at[node].first_port + k;
        struct scene_port *p = &s->ports.at[at];

        if (p->carrier == at && p->bundle != at && p->bundle != MANY)
            p->carrier = p->bundle;
        p->bundle = at;
    }
}

/* Follows carriers of carriers to the port that has the cable. */
static void settle_carrier(struct scene *s, uint32_t port)
{
    uint32_t at = port;

    for (unsigned n = 0; n < NESTING_MAX && s->ports.at[at].carrier != at; n++)
        at = s->ports.at[at].carrier;
    s->ports.at[port].carrier = s->ports.at[at].carrier == at ? at : port;
    if (s->ports.at[port].carrier != port)
        s->ports.at[port].flags &= (uint16_t)~PORT_CABLED;
}

/* ---- bundles ---- */

static void join_bundle(struct scene *s, uint32_t aggregate, uint32_t member)
{
    uint32_t over = s->ports.at[aggregate].carrier;
    uint32_t under = s->ports.at[member].carrier;

    if (over == under || s->ports.at[over].bundle != over ||
        (s->ports.at[under].flags & PORT_AGGREGATE) != 0)
        return;
    s->ports.at[over].flags |= PORT_AGGREGATE;
    s->ports.at[over].flags &= (uint16_t)~PORT_CABLED;
    s->ports.at[under].bundle = over;
}

static void find_bundles(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; i < f->stack.count; i++) {
        const struct stack_entry *e = &f->stack.at[i];
        uint32_t upper = port_listed(s, node, e->upper);
        uint32_t lower = port_listed(s, node, e->lower);

        if (e->aggregate && upper != NOWHERE && lower != NOWHERE)
            join_bundle(s, upper, lower);
    }
}

static void find_bond_members(struct scene *s, uint32_t bond)
{
    const struct scene_node *n = &s->nodes.at[s->ports.at[bond].node];
    const struct mac *mac = &s->ports.at[bond].interface->mac;

    if (!mac_is_set(mac))
        return;
    for (uint32_t p = n->first_port; p < n->first_port + n->port_count; p++)
        if ((s->ports.at[p].flags & PORT_CABLED) != 0 &&
            s->ports.at[p].carrier == p &&
            mac_equal(&s->ports.at[p].interface->mac, mac))
            join_bundle(s, bond, p);
}

static void find_bonds(struct scene *s, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];
    unsigned found = 0;

    for (uint32_t p = n->first_port; p < n->first_port + n->port_count; p++) {
        if (found == BONDS_MAX)
            return;
        if (s->ports.at[p].carrier != p ||
            (s->ports.at[p].flags & PORT_AGGREGATE) != 0 ||
            !name_is_of(port_label(s, p), bonds, COUNT_OF(bonds)))
            continue;
        find_bond_members(s, p);
        found++;
    }
}

/* ---- bridges and addresses ---- */

static void mark_bridge_ports(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; i < f->bridge.ports.count; i++) {
        const struct bridge_port *b = &f->bridge.ports.at[i];
        uint32_t port = port_listed(s, node, b->if_index);

        if (port == NOWHERE)
            continue;

        struct scene_port *p = &s->ports.at[s->ports.at[port].carrier];
        p->flags |= PORT_BRIDGED;
        if (b->stp_state == STP_BLOCKING)
            p->flags |= PORT_BLOCKING;
        if (b->stp_state >= STP_LISTENING && b->stp_state <= STP_FORWARDING)
            p->flags |= PORT_PASSING;
    }
}

static void mark_addresses(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; i < f->addresses.count; i++) {
        uint32_t port = port_listed(s, node, f->addresses.at[i].if_index);

        if (port == NOWHERE)
            continue;
        s->ports.at[port].flags |= PORT_ADDRESSED;
        s->ports.at[s->ports.at[port].carrier].flags |= PORT_ADDRESSED;
    }
}

void ports_build(struct scene *s)
{
    for (uint32_t node = 0; node < s->device_count; node++)
        add_interfaces(s, node);
    for (uint32_t port = 0; port < s->ports.count; port++)
        find_parent(s, port);
    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            find_stack_parents(s, node);
    for (uint32_t port = 0; port < s->ports.count; port++)
        settle_carrier(s, port);
    for (uint32_t node = 0; node < s->device_count; node++) {
        if (s->nodes.at[node].facts == NULL)
            continue;
        find_bundles(s, node);
        find_bonds(s, node);
        mark_bridge_ports(s, node);
        mark_addresses(s, node);
    }
}
