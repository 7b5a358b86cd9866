/* Owners: whose MAC, address, name or chassis id that is. */
#include "topology/scene.h"

#include "topology/identity.h"

enum {
    ARP_SUBNETS_MAX = 64,  /* addresses of an interface that are looked at */
    CHASSIS_COMPONENT = 1, /* LldpChassisIdSubtype */

    ENTITY_CHASSIS = 3 /* entPhysicalClass */
};

uint64_t mac_number(const struct mac *m)
{
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof m->octets; i++)
        number = number << 8 | m->octets[i];
    return number;
}

uint32_t owners_mac(struct scene *s, const struct mac *m)
{
    uint64_t key = mac_number(m);
    uint32_t id = keymap_put(&s->mac_ids, key, (uint32_t)s->macs.count);

    if (id == s->macs.count)
        *array_add(&s->macs) =
            (struct scene_mac){.key = key, .node = NOWHERE, .port = NOWHERE};
    return id;
}

static bool mac_tells(const struct mac *m)
{
    return mac_is_set(m) && !mac_is_multicast(m) && !mac_is_virtual(m);
}

/* ---- MACs that devices list ---- */

/* Of two ports with one address: the one with the cable, their bundle, or one
 * cannot know. */
static uint32_t common_port(const struct scene *s, uint32_t a, uint32_t b)
{
    const struct scene_port *x = &s->ports.at[a], *y = &s->ports.at[b];
    bool cable_x = (x->flags & PORT_CABLED) != 0;
    bool cable_y = (y->flags & PORT_CABLED) != 0;

    if (a == b || x->bundle == b)
        return b;
    if (y->bundle == a)
        return a;
    if (x->bundle == y->bundle)
        return x->bundle;
    if (cable_x != cable_y)
        return cable_x ? a : b;
    return MANY;
}

static void list_mac(struct scene *s, const struct mac *mac, uint32_t node,
                     uint32_t port)
{
    if (!mac_tells(mac))
        return;

    uint32_t id = owners_mac(s, mac);
    struct scene_mac *m = &s->macs.at[id];

    if (m->node == NOWHERE) {
        m->node = node;
        m->port = port;
        m->listed = true;
    } else if (m->node != node) {
        m->node = m->port = MANY;
    } else if (port != NOWHERE && m->port == NOWHERE) {
        m->port = port;
    } else if (port != NOWHERE && m->port != MANY) {
        m->port = common_port(s, m->port, port);
    }
}

static void list_macs(struct scene *s, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];

    for (uint32_t p = n->first_port; p < n->first_port + n->port_count; p++)
        list_mac(s, &s->ports.at[p].interface->mac, node,
                 s->ports.at[p].carrier);
    list_mac(s, &n->facts->bridge.base_mac, node, NOWHERE);
    list_mac(s, &n->facts->lldp.chassis_mac, node, NOWHERE);
}

void owners_claim_mac(struct scene *s, const struct mac *mac, uint32_t node,
                      uint32_t port)
{
    if (!mac_tells(mac))
        return;

    uint32_t id = owners_mac(s, mac);
    struct scene_mac *m = &s->macs.at[id];

    if (m->listed)
        return;
    if (m->node == NOWHERE) {
        m->node = node;
        m->port = port;
    } else if (m->node != node) {
        m->node = m->port = MANY;
    } else if (m->port == NOWHERE) {
        m->port = port;
    }
}

/* ---- addresses ---- */

static uint64_t addr_key(const struct addr *a)
{
    uint8_t octets[1 + sizeof a->octets];

    octets[0] = a->family;
    memcpy(octets + 1, a->octets, sizeof a->octets);
    return scene_name_key(NAME_ADDR, NOWHERE,
                          (struct bytes){octets, sizeof octets});
}

static void own_addr(struct scene *s, const struct addr *a, uint32_t node)
{
    if (identity_addr_counts(a) && !addr_is_link_local(a))
        scene_name_put(&s->addrs, addr_key(a), node);
}

uint32_t owner_of_addr(const struct scene *s, const struct addr *a)
{
    uint32_t node = keymap_find(&s->addrs, addr_key(a));

    return node == MANY ? NOWHERE : node;
}

static void own_addrs(struct scene *s, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];

    for (size_t i = 0; i < n->device->addr_count; i++)
        own_addr(s, &n->device->addrs[i], node);
    if (n->facts == NULL)
        return;
    for (size_t i = 0; i < n->facts->addresses.count; i++)
        own_addr(s, &n->facts->addresses.at[i].addr, node);
}

/* ---- addresses to MACs, as neighbors resolved them ---- */

/* True if the interface that learned it is in the address's own subnet: there
 * the answer came from the owner itself, not over another of its legs. */
static bool arp_is_direct(const struct facts *f, const struct arp_entry *e)
{
    unsigned looked = 0;
    bool none = true;

    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        if (a->if_index != e->if_index || a->addr.family != e->addr.family ||
            a->prefix_len <= 0)
            continue;
        if (++looked > ARP_SUBNETS_MAX)
            return true;
        struct prefix p = prefix_of(&a->addr, (unsigned)a->prefix_len);
        if (prefix_contains(&p, &e->addr))
            return true;
        none = false;
    }
    return none;
}

static bool has_mac(const struct scene *s, const uint8_t *marks, uint32_t node)
{
    return node < s->nodes.count && marks[node] != 0;
}

static void learn_arp(struct scene *s, uint32_t listener, bool direct,
                      const uint8_t *marks)
{
    const struct facts *f = s->nodes.at[listener].facts;

    for (size_t i = 0; i < f->arp.count; i++) {
        const struct arp_entry *e = &f->arp.at[i];
        uint32_t node = owner_of_addr(s, &e->addr);

        if (node == NOWHERE || node == listener ||
            arp_is_direct(f, e) != direct ||
            (!direct && has_mac(s, marks, node)))
            continue;
        owners_claim_mac(s, &e->mac, node, NOWHERE);
    }
}

static void learn_arps(struct scene *s)
{
    uint8_t *marks = mem_array(s->nodes.count + 1, 1);

    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            learn_arp(s, node, true, marks);
    for (size_t i = 0; i < s->macs.count; i++)
        if (s->macs.at[i].node < s->nodes.count)
            marks[s->macs.at[i].node] = 1;
    for (uint32_t node = 0; node < s->device_count; node++)
        if (s->nodes.at[node].facts != NULL)
            learn_arp(s, node, false, marks);
    free(marks);
}

/* ---- names ---- */

static void own_name(struct scene *s, enum name_tag tag, const char *name,
                     size_t len, uint32_t node)
{
    if (len > 0)
        scene_name_put(
            &s->names,
            scene_name_key(tag, NOWHERE,
                           (struct bytes){(const uint8_t *)name, len}),
            node);
}

/* The length of a name without its domain. */
static size_t short_len(const char *name)
{
    struct addr ignored;

    return addr_parse(name, &ignored) == 0 ? strlen(name) : strcspn(name, ".");
}

static uint64_t chassis_key(uint8_t subtype, struct bytes id)
{
    return scene_name_key(NAME_CHASSIS, subtype, id);
}

/* Chassis of a device that does not tell how it announces itself: by the alias
 * of its chassis (IEEE 802.1AB, 8.5.2.2), for which many take the serial
 * number. */
static void own_components(struct scene *s, uint32_t node)
{
    const struct facts *f = s->nodes.at[node].facts;

    for (size_t i = 0; i < f->entities.count; i++) {
        const struct entity *e = &f->entities.at[i];
        const char *const names[] = {e->alias, e->serial};

        for (size_t k = 0; e->class == ENTITY_CHASSIS && k < COUNT_OF(names);
             k++)
            if (names[k][0] != '\0')
                scene_name_put(
                    &s->names,
                    chassis_key(CHASSIS_COMPONENT, bytes_of_text(names[k])),
                    node);
    }
}

/* The ids by which a device announces its ports. */
static void own_lldp_ports(struct scene *s, uint32_t node)
{
    const struct lldp_local_ports *ports = &s->nodes.at[node].facts->lldp.ports;

    for (size_t i = 0; i < ports->count; i++) {
        const struct lldp_local_port *p = &ports->at[i];
        uint32_t port = port_listed(s, node, p->if_index);

        if (port != NOWHERE && p->id.len > 0)
            scene_name_put(&s->names,
                           scene_name_key(NAME_LLDP_PORT, node, p->id) ^
                               p->subtype,
                           s->ports.at[port].carrier);
    }
}

static void own_names(struct scene *s, uint32_t node)
{
    const struct scene_node *n = &s->nodes.at[node];
    const struct facts *f = n->facts;

    own_name(s, NAME_DEVICE, n->name, strlen(n->name), node);
    if (f == NULL)
        return;
    own_name(s, NAME_SYSTEM, f->system.name, strlen(f->system.name), node);
    own_name(s, NAME_SHORT, f->system.name, short_len(f->system.name), node);
    own_name(s, NAME_SYSTEM, f->lldp.sys_name, strlen(f->lldp.sys_name), node);
    if (f->lldp.chassis_id.len > 0)
        scene_name_put(&s->names,
                       chassis_key(f->lldp.chassis_subtype, f->lldp.chassis_id),
                       node);
    else
        own_components(s, node);
}

static uint32_t find_name(const struct scene *s, enum name_tag tag,
                          const char *name, size_t len)
{
    uint32_t node = keymap_find(
        &s->names, scene_name_key(tag, NOWHERE,
                                  (struct bytes){(const uint8_t *)name, len}));

    return node;
}

uint32_t owner_of_name(const struct scene *s, const char *name)
{
    size_t len = strlen(name);
    uint32_t node;

    if (len == 0)
        return NOWHERE;
    node = find_name(s, NAME_SYSTEM, name, len);
    if (node == NOWHERE)
        node = find_name(s, NAME_SHORT, name, short_len(name));
    if (node == NOWHERE)
        node = find_name(s, NAME_DEVICE, name, len);
    return node == MANY ? NOWHERE : node;
}

uint32_t owner_of_chassis(const struct scene *s, uint8_t subtype,
                          struct bytes id)
{
    uint32_t node = keymap_find(&s->names, chassis_key(subtype, id));

    return node == MANY ? NOWHERE : node;
}

uint32_t owner_of_mac(const struct scene *s, const struct mac *m)
{
    uint32_t id =
        mac_is_set(m) ? keymap_find(&s->mac_ids, mac_number(m)) : KEYMAP_NONE;
    uint32_t node = id != KEYMAP_NONE ? s->macs.at[id].node : NOWHERE;

    return node == MANY ? NOWHERE : node;
}

void owners_build(struct scene *s)
{
    for (uint32_t node = 0; node < s->device_count; node++) {
        own_addrs(s, node);
        own_names(s, node);
        if (s->nodes.at[node].facts == NULL)
            continue;
        own_lldp_ports(s, node);
        list_macs(s, node);
    }
    learn_arps(s);
}
