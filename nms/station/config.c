#include "station/config.h"

#include "base/log.h"
#include "station/config_read.h"
#include "station/rule_read.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (24.0 * 3600 * 1000)

enum {
    HOST_NAME_ROOM = 65,
    NOTIFICATION_PORT = 162,
    HTTP_PORT = 8161,
    WORLD_READS = 0004
};

/* Rows of the tables below: key, where it goes, preset. */
#define TEXT(key_, member, preset_)                                    \
    {                                                                  \
        .key = (key_), .type = YAML_T_TEXT,                            \
        .offset = offsetof(struct config, member), .preset = (preset_) \
    }
#define BOOL(key_, member, preset_)                                    \
    {                                                                  \
        .key = (key_), .type = YAML_T_BOOL,                            \
        .offset = offsetof(struct config, member), .preset = (preset_) \
    }
#define INT(key_, member, preset_, min_, max_)                          \
    {                                                                   \
        .key = (key_), .type = YAML_T_INT,                              \
        .offset = offsetof(struct config, member), .preset = (preset_), \
        .min = (min_), .max = (max_)                                    \
    }
#define DURATION(key_, member, preset_, min_, max_)                     \
    {                                                                   \
        .key = (key_), .type = YAML_T_DURATION,                         \
        .offset = offsetof(struct config, member), .preset = (preset_), \
        .min = (min_), .max = (max_)                                    \
    }
#define CHOICE(key_, member, preset_, choices_)                         \
    {                                                                   \
        .key = (key_), .type = YAML_T_CHOICE,                           \
        .offset = offsetof(struct config, member), .preset = (preset_), \
        .choices = (choices_)                                           \
    }
#define CUSTOM(key_, member, read_)                                \
    {                                                              \
        .key = (key_), .type = YAML_T_CUSTOM,                      \
        .offset = offsetof(struct config, member), .read = (read_) \
    }
/* A section is written into the same struct: its offset is 0. */
#define SECTION(key_, fields_)                                 \
    {                                                          \
        .key = (key_), .type = YAML_T_MAP, .fields = (fields_) \
    }
#define END         \
    {               \
        .key = NULL \
    }

static const char *const levels[] = {"error", "warning", "notice",
                                     "info",  "debug",   NULL};
static const char *const targets[] = {"stderr", "syslog", "journal", NULL};

static const struct yaml_field station_fields[] = {
    TEXT("name", station.name, NULL),
    TEXT("data", station.data, "/var/lib/portolan"),
    TEXT("user", station.user, "portolan"),
    TEXT("socket", station.socket, "/run/portolan/control"),
    END,
};

static const struct yaml_field log_fields[] = {
    CHOICE("level", log.level, "info", levels),
    CHOICE("to", log.to, "stderr", targets),
    END,
};

static const struct yaml_field http_fields[] = {
    CUSTOM("listen", http.listen, config_read_listen),
    TEXT("certificate", http.certificate, ""),
    TEXT("key", http.key, ""),
    CUSTOM("names", http.names, config_read_texts),
    TEXT("web", http.web, ""),
    END,
};

static const struct yaml_field agentx_fields[] = {
    TEXT("master", agentx.master, "/var/agentx/master"),
    INT("enterprise", agentx.enterprise, "32473", 1, UINT32_MAX),
    INT("contexts", agentx.contexts, "2000", 0, 100000),
    BOOL("writable", agentx.writable, "false"),
    END,
};

static const struct yaml_field notification_fields[] = {
    CUSTOM("listen", notifications, config_read_endpoints),
    END,
};

static const struct yaml_field frame_fields[] = {
    CUSTOM("interfaces", frames, config_read_texts),
    END,
};

static const struct yaml_field discovery_fields[] = {
    CUSTOM("seeds", discovery.seeds, config_read_seeds),
    CUSTOM("ranges", discovery.ranges, config_read_ranges),
    CUSTOM("within", discovery.within, config_read_within),
    CUSTOM("exclude", discovery.exclude, config_read_prefixes),
    BOOL("follow", discovery.follow, "true"),
    BOOL("local", discovery.local, "false"),
    DURATION("every", discovery.every_ms, "6h", 0, 365 * DAY_MS),
    INT("rate", discovery.rate, "1000", 1, 1000000),
    INT("port", discovery.port, "161", 1, 65535),
    CUSTOM("encoding", discovery.encoding, config_read_encoding),
    END,
};

static const struct yaml_field ping_fields[] = {
    INT("count", polling.ping_count, "3", 0, 16),
    END,
};

static const struct yaml_field polling_fields[] = {
    DURATION("every", polling.every_ms, "60s", 1000, DAY_MS),
    INT("in_flight", polling.in_flight, "1000", 1, 1000000),
    INT("rate", polling.rate, "20000", 1, 10000000),
    SECTION("ping", ping_fields),
    END,
};

static const struct yaml_field series_fields[] = {
    TEXT("rrdcached", series.rrdcached, "private"),
    CUSTOM("keep", series.keep, config_read_keep),
    END,
};

static const struct yaml_field profile_fields[] = {
    CUSTOM("directories", profiles, config_read_texts),
    END,
};

static const struct yaml_field mib_fields[] = {
    CUSTOM("directories", mibs, config_read_texts),
    END,
};

static const struct yaml_field graph_fields[] = {
    CUSTOM("directories", graphs, config_read_texts),
    END,
};

static const struct yaml_field map_fields[] = {
    CUSTOM("prefixes", maps.prefixes, config_read_prefixes),
    CUSTOM("sites", maps.sites, config_read_sites),
    END,
};

static const struct yaml_field flapping_fields[] = {
    INT("times", alerts.limits.flaps.times, "3", 1, FLAPS_MAX),
    DURATION("within", alerts.limits.flaps.within_ms, "10m", 10000, DAY_MS),
    DURATION("calm", alerts.limits.flaps.calm_ms, "5m", 0, DAY_MS),
    END,
};

static const struct yaml_field calm_fields[] = {
    DURATION("ports", alerts.limits.calm_port_ms, "15s", 0, DAY_MS),
    DURATION("sessions", alerts.limits.calm_session_ms, "30s", 0, DAY_MS),
    END,
};

static const struct yaml_field alert_fields[] = {
    CUSTOM("rules", alerts.rules, config_read_rules),
    CUSTOM("ports", alerts.ports, config_read_port_pins),
    SECTION("flapping", flapping_fields),
    SECTION("calm", calm_fields),
    END,
};

static const struct yaml_field event_fields[] = {
    INT("max", events.max, "20000000", 1000, 1e12),
    END,
};

static const struct yaml_field risk_fields[] = {
    CUSTOM("values", risk.values, config_read_values),
    CUSTOM("alert", risk.alert_of, config_read_risk_alert),
    CUSTOM("group", risk.group_of, config_read_risk_group),
    END,
};

static const struct yaml_field sections[] = {
    SECTION("station", station_fields),
    SECTION("log", log_fields),
    SECTION("http", http_fields),
    SECTION("agentx", agentx_fields),
    SECTION("notifications", notification_fields),
    SECTION("frames", frame_fields),
    CUSTOM("credentials", credentials, config_read_credentials),
    SECTION("discovery", discovery_fields),
    SECTION("polling", polling_fields),
    SECTION("series", series_fields),
    SECTION("profiles", profile_fields),
    SECTION("mibs", mib_fields),
    SECTION("graphs", graph_fields),
    SECTION("maps", map_fields),
    SECTION("events", event_fields),
    CUSTOM("retention", retention, config_read_retention),
    SECTION("alerts", alert_fields),
    SECTION("risk", risk_fields),
    CUSTOM("receivers", receivers, config_read_receivers),
    CUSTOM("backup", backup, config_read_backup),
    END,
};

/* The defaults that are not one text: what the schema tables leave. */
static struct config *config_new(const char *path)
{
    static const struct series_keep keep[] = {
        {MINUTE_MS, (int64_t)DAY_MS},
        {5 * MINUTE_MS, 7 * (int64_t)DAY_MS},
        {30 * MINUTE_MS, 30 * (int64_t)DAY_MS},
        {360 * MINUTE_MS, 730 * (int64_t)DAY_MS},
    };
    static const uint8_t loopback[4] = {127, 0, 0, 1}, any[4] = {0};
    struct config *c = mem_new(struct config);

    c->path = mem_text(path);
    c->http.listen = (struct config_endpoint){addr_v4(loopback), HTTP_PORT};
    *array_add(&c->notifications) =
        (struct config_endpoint){addr_v4(any), NOTIFICATION_PORT};
    for (size_t i = 0; i < COUNT_OF(keep); i++)
        *array_add(&c->series.keep) = keep[i];
    *array_add(&c->profiles) =
        mem_text(PORTOLAN_PREFIX "/share/portolan/profiles");
    *array_add(&c->profiles) = mem_text(PORTOLAN_ETC "/profiles");
    *array_add(&c->graphs) = mem_text(PORTOLAN_ETC "/graphs");
    *array_add(&c->mibs) = mem_text("/usr/share/snmp/mibs");
    *array_add(&c->mibs) = mem_text(PORTOLAN_PREFIX "/share/portolan/mibs");
    rules_take_defaults(&c->alerts.rules);
    config_risk_init(&c->risk);
    config_backup_init(&c->backup);
    config_retention_init(&c->retention);
    return c;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->credentials.count; i++)
        credential_free(c->credentials.at[i]);
    array_fini(&c->credentials);
    for (size_t i = 0; i < c->receivers.count; i++)
        receiver_free(c->receivers.at[i]);
    array_fini(&c->receivers);
    config_texts_fini(&c->http.names);
    config_texts_fini(&c->frames);
    config_texts_fini(&c->profiles);
    config_texts_fini(&c->graphs);
    config_texts_fini(&c->mibs);
    config_texts_fini(&c->warnings);
    array_fini(&c->notifications);
    array_fini(&c->discovery.seeds);
    array_fini(&c->discovery.ranges);
    array_fini(&c->discovery.within);
    array_fini(&c->discovery.exclude);
    array_fini(&c->series.keep);
    array_fini(&c->maps.prefixes);
    config_sites_fini(&c->maps.sites);
    config_alerts_fini(&c->alerts);
    config_risk_fini(&c->risk);
    config_backup_fini(&c->backup);
    for (size_t i = 0; i < CONFIG_LISTS; i++)
        array_fini(&c->lines[i]);
    char *texts[] = {c->path,
                     c->station.name,
                     c->station.data,
                     c->station.user,
                     c->station.socket,
                     c->http.key,
                     c->http.certificate,
                     c->http.web,
                     c->agentx.master,
                     c->discovery.encoding,
                     c->series.rrdcached};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    free(c);
}

static void default_name(struct config *c)
{
    char host[HOST_NAME_ROOM] = "";

    if (c->station.name != NULL && c->station.name[0] != '\0')
        return;
    if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0')
        (void)snprintf(host, sizeof host, "portolan");
    free(c->station.name);
    c->station.name = mem_text(host);
}

/* Seeds and ranges alone, where nothing else is said. */
static void default_within(struct config *c)
{
    struct config_discovery *d = &c->discovery;

    for (size_t i = 0; i < d->seeds.count; i++)
        *array_add(&d->within) =
            prefix_of(&d->seeds.at[i], d->seeds.at[i].family == 4 ? 32 : 128);
    for (size_t i = 0; i < d->ranges.count; i++)
        *array_add(&d->within) = d->ranges.at[i];
    c->own[CONFIG_WITHIN] = d->within.count;
}

/* Adds a fault of keys that do not go together. */
__attribute__((format(printf, 4, 5))) static void
add_fault(struct config_reader *reader, struct yaml_node n, const char *remedy,
          const char *fmt, ...)
{
    struct complaint why;
    char what[sizeof why.what];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (yaml_complain(n, &why, remedy, "%s", what) < 0)
        yaml_fault_add(reader->faults, &why);
}

/* The node at section.key, or the nearest one that is there. */
static struct yaml_node place_of(struct yaml_node root, const char *section,
                                 const char *key)
{
    struct yaml_node map = yaml_get(root, section);
    struct yaml_node n = yaml_get(map, key);

    if (!yaml_is_null(n))
        return n;
    return yaml_is_null(map) ? root : map;
}

static void check_paths(struct config_reader *reader, struct yaml_node root)
{
    const struct config *c = reader->config;
    const struct {
        const char *key, *path;
    } paths[] = {{"data", c->station.data}, {"socket", c->station.socket}};

    for (size_t i = 0; i < COUNT_OF(paths); i++)
        if (paths[i].path != NULL && paths[i].path[0] != '/')
            add_fault(reader, place_of(root, "station", paths[i].key),
                      "write a path that begins with /",
                      "\"%s\" is not an absolute path", paths[i].path);
    if (c->station.socket != NULL && strlen(c->station.socket) > 107)
        add_fault(reader, place_of(root, "station", "socket"),
                  "use a shorter path",
                  "a socket's path has at most 107 octets");
}

/* Names a master as AgentX knows it, and a cache as rrdcached does. */
static void check_services(struct config_reader *reader, struct yaml_node root)
{
    const struct config *c = reader->config;
    const char *master = c->agentx.master, *cache = c->series.rrdcached;

    if (master != NULL && master[0] != '\0' && master[0] != '/' &&
        strncmp(master, "tcp:", 4) != 0)
        add_fault(reader, place_of(root, "agentx", "master"),
                  "write a path, tcp:HOST:705, or \"\" for none",
                  "\"%s\" is neither a path nor tcp:HOST:PORT", master);
    if (cache != NULL && strcmp(cache, "private") != 0 &&
        strncmp(cache, "unix:/", 6) != 0 && strchr(cache, ':') == NULL)
        add_fault(reader, place_of(root, "series", "rrdcached"),
                  "write private, unix:/PATH or ADDRESS:PORT",
                  "\"%s\" is not a place of rrdcached", cache);
    if (c->http.certificate != NULL && c->http.key != NULL &&
        (c->http.certificate[0] == '\0') != (c->http.key[0] == '\0'))
        add_fault(reader, place_of(root, "http", "certificate"),
                  "give both or none", "certificate and key belong together");
}

/* An empty list is somebody's will; a key that is not there was forgotten. */
static void check_purpose(struct config_reader *reader, struct yaml_node root)
{
    struct yaml_node discovery = yaml_get(root, "discovery");

    if (yaml_is_null(yaml_get(root, "credentials")))
        add_fault(reader, root,
                  "add credentials: [{name: lab, version: 2c, community: "
                  "...}]",
                  "there are no credentials: no agent would answer");
    if (yaml_is_null(yaml_get(discovery, "seeds")) &&
        yaml_is_null(yaml_get(discovery, "ranges")) &&
        yaml_is_null(yaml_get(discovery, "local")))
        add_fault(reader, place_of(root, "discovery", "seeds"),
                  "give discovery seeds or ranges, or local: true",
                  "there is nothing to discover");
}

static void warn_of_purpose(struct config *c)
{
    const struct config_discovery *d = &c->discovery;

    if (c->credentials.count == 0)
        config_warn(c, "credentials", "the list is empty: no agent is asked");
    if (d->seeds.count == 0 && d->ranges.count == 0 && !d->local)
        config_warn(c, "discovery",
                    "no seeds, no ranges, not local: nothing is discovered "
                    "but by command");
}

static void warn_of_discovery(struct config *c)
{
    const struct config_discovery *d = &c->discovery;
    OWNED(fence_free) struct fence *fence = config_fence(c);
    char text[ADDR_TEXT_MAX + 4];
    size_t outside = 0;

    for (size_t i = 0; i < d->seeds.count; i++)
        if (!fence_permits(fence, &d->seeds.at[i]) && outside++ < 10)
            config_warn(c, "discovery.seeds",
                        "%s is outside discovery.within: it is never asked",
                        addr_format(&d->seeds.at[i], text, sizeof text));
    for (size_t i = 0; i < d->ranges.count; i++) {
        struct addr first = prefix_host(&d->ranges.at[i], 0);
        if (!fence_permits(fence, &first) && outside++ < 10)
            config_warn(c, "discovery.ranges",
                        "%s begins outside discovery.within: what is outside "
                        "is not swept",
                        prefix_format(&d->ranges.at[i], text, sizeof text));
    }
    if (d->local && d->within.count == 0)
        config_warn(c, "discovery.local",
                    "discovery.within is empty: the station's own neighbors "
                    "are shown but not asked");
}

static void warn_of_file(const struct config_reader *reader)
{
    struct config *c = reader->config;
    struct stat st;

    if (reader->secret_inside && stat(c->path, &st) == 0 &&
        (st.st_mode & WORLD_READS) != 0)
        config_warn(c, "credentials",
                    "the file holds secrets and everyone may read it (mode "
                    "%04o): run chmod 0640 on it",
                    (unsigned)st.st_mode & 0777);
}

static void on_renamed(void *arg, const char *place,
                       const struct yaml_renamed *r)
{
    struct config *c = arg;
    const char *section = r->to != NULL ? r->to : r->section;
    struct buffer warning = {0};

    buffer_format(&warning,
                  "%s is called %s%s%s now: rename it, or "
                  "remove it if that is there too",
                  place, section != NULL ? section : "",
                  section != NULL ? "." : "", r->is);
    *array_add(&c->warnings) = buffer_take(&warning);
}

/* settings: what people set by the page, NULL: nothing. */
static int doc_read(struct yaml *doc, const char *name,
                    const struct yaml *settings, struct config **out,
                    struct yaml_faults *faults)
{
    OWNED(config_free) struct config *c = config_new(name);
    struct config_reader reader = {.config = c, .faults = faults};
    struct yaml_node root = yaml_root(doc);

    yaml_rename(doc, config_renamed, on_renamed, c);
    int rc = yaml_read_all(root, sections, c, &reader, faults);
    size_t before = faults->count;

    check_paths(&reader, root);
    check_services(&reader, root);
    if (name[0] != '\0')
        check_purpose(&reader, root);
    config_note_own(c, root);
    if (settings != NULL && config_read_settings(settings, &reader) < 0)
        rc = -EINVAL;
    if (rc < 0 || faults->count > before)
        return -EINVAL;
    default_name(c);
    if (!reader.within_given)
        default_within(c);
    if (name[0] != '\0')
        warn_of_purpose(c);
    warn_of_discovery(c);
    warn_of_file(&reader);
    *out = TAKE(c);
    return 0;
}

/* The first fault of several. */
static int first_fault(int rc, struct yaml_faults *faults,
                       struct complaint *why)
{
    if (rc < 0 && why != NULL)
        *why = faults->at[0];
    array_fini(faults);
    return rc;
}

/* The document at path; an empty one for NULL. */
static int load_doc(const char *path, struct yaml **out, struct complaint *why)
{
    return path != NULL ? yaml_load(path, out, why)
                        : yaml_parse("", "", 0, out, why);
}

int config_check(const char *path, struct config **out,
                 struct yaml_faults *faults)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    OWNED(yaml_free) struct yaml *settings = NULL;
    struct complaint why;
    int rc = load_doc(path, &doc, &why);

    *out = NULL;
    if (rc == 0)
        rc = config_load_settings(doc, &settings, &why);
    if (rc < 0) {
        yaml_fault_add(faults, &why);
        return rc;
    }
    return doc_read(doc, path != NULL ? path : "", settings, out, faults);
}

int config_load(const char *path, struct config **out, struct complaint *why)
{
    struct yaml_faults faults = {0};

    return first_fault(config_check(path, out, &faults), &faults, why);
}

int config_try(const char *path, const char *settings, size_t len,
               struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    OWNED(yaml_free) struct yaml *more = NULL;
    OWNED(config_free) struct config *c = NULL;
    struct yaml_faults faults = {0};
    int rc = load_doc(path, &doc, why);

    if (rc == 0)
        rc = yaml_parse(CONFIG_SETTINGS, settings, len, &more, why);
    if (rc < 0)
        return rc;
    return first_fault(
        doc_read(doc, path != NULL ? path : "", more, &c, &faults), &faults,
        why);
}

int config_parse(const char *name, const char *text, size_t len,
                 struct config **out, struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct yaml_faults faults = {0};
    int rc = yaml_parse(name, text, len, &doc, why);

    *out = NULL;
    if (rc < 0)
        return rc;
    return first_fault(doc_read(doc, name, NULL, out, &faults), &faults, why);
}

struct config *config_default(void)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct config *c = config_new("");
    struct config_reader reader = {.config = c};
    struct complaint why;

    int rc = yaml_parse("", "", 0, &doc, &why);
    assert(rc == 0);
    rc = yaml_read(yaml_root(doc), sections, c, &reader, &why);
    assert(rc == 0); /* presets are ours */
    default_name(c);
    return c;
}
