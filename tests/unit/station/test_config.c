/* What an administrator wrote is what the station does, and what is wrong with
 * it is said with place and remedy, never with a secret. */
#include "station/config.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The least that a configuration has. */
#define CREDENTIALS \
    "credentials: [{name: lab, version: 2c, community: public}]\n"
#define SEEDS "discovery: {seeds: [192.0.2.1]}\n"

static struct config *parsed(const char *text)
{
    struct config *c = NULL;
    struct complaint why;

    if (config_parse("p.yaml", text, strlen(text), &c, &why) < 0)
        fail_msg("%s: %s; %s", why.place, why.what, why.remedy);
    return c;
}

static const char every_key[] =
    "station: {name: noc-1, data: /d, user: nobody, socket: /s}\n"
    "log: {level: debug, to: journal}\n"
    "http: {listen: \"[::1]:8443\", certificate: /c.pem, key: /k.pem}\n"
    "agentx: {master: tcp:localhost:705, enterprise: 4711, contexts: 50,\n"
    "         writable: true}\n"
    "notifications: {listen: [\"udp:127.0.0.1:1162\", "
    "\"udp:[::1]:1162\"]}\n"
    "frames: {interfaces: [eth0, eth1]}\n"
    "credentials:\n"
    "  - {name: lab, version: 2c, community: public}\n"
    "  - {name: old, version: 1, community: private}\n"
    "  - {name: core, version: 3, user: monitor, auth: SHA-256,\n"
    "     auth_secret: \"one two three\", priv: AES-128,\n"
    "     priv_secret: \"four five six\"}\n"
    "  - {name: open, version: 3, user: guest}\n"
    "discovery:\n"
    "  seeds: [192.0.2.1, \"2001:db8::1\"]\n"
    "  ranges: [192.0.2.0/24]\n"
    "  within: [192.0.2.0/23, \"2001:db8::/32\"]\n"
    "  exclude: [192.0.2.128/25]\n"
    "  follow: false\n  local: true\n  every: 12h\n  rate: 50\n"
    "  port: 1161\n  encoding: GB18030\n"
    "polling: {every: 30s, in_flight: 10, rate: 20, ping: {count: 1}}\n"
    "series: {rrdcached: \"unix:/run/r.sock\", keep: [\"1m for 1d\", "
    "\"1h for 1y\"]}\n"
    "profiles: {directories: [/p]}\nmibs: {directories: []}\n"
    "maps:\n"
    "  prefixes: [192.0.2.0/25, \"2001:db8:1::/48\"]\n"
    "  sites:\n"
    "    - {name: Harbour, location: \"*harbour*\", device: \"ham-*\"}\n"
    "    - {name: Lab, prefix: 192.0.2.0/28}\n"
    "alerts:\n"
    "  rules:\n"
    "    - {name: cpu, above: 70}\n"
    "    - {name: hot, on: sensor, above: {minor: 60}, objects: inlet}\n"
    "  ports:\n"
    "    - {devices: ^core-, ports: [^xe-, uplink], expect: up}\n"
    "risk:\n"
    "  values: [{kinds: [router], value: 5}, {sites: Lab, value: 1}]\n"
    "  alert: severity * value\n"
    "  group: highest\n"
    "receivers:\n"
    "  - {to: \"udp:192.0.2.9:162\", version: 2c, community: public, "
    "inform: true}\n";

static void must_be_station(const struct config *c)
{
    assert_string_equal(c->station.name, "noc-1");
    assert_string_equal(c->station.data, "/d");
    assert_string_equal(c->station.user, "nobody");
    assert_string_equal(c->station.socket, "/s");
    assert_int_equal(c->log.level, LOG_LEVEL_DEBUG);
    assert_int_equal(c->log.to, LOG_TO_JOURNAL);
    assert_int_equal(c->http.listen.port, 8443);
    assert_int_equal(c->http.listen.addr.family, 6);
    assert_string_equal(c->http.key, "/k.pem");
    assert_string_equal(c->agentx.master, "tcp:localhost:705");
    assert_int_equal(c->agentx.enterprise, 4711);
    assert_true(c->agentx.writable && c->agentx.contexts == 50);
    assert_int_equal(c->notifications.count, 2);
    assert_int_equal(c->notifications.at[1].port, 1162);
    assert_int_equal(c->frames.count, 2);
    assert_string_equal(c->frames.at[1], "eth1");
}

static void must_be_credentials(const struct config *c)
{
    assert_int_equal(c->credentials.count, 4);
    assert_int_equal(c->credentials.at[0]->version, SNMP_V2C);
    assert_string_equal(c->credentials.at[0]->community, "public");
    assert_int_equal(c->credentials.at[1]->version, SNMP_V1);
    const struct credential *core = config_credential(c, "core");
    assert_ptr_equal(core, c->credentials.at[2]);
    assert_int_equal(core->version, SNMP_V3);
    assert_string_equal(core->user, "monitor");
    assert_int_equal(core->auth, AUTH_SHA256);
    assert_string_equal(core->auth_secret, "one two three");
    assert_int_equal(core->priv, PRIV_AES128);
    assert_string_equal(core->priv_secret, "four five six");
    assert_int_equal(c->credentials.at[3]->auth, AUTH_NONE);
    assert_null(config_credential(c, "none"));
}

static void must_be_work(const struct config *c)
{
    assert_int_equal(c->discovery.seeds.count, 2);
    assert_int_equal(c->discovery.within.count, 2);
    assert_false(c->discovery.follow);
    assert_true(c->discovery.local);
    assert_int_equal(c->discovery.every_ms, 43200000);
    assert_int_equal(c->discovery.rate, 50);
    assert_int_equal(c->discovery.port, 1161);
    assert_string_equal(c->discovery.encoding, "GB18030");
    assert_int_equal(c->polling.every_ms, 30000);
    assert_int_equal(c->polling.in_flight, 10);
    assert_int_equal(c->polling.rate, 20);
    assert_int_equal(c->polling.ping_count, 1);
    assert_string_equal(c->series.rrdcached, "unix:/run/r.sock");
    assert_int_equal(c->series.keep.count, 2);
    assert_int_equal(c->series.keep.at[1].step_ms, 3600000);
    assert_int_equal(c->series.keep.at[1].span_ms, INT64_C(31536000000));
    assert_int_equal(c->profiles.count, 1);
    assert_int_equal(c->mibs.count, 0);
    assert_int_equal(c->maps.prefixes.count, 2);
    assert_int_equal(c->maps.sites.count, 2);
    assert_string_equal(c->maps.sites.at[0].location, "*harbour*");
    assert_string_equal(c->maps.sites.at[0].device, "ham-*");
    assert_false(c->maps.sites.at[0].has_prefix);
    assert_int_equal(c->maps.sites.at[1].prefix.len, 28);
    assert_float_equal(
        rules_find(&c->alerts.rules, "cpu")->bounds.above[SEVERITY_WARNING], 70,
        0);
    assert_int_equal(rules_find(&c->alerts.rules, "hot")->objects.count, 1);
    assert_int_equal(c->alerts.ports.count, 1);
    assert_int_equal(c->alerts.ports.at[0].ports.count, 2);
    assert_int_equal(c->risk.values.count, 2);
    assert_int_equal(c->risk.values.at[0].value, 5);
    assert_string_equal(formula_text(c->risk.alert_of), "severity * value");
    assert_string_equal(formula_text(c->risk.group_of), "highest");
    assert_int_equal(c->receivers.count, 1);
    assert_int_equal(c->receivers.at[0]->port, 162);
    assert_true(c->receivers.at[0]->inform);
    assert_string_equal(c->receivers.at[0]->credential->community, "public");
    assert_int_equal(c->warnings.count, 0);
}

static void all_keys_are_understood(void **state)
{
    (void)state;
    OWNED(config_free) struct config *c = parsed(every_key);

    must_be_station(c);
    must_be_credentials(c);
    must_be_work(c);
}

static void must_be_default(const struct config *c)
{
    assert_true(c->station.name[0] != '\0');
    assert_string_equal(c->station.data, "/var/lib/portolan");
    assert_string_equal(c->station.user, "portolan");
    assert_string_equal(c->station.socket, "/run/portolan/control");
    assert_int_equal(c->log.level, LOG_LEVEL_INFO);
    assert_int_equal(c->log.to, LOG_TO_STDERR);
    assert_int_equal(c->http.listen.port, 8161);
    assert_true(addr_is_loopback(&c->http.listen.addr));
    assert_string_equal(c->agentx.master, "/var/agentx/master");
    assert_int_equal(c->agentx.enterprise, 32473);
    assert_int_equal(c->agentx.contexts, 2000);
    assert_false(c->agentx.writable);
    assert_int_equal(c->notifications.count, 1);
    assert_int_equal(c->notifications.at[0].port, 162);
    assert_int_equal(c->frames.count, 0);
    assert_true(c->discovery.follow);
    assert_false(c->discovery.local);
    assert_int_equal(c->discovery.every_ms, 21600000);
    assert_int_equal(c->discovery.rate, 1000);
    assert_int_equal(c->discovery.port, 161);
    assert_null(c->discovery.encoding);
    assert_int_equal(c->polling.every_ms, 60000);
    assert_int_equal(c->polling.in_flight, 1000);
    assert_int_equal(c->polling.rate, 20000);
    assert_int_equal(c->polling.ping_count, 3);
    assert_string_equal(c->series.rrdcached, "private");
    assert_int_equal(c->series.keep.count, 4);
    assert_int_equal(c->series.keep.at[3].step_ms, 21600000);
    assert_int_equal(c->series.keep.at[3].span_ms, INT64_C(63072000000));
    assert_int_equal(c->profiles.count, 2);
    assert_string_equal(c->profiles.at[1], PORTOLAN_ETC "/profiles");
    assert_int_equal(c->mibs.count, 2);
    assert_int_equal(c->maps.prefixes.count, 0);
    assert_int_equal(c->maps.sites.count, 0);
    assert_non_null(rules_find(&c->alerts.rules, "utilisation"));
    assert_int_equal(c->alerts.ports.count, 0);
    assert_int_equal(c->receivers.count, 0);
}

static void what_is_not_said_is_default(void **state)
{
    (void)state;
    OWNED(config_free) struct config *least = parsed(CREDENTIALS SEEDS);
    OWNED(config_free) struct config *embedded = config_default();

    must_be_default(least);
    assert_int_equal(least->warnings.count, 0);
    must_be_default(embedded);
    assert_int_equal(embedded->credentials.count, 0);
    assert_int_equal(embedded->discovery.within.count, 0);
}

/* The wall is as narrow as what was named. */
static void within_is_seeds_and_ranges_alone(void **state)
{
    (void)state;
    static const struct {
        const char *addr;
        bool permitted;
    } cases[] = {
        {"192.0.2.1", true},    {"192.0.2.2", false},
        {"198.51.100.9", true}, {"198.51.100.200", false},
        {"2001:db8::1", true},  {"2001:db8::2", false},
    };
    OWNED(config_free)
    struct config *c =
        parsed(CREDENTIALS "discovery: {seeds: [192.0.2.1, \"2001:db8::1\"], "
                           "ranges: [198.51.100.0/24], "
                           "exclude: [198.51.100.128/25]}\n");
    OWNED(fence_free) struct fence *f = config_fence(c);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct addr a;
        assert_int_equal(addr_parse(cases[i].addr, &a), 0);
        if (fence_permits(f, &a) != cases[i].permitted)
            fail_msg("%s", cases[i].addr);
    }
}

static const struct {
    const char *text, *place, *what, *remedy;
} faulty[] = {
    {"", "p.yaml", "there are no credentials: no agent would answer",
     "add credentials: [{name: lab, version: 2c, community: ...}]"},
    {CREDENTIALS, "p.yaml:1:1", "there is nothing to discover",
     "give discovery seeds or ranges, or local: true"},
    {SEEDS, "p.yaml:1:1", "there are no credentials: no agent would answer",
     "add credentials: [{name: lab, version: 2c, community: ...}]"},
    {CREDENTIALS SEEDS "pooling: {}\n", "p.yaml:3:1: pooling",
     "unknown key \"pooling\"", "write \"polling\""},
    {CREDENTIALS "discovery: {seed: [192.0.2.1]}\n",
     "p.yaml:2:13: discovery.seed", "unknown key \"seed\"", "write \"seeds\""},
    {CREDENTIALS "discovery: {seeds: [sw1.example.net]}\n",
     "p.yaml:2:21: discovery.seeds[0]",
     "\"sw1.example.net\" is a name; names are not looked up",
     "write its address: names can lead anywhere"},
    {CREDENTIALS "discovery: {seeds: [192.0.2.0/24]}\n",
     "p.yaml:2:21: discovery.seeds[0]",
     "\"192.0.2.0/24\" is a prefix, not an address",
     "put it under discovery.ranges"},
    {CREDENTIALS "discovery: {seeds: [192.0.2.300]}\n",
     "p.yaml:2:21: discovery.seeds[0]", "\"192.0.2.300\" is not an address",
     "write an address such as 192.0.2.1 or 2001:db8::1"},
    {CREDENTIALS "discovery: {seeds: [255.255.255.255]}\n",
     "p.yaml:2:21: discovery.seeds[0]",
     "255.255.255.255 is not the address of a device",
     "write the address of one device"},
    {CREDENTIALS "discovery: {seeds: 192.0.2.1}\n",
     "p.yaml:2:20: discovery.seeds", "a list is expected",
     "write [...], or a line with \"- \" each"},
    {CREDENTIALS "discovery: {ranges: [192.0.2.1/24]}\n",
     "p.yaml:2:22: discovery.ranges[0]",
     "192.0.2.1/24 has bits beyond the prefix length", "write 192.0.2.0/24"},
    {CREDENTIALS "discovery: {ranges: [192.0.2.0-9]}\n",
     "p.yaml:2:22: discovery.ranges[0]", "\"192.0.2.0-9\" is not a prefix",
     "write a prefix such as 192.0.2.0/24 or 2001:db8::/64"},
    {CREDENTIALS "discovery: {ranges: [\"2001:db8::/64\"]}\n",
     "p.yaml:2:22: discovery.ranges[0]",
     "2001:db8::/64 is too large to be swept",
     "give smaller ranges, or seeds and `follow: true`"},
    {CREDENTIALS "discovery: {seeds: [192.0.2.1], encoding: klingon}\n",
     "p.yaml:2:43: discovery.encoding", "\"klingon\" is no known encoding",
     "write a name that `iconv -l` lists, such as GB18030"},
    {CREDENTIALS "discovery: {seeds: [192.0.2.1], port: 65536}\n",
     "p.yaml:2:39: discovery.port", "65536 is out of range",
     "write a value from 1 to 65535"},
    {CREDENTIALS SEEDS "polling: {every: 5ms}\n", "p.yaml:3:18: polling.every",
     "5ms is out of range", "write a value from 1 s to 1 d"},
    {CREDENTIALS SEEDS "polling: {every: 60}\n", "p.yaml:3:18: polling.every",
     "\"60\" is not a duration", "write it with a unit, such as 30s, 5m or 6h"},
    {CREDENTIALS SEEDS "polling: {ping: {count: 17}}\n",
     "p.yaml:3:25: polling.ping.count", "17 is out of range",
     "write a value from 0 to 16"},
    {CREDENTIALS SEEDS "log: {level: loud}\n", "p.yaml:3:14: log.level",
     "\"loud\" is not known here",
     "write one of error, warning, notice, info, debug"},
    {CREDENTIALS SEEDS "station: {data: here}\n", "p.yaml:3:17: station.data",
     "\"here\" is not an absolute path", "write a path that begins with /"},
    {CREDENTIALS SEEDS "http: {listen: 8161}\n", "p.yaml:3:16: http.listen",
     "\"8161\" is not an address and a port",
     "write it such as \"127.0.0.1:8161\" or \"[::1]:8161\", or \"\" for "
     "none"},
    {CREDENTIALS SEEDS "http: {listen: \"::1:8161\"}\n",
     "p.yaml:3:16: http.listen", "\"::1:8161\" is not an address and a port",
     "write it such as \"127.0.0.1:8161\" or \"[::1]:8161\", or \"\" for "
     "none"},
    {CREDENTIALS SEEDS "http: {certificate: /c.pem}\n",
     "p.yaml:3:21: http.certificate", "certificate and key belong together",
     "give both or none"},
    {CREDENTIALS SEEDS "agentx: {master: localhost}\n",
     "p.yaml:3:18: agentx.master",
     "\"localhost\" is neither a path nor tcp:HOST:PORT",
     "write a path, tcp:HOST:705, or \"\" for none"},
    {CREDENTIALS SEEDS "notifications: {listen: [\"tcp:0.0.0.0:162\"]}\n",
     "p.yaml:3:26: notifications.listen[0]",
     "\"tcp:0.0.0.0:162\" does not begin with udp:",
     "write it such as \"udp:192.0.2.9:162\" or "
     "\"udp:[2001:db8::9]:162\""},
    {CREDENTIALS SEEDS "frames: {interfaces: [eth0, eth0]}\n",
     "p.yaml:3:29: frames.interfaces[1]", "\"eth0\" is in the list twice",
     "leave one of them out"},
    {CREDENTIALS SEEDS "series: {rrdcached: public}\n",
     "p.yaml:3:21: series.rrdcached", "\"public\" is not a place of rrdcached",
     "write private, unix:/PATH or ADDRESS:PORT"},
    {CREDENTIALS SEEDS "series: {keep: [1m]}\n", "p.yaml:3:17: series.keep[0]",
     "\"1m\" is not a step and a time to keep it",
     "write it such as 5m for 7d"},
    {CREDENTIALS SEEDS "series: {keep: [1d for 1m]}\n",
     "p.yaml:3:17: series.keep[0]", "\"1d for 1m\" keeps less than one value",
     "keep it for longer than one step"},
    {CREDENTIALS SEEDS "series: {keep: [1500ms for 1d]}\n",
     "p.yaml:3:17: series.keep[0]",
     "the step of \"1500ms for 1d\" is not of whole seconds",
     "write a step of whole seconds"},
    {CREDENTIALS SEEDS "series: {keep: [1s for 2y]}\n",
     "p.yaml:3:17: series.keep[0]",
     "\"1s for 2y\" keeps more than a million values",
     "write a longer step or a shorter time"},
    {CREDENTIALS SEEDS "series: {keep: []}\n", "p.yaml:3:16: series.keep",
     "nothing would be kept", "write at least one, such as 5m for 7d"},
    {CREDENTIALS SEEDS "maps: {prefixes: [here]}\n",
     "p.yaml:3:19: maps.prefixes[0]", "\"here\" is not a prefix",
     "write a prefix such as 192.0.2.0/24 or 2001:db8::/64"},
    {CREDENTIALS SEEDS "maps: {sites: [{name: Lab}]}\n",
     "p.yaml:3:16: maps.sites[0]", "nothing tells which devices stand at Lab",
     "add location, device or prefix"},
    {CREDENTIALS SEEDS "maps: {sites: [{device: x}]}\n",
     "p.yaml:3:16: maps.sites[0]", "key \"name\" is missing",
     "write name: as the site is called"},
    {CREDENTIALS SEEDS "maps: {sites: [{name: Lab, prefix: 10.0.0.1/8}]}\n",
     "p.yaml:3:36: maps.sites[0].prefix",
     "10.0.0.1/8 has bits beyond the prefix length", "write 10.0.0.0/8"},
    {CREDENTIALS SEEDS
     "alerts: {rules: [{name: x, on: cpu, above: 1, value: 3 +}]}\n",
     "p.yaml:3:54: alerts.rules[0].value",
     "a number, a variable or a function is missing, at column 4",
     "variables here: usage_percent"},
    {CREDENTIALS SEEDS "risk: {alert: severity * vale}\n",
     "p.yaml:3:15: risk.alert", "there is no variable \"vale\", at column 12",
     "variables here: severity value exposure suppressed silenced acknowledged "
     "hours count flaps"},
    {CREDENTIALS SEEDS "risk: {group: highest +}\n", "p.yaml:3:15: risk.group",
     "a number, a variable or a function is missing, at column 10",
     "variables here: highest rest count"},
    {CREDENTIALS SEEDS "risk: {values: [{devices: x, value: 6}]}\n",
     "p.yaml:3:37: risk.values[0].value", "6 is out of range",
     "write a value from 1 to 5"},
    {CREDENTIALS SEEDS "alerts: {ports: [{expect: up}]}\n",
     "p.yaml:3:18: alerts.ports[0]", "nothing tells which ports are meant",
     "add devices or ports"},
    {CREDENTIALS SEEDS "alerts: {ports: [{ports: x, expect: there}]}\n",
     "p.yaml:3:37: alerts.ports[0].expect", "\"there\" is not known here",
     "write expect: up, down or any"},
    {CREDENTIALS SEEDS "receivers: [{version: 2c, community: x}]\n",
     "p.yaml:3:13: receivers[0]", "key \"to\" is missing",
     "write to: \"udp:ADDRESS:162\", webhook: URL, mail: [ADDRESS] or run: "
     "PROGRAM"},
    {CREDENTIALS SEEDS "receivers: [{webhook: \"ftp://x\"}]\n",
     "p.yaml:3:23: receivers[0].webhook", "the web hook is no URL of HTTP",
     "write https://HOST/PATH"},
    {CREDENTIALS SEEDS "receivers: [{run: hook}]\n",
     "p.yaml:3:19: receivers[0].run", "\"hook\" is not an absolute path",
     "write a path that begins with /"},
    {CREDENTIALS SEEDS "receivers: [{mail: [a@b.example]}]\n",
     "p.yaml:3:13: receivers[0]", "mail needs a server",
     "write server: smtps://HOST"},
    {CREDENTIALS SEEDS "receivers: [{mail: [a], server: \"smtps://a:b@c\"}]\n",
     "p.yaml:3:33: receivers[0].server", "the server has a user in it",
     "write smtps://HOST, with user: NAME and secret: PASSWORD beside it"},
    {CREDENTIALS SEEDS "receivers: [{run: /x, when: [\"mon 25:00-26:00\"]}]\n",
     "p.yaml:3:30: receivers[0].when[0]",
     "\"mon 25:00-26:00\" is no time of a week",
     "write \"mon-fri 08:00-18:00\""},
    {CREDENTIALS SEEDS "receivers: [{to: \"udp:192.0.2.9:162\", "
                       "version: 1, community: x, inform: true}]\n",
     "p.yaml:3:73: receivers[0].inform", "version 1 has no informs",
     "use version 2c or 3, or inform: false"},
};

static void faults_say_where_what_and_how(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faulty); i++) {
        struct complaint why = {.what = ""};
        struct config *c = NULL;
        int rc = config_parse("p.yaml", faulty[i].text, strlen(faulty[i].text),
                              &c, &why);
        if (rc != -EINVAL)
            fail_msg("accepted: %s", faulty[i].text);
        assert_null(c);
        assert_string_equal(why.place, faulty[i].place);
        assert_string_equal(why.what, faulty[i].what);
        assert_string_equal(why.remedy, faulty[i].remedy);
    }
}

static const struct {
    const char *entry, *where, *what;
} halves[] = {
    {"version: 4", ".version", "\"4\" is not known here"},
    {"name: x", "", "key \"version\" is missing"},
    {"version: 2c", "", "key \"community\" is missing"},
    {"version: 2c, community: \"\"", "", "key \"community\" is missing"},
    {"version: 2c, community: x, user: y", ".user",
     "user belongs to version 3"},
    {"version: 1, community: x, priv: AES", ".priv",
     "priv belongs to version 3"},
    {"version: 3, user: x, community: y", ".community",
     "community belongs to versions 1 and 2c"},
    {"version: 3", "", "key \"user\" is missing"},
    {"version: 3, user: x, auth: SHA-3, auth_secret: topsecret", ".auth",
     "authentication protocol \"SHA-3\" is not known"},
    {"version: 3, user: x, auth: SHA", "", "key \"auth_secret\" is missing"},
    {"version: 3, user: x, auth_secret: topsecret", "",
     "auth_secret is given, but no protocol"},
    {"version: 3, user: x, auth: SHA, auth_secret: secret7", "",
     "auth_secret is shorter than 8 octets"},
    {"version: 3, user: x, auth: SHA, auth_secret: topsecret, priv: AES", "",
     "key \"priv_secret\" is missing"},
    {"version: 3, user: x, priv: AES, priv_secret: topsecret", ".priv",
     "there is no privacy without authentication"},
    {"version: 3, user: x, auth: SHA, auth_secret: topsecret, priv: 3DES, "
     "priv_secret: topsecret",
     ".priv", "privacy protocol \"3DES\" is not known"},
    {"version: 3, user: x, auth: SHA, auth_secret: topsecret, "
     "auth_secret_file: /f",
     ".auth_secret_file", "auth_secret is given here and as a file"},
    {"version: 3, user: x, auth: SHA, auth_secret_file: /no/such",
     ".auth_secret_file", "/no/such cannot be read: No such file or directory"},
    {"name: \"\", version: 2c, community: x", ".name",
     "the name is empty or longer than 64 octets"},
    {"name: a, version: 2c, comunity: topsecret", ".comunity",
     "unknown key \"comunity\""},
};

static void credentials_are_whole_and_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(halves); i++) {
        struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER place = {0};
        struct complaint why = {.what = ""};
        struct config *c = NULL;
        buffer_format(&text,
                      SEEDS "credentials:\n  - {name: first, version: 1, "
                            "community: x}\n  - {%s}\n",
                      halves[i].entry);
        int rc = config_parse("p.yaml", text.at, text.len, &c, &why);
        if (rc != -EINVAL)
            fail_msg("accepted: %s", halves[i].entry);
        assert_string_equal(why.what, halves[i].what);
        buffer_format(&place, ": credentials[1]%s", halves[i].where);
        assert_non_null(strstr(why.place, place.at));
        assert_string_equal(strstr(why.place, place.at), place.at);
        assert_null(strstr(why.what, "topsecret"));
        assert_null(strstr(why.remedy, "topsecret"));
    }
}

static void names_of_credentials_are_unique(void **state)
{
    (void)state;
    static const char twice[] =
        SEEDS "credentials: [{name: a, version: 1, community: x}, "
              "{name: a, version: 2c, community: y}]\n";
    struct complaint why = {.what = ""};
    struct config *c = NULL;

    assert_int_equal(config_parse("p.yaml", twice, strlen(twice), &c, &why),
                     -EINVAL);
    assert_string_equal(why.what, "there is a credential \"a\" already");
    OWNED(config_free)
    struct config *unnamed =
        parsed(SEEDS "credentials: [{version: 1, community: x}, {version: 2c, "
                     "community: y}]\n");
    assert_string_equal(unnamed->credentials.at[0]->name, "credential-1");
    assert_string_equal(unnamed->credentials.at[1]->name, "credential-2");
}

/* What we install is right, and does nothing by itself. */
static void credentials_that_did_not_change_are_the_same_objects(void **state)
{
    (void)state;
    OWNED(config_free)
    struct config *before =
        parsed("discovery: {local: true}\n"
               "credentials:\n"
               "  - {name: lab, version: 2c, community: public}\n"
               "  - {name: core, version: 3, user: monitor, auth: SHA-256, "
               "auth_secret: first secret}\n");
    OWNED(config_free)
    struct config *next =
        parsed("discovery: {local: true}\n"
               "credentials:\n"
               "  - {name: core, version: 3, user: monitor, auth: SHA-256, "
               "auth_secret: second secret}\n"
               "  - {name: lab, version: 2c, community: public}\n");
    const struct credential *lab = config_credential(before, "lab");
    const struct credential *core = config_credential(before, "core");

    config_follow(next, before);
    assert_ptr_equal(config_credential(next, "lab"), lab);
    assert_ptr_not_equal(config_credential(next, "core"), core);
    assert_ptr_not_equal(config_credential(before, "lab"), lab);
    assert_string_equal(config_credential(before, "lab")->community, "public");
    assert_string_equal(config_credential(next, "core")->auth_secret,
                        "second secret");
}

static void the_file_that_we_install_scans_nothing(void **state)
{
    (void)state;
    struct config *c = NULL;
    struct complaint why;

    if (config_load("etc/portolan.yaml", &c, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    must_be_default(c);
    assert_int_equal(c->credentials.count, 0);
    assert_int_equal(c->discovery.seeds.count, 0);
    assert_int_equal(c->discovery.ranges.count, 0);
    assert_int_equal(c->discovery.within.count, 0);
    config_free(c);
}

/* text with the comment sign taken from the lines that show a key, but for
 * the samples of credentials, receivers and the wall. */
static void uncomment(const char *text, struct buffer *out)
{
    static const char *const samples[] = {"#  - ", "#    ", "#  within"};
    const char *at = strstr(text, "\n#station:");

    assert_non_null(at);
    for (at++; *at != '\0'; at += strcspn(at, "\n") + 1) {
        bool sample = false;
        for (size_t i = 0; i < COUNT_OF(samples); i++)
            sample = sample || strncmp(at, samples[i], strlen(samples[i])) == 0;
        bool key =
            at[0] == '#' && !sample &&
            (strncmp(at, "#  ", 3) == 0 || (at[1] >= 'a' && at[1] <= 'z'));
        buffer_add(out, at + key, strcspn(at + key, "\n"));
        buffer_char(out, '\n');
    }
}

static void the_file_that_we_install_shows_the_defaults(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER shown = {0};

    assert_int_equal(file_read("etc/portolan.yaml", 1 << 20, &text), 0);
    uncomment(text.at, &shown);
    assert_non_null(strstr(shown.at, "\n  every: 60s\n"));
    OWNED(config_free) struct config *c = parsed(shown.at);
    must_be_default(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_keys_are_understood),
        cmocka_unit_test(what_is_not_said_is_default),
        cmocka_unit_test(within_is_seeds_and_ranges_alone),
        cmocka_unit_test(faults_say_where_what_and_how),
        cmocka_unit_test(credentials_are_whole_and_fit),
        cmocka_unit_test(names_of_credentials_are_unique),
        cmocka_unit_test(credentials_that_did_not_change_are_the_same_objects),
        cmocka_unit_test(the_file_that_we_install_scans_nothing),
        cmocka_unit_test(the_file_that_we_install_shows_the_defaults),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
