/* The inventory: devices and what belongs to them. */
#include "north/cli_identity.h"
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>

static int fetch(struct cli *c, const char *part, json_t **out,
                 struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "devices", cli_word(c, 0), part, NULL);
    return client_get(cli_client(c), path.at, out, why);
}

/* Fetches a list that belongs to the device and prints it. */
static enum cli_exit show_list(struct cli *c, const char *part,
                               const struct print_column *columns, size_t count,
                               const char *nothing, struct complaint *why)
{
    json_t *body;

    if (fetch(c, part, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, part), columns, count, nothing);
    json_decref(body);
    return CLI_DONE;
}

/* ---- all ---- */

static const struct print_column device_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"address", "Address", UNIT_TEXT}, NULL},
    {{"vendor", "Vendor", UNIT_TEXT}, NULL},
    {{"os", "OS", UNIT_TEXT}, NULL},
    {{"version", "Version", UNIT_TEXT}, NULL},
    {{"hardware", "Hardware", UNIT_TEXT}, NULL},
    {{"interfaces", "Ports", UNIT_COUNT}, NULL},
    {{"rtt_ms", "Round trip", UNIT_MS}, NULL},
    {{"last_seen", "Last seen", UNIT_AGO}, NULL},
    {{"location", "Location", UNIT_TEXT}, NULL},
    {{"credential", NULL, UNIT_TEXT}, NULL},
    {{"id", NULL, UNIT_TEXT}, NULL},
    {{"latitude", NULL, UNIT_NUMBER}, NULL},
    {{"longitude", NULL, UNIT_NUMBER}, NULL},
};

enum cli_exit cli_devices(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body;

    url_path(&path, "devices", NULL);
    if (c->words.count > 0)
        url_param(&path, "q", cli_word(c, 0));
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, "devices"), device_columns,
               COUNT_OF(device_columns),
               c->words.count > 0
                   ? "no device has that in its name, kind, state, address, "
                     "vendor, OS, hardware or location"
                   : "no device is known yet; `portolan discover --wait` "
                     "looks for them");
    json_decref(body);
    return CLI_DONE;
}

/* ---- one ---- */

static const struct print_column one_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"since", "Since", UNIT_AGO}, NULL},
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"vendor", "Vendor", UNIT_TEXT}, NULL},
    {{"hardware", "Hardware", UNIT_TEXT}, NULL},
    {{"os", "OS", UNIT_TEXT}, NULL},
    {{"version", "Version", UNIT_TEXT}, NULL},
    {{"features", "Features", UNIT_TEXT}, NULL},
    {{"serial", "Serial number", UNIT_TEXT}, NULL},
    {{"addresses", "Addresses", UNIT_TEXT}, NULL},
    {{"location", "Location", UNIT_TEXT}, NULL},
    {{"latitude", NULL, UNIT_NUMBER}, NULL},
    {{"longitude", NULL, UNIT_NUMBER}, NULL},
    {{"contact", "Contact", UNIT_TEXT}, NULL},
    {{"uptime_s", "Uptime", UNIT_SECONDS}, NULL},
    {{"interfaces", "Interfaces", UNIT_COUNT}, NULL},
    {{"neighbors", "Neighbors", UNIT_COUNT}, NULL},
    {{"depends_on", "Reached through", UNIT_TEXT}, NULL},
    {{"credential", "Credential", UNIT_TEXT}, NULL},
    {{"profile", "Profile", UNIT_TEXT}, NULL},
    {{"sysName", "sysName", UNIT_TEXT}, NULL},
    {{"sysDescr", "sysDescr", UNIT_TEXT}, NULL},
    {{"sysObjectID", "sysObjectID", UNIT_TEXT}, NULL},
    {{"engineID", "Engine id", UNIT_TEXT}, NULL},
    {{"first_seen", "First seen", UNIT_AGO}, NULL},
    {{"last_seen", "Last seen", UNIT_AGO}, NULL},
    {{"collected_at", "Inventory of", UNIT_AGO}, NULL},
    {{"poll_last", "Last poll", UNIT_AGO}, "poll/last"},
    {{"poll_next", "Next poll", UNIT_AGO}, "poll/next"},
    {{"poll_interval_s", "Polled every", UNIT_SECONDS}, "poll/interval_s"},
    {{"poll_duration_ms", "A poll takes", UNIT_MS}, "poll/duration_ms"},
    {{"poll_share", "Of the interval", UNIT_PERCENT},
     "poll/interval_share_percent"},
    {{"poll_packets_each", "Packets a poll", UNIT_COUNT}, "poll/last_packets"},
    {{"poll_octets_each", "Octets a poll", UNIT_BYTES}, "poll/last_octets"},
    {{"poll_lateness_ms", "Last poll was late", UNIT_MS}, "poll/lateness_ms"},
    {{"poll_packets", "Packets sent", UNIT_COUNT}, "poll/packets"},
    {{"polls", "Polls", UNIT_COUNT}, "poll/polls"},
    {{"poll_failures", "Polls failed", UNIT_COUNT}, "poll/failures"},
    {{"poll_overruns", "Polls skipped", UNIT_COUNT}, "poll/overruns"},
    {{"poll_spared", "Polls without metrics", UNIT_COUNT}, "poll/spared"},
    {{"poll_busy", "Its agent is busy", UNIT_FLAG}, "poll/busy"},
    {{"poll_overrunning", "A poll outlasts the interval", UNIT_FLAG},
     "poll/overrunning"},
    {{"bad_samples", "Bad samples", UNIT_COUNT}, "poll/bad_samples"},
    {{"rtt_ms", "Round trip", UNIT_MS}, "poll/rtt_ms"},
    {{"loss_percent", "Loss", UNIT_PERCENT}, "poll/loss_percent"},
    {{"jitter_ms", "Jitter", UNIT_MS}, "poll/jitter_ms"},
    {{"snmp_rtt_ms", "SNMP round trip", UNIT_MS}, "poll/snmp_rtt_ms"},
    {{"id", "Id", UNIT_TEXT}, NULL},
};

/* Of a stack or virtual chassis. */
static const struct print_column member_columns[] = {
    {{"member", "Member", UNIT_COUNT}, NULL},
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"model", "Model", UNIT_TEXT}, NULL},
    {{"serial", "Serial number", UNIT_TEXT}, NULL},
    {{"version", "Version", UNIT_TEXT}, NULL},
    {{"descr", "Description", UNIT_TEXT}, NULL},
    {{"interfaces", "Ports", UNIT_COUNT}, NULL},
};

/* What is odd about its agent. */
static const struct print_column quirk_columns[] = {
    {{"text", "Quirk", UNIT_TEXT}, NULL},
    {{"table", "Table", UNIT_TEXT}, NULL},
    {{"first", "First met", UNIT_AGO}, NULL},
    {{"last", "Last met", UNIT_AGO}, NULL},
    {{"count", "Times", UNIT_COUNT}, NULL},
    {{"profile", "Known by profile", UNIT_TEXT}, NULL},
    {{"follows", "What follows", UNIT_TEXT}, NULL},
    {{"quirk", NULL, UNIT_TEXT}, NULL},
};

/* Tables that are not asked as others are. */
static const struct print_column habit_columns[] = {
    {{"table", "Table", UNIT_TEXT}, NULL},
    {{"max_repetitions", "Rows asked at once", UNIT_COUNT}, NULL},
    {{"unordered", "Out of order", UNIT_FLAG}, NULL},
};

static const struct print_column report_columns[] = {
    {{"table", "Table", UNIT_TEXT}, NULL},
    {{"rows", "Rows", UNIT_COUNT}, NULL},
    {{"asked", "Asked last", UNIT_TIME}, NULL},
    {{"failed", "Failed", UNIT_TEXT}, NULL},
};

static void print_quirks(struct cli *c, const json_t *body)
{
    putchar('\n');
    print_list(c, body, json_object_get(body, "quirks"), quirk_columns,
               COUNT_OF(quirk_columns), "Quirks: none met");
    putchar('\n');
    print_list(c, body, json_object_get(body, "habits"), habit_columns,
               COUNT_OF(habit_columns), "every table is asked as usual");
    putchar('\n');
    print_list(c, body, json_object_get(body, "tables"), report_columns,
               COUNT_OF(report_columns), "no table was asked");
}

static const struct print_column software_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"type", "Type", UNIT_TEXT}, NULL},
    {{"installed", "Installed", UNIT_TEXT}, NULL},
    {{"index", NULL, UNIT_COUNT}, NULL},
};

static const struct print_column process_columns[] = {
    {{"index", "Id", UNIT_COUNT}, NULL},
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"status", "Status", UNIT_TEXT}, NULL},
    {{"cpu_s", "CPU time", UNIT_SECONDS}, NULL},
    {{"memory_bytes", "Memory", UNIT_BYTES}, NULL},
    {{"path", "Path", UNIT_TEXT}, NULL},
    {{"parameters", "Parameters", UNIT_TEXT}, NULL},
    {{"type", NULL, UNIT_TEXT}, NULL},
};

static void print_members(struct cli *c, const json_t *body)
{
    const json_t *members = json_object_get(body, "members");

    if (json_array_size(members) == 0)
        return;
    putchar('\n');
    print_list(c, body, members, member_columns, COUNT_OF(member_columns), "");
}

static void print_device(struct cli *c, const json_t *body)
{
    print_record(c, body, one_columns, COUNT_OF(one_columns));
    if (c->layout == LAYOUT_TABLE)
        print_members(c, body);
    if (c->values.why)
        cli_print_identity(c, json_object_get(body, "identity"));
    if (c->values.quirks)
        print_quirks(c, body);
}

enum cli_exit cli_device(struct cli *c, struct complaint *why)
{
    json_t *body, *identity;

    if (c->values.software && c->values.processes)
        return cli_refuse(why, CLI_WRONG_USAGE, "ask for one of them",
                          "--software and --processes are two lists");
    if (c->values.software)
        return show_list(c, "software", software_columns,
                         COUNT_OF(software_columns),
                         "it does not tell what is installed", why);
    if (c->values.processes)
        return show_list(c, "processes", process_columns,
                         COUNT_OF(process_columns),
                         "it does not tell what runs", why);

    if (fetch(c, NULL, &body, why) < 0)
        return CLI_FAILED;
    if (c->values.why &&
        cli_fetch_identity(c, cli_word(c, 0), &identity, why) < 0) {
        json_decref(body);
        return CLI_FAILED;
    }
    if (c->values.why)
        json_object_set_new(body, "identity", identity);
    if (c->layout == LAYOUT_JSON)
        print_json(body);
    else
        print_device(c, body);
    json_decref(body);
    return CLI_DONE;
}

/* ---- what belongs to it ---- */

static const struct print_column interface_columns[] = {
    {{"ifIndex", "ifIndex", UNIT_COUNT}, NULL},
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"alias", "Alias", UNIT_TEXT}, NULL},
    {{"type", "Type", UNIT_TEXT}, NULL},
    {{"admin", "Admin", UNIT_TEXT}, NULL},
    {{"oper", "Oper", UNIT_TEXT}, NULL},
    {{"speed_bps", "Speed", UNIT_BITS}, NULL},
    {{"duplex", "Duplex", UNIT_TEXT}, NULL},
    {{"in_bps", "In", UNIT_OCTETS}, "rates/in_octets"},
    {{"out_bps", "Out", UNIT_OCTETS}, "rates/out_octets"},
    {{"in_errors_per_s", "Errors in", UNIT_TROUBLE}, "rates/in_errors"},
    {{"out_errors_per_s", "Errors out", UNIT_TROUBLE}, "rates/out_errors"},
    {{"in_discards_per_s", "Discards in", UNIT_TROUBLE}, "rates/in_discards"},
    {{"out_discards_per_s", "Discards out", UNIT_TROUBLE},
     "rates/out_discards"},
    {{"mac", "MAC address", UNIT_TEXT}, NULL},
    {{"at", "Polled", UNIT_AGO}, NULL},
    {{"gap", "Note", UNIT_TEXT}, NULL},
    {{"pvid", "VLAN", UNIT_COUNT}, NULL},
    {{"tagged", "Tagged", UNIT_TEXT}, NULL},
    {{"stp_role", NULL, UNIT_TEXT}, NULL},
    {{"member", "Member", UNIT_COUNT}, NULL},
    {{"descr", NULL, UNIT_TEXT}, NULL},
    {{"untagged", NULL, UNIT_TEXT}, NULL},
    {{"stp_state", NULL, UNIT_TEXT}, NULL},
    {{"stp_cost", NULL, UNIT_COUNT}, NULL},
};

enum cli_exit cli_interfaces(struct cli *c, struct complaint *why)
{
    return show_list(c, "interfaces", interface_columns,
                     COUNT_OF(interface_columns), "it has no interfaces", why);
}

static const struct print_column sensor_columns[] = {
    {{"class", "Class", UNIT_TEXT}, NULL},
    {{"index", "Index", UNIT_TEXT}, NULL},
    {{"descr", "Description", UNIT_TEXT}, NULL},
    {{"value", "Value", UNIT_NUMBER}, NULL},
    {{"unit", "Unit", UNIT_TEXT}, NULL},
    {{"state", "State", UNIT_TEXT}, NULL},
    {{"severity", "Severity", UNIT_TEXT}, NULL},
    {{"port", "Port", UNIT_TEXT}, NULL},
    {{"used_bytes", "Used", UNIT_BYTES}, NULL},
    {{"total_bytes", "Of", UNIT_BYTES}, NULL},
    {{"group", NULL, UNIT_TEXT}, NULL},
    {{"entity", NULL, UNIT_TEXT}, NULL},
    {{"low_crit", NULL, UNIT_NUMBER}, NULL},
    {{"low_warn", NULL, UNIT_NUMBER}, NULL},
    {{"high_warn", NULL, UNIT_NUMBER}, NULL},
    {{"high_crit", NULL, UNIT_NUMBER}, NULL},
};

enum cli_exit cli_sensors(struct cli *c, struct complaint *why)
{
    return show_list(c, "sensors", sensor_columns, COUNT_OF(sensor_columns),
                     "it tells of no processor, memory, storage or sensor",
                     why);
}

static const struct print_column neighbor_columns[] = {
    {{"protocol", "Protocol", UNIT_TEXT}, NULL},
    {{"port", "Port", UNIT_TEXT}, NULL},
    {{"name", "Neighbor", UNIT_TEXT}, NULL},
    {{"remote_port", "Its port", UNIT_TEXT}, NULL},
    {{"remote_port_descr", "Description", UNIT_TEXT}, NULL},
    {{"platform", "Platform", UNIT_TEXT}, NULL},
    {{"address", "Address", UNIT_TEXT}, NULL},
};

enum cli_exit cli_neighbors(struct cli *c, struct complaint *why)
{
    return show_list(c, "neighbors", neighbor_columns,
                     COUNT_OF(neighbor_columns),
                     "it hears no neighbor by LLDP or CDP", why);
}
