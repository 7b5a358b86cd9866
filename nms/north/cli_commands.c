/* Every command of `portolan`, in one table. */
#include "north/cli_help.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PORT_MAX = 65535,
    EVENTS_MAX = 10000,
    ALERTS_MAX = 100000,
    WIDTH_MAX = 4000, /* of a picture, as the station draws it */
    HEIGHT_MAX = 2000,
    RISKS_MAX = 1000000
};
/* Rows of option tables. */
#define FLAG(name_, member, help_)                                     \
    {                                                                  \
        .name = (name_), .type = OPTION_FLAG,                          \
        .offset = offsetof(struct cli_values, member), .help = (help_) \
    }
#define TEXT(name_, letter_, member, argument_, help_)             \
    {                                                              \
        .name = (name_), .letter = (letter_), .type = OPTION_TEXT, \
        .offset = offsetof(struct cli_values, member),             \
        .argument = (argument_), .help = (help_)                   \
    }
#define NUMBER(name_, member, argument_, min_, max_, help_)                    \
    {                                                                          \
        .name = (name_), .type = OPTION_NUMBER,                                \
        .offset = offsetof(struct cli_values, member),                         \
        .argument = (argument_), .help = (help_), .min = (min_), .max = (max_) \
    }
#define END          \
    {                \
        .name = NULL \
    }

const struct cli_option cli_global_options[] = {
    TEXT("socket", 0, socket, "PATH",
         "the station's socket: /run/portolan/control, or PORTOLAN_SOCKET"),
    TEXT("url", 0, url, "URL", "the station's page instead of its socket"),
    TEXT("token-file", 0, token_file, "FILE",
         "with --url: who asks; or PORTOLAN_TOKEN"),
    TEXT("ca", 0, ca, "FILE",
         "with --url: the certificate that is trusted; or PORTOLAN_CA"),
    FLAG("json", json, "print JSON"),
    FLAG("table", table, "print for people even when piped"),
    {.name = "help",
     .letter = 'h',
     .type = OPTION_FLAG,
     .offset = offsetof(struct cli_values, help),
     .help = "this help"},
    FLAG("version", version, "the version"),
    END,
};

static const struct cli_option discover_options[] = {
    FLAG("wait", wait, "show progress until it is done, then what was found"),
    END,
};

static const struct cli_option device_options[] = {
    FLAG("why", why, "which evidence made it one device"),
    FLAG("quirks", quirks, "what is odd about its agent, table by table"),
    FLAG("software", software, "what is installed on it, asked now"),
    FLAG("processes", processes, "what runs on it, asked now"),
    END,
};

static const struct cli_option forget_options[] = {
    FLAG("yes", yes, "do it: it cannot be undone"),
    END,
};

static const struct cli_option pin_options[] = {
    FLAG("undo", undo, "no longer"),
    END,
};

static const char forget_more[] =
    "What is left, and why, is listed: what other devices tell, what people drew\n"
    "or wrote by hand, copies that were made before. `portolan export device` or\n"
    "`portolan export person` before it keeps what there was.\n";

static const struct cli_option links_options[] = {
    FLAG("why", why, "why each is believed; with A B every proof"),
    FLAG("conflicts", conflicts, "claims that lost, and to what"),
    END,
};

static const struct cli_option alerts_options[] = {
    FLAG("all", all, "symptoms, silenced, shelved ones and those over too"),
    TEXT("severity", 0, severity, "S", "at least warning, minor, major ..."),
    TEXT("object", 0, object, "NAME", "of this object; with * and ?"),
    NUMBER("limit", limit, "N", 1, ALERTS_MAX, "that many; default 1000"),
    END,
};

static const struct cli_option ack_options[] = {
    FLAG("undo", undo, "no longer"),
    END,
};

static const struct cli_option silence_options[] = {
    TEXT("from", 0, from, "TIME", "2026-11-22T02:00 (UTC), +2h; default now"),
    TEXT("repeat", 0, repeat, "HOW", "daily, weekly, or every DURATION"),
    END,
};

static const char silence_more[] =
    "OBJECT is a device with all that is of it, DEVICE:PORT, a pattern such as\n"
    "edge-*, a prefix, or cloud:MAP/NAME. What is silenced is seen and ends as\n"
    "ever; nobody is told of it. `portolan silences` lists them.\n"
    "  portolan silence core-1 2h new software\n"
    "  portolan silence 192.0.2.0/24 4h --from 2026-11-22T02:00 --repeat weekly\n";

static const struct cli_option events_options[] = {
    FLAG("follow", follow, "go on, and print what happens"),
    TEXT("object", 0, object, "NAME", "of this device or port alone"),
    TEXT("class", 0, class, "CLASS", "performance, fault, security or change"),
    TEXT("type", 0, type, "TYPE", "such as device.down, or notification.*"),
    TEXT("severity", 0, severity, "SEVERITY", "this or worse"),
    TEXT("source", 0, source, "SOURCE", "polling, topology, notification ..."),
    TEXT("text", 0, text, "TEXT", "that is part of what it says"),
    TEXT("from", 0, from, "TIME", "such as -6h or 2026-11-22T02:47"),
    TEXT("to", 0, to, "TIME", "default now"),
    NUMBER("limit", limit, "N", 1, EVENTS_MAX, "the newest N; default 100"),
    END,
};

static const struct cli_option audit_options[] = {
    TEXT("who", 0, source, "NAME", "what this person or token did alone"),
    TEXT("object", 0, object, "PATH", "such as maps/physical"),
    TEXT("operation", 0, type, "PATTERN", "such as maps/+, or alerts*"),
    TEXT("text", 0, text, "TEXT", "that is part of what was sent or answered"),
    TEXT("from", 0, from, "TIME", "such as -6h or 2026-11-22T02:47"),
    TEXT("to", 0, to, "TIME", "default now"),
    NUMBER("limit", limit, "N", 1, EVENTS_MAX, "the newest N; default 100"),
    END,
};

static const struct cli_option risk_options[] = {
    FLAG("all", all, "what has no risk too"),
    NUMBER("value", value, "N", 1, 5, "say how much NAME matters: 1 to 5"),
    FLAG("undo", undo, "it matters as much as rules say"),
    NUMBER("limit", limit, "N", 1, RISKS_MAX, "that many; default 10000"),
    END,
};

static const struct cli_option rules_options[] = {
    TEXT(
        "explain", 0, explain, "OBJECT",
        "which apply to a device or DEVICE:PORT, why, and what they make of it"),
    END,
};

static const struct cli_option expect_options[] = {
    TEXT("expect", 0, expect, "WHAT", "up, down or any: what they should be"),
    FLAG("undo", undo, "what was said of just these by this or the page goes"),
    END,
};

static const struct cli_option diff_options[] = {
    TEXT("from", 0, from, "TIME", "such as -6h or 2026-11-22T02:47; -1d"),
    TEXT("to", 0, to, "TIME", "default now"),
    END,
};

#define AT_OPTION \
    TEXT("at", 0, at, "TIME", "as the network was then, such as -6h")

static const struct cli_option map_export_options[] = {
    AT_OPTION,
    TEXT("output", 'o', output, "FILE", "its ending is the format"),
    FLAG("ports", ports, "names of ports however large the map is"),
    END,
};

static const struct cli_option map_show_options[] = {
    AT_OPTION,
    FLAG("edits", edits, "what people did to it instead, as map edits"),
    END,
};

static const struct cli_option map_import_options[] = {
    FLAG("replace", replace,
         "in place of a map that was drawn or imported; its edits stay"),
    END,
};

static const struct cli_option map_edit_options[] = {
    TEXT("at", 0, at, "TIME", "refused: the past cannot be edited"),
    NUMBER("revision", revision, "N", 1, INT64_C(9007199254740992),
           "only if the map is as it was at that revision"),
    END,
};

static const char map_import_more[] =
    "FILE ends in .gv or .dot (Graphviz), .graphml (yEd's too), .json, or .csv (a\n"
    "line for each link). Groups become clouds; what has no position gets one.\n";

static const char map_edit_more[] =
    "Operations, one argument each:\n"
    "  add:ID[,kind=K,label=L,...]  remove:ID   hide:ID   show:ID\n"
    "  rename:ID=TEXT   set:ID,KEY=VALUE   bind:ID=DEVICE\n"
    "  move:ID=X,Y   pin:ID   unpin:ID\n"
    "  link:A[/PORT]=B[/PORT]   unlink:A[/PORT]=B[/PORT]\n"
    "  cloud:NAME=ID,ID,...   cloud:NAME=PREFIX   nest:NAME=PARENT\n"
    "  collapse:NAME   expand:NAME   dissolve:NAME\n"
    "  undo   redo\n"
    "ID, A and B are names as on the map, ids or addresses. X and Y are points, y\n"
    "up. A backslash before ',', '=' or '/' takes its meaning. docs/maps.md has an\n"
    "example of each.\n";

static const struct cli_option graph_options[] = {
    TEXT("output", 'o', output, "FILE", "its ending is the format"),
    TEXT("from", 0, from, "TIME", "such as -6h or 2026-11-22T02:47; -1d"),
    TEXT("to", 0, to, "TIME", "default now"),
    NUMBER("width", width, "N", 1, WIDTH_MAX, "of the plot, pixels"),
    NUMBER("height", height, "N", 1, HEIGHT_MAX, "of the plot, pixels"),
    FLAG("dark", dark, "for a dark page"),
    FLAG("stacked", stacked, "several objects on each other, not as lines"),
    END,
};

static const struct cli_option series_options[] = {
    TEXT("from", 0, from, "TIME", "such as -6h or 2026-11-22T02:47; -1d"),
    TEXT("to", 0, to, "TIME", "default now"),
    NUMBER("step", step, "SECONDS", 1, INT64_C(31536000),
           "rows at least that far apart"),
    FLAG("max", max, "the highest instead of the mean"),
    FLAG("summary", summary, "last, mean, highest, 95 % and total instead"),
    FLAG("files", files, "print which series there are, and their files"),
    END,
};

/* How to speak to an agent without a station. */
#define AGENT_OPTIONS                                                          \
    NUMBER("port", port, "N", 1, PORT_MAX, "its UDP port; default 161"),       \
        TEXT("community", 0, community, "C", "of versions 1 and 2c; public"),  \
        TEXT("version", 0, snmp_version, "V", "1, 2c or 3; default 2c"),       \
        TEXT("user", 0, user, "NAME", "of version 3"),                         \
        TEXT("auth", 0, auth, "PROTOCOL", "MD5, SHA-1, SHA-256, SHA-512 ..."), \
        TEXT("auth-secret", 0, auth_secret, "SECRET", "its password"),         \
        TEXT("priv", 0, priv, "PROTOCOL", "DES, AES-128, AES-256 ..."),        \
        TEXT("priv-secret", 0, priv_secret, "SECRET", "its password"),         \
        TEXT("context", 0, context, "NAME",                                    \
             "context of version 3; COMMUNITY@NAME of others"),                \
        TEXT("credential", 0, credential, "NAME",                              \
             "one of the configuration instead of all these"),                 \
        TEXT("config", 'c', config, "FILE",                                    \
             "the configuration; default " PORTOLAN_ETC "/portolan.yaml"),     \
        TEXT("profiles", 0, profiles, "DIR[:DIR]",                             \
             "device profiles; as installed")

static const struct cli_option probe_options[] = {
    AGENT_OPTIONS,
    TEXT("tables", 0, tables, "DIR", "write tables there, print no report"),
    TEXT("name", 0, name, "NAME", "its name in them; default its sysName"),
    FLAG("report", report, "how it keeps to the standards, for its vendor"),
    END,
};

static const struct cli_option user_options[] = {
    TEXT("role", 0, role, "ROLE", "viewer (default), operator, administrator"),
    END,
};

static const struct cli_option token_options[] = {
    TEXT("role", 0, role, "ROLE", "viewer (default), operator, administrator"),
    TEXT("for", 0, lasts, "DURATION", "such as 90d; default for ever"),
    END,
};

static const char password_more[] =
    "The password is asked for on a terminal, else it is the first line of the\n"
    "standard input. Where it is empty the station makes one, which has to be\n"
    "changed when it is first used.\n";

static const char token_more[] =
    "The token is printed once; the station keeps its digest alone. Send it as\n"
    "\"Authorization: Bearer TOKEN\", or use it here: PORTOLAN_TOKEN=TOKEN\n"
    "portolan --url URL devices\n";

static const struct cli_option mib_options[] = {
    TEXT("config", 'c', config, "FILE",
         "take the number from there, without asking the station"),
    END,
};

static const struct cli_option backup_options[] = {
    FLAG("without-secrets", without_secrets,
         "no password, key, community or session: not encrypted"),
    FLAG("no-series", no_series, "no history of what was measured"),
    TEXT("since", 0, since, "FILE",
         "only files of series written since that backup"),
    TEXT("passphrase-file", 0, passphrase_file, "FILE",
         "its first line encrypts; or PORTOLAN_PASSPHRASE"),
    TEXT("data", 0, data, "DIR",
         "the data directory; as the station, or the configuration, says"),
    TEXT("config", 'c', config, "FILE", "the configuration; as the station's"),
    END,
};

static const struct cli_option restore_options[] = {
    FLAG("dry-run", dry_run, "read and check it, change nothing"),
    FLAG("force", force, "set a data directory aside that is not empty"),
    FLAG("no-series", no_series, "leave the history where it is"),
    FLAG("replace-config", replace_config,
         "set a configuration aside that is another one"),
    TEXT("base", 0, base, "FILE", "the backup that it was made with --since"),
    TEXT("passphrase-file", 0, passphrase_file, "FILE",
         "its first line opens it; or PORTOLAN_PASSPHRASE"),
    TEXT("data", 0, data, "DIR",
         "the data directory; as the configuration says"),
    TEXT("config", 'c', config, "FILE",
         "the configuration; default " PORTOLAN_ETC "/portolan.yaml"),
    END,
};

static const char backup_more[] =
    "Works while the station does, and without it. Run it as root, or as the\n"
    "station's user. The passphrase is asked for on a terminal, else it is the\n"
    "first line of the standard input; without it the backup cannot be opened.\n"
    "With --since FILE the passphrase opens that one, too.\n";

static const char restore_more[] =
    "The station must not run. Everything is unpacked and checked beside the\n"
    "data directory before that is touched. An existing configuration stays,\n"
    "and what the backup has is put beside it, as portolan.yaml.restored.\n";

static const struct cli_option which_options[] = {AGENT_OPTIONS, END};

static const struct cli_option import_options[] = {
    TEXT("output", 'o', output, "DIR", "where the profiles go"),
    END,
};

static const char import_more[] =
    "DIR is an unmodified checkout of LibreNMS. Its definitions and MIB modules\n"
    "are read; what it does in code stays there. One profile for each operating\n"
    "system is written, and report.tsv: what was not carried over, and why. Add\n"
    "the directory to profiles.directories (portolan.yaml(5)) to use them.\n";

static const char probe_more[] =
    "No station is needed: asks the agent once, for everything. Options that\n"
    "hold secrets show in the list of processes; --credential does not.\n";

static const char series_more[] =
    "OBJECT is a device, or DEVICE:PORT. SERIES is traffic, packets, errors or\n"
    "discards of a port; icmp, cpu, memory, storage or sensor of a device, with\n"
    ":OBJECT for one of several, such as cpu:1, or :CLASS of sensors, such as\n"
    "sensor:temperature; or a template of yours (portolan.yaml(5), graphs).\n"
    "`portolan series OBJECT` lists what there is. A picture of several objects\n"
    "compares them: portolan graph sw1:Gi0/1 sw2:Gi0/1 traffic -o both.svg\n";

static const char map_list_more[] =
    "Maps are physical, network, prefix-PREFIX, sites, site-NAME, vlan-NUMBER,\n"
    "stp-ROOT, station, and those that people made. Not listed, as there is one\n"
    "of each device: near-DEVICE-N, what is up to N links around it. Those that\n"
    "are not made yet are made when somebody asks for them.\n";

static const char pin_more[] =
    "What you say outweighs all evidence, survives restarts and rediscovery, and\n"
    "is kept with your name and the date: `portolan device NAME --why` tells.\n";

static const struct cli_command commands[] = {
    {"status", "", "health of the station", NULL, NULL, 0, 0, cli_status},
    {"discover", "[ADDRESS|PREFIX...]",
     "look for devices: all that is configured, or there alone", NULL,
     discover_options, 0, SIZE_MAX, cli_discover},
    {"devices", "[FILTER]", "the devices, or those with FILTER in a column",
     NULL, NULL, 0, 1, cli_devices},
    {"device", "NAME", "all about a device", NULL, device_options, 1, 1,
     cli_device},
    {"interfaces", "NAME", "its interfaces and what they carry", NULL, NULL, 1,
     1, cli_interfaces},
    {"sensors", "NAME", "its processors, memory, storage and sensors", NULL,
     NULL, 1, 1, cli_sensors},
    {"neighbors", "NAME", "whom it hears by LLDP and CDP", NULL, NULL, 1, 1,
     cli_neighbors},
    {"links", "[NAME [OTHER]]", "links with their evidence",
     "With --why and two devices: what proves the links between them, by which\n"
     "table, how old, and what lost.\n",
     links_options, 0, 2, cli_links},
    {"path", "A B", "the way from A to B", NULL, NULL, 2, 2, cli_path},
    {"add", "ADDRESS...", "ask addresses by hand", NULL, NULL, 1, SIZE_MAX,
     cli_add},
    {"remove", "NAME", "forget a device", NULL, NULL, 1, 1, cli_remove},
    {"poll", "NAME", "ask a device for everything now", NULL, NULL, 1, 1,
     cli_poll},
    {"merge", "A B", "say that B is the same device as A", pin_more,
     pin_options, 2, 2, cli_merge},
    {"apart", "A B", "say that A and B are two devices, however alike",
     pin_more, pin_options, 2, 2, cli_apart},
    {"split", "ADDRESS", "say that an address is a device of its own", pin_more,
     pin_options, 1, 1, cli_split},
    {"audit", "[TEXT]", "who changed what, and what came of it", NULL,
     audit_options, 0, 1, cli_audit},
    {"events", "[FILTER]", "what happened; FILTER is part of its text", NULL,
     events_options, 0, 1, cli_events},
    {"risk", "[NAME]", "what is at risk, or why NAME has its risk",
     "NAME is a device, a site, the id of a link, or all: the whole network.\n",
     risk_options, 0, 1, cli_risk},
    {"alerts rules", "", "from where on what is measured is an alert", NULL,
     rules_options, 0, 0, cli_alerts_rules},
    {"alerts ports", "[DEVICES [PORTS]]",
     "what ports should be, whatever was learned of them",
     "DEVICES and PORTS are patterns (PCRE2) of names, `.` fits any. The first\n"
     "that fits counts; those of the configuration file come first.\n",
     expect_options, 0, 2, cli_alerts_ports},
    {"alerts", "[ID]", "what is wrong now, or all of one alert", NULL,
     alerts_options, 0, 1, cli_alerts},
    {"ack", "ID [TEXT]", "say that you look after an alert", NULL, ack_options,
     1, SIZE_MAX, cli_ack},
    {"shelve", "ID DURATION", "tell nobody of an alert for a while", NULL,
     ack_options, 1, 2, cli_shelve},
    {"silence", "OBJECT DURATION [TEXT]", "tell nobody of an object for a time",
     silence_more, silence_options, 2, SIZE_MAX, cli_silence},
    {"unsilence", "ID", "end a silence", NULL, NULL, 1, 1, cli_unsilence},
    {"silences", "", "what is silenced, now and later", NULL, NULL, 0, 0,
     cli_silences},
    {"topology diff", "", "what changed of devices and links between two times",
     NULL, diff_options, 0, 0, cli_topology_diff},
    {"map list", "", "the maps there are", map_list_more, NULL, 0, 0,
     cli_map_list},
    {"map find", "TEXT", "nodes by name or address, in whichever map and cloud",
     NULL, NULL, 1, 1, cli_map_find},
    {"map show", "NAME", "a map as text", NULL, map_show_options, 1, 1,
     cli_map_show},
    {"map export", "NAME -o FILE", "a map as a picture or document",
     "FILE ends in .svg .png .pdf .gv .json .graphml or .csv.\n",
     map_export_options, 1, 1, cli_map_export},
    {"map new", "NAME", "an empty map, to be drawn by hand", NULL, NULL, 1, 1,
     cli_map_new},
    {"map import", "NAME FILE", "a map of a document of any tool",
     map_import_more, map_import_options, 2, 2, cli_map_import},
    {"map edit", "NAME OPERATION...",
     "change a map: all that is said, or nothing", map_edit_more,
     map_edit_options, 2, SIZE_MAX, cli_map_edit},
    {"map edits", "NAME", "what people did to a map, who and when", NULL, NULL,
     1, 1, cli_map_edits},
    {"map delete", "NAME", "delete a map that was drawn or imported", NULL,
     NULL, 1, 1, cli_map_delete},
    {"graph", "OBJECT... SERIES -o FILE", "a picture of what was measured",
     series_more, graph_options, 2, SIZE_MAX, cli_graph},
    {"series", "OBJECT [SERIES]", "the numbers, or the files they are in",
     series_more, series_options, 1, 2, cli_series},
    {"walk", "NAME|ADDRESS [OID]", "SNMP with the station's credentials", NULL,
     NULL, 1, 2, cli_walk},
    {"get", "NAME|ADDRESS OID...", "SNMP with the station's credentials", NULL,
     NULL, 2, SIZE_MAX, cli_get},
    {"forget device", "NAME --yes",
     "delete a device with all that is on record of it", forget_more,
     forget_options, 1, 1, cli_forget_device},
    {"forget person", "NAME --yes",
     "delete a person, and their name wherever it is on record", forget_more,
     forget_options, 1, 1, cli_forget_person},
    {"export device", "NAME DIR", "all that is on record of a device (JSON)",
     NULL, NULL, 2, 2, cli_export_device},
    {"export person", "NAME DIR", "all that is on record of a person (JSON)",
     NULL, NULL, 2, 2, cli_export_person},
    {"export", "DIR", "the whole inventory as tables (TSV)", NULL, NULL, 1, 1,
     cli_export},
    {"probe", "ADDRESS", "what is made of one agent, without a station",
     probe_more, probe_options, 1, 1, cli_probe},
    {"backup", "FILE", "everything the station knows, into one file",
     backup_more, backup_options, 1, 1, cli_backup},
    {"restore", "FILE", "a data directory from a backup", restore_more,
     restore_options, 1, 1, cli_restore},
    {"notify test", "NAME",
     "sends a test to a receiver, and says whether it "
     "went",
     NULL, NULL, 1, 1, cli_notify_test},
    {"notify", "", "who is told of alerts, what waits, and the last error",
     NULL, NULL, 0, 0, cli_notify},
    {"user list", "", "who may use the page", NULL, NULL, 0, 0, cli_user_list},
    {"user add", "NAME", "let somebody use the page", password_more,
     user_options, 1, 1, cli_user_add},
    {"user password", "NAME", "another password for somebody", password_more,
     NULL, 1, 1, cli_user_password},
    {"user role", "NAME ROLE", "make somebody viewer, operator, administrator",
     NULL, NULL, 2, 2, cli_user_role},
    {"user delete", "NAME", "let somebody use the page no more", NULL, NULL, 1,
     1, cli_user_delete},
    {"token list", "", "which scripts may ask", NULL, NULL, 0, 0,
     cli_token_list},
    {"token new", "NAME", "let a script ask: prints its token", token_more,
     token_options, 1, 1, cli_token_new},
    {"token revoke", "NAME", "let a script ask no more", NULL, NULL, 1, 1,
     cli_token_revoke},
    {"complete", "-- WORD...", "what may stand next, for shells", NULL, NULL, 1,
     SIZE_MAX, cli_complete},
    {"mib", "", "PORTOLAN-MIB with the configured enterprise number", NULL,
     mib_options, 0, 0, cli_mib},
    {"profile check", "FILE...", "check device profiles", NULL, NULL, 1,
     SIZE_MAX, cli_profile_check},
    {"profile which", "ADDRESS", "which device profile fits an agent",
     probe_more, which_options, 1, 1, cli_profile_which},
    {"profile import", "librenms DIR -o DIR",
     "device profiles from what another station knows", import_more,
     import_options, 2, 2, cli_profile_import},
};

const struct cli_command *cli_commands(size_t *count)
{
    *count = COUNT_OF(commands);
    return commands;
}
