/* Resolve: which device and which port a neighbor's row is about. */
#include "topology/scene.h"

#include "base/text.h"

#include <strings.h>

enum {
    /* LldpChassisIdSubtype. */
    CHASSIS_INTERFACE_ALIAS = 2,
    CHASSIS_PORT_COMPONENT = 3,
    CHASSIS_NETWORK_ADDRESS = 5,
    CHASSIS_INTERFACE_NAME = 6,
    CHASSIS_LOCAL = 7,

    /* LldpPortIdSubtype. */
    PORT_IF_ALIAS = 1,
    PORT_COMPONENT = 2,
    PORT_MAC = 3,
    PORT_NETWORK_ADDRESS = 4,
    PORT_IF_NAME = 5,
    PORT_LOCAL = 7,

    /* IANA address families, the first octet of a network address. */
    FAMILY_V4 = 1,
    FAMILY_V6 = 2,

    DEVICE_NAME_MAX = 128
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* lldpd lists what it heard by CDP in LLDP-MIB too: chassis "local", port by
 * name. Bridges pass CDP on, so such a row proves less - unless a device calls
 * itself just that by LLDP. */
bool neighbor_is_lldp(const struct scene *s, const struct neighbor *n)
{
    if (n->protocol != NEIGHBOR_LLDP)
        return false;
    return n->chassis_subtype != CHASSIS_LOCAL ||
           n->port_subtype != PORT_IF_NAME ||
           owner_of_chassis(s, n->chassis_subtype, n->chassis_id) != NOWHERE;
}

bool neighbor_has_own_id(const struct neighbor *n)
{
    size_t zeros = n->chassis_subtype == CHASSIS_NETWORK_ADDRESS; /* family */

    while (zeros < n->chassis_id.len && n->chassis_id.at[zeros] == 0)
        zeros++;
    return zeros < n->chassis_id.len &&
           n->chassis_subtype != CHASSIS_INTERFACE_ALIAS &&
           n->chassis_subtype != CHASSIS_PORT_COMPONENT &&
           n->chassis_subtype != CHASSIS_INTERFACE_NAME;
}

/* ---- devices ---- */

/* The device that announces itself so; under an id that others may have too,
 * not one that calls itself otherwise. */
static uint32_t node_by_chassis(const struct scene *s, const struct neighbor *n)
{
    uint32_t node = owner_of_chassis(s, n->chassis_subtype, n->chassis_id);

    if (node == NOWHERE || neighbor_has_own_id(n) || n->sys_name[0] == '\0')
        return node;
    const char *name = s->nodes.at[node].facts->lldp.sys_name;
    return name[0] == '\0' || strcmp(name, n->sys_name) == 0 ? node : NOWHERE;
}

static uint32_t node_by_network_address(const struct scene *s, struct bytes id)
{
    struct addr a = {0};

    if (id.len == 5 && id.at[0] == FAMILY_V4)
        a = addr_v4(id.at + 1);
    else if (id.len == 17 && id.at[0] == FAMILY_V6)
        a = addr_v6(id.at + 1);
    return addr_is_set(&a) ? owner_of_addr(s, &a) : NOWHERE;
}

static uint32_t node_by_management(const struct scene *s,
                                   const struct neighbor *n)
{
    uint32_t node = NOWHERE;

    for (size_t i = 0; i < n->mgmt_count && i < COUNT_OF(n->mgmt); i++) {
        node = owner_of_addr(s, &n->mgmt[i]);
        if (node != NOWHERE)
            break;
    }
    return node;
}

/* A device that announces itself otherwise is another of the same name. */
static bool is_vetoed(const struct scene *s, uint32_t node,
                      const struct neighbor *n, bool lldp)
{
    const struct facts *f = s->nodes.at[node].facts;

    return lldp && f != NULL && f->lldp.chassis_id.len > 0 &&
           n->chassis_id.len > 0 &&
           (f->lldp.chassis_subtype != n->chassis_subtype ||
            !bytes_equal(f->lldp.chassis_id, n->chassis_id));
}

/* CDP calls a device by name, by "name(serial)", or by its MAC. */
static uint32_t node_by_device_id(const struct scene *s, const char *text)
{
    char name[DEVICE_NAME_MAX];
    size_t len = strcspn(text, "(");
    struct mac mac;
    uint32_t node = owner_of_name(s, text);

    if (node == NOWHERE && mac_parse(text, &mac) == 0)
        node = owner_of_mac(s, &mac);
    if (node != NOWHERE || len == 0 || len >= sizeof name || text[len] == '\0')
        return node;
    memcpy(name, text, len);
    name[len] = '\0';
    return owner_of_name(s, name);
}

static uint32_t node_by_name(const struct scene *s, const struct neighbor *n,
                             bool lldp)
{
    uint32_t node = owner_of_name(s, n->sys_name);

    if (node == NOWHERE && (!lldp || n->chassis_subtype == CHASSIS_LOCAL ||
                            n->chassis_subtype == CHASSIS_INTERFACE_NAME))
        node = node_by_device_id(s, n->chassis_text);
    return node != NOWHERE && is_vetoed(s, node, n, lldp) ? NOWHERE : node;
}

uint32_t neighbor_node(const struct scene *s, const struct neighbor *n,
                       bool lldp)
{
    uint32_t node = NOWHERE;

    if (lldp) {
        node = node_by_chassis(s, n);
        if (node == NOWHERE)
            node = owner_of_mac(s, &n->chassis_mac);
        if (node == NOWHERE)
            node = owner_of_mac(s, &n->port_mac);
        if (node == NOWHERE && n->chassis_subtype == CHASSIS_NETWORK_ADDRESS)
            node = node_by_network_address(s, n->chassis_id);
    }
    if (node == NOWHERE)
        node = node_by_management(s, n);
    if (node == NOWHERE && !lldp)
        node = owner_of_mac(s, &n->chassis_mac);
    return node == NOWHERE ? node_by_name(s, n, lldp) : node;
}

/* ---- ports ---- */

const char *neighbor_port_text(const struct neighbor *n)
{
    bool opaque = n->port_subtype == PORT_MAC ||
                  (n->port_subtype == PORT_LOCAL && is_number(n->port_text));

    if (n->port_descr[0] != '\0' && (opaque || n->port_text[0] == '\0'))
        return n->port_descr;
    return n->port_text;
}

static uint32_t carrier_of(const struct scene *s, uint32_t port)
{
    return port == MANY || port == NOWHERE ? NOWHERE
                                           : s->ports.at[port].carrier;
}

static uint32_t port_by_tag(const struct scene *s, uint32_t node,
                            enum name_tag tag, const char *text)
{
    return keymap_find(&s->names,
                       scene_name_key(tag, node, bytes_of_text(text)));
}

/* "Gi0/1" for "GigabitEthernet0/1": the letters of the short one occur in the
 * long one in their order, the first is the same, and so is all from the first
 * digit on. */
static bool is_abbreviation(const char *brief, const char *full)
{
    if ((brief[0] | 0x20) != (full[0] | 0x20) || is_digit(brief[0]))
        return false;
    for (; *brief != '\0' && !is_digit(*brief); brief++) {
        while (*full != '\0' && !is_digit(*full) &&
               (*full | 0x20) != (*brief | 0x20))
            full++;
        if (*full == '\0' || is_digit(*full))
            return false;
        full++;
    }
    while (*full != '\0' && !is_digit(*full))
        full++;
    return *brief != '\0' && strcmp(brief, full) == 0;
}

typedef bool (*port_match_fn)(const struct interface *i, const void *what);

static bool has_abbreviation(const struct interface *i, const void *text)
{
    return is_abbreviation(text, i->name) || is_abbreviation(text, i->descr) ||
           (i->name[0] != '\0' && is_abbreviation(i->name, text));
}

static bool has_alias(const struct interface *i, const void *text)
{
    return i->alias[0] != '\0' && strcmp(i->alias, text) == 0;
}

static bool has_mac(const struct interface *i, const void *mac)
{
    return mac_equal(&i->mac, mac);
}

/* The one port that matches; NOWHERE if none or several. */
static uint32_t port_matching(struct scene *s, uint32_t node,
                              port_match_fn match, const void *what)
{
    const struct scene_node *n = &s->nodes.at[node];
    uint32_t found = NOWHERE;

    if (s->compares + n->port_count > COMPARES_MAX)
        return NOWHERE;
    s->compares += n->port_count;
    for (uint32_t p = n->first_port; p < n->first_port + n->port_count; p++) {
        uint32_t carrier = s->ports.at[p].carrier;

        if (!match(s->ports.at[p].interface, what) || carrier == found)
            continue;
        if (found != NOWHERE)
            return NOWHERE;
        found = carrier;
    }
    return found;
}

static uint32_t port_by_text(struct scene *s, uint32_t node, const char *text)
{
    uint32_t port;

    if (text[0] == '\0')
        return NOWHERE;
    port = port_by_tag(s, node, NAME_IF_NAME, text);
    if (port == NOWHERE)
        port = port_by_tag(s, node, NAME_IF_DESCR, text);
    if (port == NOWHERE)
        return port_matching(s, node, has_abbreviation, text);
    return carrier_of(s, port);
}

static uint32_t port_by_alias(struct scene *s, uint32_t node, const char *text)
{
    return text[0] != '\0' ? port_matching(s, node, has_alias, text) : NOWHERE;
}

/* An entity that is called so (entPhysicalAlias) is the port of its own name;
 * two of that alias tell nothing. */
static uint32_t port_by_component(struct scene *s, uint32_t node,
                                  const char *text)
{
    const struct entities *all = &s->nodes.at[node].facts->entities;
    const struct entity *found = NULL;

    if (text[0] == '\0' || s->compares + all->count > COMPARES_MAX)
        return NOWHERE;
    s->compares += all->count;
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->at[i].alias, text) != 0)
            continue;
        if (found != NULL)
            return NOWHERE;
        found = &all->at[i];
    }
    return found != NULL ? port_by_text(s, node, found->name) : NOWHERE;
}

static uint32_t port_by_mac(struct scene *s, uint32_t node,
                            const struct mac *mac)
{
    uint32_t id = mac_is_set(mac) ? keymap_find(&s->mac_ids, mac_number(mac))
                                  : KEYMAP_NONE;

    if (id == KEYMAP_NONE)
        return NOWHERE;
    if (s->macs.at[id].node == node)
        return carrier_of(s, s->macs.at[id].port);
    return port_matching(s, node, has_mac, mac);
}

static uint32_t port_by_address(const struct scene *s, uint32_t node,
                                struct bytes id)
{
    const struct facts *f = s->nodes.at[node].facts;
    struct addr a = {0};

    if (id.len == 5 && id.at[0] == FAMILY_V4)
        a = addr_v4(id.at + 1);
    else if (id.len == 17 && id.at[0] == FAMILY_V6)
        a = addr_v6(id.at + 1);
    for (size_t i = 0; addr_is_set(&a) && i < f->addresses.count; i++)
        if (addr_equal(&f->addresses.at[i].addr, &a))
            return carrier_of(
                s, port_listed(s, node, f->addresses.at[i].if_index));
    return NOWHERE;
}

/* A number that a device calls its port by is mostly the ifIndex. */
static uint32_t port_by_number(struct scene *s, uint32_t node,
                               const struct neighbor *n)
{
    uint32_t port;

    if (!is_number(n->port_text) || strlen(n->port_text) > 9)
        return NOWHERE;
    port = port_listed(s, node, (uint32_t)strtoul(n->port_text, NULL, 10));
    if (port == NOWHERE || n->port_descr[0] == '\0')
        return carrier_of(s, port);
    return carrier_of(s, port) == port_by_text(s, node, n->port_descr)
               ? carrier_of(s, port)
               : NOWHERE;
}

static uint32_t port_by_subtype(struct scene *s, uint32_t node,
                                const struct neighbor *n)
{
    uint32_t port = NOWHERE;

    if (n->port_subtype == PORT_MAC)
        return port_by_mac(s, node, &n->port_mac);
    if (n->port_subtype == PORT_NETWORK_ADDRESS)
        return port_by_address(s, node, n->port_id);
    if (n->port_subtype == PORT_IF_ALIAS)
        port = port_by_alias(s, node, n->port_text);
    if (n->port_subtype == PORT_COMPONENT)
        port = port_by_component(s, node, n->port_text);
    if (port == NOWHERE)
        port = port_by_text(s, node, n->port_text);
    return port == NOWHERE && n->port_subtype == PORT_LOCAL
               ? port_by_number(s, node, n)
               : port;
}

/* As the device itself lists the id that it announces. */
static uint32_t port_by_own_list(const struct scene *s, uint32_t node,
                                 const struct neighbor *n)
{
    uint32_t port;

    if (n->protocol != NEIGHBOR_LLDP || n->port_id.len == 0)
        return NOWHERE;
    port = keymap_find(&s->names,
                       scene_name_key(NAME_LLDP_PORT, node, n->port_id) ^
                           n->port_subtype);
    return carrier_of(s, port);
}

uint32_t neighbor_port(struct scene *s, uint32_t node, const struct neighbor *n)
{
    const struct scene_node *at = &s->nodes.at[node];
    const char *text = neighbor_port_text(n);
    uint32_t port;

    if (at->facts == NULL || at->port_count == 0)
        return text[0] != '\0' ? port_of_text(s, node, text) : NOWHERE;
    port = port_by_own_list(s, node, n);
    if (port == NOWHERE)
        port = port_by_subtype(s, node, n);
    if (port == NOWHERE)
        port = port_by_text(s, node, n->port_descr);
    return port == NOWHERE ? port_by_alias(s, node, n->port_descr) : port;
}

/* ---- the port it was heard on ---- */

static uint32_t local_by_list(struct scene *s, uint32_t node, uint32_t number)
{
    const struct lldp_local_ports *ports = &s->nodes.at[node].facts->lldp.ports;

    if (s->compares + ports->count > COMPARES_MAX)
        return NOWHERE;
    s->compares += ports->count;
    for (size_t i = 0; i < ports->count; i++) {
        const struct lldp_local_port *p = &ports->at[i];
        uint32_t port;

        if (p->port_num != number)
            continue;
        if (p->if_index != 0)
            return port_of_if_index(s, node, p->if_index);
        port = port_by_text(s, node, p->text);
        return port != NOWHERE ? port : port_of_text(s, node, p->text);
    }
    return NOWHERE;
}

uint32_t neighbor_local(struct scene *s, uint32_t node,
                        const struct neighbor *n)
{
    uint32_t port;

    if (n->local_if_index != 0) {
        port = port_of_if_index(s, node, n->local_if_index);
        return s->ports.at[port].carrier;
    }
    port = local_by_list(s, node, n->local_port_num);
    if (port == NOWHERE)
        port = port_of_text(
            s, node, scene_format(s, "port %u", (unsigned)n->local_port_num));
    return s->ports.at[port].carrier;
}
