#include "mibs/conformance.h"

#include "mibs/entity_mib.h"
#include "mibs/neighbor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { IF_TYPE_ETHERNET = 6, STATUS_UP = 1, STATUS_DOWN = 2 };
enum { ENTITY_UNKNOWN = 0, ENTITY_CHASSIS = 3, ENTITY_STACK = 11 };

/* RFC 2863, 3.1.6: beyond it octets need 64 bits. */
#define SPEED_OF_LONG_COUNTERS UINT64_C(20000000)

/* A rule on its way through the rows. */
struct check {
    struct findings *out;
    struct finding found;
};

/* What a rule says: a fault, or worth a look; of which table, by which
 * standard, and what is wrong then. */
struct rule {
    bool fault;
    const char *table, *standard, *what;
};

static void begin(struct check *checks, const struct rule *rules, size_t count,
                  struct findings *out)
{
    for (size_t i = 0; i < count; i++)
        checks[i] = (struct check){out,
                                   {rules[i].fault, rules[i].table,
                                    rules[i].standard, rules[i].what, 0, ""}};
}

/* One row breaks it; the first is the example. */
static void __attribute__((format(printf, 2, 3)))
breaks(struct check *c, const char *fmt, ...)
{
    va_list args;

    if (c->found.count++ > 0)
        return;
    va_start(args, fmt);
    (void)vsnprintf(c->found.example, sizeof c->found.example, fmt, args);
    va_end(args);
}

static void settle(const struct check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (checks[i].found.count > 0)
            *array_add(checks[i].out) = checks[i].found;
}

static void find_if(struct findings *out, bool broken, bool fault,
                    const char *table, const char *standard, const char *what)
{
    if (broken)
        *array_add(out) = (struct finding){fault, table, standard, what, 1, ""};
}

/* ---- system ---- */

static bool has_mac(const struct facts *f, const struct mac *mac)
{
    if (mac_equal(&f->bridge.base_mac, mac) ||
        mac_equal(&f->lldp.chassis_mac, mac))
        return true;
    for (size_t i = 0; i < f->interfaces.count; i++)
        if (mac_equal(&f->interfaces.at[i].mac, mac))
            return true;
    return false;
}

/* Format 3 of RFC 3411: enterprise in four octets, 3, a MAC address. */
static bool engine_of_another(const struct facts *f)
{
    struct bytes id = f->system.engine_id;
    struct mac mac;

    return id.len == 11 && (id.at[0] & 0x80) != 0 && id.at[4] == 3 &&
           f->interfaces.count > 0 &&
           mac_of_octets((struct bytes){id.at + 5, 6}, &mac) &&
           !has_mac(f, &mac);
}

static void check_system(const struct facts *f, struct findings *out)
{
    const struct system_facts *s = &f->system;
    const char *object_id = s->object_id;

    find_if(out, object_id[0] == '\0' || strcmp(object_id, "0.0") == 0, true,
            "system", "RFC 3418, sysObjectID",
            "The agent does not say what it is.");
    find_if(out, !s->has_uptime, true, "system", "RFC 3418, sysUpTime",
            "sysUpTime is missing: restarts cannot be told from resets.");
    find_if(out, s->descr[0] == '\0', true, "system", "RFC 3418, sysDescr",
            "sysDescr is empty.");
    find_if(out, s->name[0] == '\0', false, "system", "RFC 3418, sysName",
            "sysName is empty.");
    find_if(out, s->services == 0, false, "system", "RFC 3418, sysServices",
            "sysServices is missing or 0: nobody knows whether it routes or "
            "bridges.");
    find_if(out,
            s->engine_id.len > 0 &&
                (s->engine_id.len < 5 || s->engine_id.len > 32),
            true, "snmpEngine", "RFC 3411, SnmpEngineID",
            "snmpEngineID has not 5 to 32 octets.");
    find_if(out, engine_of_another(f), false, "snmpEngine",
            "RFC 3411, SnmpEngineID",
            "snmpEngineID is made of a MAC address that no interface has: a "
            "copy of another device's, perhaps.");
}

/* ---- interfaces ---- */

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_names(const struct facts *f, struct findings *out)
{
    enum { SAME };
    static const struct rule rules[] = {
        [SAME] = {true, "ifXTable", "RFC 2863, ifName",
                  "Interfaces share a name."},
    };
    struct check c[COUNT_OF(rules)];
    struct ARRAY_OF(const char *) names = {0};

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->interfaces.count; i++)
        if (f->interfaces.at[i].name[0] != '\0')
            *array_add(&names) = f->interfaces.at[i].name;
    if (names.count > 0)
        qsort(names.at, names.count, sizeof *names.at, name_compare);
    for (size_t i = 1; i < names.count; i++)
        if (strcmp(names.at[i - 1], names.at[i]) == 0)
            breaks(&c[SAME], "%s", names.at[i]);
    settle(c, COUNT_OF(rules));
    array_fini(&names);
}

static void check_rows(const struct facts *f, struct findings *out)
{
    enum { NAMELESS, STATES, LONGS, MACS, SPEEDS, CLOSED };
    static const struct rule rules[] = {
        [NAMELESS] = {true, "ifXTable", "RFC 2863, ifName",
                      "Interfaces have no ifName."},
        [STATES] = {true, "ifTable", "RFC 2863, ifAdminStatus",
                    "A state is missing, or is none of IF-MIB."},
        [LONGS] =
            {true, "ifXTable", "RFC 2863, 3.1.6",
             "Interfaces of more than 20 Mbit/s have no 64-bit counters."},
        [MACS] = {true, "ifTable", "RFC 3635, 3.2.10",
                  "ifPhysAddress of Ethernet has not six octets."},
        [SPEEDS] = {false, "ifTable", "RFC 2863, ifHighSpeed",
                    "Ethernet that is up has no speed."},
        [CLOSED] = {false, "ifTable", "RFC 2863, ifOperStatus",
                    "Interfaces are up that are shut down."},
    };
    struct check c[COUNT_OF(rules)];

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t n = 0; n < f->interfaces.count; n++) {
        const struct interface *i = &f->interfaces.at[n];
        bool up = i->oper_status == STATUS_UP;

        if (i->name[0] == '\0')
            breaks(&c[NAMELESS], "ifIndex %" PRIu32 ", %s", i->if_index,
                   i->descr);
        if (i->admin_status == 0 || i->oper_status == 0)
            breaks(&c[STATES], "ifIndex %" PRIu32 ", %s", i->if_index,
                   i->label);
        if (!i->has_hc && i->speed_bps > SPEED_OF_LONG_COUNTERS)
            breaks(&c[LONGS], "%s, %" PRIu64 " bit/s", i->label, i->speed_bps);
        if (i->type == IF_TYPE_ETHERNET && i->phys.len != 0 && i->phys.len != 6)
            breaks(&c[MACS], "%s, %zu octets", i->label, i->phys.len);
        if (i->type == IF_TYPE_ETHERNET && up && i->speed_bps == 0)
            breaks(&c[SPEEDS], "%s", i->label);
        if (up && i->admin_status == STATUS_DOWN)
            breaks(&c[CLOSED], "%s", i->label);
    }
    settle(c, COUNT_OF(rules));
}

static void check_interfaces(const struct facts *f, struct findings *out)
{
    enum { NUMBER };
    static const struct rule rules[] = {
        [NUMBER] = {true, "ifTable", "RFC 2863, ifNumber",
                    "ifNumber is not the number of rows."},
    };
    struct check c[COUNT_OF(rules)];

    begin(c, rules, COUNT_OF(rules), out);
    if (f->system.if_number != FACT_UNKNOWN && f->interfaces.count > 0 &&
        f->system.if_number != (int64_t)f->interfaces.count)
        breaks(&c[NUMBER], "ifNumber %" PRId64 ", %zu rows",
               f->system.if_number, f->interfaces.count);
    settle(c, COUNT_OF(rules));
    check_names(f, out);
    check_rows(f, out);
}

static void check_addresses(const struct facts *f, struct findings *out)
{
    enum { LOST, ALONE };
    static const struct rule rules[] = {
        [LOST] = {true, "ipAddressTable", "RFC 4293, ipAddressIfIndex",
                  "Addresses are of interfaces that ifTable lacks."},
        [ALONE] = {false, "ipAddressTable", "RFC 4293, ipAddressPrefix",
                   "The prefix of addresses is not told."},
    };
    struct check c[COUNT_OF(rules)];

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];
        char text[ADDR_TEXT_MAX];

        addr_format(&a->addr, text, sizeof text);
        if (facts_interface(f, a->if_index) == NULL)
            breaks(&c[LOST], "%s, ifIndex %" PRIu32, text, a->if_index);
        if (a->prefix_len < 0)
            breaks(&c[ALONE], "%s", text);
    }
    settle(c, COUNT_OF(rules));
}

/* ---- hardware ---- */

static void check_entities(const struct facts *f, struct findings *out)
{
    enum { ORPHANS, CLASSES, SENSORS };
    static const struct rule rules[] = {
        [ORPHANS] =
            {true, "entPhysicalTable", "RFC 6933, entPhysicalContainedIn",
             "Entities are contained in what the table lacks, or in themselves."},
        [CLASSES] = {true, "entPhysicalTable", "RFC 6933, entPhysicalClass",
                     "Entities have no class."},
        [SENSORS] = {true, "entPhySensorTable", "RFC 3433, 2.1",
                     "Sensors are of entities that entPhysicalTable lacks."},
    };
    struct check c[COUNT_OF(rules)];
    bool whole = false;

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->entities.count; i++) {
        const struct entity *e = &f->entities.at[i];

        whole |= e->class == ENTITY_CHASSIS || e->class == ENTITY_STACK;
        if (e->class == ENTITY_UNKNOWN)
            breaks(&c[CLASSES], "%" PRIu32 ", %s", e->index, e->descr);
        if (e->contained_in == e->index ||
            (e->contained_in != 0 && entity_find(f, e->contained_in) == NULL))
            breaks(&c[ORPHANS], "%" PRIu32 " in %" PRIu32, e->index,
                   e->contained_in);
    }
    for (size_t i = 0; i < f->sensors.count; i++)
        if (f->sensors.at[i].entity != 0 &&
            entity_find(f, f->sensors.at[i].entity) == NULL)
            breaks(&c[SENSORS], "%" PRIu32, f->sensors.at[i].entity);
    settle(c, COUNT_OF(rules));
    find_if(out, f->entities.count > 0 && !whole, false, "entPhysicalTable",
            "RFC 6933, entPhysicalClass", "No entity is a chassis or a stack.");
}

/* ---- bridge ---- */

static void check_bridge(const struct facts *f, struct findings *out)
{
    enum { PORTS, FDB };
    static const struct rule rules[] = {
        [PORTS] = {true, "dot1dBasePortTable", "RFC 4188, dot1dBasePortIfIndex",
                   "Bridge ports lead to no interface."},
        [FDB] = {true, "dot1qTpFdbTable", "RFC 4363, dot1qTpFdbPort",
                 "Addresses were learned on ports that lead to no interface."},
    };
    struct check c[COUNT_OF(rules)];
    enum { LEARNED = 3 };

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->bridge.ports.count; i++)
        if (f->bridge.ports.at[i].if_index == 0)
            breaks(&c[PORTS], "port %" PRIu32, f->bridge.ports.at[i].base_port);
    for (size_t i = 0; i < f->fdb.count; i++)
        if (f->fdb.at[i].status == LEARNED && f->fdb.at[i].if_index == 0)
            breaks(&c[FDB], "port %" PRIu32 ", VLAN %u", f->fdb.at[i].base_port,
                   f->fdb.at[i].vlan);
    settle(c, COUNT_OF(rules));
    find_if(out, f->bridge.ports.count > 0 && !mac_is_set(&f->bridge.base_mac),
            true, "dot1dBase", "RFC 4188, dot1dBaseBridgeAddress",
            "The bridge has no address.");
}

/* ---- neighbors ---- */

static void check_lldp(const struct facts *f, struct findings *out)
{
    enum { PORTS, LOST, MACS };
    static const struct rule rules[] = {
        [PORTS] =
            {true, "lldpLocPortTable", "IEEE 802.1AB, lldpLocPortNum",
             "Ports lead to no interface, neither by number nor by what they say of themselves."},
        [LOST] = {true, "lldpRemTable", "IEEE 802.1AB, lldpRemLocalPortNum",
                  "Neighbors are at ports that lead to no interface."},
        [MACS] = {true, "lldpRemTable", "IEEE 802.1AB, lldpRemChassisId",
                  "A chassis id said to be a MAC address is none."},
    };
    struct check c[COUNT_OF(rules)];

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->lldp.ports.count; i++)
        if (f->lldp.ports.at[i].if_index == 0)
            breaks(&c[PORTS], "%" PRIu32 ", %s", f->lldp.ports.at[i].port_num,
                   f->lldp.ports.at[i].text);
    for (size_t i = 0; i < f->neighbors.count; i++) {
        const struct neighbor *n = &f->neighbors.at[i];

        if (n->protocol != NEIGHBOR_LLDP)
            continue;
        if (n->local_if_index == 0)
            breaks(&c[LOST], "port %" PRIu32 ", %s", n->local_port_num,
                   n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text);
        if (n->chassis_subtype == CHASSIS_MAC && !mac_is_set(&n->chassis_mac))
            breaks(&c[MACS], "port %" PRIu32 ", %s", n->local_port_num,
                   n->chassis_text);
    }
    find_if(out, f->lldp.ports.count > 0 && f->lldp.chassis_id.len == 0, true,
            "lldpLocalSystemData", "IEEE 802.1AB, lldpLocChassisId",
            "The agent does not say how it announces itself.");
    settle(c, COUNT_OF(rules));
}

/* ---- what is measured ---- */

static void check_host(const struct facts *f, struct findings *out)
{
    enum { USAGE, FULL };
    static const struct rule rules[] = {
        [USAGE] =
            {true, "hrProcessorTable", "RFC 2790, hrProcessorLoad",
             "A processor is used by less than nothing or more than all."},
        [FULL] = {true, "hrStorageTable", "RFC 2790, hrStorageUsed",
                  "More is used than there is."},
    };
    struct check c[COUNT_OF(rules)];

    begin(c, rules, COUNT_OF(rules), out);
    for (size_t i = 0; i < f->processors.count; i++)
        if (f->processors.at[i].usage_percent < 0 ||
            f->processors.at[i].usage_percent > 100)
            breaks(&c[USAGE], "%s, %g %%", f->processors.at[i].descr,
                   f->processors.at[i].usage_percent);
    for (size_t i = 0; i < f->storages.count; i++)
        if (f->storages.at[i].used_percent > 100)
            breaks(&c[FULL], "%s, %.0f %%", f->storages.at[i].descr,
                   f->storages.at[i].used_percent);
    settle(c, COUNT_OF(rules));
}

void conformance_check(const struct facts *f, struct findings *out)
{
    check_system(f, out);
    check_interfaces(f, out);
    check_addresses(f, out);
    check_entities(f, out);
    check_bridge(f, out);
    check_lldp(f, out);
    check_host(f, out);
}
