#include "north/cli_report.h"

#include "base/text.h"
#include "north/cli_grid.h"

#include <inttypes.h>
#include <math.h>

static void section(struct buffer *out, const char *title, size_t count)
{
    buffer_format(out, "\n%s: %zu\n", title, count);
}

/* ---- identity ---- */

static const struct grid_column identity_columns[] = {
    {"name", "Name", UNIT_TEXT},
    {"kind", "Kind", UNIT_TEXT},
    {"vendor", "Vendor", UNIT_TEXT},
    {"hardware", "Hardware", UNIT_TEXT},
    {"os", "OS", UNIT_TEXT},
    {"version", "Version", UNIT_TEXT},
    {"features", "Features", UNIT_TEXT},
    {"serial", "Serial number", UNIT_TEXT},
    {"profile", "Profile", UNIT_TEXT},
    {"location", "Location", UNIT_TEXT},
    {"contact", "Contact", UNIT_TEXT},
    {"uptime_s", "Uptime", UNIT_SECONDS},
    {"sysName", "sysName", UNIT_TEXT},
    {"sysDescr", "sysDescr", UNIT_TEXT},
    {"sysObjectID", "sysObjectID", UNIT_TEXT},
    {"engineID", "Engine id", UNIT_TEXT},
    {"bridge", "Bridge address", UNIT_TEXT},
};

static void add_identity(const struct facts *f, const char *name,
                         struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(identity_columns, COUNT_OF(identity_columns));
    const struct identity_facts *i = &f->identity;
    const struct system_facts *s = &f->system;
    struct buffer OWNED_BUFFER engine = {0};
    const char *const texts[] = {
        name,        device_kind_name(i->kind),
        i->vendor,   i->hardware,
        i->os,       i->version,
        i->features, i->serial,
        i->profile,  s->location,
        s->contact,
    };
    char mac[MAC_TEXT_MAX] = "";

    for (size_t n = 0; n < COUNT_OF(texts); n++)
        grid_text(g, texts[n]);
    grid_number(g, s->has_uptime ? floor(s->uptime_cs / 100.0) : NAN);
    grid_text(g, s->name);
    grid_text(g, s->descr);
    grid_text(g, s->object_id);
    text_hex(s->engine_id, '\0', &engine);
    grid_text(g, engine.at);
    if (mac_is_set(&f->bridge.base_mac))
        mac_format(&f->bridge.base_mac, mac, sizeof mac);
    grid_text(g, mac);
    grid_row(g);
    grid_print_record(g, out);
}

/* ---- interfaces and addresses ---- */

static const struct grid_column interface_columns[] = {
    {"ifIndex", "ifIndex", UNIT_COUNT}, {"name", "Name", UNIT_TEXT},
    {"alias", "Alias", UNIT_TEXT},      {"type", "Type", UNIT_TEXT},
    {"admin", "Admin", UNIT_TEXT},      {"oper", "Oper", UNIT_TEXT},
    {"speed_bps", "Speed", UNIT_BITS},  {"duplex", "Duplex", UNIT_TEXT},
    {"mtu_bytes", "MTU", UNIT_COUNT},   {"mac", "MAC address", UNIT_TEXT},
};

static void add_interface(struct grid *g, const struct interface *i)
{
    char mac[MAC_TEXT_MAX] = "", type[12];

    if (mac_is_set(&i->mac))
        mac_format(&i->mac, mac, sizeof mac);
    grid_number(g, i->if_index);
    grid_text(g, interface_label(i));
    grid_text(g, i->alias);
    grid_text(g, if_type_name(i->type, type, sizeof type));
    grid_text(g, if_status_name(i->admin_status));
    grid_text(g, if_status_name(i->oper_status));
    grid_number(g, i->speed_bps > 0 ? (double)i->speed_bps : NAN);
    grid_text(g, i->duplex);
    grid_number(g, i->mtu > 0 ? (double)i->mtu : NAN);
    grid_text(g, mac);
    grid_row(g);
}

static void add_interfaces(const struct facts *f, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(interface_columns, COUNT_OF(interface_columns));

    for (size_t i = 0; i < f->interfaces.count; i++)
        add_interface(g, &f->interfaces.at[i]);
    section(out, "Interfaces", grid_rows(g));
    grid_print(g, out);
}

static const char *port_name(const struct facts *f, uint32_t if_index)
{
    const struct interface *port = facts_interface(f, if_index);

    return port != NULL ? interface_label(port) : "";
}

static const struct grid_column address_columns[] = {
    {"address", "Address", UNIT_TEXT},
    {"prefix_length", "Prefix length", UNIT_COUNT},
    {"interface", "Interface", UNIT_TEXT},
};

static void add_addresses(const struct facts *f, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(address_columns, COUNT_OF(address_columns));
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        grid_text(g, addr_format(&a->addr, text, sizeof text));
        grid_number(g, a->prefix_len >= 0 ? (double)a->prefix_len : NAN);
        grid_text(g, port_name(f, a->if_index));
        grid_row(g);
    }
    section(out, "Addresses", grid_rows(g));
    grid_print(g, out);
}

/* ---- neighbors ---- */

static const struct grid_column neighbor_columns[] = {
    {"protocol", "Protocol", UNIT_TEXT},
    {"port", "Port", UNIT_TEXT},
    {"name", "Neighbor", UNIT_TEXT},
    {"remote_port", "Its port", UNIT_TEXT},
    {"remote_port_descr", "Description", UNIT_TEXT},
    {"platform", "Platform", UNIT_TEXT},
    {"address", "Address", UNIT_TEXT},
};

static void add_neighbors(const struct facts *f, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(neighbor_columns, COUNT_OF(neighbor_columns));

    for (size_t i = 0; i < f->neighbors.count; i++) {
        const struct neighbor *n = &f->neighbors.at[i];
        char addr[ADDR_TEXT_MAX] = "";

        if (n->mgmt_count > 0)
            addr_format(&n->mgmt[0], addr, sizeof addr);
        grid_text(g, neighbor_protocol_name(n->protocol));
        grid_text(g, port_name(f, n->local_if_index));
        grid_text(g, n->sys_name[0] != '\0' ? n->sys_name : n->chassis_text);
        grid_text(g, n->port_text);
        grid_text(g, n->port_descr);
        grid_text(g, n->platform);
        grid_text(g, addr);
        grid_row(g);
    }
    section(out, "Neighbors", grid_rows(g));
    grid_print(g, out);
}

/* ---- what is measured ---- */

static const struct grid_column space_columns[] = {
    {"class", "Class", UNIT_TEXT},       {"index", "Index", UNIT_TEXT},
    {"descr", "Description", UNIT_TEXT}, {"used_percent", "Used", UNIT_PERCENT},
    {"used_bytes", "Used", UNIT_BYTES},  {"total_bytes", "Of", UNIT_BYTES},
};

static void add_space(struct grid *g, const char *const texts[3],
                      const double figures[3])
{
    for (size_t i = 0; i < 3; i++)
        grid_text(g, texts[i]);
    for (size_t i = 0; i < 3; i++)
        grid_number(g, figures[i]);
    grid_row(g);
}

static void add_spaces(const struct facts *f, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(space_columns, COUNT_OF(space_columns));

    for (size_t i = 0; i < f->processors.count; i++) {
        const struct processor *p = &f->processors.at[i];

        add_space(g, (const char *const[]){"cpu", p->index, p->descr},
                  (const double[]){p->usage_percent, NAN, NAN});
    }
    for (size_t i = 0; i < f->mempools.count; i++) {
        const struct mempool *m = &f->mempools.at[i];

        add_space(
            g, (const char *const[]){"memory", m->index, m->descr},
            (const double[]){m->used_percent, m->used_bytes, m->total_bytes});
    }
    for (size_t i = 0; i < f->storages.count; i++) {
        const struct storage *s = &f->storages.at[i];

        add_space(
            g, (const char *const[]){"storage", s->index, s->descr},
            (const double[]){s->used_percent, s->used_bytes, s->total_bytes});
    }
    section(out, "Processors, memory and storage", grid_rows(g));
    grid_print(g, out);
}

static const struct grid_column sensor_columns[] = {
    {"class", "Class", UNIT_TEXT},       {"index", "Index", UNIT_TEXT},
    {"descr", "Description", UNIT_TEXT}, {"value", "Value", UNIT_NUMBER},
    {"unit", "Unit", UNIT_TEXT},         {"state", "State", UNIT_TEXT},
    {"severity", "Severity", UNIT_TEXT},
};

static void add_sensors(const struct facts *f, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(sensor_columns, COUNT_OF(sensor_columns));

    for (size_t i = 0; i < f->sensors.count; i++) {
        const struct sensor *s = &f->sensors.at[i];

        grid_text(g, s->class);
        grid_text(g, s->index);
        grid_text(g, s->descr);
        grid_number(g, s->value);
        grid_text(g, s->unit);
        grid_text(g, s->state_descr);
        grid_text(g, s->state_severity);
        grid_row(g);
    }
    section(out, "Sensors", grid_rows(g));
    grid_print(g, out);
}

/* ---- how it went ---- */

static const struct grid_column table_columns[] = {
    {"table", "Table", UNIT_TEXT},
    {"rows", "Rows", UNIT_COUNT},
    {"failed", "Failed", UNIT_TEXT},
};

static struct grid *tables_of(const struct facts *f)
{
    struct grid *g = grid_new(table_columns, COUNT_OF(table_columns));

    for (size_t i = 0; i < f->reports.count; i++) {
        const struct table_report *r = &f->reports.at[i];

        grid_text(g, r->name);
        grid_number(g, r->rows);
        grid_text(g, r->result < 0 ? strerror(-r->result) : "");
        grid_row(g);
    }
    return g;
}

static const struct grid_column cost_columns[] = {
    {"took_ms", "Took", UNIT_MS},
    {"requests", "Requests", UNIT_COUNT},
    {"answers", "Answers", UNIT_COUNT},
    {"retries", "Repeated", UNIT_COUNT},
    {"timeouts", "Unanswered", UNIT_COUNT},
    {"received_bytes", "Received", UNIT_BYTES},
    {"sent_bytes", "Sent", UNIT_BYTES},
    {"srtt_ms", "Round trip", UNIT_MS},
    {"max_repetitions", "Rows asked at once", UNIT_COUNT},
};

static void costs_of(const struct session *s,
                     double out[COUNT_OF(cost_columns)])
{
    struct agent_state state;

    agent_state(s->agent, &state);
    out[0] = (double)s->took_ms;
    out[1] = (double)state.requests;
    out[2] = (double)state.answers;
    out[3] = (double)state.retries;
    out[4] = (double)state.timeouts;
    out[5] = (double)state.octets_in;
    out[6] = (double)state.octets_out;
    out[7] = state.srtt_ms;
    out[8] = habits_of(agent_habits(s->agent), "ifTable").max_repetitions;
}

static void add_cost(const struct session *s, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(cost_columns, COUNT_OF(cost_columns));
    double costs[COUNT_OF(cost_columns)];

    costs_of(s, costs);
    for (size_t i = 0; i < COUNT_OF(costs); i++)
        grid_number(g, costs[i]);
    grid_row(g);
    buffer_text(out, "\nCost:\n");
    grid_print_record(g, out);
}

static void add_quirks(const struct session *s, struct buffer *out)
{
    const struct habits *h = agent_habits(s->agent);

    buffer_text(out, h->quirks.count == 0 ? "\nQuirks: none\n" : "\nQuirks:\n");
    for (size_t i = 0; i < h->quirks.count; i++) {
        const struct quirk_habit *q = &h->quirks.at[i];

        buffer_text(out, quirk_name(q->quirk));
        if (q->table[0] != '\0')
            buffer_format(out, " (%s)", q->table);
        buffer_format(out, ": %s\n", quirk_follows(q->quirk));
    }
}

void report_print(const struct session *s, const char *name, struct buffer *out)
{
    const struct facts *f = s->facts;
    OWNED(grid_free) struct grid *tables = tables_of(f);

    add_identity(f, name, out);
    add_interfaces(f, out);
    add_addresses(f, out);
    add_neighbors(f, out);
    add_spaces(f, out);
    add_sensors(f, out);
    section(out, "Tables asked", grid_rows(tables));
    grid_print(tables, out);
    add_quirks(s, out);
    add_cost(s, out);
}

json_t *report_json(const struct session *s)
{
    const struct table_reports *reports = &s->facts->reports;
    json_t *tables = json_array(), *quirks = json_array(),
           *cost = json_object();
    double costs[COUNT_OF(cost_columns)];
    uint32_t met = agent_quirks(s->agent);

    for (size_t i = 0; i < reports->count; i++) {
        const struct table_report *r = &reports->at[i];
        json_t *o = json_pack("{s:s,s:I}", "table", r->name, "rows",
                              (json_int_t)r->rows);

        if (r->result < 0)
            json_object_set_new(o, "failed", json_string(strerror(-r->result)));
        json_array_append_new(tables, o);
    }
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if (met & bit)
            json_array_append_new(quirks, json_string(quirk_name(bit)));
    costs_of(s, costs);
    for (size_t i = 0; i < COUNT_OF(costs); i++)
        if (isfinite(costs[i]))
            json_object_set_new(cost, cost_columns[i].key, json_real(costs[i]));
    return json_pack("{s:o,s:o,s:o}", "tables", tables, "quirks", quirks,
                     "cost", cost);
}
