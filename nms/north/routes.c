#include "north/routes.h"

#include "base/mem.h"

#include <string.h>

static const struct api_route routes[] = {
    {API_GET, "status", ROLE_VIEWER, api_status, "Health of the station", 0},
    {API_GET, "stream", ROLE_VIEWER, api_stream,
     "What changes, as it does (server-sent events): device, link, alert, risk, "
     "discovery, map, status, event; ?kinds=KIND,KIND&after=ID, or the header "
     "Last-Event-ID; reset: load anew; beat every 5 s",
     0},
    {API_GET, "session", ROLE_VIEWER, api_session,
     "Who is signed in, and to which station", 0},
    {API_POST, "session", ROLE_ANYONE, api_session_open,
     "Signs in: {\"user\": NAME, \"password\": PASSWORD}", ROUTE_FLEETING},
    {API_PATCH, "session", ROLE_VIEWER, api_session_prefer,
     "What a person prefers: {\"language\": TAG, \"preferences\": {...}}", 0},
    {API_DELETE, "session", ROLE_VIEWER, api_session_close, "Signs out",
     ROUTE_FLEETING},
    {API_POST, "session/password", ROLE_VIEWER, api_session_password,
     "Another password: {\"old\": PASSWORD, \"new\": PASSWORD}", 0},
    {API_GET, "users", ROLE_ADMINISTRATOR, api_users, "The people there are",
     0},
    {API_POST, "users", ROLE_ADMINISTRATOR, api_user_add,
     "Adds one: {\"name\": NAME, \"role\": viewer, operator or administrator, "
     "\"password\": PASSWORD, else one is made, \"must_change\": false}",
     0},
    {API_PATCH, "users/+", ROLE_ADMINISTRATOR, api_user_change,
     "Another role or password (\"\": one is made): {\"role\": ROLE, "
     "\"password\": PASSWORD, \"must_change\": false}",
     0},
    {API_DELETE, "users/+", ROLE_ADMINISTRATOR, api_user_delete, "Deletes one",
     0},
    {API_POST, "users/+/forget", ROLE_ADMINISTRATOR, api_user_forget,
     "Deletes one, and puts another name in place of theirs wherever it is on "
     "record; left: what still has it",
     0},
    {API_GET, "tokens", ROLE_ADMINISTRATOR, api_tokens,
     "The tokens of scripts, without their secrets", 0},
    {API_POST, "tokens", ROLE_ADMINISTRATOR, api_token_new,
     "Makes one, and tells it once: {\"name\": NAME, \"role\": ROLE, "
     "\"duration\": \"90d\", else for ever}",
     0},
    {API_DELETE, "tokens/+", ROLE_ADMINISTRATOR, api_token_revoke,
     "Revokes one", 0},
    {API_GET, "discovery", ROLE_VIEWER, api_discovery,
     "State and progress of discovery", ROUTE_BESIDE},
    {API_POST, "discovery", ROLE_OPERATOR, api_discover,
     "Starts a discovery: {\"targets\": [ADDRESS or PREFIX]}, none: a full "
     "round; with \"within\": [PREFIX] these are where discovery may go, and "
     "targets where it begins, from now on (administrators)",
     ROUTE_FLEETING},
    {API_DELETE, "discovery", ROLE_OPERATOR, api_discovery_stop,
     "What discovery is at is dropped", ROUTE_FLEETING},
    {API_POST, "discovery/probe", ROLE_ADMINISTRATOR, api_probe,
     "Asks an address once, wherever it lies: {\"address\", \"credential\": "
     "NAME, or one as it would be added}; who is there, or why nobody is",
     ROUTE_FLEETING},
    {API_GET, "discovery/addresses", ROLE_VIEWER, api_leads,
     "What became of each address of this round; ?state=STATE,STATE: waits, "
     "asked, silent, echoes, closed, broken, denied, user, level, auth, "
     "privacy, engine, answers; &limit=&after=, next: where the next page "
     "begins",
     0},
    {API_GET, "discovery/bounds", ROLE_VIEWER, api_bounds,
     "Where discovery begins and where it may go: seeds, ranges, within, "
     "exclude, each with whether it is of the configuration file or of the page",
     0},
    {API_PATCH, "discovery/bounds", ROLE_ADMINISTRATOR, api_bounds_set,
     "Lists in place of those of the page: {\"seeds\": [], \"ranges\": [], "
     "\"within\": [], \"exclude\": []}",
     0},
    {API_GET, "credentials", ROLE_OPERATOR, api_credentials,
     "Credentials in the order of trying, without their secrets", 0},
    {API_POST, "credentials", ROLE_ADMINISTRATOR, api_setting_add,
     "One more, as the configuration file writes it: {\"name\", \"version\", "
     "\"community\" or \"user\", \"auth\", \"auth_secret\", \"priv\", "
     "\"priv_secret\"}",
     0},
    {API_PATCH, "credentials/+", ROLE_ADMINISTRATOR, api_setting_change,
     "Changes one of the page: what is other, null for what goes; "
     "\"position\": its place among those of the page",
     0},
    {API_DELETE, "credentials/+", ROLE_ADMINISTRATOR, api_setting_remove,
     "Removes one of the page", 0},
    {API_GET, "sites", ROLE_VIEWER, api_order,
     "By what a device is of a site; the first that fits", 0},
    {API_PATCH, "sites", ROLE_ADMINISTRATOR, api_order_set,
     "In place of those of the page: {\"sites\": [{\"name\", \"location\", "
     "\"device\" or \"prefix\"}]}",
     0},
    {API_GET, "devices", ROLE_VIEWER, api_devices,
     "The inventory; ?q=FILTER&limit=&after=", ROUTE_BESIDE},
    {API_POST, "devices", ROLE_OPERATOR, api_devices_add,
     "Asks addresses: {\"addresses\": [ADDRESS]}", 0},
    {API_GET, "devices/+", ROLE_VIEWER, api_device_show, "One device",
     ROUTE_BESIDE},
    {API_DELETE, "devices/+", ROLE_OPERATOR, api_device_remove,
     "Forgets a device", 0},
    {API_POST, "devices/+/forget", ROLE_ADMINISTRATOR, api_device_forget,
     "Removes a device with all that is on record of it: events, alerts, "
     "series, topology of the past, changes; left: what still has its name",
     0},
    {API_POST, "devices/+/poll", ROLE_OPERATOR, api_device_poll,
     "Collects and polls a device now", 0},
    {API_GET, "devices/+/interfaces", ROLE_VIEWER, api_interfaces,
     "Its interfaces with their newest rates", ROUTE_BESIDE},
    {API_GET, "devices/+/sensors", ROLE_VIEWER, api_sensors,
     "Its processors, memory, storage and sensors", ROUTE_BESIDE},
    {API_GET, "devices/+/neighbors", ROLE_VIEWER, api_neighbors,
     "The neighbors it hears", ROUTE_BESIDE},
    {API_GET, "devices/+/addresses", ROLE_VIEWER, api_addresses,
     "Its addresses", ROUTE_BESIDE},
    {API_GET, "devices/+/software", ROLE_OPERATOR, api_software,
     "What is installed on it, asked of it now", 0},
    {API_GET, "devices/+/processes", ROLE_OPERATOR, api_processes,
     "What runs on it, asked of it now", 0},
    {API_GET, "devices/+/identity", ROLE_VIEWER, api_device_identity,
     "Why it is one device: evidence, runner-up, what it shares, pins", 0},
    {API_GET, "discovery/doubles", ROLE_VIEWER, api_doubles,
     "Devices that may be one and were held to be two: whose address, why, and "
     "who came second; POST pins settles it",
     0},
    {API_GET, "pins", ROLE_VIEWER, api_pins, "What people said of identities",
     0},
    {API_POST, "pins", ROLE_OPERATOR, api_pin,
     "{\"merge\": [A, B]}: they are one device; {\"apart\": [A, B]}: they are "
     "two; {\"split\": ADDRESS}: it is of a device of its own; with \"undo\": "
     "true no longer",
     0},
    {API_GET, "links", ROLE_VIEWER, api_links,
     "Links with their evidence, and claims that lost; ?device=NAME",
     ROUTE_BESIDE},
    {API_GET, "links/busiest", ROLE_VIEWER, api_links_busiest,
     "The links that carry most of what they can, with both loads as shares "
     "of it; ?limit=",
     ROUTE_BESIDE},
    {API_GET, "links/why", ROLE_VIEWER, api_links_why,
     "What proves the links between two devices, what lost, and how old each "
     "word is; ?a=&b=",
     ROUTE_BESIDE},
    {API_GET, "path", ROLE_VIEWER, api_path,
     "The way; ?from=&to=", ROUTE_BESIDE},
    {API_GET, "topology/diff", ROLE_VIEWER, api_topology_diff,
     "What changed of nodes and links; ?from=&to=", 0},
    {API_GET, "maps", ROLE_VIEWER, api_maps, "The maps there are", 0},
    {API_GET, "maps/+", ROLE_VIEWER, api_map,
     "A map: JSON, or NAME.svg .png .pdf .gv .json .graphml .csv; ?at=TIME; "
     "?shown=1&open=ID,ID&fold=ID,ID: what a page draws, with these clouds "
     "opened and folded",
     0},
    {API_POST, "maps", ROLE_OPERATOR, api_map_new,
     "An empty map to be drawn by hand: {\"name\": NAME}", 0},
    {API_POST, "maps/+", ROLE_OPERATOR, api_map_import,
     "Imports a document, which is the body, as a map: NAME.gv .graphml .json "
     ".csv; ?replace=1 in place of one that was drawn or imported",
     ROUTE_TAKES_DOCUMENT},
    {API_PATCH, "maps/+", ROLE_OPERATOR, api_map_edit,
     "Edits a map, all or nothing: [{\"op\": ...}] or {\"edits\": [...], "
     "\"revision\": N, \"seen\": N}; If-Match: the revision it must have",
     ROUTE_TAKES_LIST},
    {API_DELETE, "maps/+", ROLE_OPERATOR, api_map_delete,
     "Deletes a map that was drawn or imported", 0},
    {API_GET, "maps/+/edits", ROLE_VIEWER, api_map_edits,
     "What people did to a map, who and when", 0},
    {API_GET, "layers", ROLE_VIEWER, api_layers,
     "The VLANs and spanning trees there are", ROUTE_BESIDE},
    {API_GET, "layers/+", ROLE_VIEWER, api_layer,
     "What is true of nodes and links, by their ids: network, vlan:N, stp, risk",
     ROUTE_BESIDE},
    {API_GET, "find", ROLE_VIEWER, api_map_find,
     "Nodes of all maps by name, address or model; ?q=TEXT", 0},
    {API_GET, "search", ROLE_VIEWER, api_search,
     "Devices, ports and addresses that have all words of a text; "
     "?q=TEXT&limit=&deep=1 descriptions of ports too",
     ROUTE_BESIDE},
    {API_GET, "alerts/rules", ROLE_VIEWER, api_rules,
     "The rules of alerts; ?object=NAME: which apply to it, why, and what they "
     "make of it",
     0},
    {API_POST, "alerts/rules", ROLE_ADMINISTRATOR, api_setting_add,
     "One rule more, with the keys of the configuration file: {\"name\", "
     "\"on\", \"value\", \"above\", \"for\", \"severity\", \"devices\" "
     "...}",
     0},
    {API_PATCH, "alerts/rules/+", ROLE_ADMINISTRATOR, api_setting_change,
     "What the page says of a rule, be it a default or of the file: what is "
     "other, null for what is to be as it was",
     0},
    {API_DELETE, "alerts/rules/+", ROLE_ADMINISTRATOR, api_setting_remove,
     "What the page says of a rule goes", 0},
    {API_GET, "alerts/ports", ROLE_VIEWER, api_order,
     "What ports should be, whatever was learned of them; the first that fits",
     0},
    {API_PATCH, "alerts/ports", ROLE_ADMINISTRATOR, api_order_set,
     "In place of those of the page: {\"ports\": [{\"devices\": [PATTERN], "
     "\"ports\": [PATTERN], \"expect\": up, down or any}]}",
     0},
    {API_GET, "alerts", ROLE_VIEWER, api_alerts,
     "Alerts, the worst first; ?state=open (what asks for somebody), active, "
     "cleared or all&severity=AT LEAST&object=&type=&q=TEXT&limit=",
     ROUTE_BESIDE},
    {API_GET, "alerts/types", ROLE_VIEWER, api_alert_types,
     "What kinds of alerts there are, as the alarm MIBs count them",
     ROUTE_BESIDE},
    {API_GET, "alerts/+", ROLE_VIEWER, api_alert,
     "One alert by its id, with who was told of it", 0},
    {API_POST, "alerts/+/ack", ROLE_OPERATOR, api_alert_ack,
     "Somebody looks after it: {\"text\": TEXT}, or nothing", 0},
    {API_DELETE, "alerts/+/ack", ROLE_OPERATOR, api_alert_unack,
     "Nobody does any more", 0},
    {API_POST, "alerts/+/shelf", ROLE_OPERATOR, api_alert_shelve,
     "Nobody is told of it for a while: {\"duration\": \"2h\"}", 0},
    {API_DELETE, "alerts/+/shelf", ROLE_OPERATOR, api_alert_unshelve,
     "It is told of again", 0},
    {API_GET, "receivers", ROLE_VIEWER, api_receivers,
     "Who is told of alerts: what waits, what went, and why the last did not; "
     "to administrators what each is set to, without secrets",
     0},
    {API_POST, "receivers", ROLE_ADMINISTRATOR, api_setting_add,
     "One more, with the keys of the configuration file; run, certificates and "
     "secrets in files are for that alone",
     0},
    {API_PATCH, "receivers/+", ROLE_ADMINISTRATOR, api_setting_change,
     "Changes one of the page: what is other, null for what goes", 0},
    {API_DELETE, "receivers/+", ROLE_ADMINISTRATOR, api_setting_remove,
     "Removes one of the page", 0},
    {API_POST, "receivers/+/test", ROLE_OPERATOR, api_receiver_test,
     "Sends a test to a receiver, and tells whether it went", ROUTE_FLEETING},
    {API_GET, "silences", ROLE_VIEWER, api_silences, "The silences there are",
     0},
    {API_POST, "silences", ROLE_OPERATOR, api_silence,
     "Nobody is told of an object for a time: {\"object\": OBJECT, "
     "\"duration\": \"2h\", \"from\": TIME, \"repeat\": \"daily\", \"weekly\" "
     "or a duration, \"text\": TEXT}",
     0},
    {API_DELETE, "silences/+", ROLE_OPERATOR, api_unsilence,
     "A silence ends now", 0},
    {API_GET, "risk", ROLE_VIEWER, api_risk,
     "Risk of devices, links and sites, the highest first, and of all; ?all=1: "
     "those without any too; ?limit=",
     ROUTE_BESIDE},
    {API_GET, "risk/+", ROLE_VIEWER, api_risk_of,
     "Why a device, link, site or cloud (MAP/NAME, its / as %2F) has its risk, "
     "and its history; all: the whole",
     0},
    {API_POST, "risk/+", ROLE_OPERATOR, api_risk_value,
     "How much a device matters: {\"value\": 1..5}; 0: as rules say", 0},
    {API_GET, "events", ROLE_VIEWER, api_events,
     "What happened, newest first; ?object=&class=&type=TYPE or BEGIN*"
     "&severity=WORST_OR_THIS&source=&text=&from=&to=&limit=&before=ID; "
     "?after=ID oldest first; next: the ID where the next page begins",
     0},
    {API_GET, "events/histogram", ROLE_VIEWER, api_events_histogram,
     "How many events there were, and how bad the worst, by spans of equal "
     "length; ?from=&to=&buckets=, and ?object=&class=&type=&source=&text= as "
     "for events",
     0},
    {API_GET, "audit", ROLE_ADMINISTRATOR, api_audit,
     "Who changed what, newest first, and what came of it; ?who=&method=&"
     "operation=PATTERN or BEGIN*&object=PATH&status=AT LEAST&text=&from=&to="
     "&limit=&before=ID, ?after=ID oldest first",
     0},
    {API_GET, "series/+", ROLE_VIEWER, api_series_files,
     "The series of an object and their files", 0},
    {API_GET, "series/+/+", ROLE_VIEWER, api_series,
     "Numbers of OBJECT/SERIES with units and a summary; ?from=&to=&step=&max=1",
     0},
    {API_GET, "graphs/+/+", ROLE_VIEWER, api_graph,
     "A picture: graphs/OBJECT/SERIES.png or .svg; ?with=OBJECT (repeatable) "
     "&from=&to=&width=&height=&dark=1&stacked=1",
     0},
    {API_GET, "walk", ROLE_OPERATOR, api_walk,
     "Walks an agent; ?target=&oid= or ?name=", 0},
    {API_GET, "get", ROLE_OPERATOR, api_get,
     "Gets variables; ?target=&oid=OID,OID", 0},
    {API_GET, "export/+", ROLE_VIEWER, api_export,
     "A table as TSV: export/devices.tsv ...", ROUTE_BESIDE},
    {API_GET, "mib", ROLE_VIEWER, api_mib,
     "PORTOLAN-MIB with the enterprise number in force, as text", ROUTE_BESIDE},
    {API_GET, "openapi.json", ROLE_VIEWER, api_openapi, "This description", 0},
    {API_GET, "/metrics", ROLE_VIEWER, api_metrics,
     "The station's own figures in Prometheus text form", 0},
    {API_GET, "/health", ROLE_ANYONE, api_health, "200 while the station works",
     0},
};

const struct api_route *route_table(size_t *count)
{
    *count = COUNT_OF(routes);
    return routes;
}

/* Does a pattern fit the segments? An empty one is no name. */
static bool fits(const char *pattern, char *const *segments, size_t count)
{
    size_t n = 0;

    if (pattern[0] == '/') /* outside of /api/v1: the whole is one segment */
        return count == 1 && strcmp(pattern, segments[0]) == 0;
    while (*pattern != '\0') {
        size_t len = strcspn(pattern, "/");
        bool any = len == 1 && pattern[0] == '+';

        if (n == count || (any ? segments[n][0] == '\0'
                               : strlen(segments[n]) != len ||
                                     strncmp(pattern, segments[n], len) != 0))
            return false;
        n++;
        pattern += len + (pattern[len] == '/' ? 1 : 0);
    }
    return n == count;
}

const struct api_route *route_find(enum api_method method,
                                   char *const *segments, size_t count,
                                   bool *known)
{
    *known = false;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!fits(routes[i].pattern, segments, count))
            continue;
        *known = true;
        if (routes[i].method == method)
            return &routes[i];
    }
    return NULL;
}
