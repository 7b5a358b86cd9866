/* The keys of portolan.yaml: where each goes, and what it is unless it is
 * written. */
#include "station/config_read.h"

#include <stddef.h>

#define DAY_MS (24.0 * 3600 * 1000)

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

const struct yaml_field config_sections[] = {
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
