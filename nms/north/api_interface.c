/* Interfaces of a device: what they are, carry, and are members of. */
#include "base/table.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/gap.h"
#include "topology/front.h"
#include "topology/hardware.h"

static json_t *rates_json(const struct port_record *p)
{
    json_t *o = json_object();

    for (size_t i = 0; i < PORT_RATES; i++)
        json_put_number(o, series_group_value(SERIES_PORT, i), p->rates[i]);
    return o;
}

/* What else is known of interfaces, by ifIndex. */
struct port_tables {
    const struct device_record *device;
    const struct facts *facts;
    struct table *records, *vlans, *bridge;
    struct members members; /* of a stack */
    struct front_places places;
};

static struct bytes if_key(const uint32_t *if_index)
{
    return (struct bytes){(const uint8_t *)if_index, sizeof *if_index};
}

static struct port_tables port_tables_of(const struct device_record *d,
                                         const struct facts *f)
{
    struct port_tables t = {d,           f,   table_new(), table_new(),
                            table_new(), {0}, {0}};

    hardware_members(f, &t.members);
    front_places(f, &t.places);
    for (size_t i = 0; i < d->port_count; i++)
        (void)table_put(t.records, if_key(&d->ports[i].if_index),
                        (void *)&d->ports[i]);
    for (size_t i = 0; i < f->port_vlans.count; i++)
        (void)table_put(t.vlans, if_key(&f->port_vlans.at[i].if_index),
                        &f->port_vlans.at[i]);
    for (size_t i = 0; i < f->bridge.ports.count; i++)
        (void)table_put(t.bridge, if_key(&f->bridge.ports.at[i].if_index),
                        &f->bridge.ports.at[i]);
    return t;
}

static void port_tables_fini(struct port_tables *t)
{
    table_free(t->records);
    table_free(t->vlans);
    table_free(t->bridge);
    array_fini(&t->members);
    array_fini(&t->places);
}

/* VLANs as people write them: "1,10-19,4094". */
static void put_vlans(json_t *o, const char *key, struct bytes set,
                      struct bytes without)
{
    struct buffer OWNED_BUFFER text = {0};
    uint16_t first = 0, last = 0, vlan = 0;

    do {
        vlan = vlan_set_next(set, vlan);
        if (vlan != 0 && vlan_set_has(without, vlan))
            continue;
        if (first != 0 && vlan == last + 1) {
            last = vlan;
            continue;
        }
        if (first != 0)
            buffer_format(&text, "%s%u", text.len > 0 ? "," : "", first);
        if (last > first)
            buffer_format(&text, "-%u", last);
        first = last = vlan;
    } while (vlan != 0);
    json_put_text(o, key, text.at);
}

static void put_port_vlans(json_t *o, const struct port_vlans *p)
{
    if (p == NULL)
        return;
    if (p->pvid != 0)
        json_put_count(o, "pvid", p->pvid);
    put_vlans(o, "untagged", p->untagged, (struct bytes){0});
    put_vlans(o, "tagged", p->member, p->untagged);
}

static void put_bridge_port(json_t *o, const struct bridge_port *p)
{
    if (p == NULL)
        return;
    json_put_text(o, "stp_state", stp_state_name(p->stp_state));
    json_put_text(o, "stp_role", stp_role_name(p->stp_role));
    if (p->stp_cost > 0)
        json_put_count(o, "stp_cost", p->stp_cost);
}

/* Where it sits on the front, as ENTITY-MIB tells. */
static void put_place(json_t *o, const struct port_tables *t, uint32_t if_index)
{
    const struct front_place *p = front_place_of(&t->places, if_index);

    if (p == NULL)
        return;
    json_put_count(o, "position", (uint64_t)p->position);
    json_put_text(o, "slot", front_holder_name(t->facts, p->holder));
}

static json_t *interface_json(const struct interface *i,
                              const struct port_tables *t)
{
    const struct bytes key = if_key(&i->if_index);
    const struct port_record *p = table_find(t->records, key);
    const struct member *member =
        hardware_member_of(&t->members, interface_label(i));
    struct buffer OWNED_BUFFER file = {0};
    json_t *o = json_object();
    char type[12];

    json_put_count(o, "ifIndex", i->if_index);
    json_put_text(o, "name", interface_label(i));
    json_put_text(o, "descr", i->descr);
    json_put_text(o, "alias", i->alias);
    json_put_text(o, "type", if_type_name(i->type, type, sizeof type));
    if (i->speed_bps > 0)
        json_put_count(o, "speed_bps", i->speed_bps);
    json_put_mac(o, "mac", &i->mac);
    json_put_text(o, "duplex", i->duplex);
    if (member != NULL)
        json_put_count(o, "member", member->number);
    put_place(o, t, i->if_index);
    json_put_text(
        o, "admin",
        if_status_name(p != NULL ? p->admin_status : i->admin_status));
    json_put_text(o, "oper",
                  if_status_name(p != NULL ? p->oper_status : i->oper_status));
    put_port_vlans(o, table_find(t->vlans, key));
    put_bridge_port(o, table_find(t->bridge, key));
    if (p != NULL) {
        json_object_set_new(o, "rates", rates_json(p));
        json_put_wall(o, "at", p->at);
        json_put_text(o, "gap", gap_text((enum gap)p->gap));
        device_record_port_file(t->device, p, &file);
        json_put_text(o, "file", file.at);
    }
    return o;
}

void api_interfaces(struct api_request *r)
{
    const struct device_record *d = api_device(r, 1);

    if (d == NULL)
        return;
    const struct facts *f = api_facts(r, d);
    struct port_tables tables = port_tables_of(d, f);
    json_t *list = json_array();
    for (size_t i = 0; i < f->interfaces.count; i++)
        json_array_append_new(list,
                              interface_json(&f->interfaces.at[i], &tables));
    port_tables_fini(&tables);
    api_json(r, 200, json_pack("{s:o}", "interfaces", list));
}
