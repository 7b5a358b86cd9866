/* config.h - what the administrator wants of the station: portolan.yaml.
 *
 * Read once at start and at each reload, then never changed: whoever needs
 * something of it borrows it. Every fault names file, line, column, path and
 * remedy; secrets are never part of a fault or a warning.
 */
#ifndef STATION_CONFIG_H
#define STATION_CONFIG_H

#include "base/addr.h"
#include "base/complaint.h"
#include "base/fence.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "graphs/layout.h"
#include "station/alerts.h"
#include "station/receiver.h"
#include "station/rule.h"
#include "topology/site.h"
#include "wire/credential.h"

enum {
    CONFIG_CREDENTIALS_MAX = 64,
    CONFIG_LIST_MAX = 100000,   /* addresses and prefixes of one list */
    CONFIG_RANGE_BITS_MAX = 24, /* a range to sweep: 16 million addresses */
    CONFIG_PORT_PINS_MAX = 1000,
    CONFIG_VALUES_MAX = 1000,
};

struct config_texts ARRAY_OF(char *);
struct config_addrs ARRAY_OF(struct addr);
struct config_prefixes ARRAY_OF(struct prefix);
struct config_keeps ARRAY_OF(struct series_keep);
struct config_credentials ARRAY_OF(struct credential *);
struct config_lines ARRAY_OF(size_t);

struct config_endpoint {
    struct addr addr;
    uint16_t port;
};
struct config_endpoints ARRAY_OF(struct config_endpoint);

struct config_station {
    char *name; /* the host's where none is given */
    char *data, *user, *socket;
};

struct config_log {
    int level; /* enum log_level */
    int to;    /* enum log_target */
};

struct config_http {
    struct config_endpoint listen; /* addr none = off */
    char *certificate, *key;       /* files; "" = none */
    struct config_texts names;     /* of the station, as browsers ask for it */
    char *web; /* folder of the page; "" = where it is installed */
};

struct config_agentx {
    char *master; /* a path or tcp:HOST:PORT; "" = off */
    int64_t enterprise;
    int64_t contexts; /* devices that are virtual agents at most */
    bool writable; /* alarms may be acknowledged, shelved, silenced by SNMP */
};

struct config_discovery {
    struct config_addrs seeds;
    struct config_prefixes ranges;
    struct config_prefixes within; /* as in force: the default is filled in */
    struct config_prefixes exclude;
    bool follow, local;
    int64_t every_ms; /* 0 = at start and by command alone */
    int64_t rate;     /* packets/s */
    int64_t port;
    char *encoding; /* of texts that are not UTF-8: an iconv name; NULL */
};

struct config_polling {
    int64_t every_ms;
    int64_t in_flight;
    int64_t rate;       /* packets/s */
    int64_t ping_count; /* echoes a check; 0 = no echo */
};

struct config_series {
    char *rrdcached; /* private, unix:/PATH or HOST:PORT */
    struct config_keeps keep;
};

/* Their texts are the configuration's own. */
struct config_sites ARRAY_OF(struct site_rule);

struct config_maps {
    struct config_prefixes prefixes; /* with a map that is always there */
    struct config_sites sites;
};

/* What ports of a device should be, whatever was learned of them. */
struct config_port_pin {
    struct rule_patterns devices,
        ports;  /* names; labels, aliases: empty: any */
    int expect; /* enum port_expect */
};
struct config_port_pins ARRAY_OF(struct config_port_pin);

struct config_alerts {
    struct rules rules; /* the defaults, changed, and those that were added */
    struct config_port_pins ports; /* the first that fits */
    struct alert_limits limits;
};

/* How much devices matter: the first that fits. */
struct config_value {
    struct rule_patterns devices, sites; /* empty: any */
    uint64_t kinds;                      /* bits of enum device_kind; 0: any */
    int64_t value;                       /* 1..5 */
};
struct config_values ARRAY_OF(struct config_value);

struct config_risk {
    struct config_values values;
    struct formula *alert_of, *group_of; /* risk.h */
};

struct config_events {
    int64_t max; /* how many are kept at most */
};

/* How long what happened is kept, of each kind. Notifications received are
 * events: they are kept no longer than these. */
struct config_retention {
    int64_t events_ms, notifications_ms, audit_ms, alerts_ms, risk_ms,
        topology_ms;
};

/* Lists to which the page may add (settings.h). */
enum config_list {
    CONFIG_CREDENTIALS,
    CONFIG_SEEDS,
    CONFIG_RANGES,
    CONFIG_WITHIN,
    CONFIG_EXCLUDE,
    CONFIG_RECEIVERS,
    CONFIG_SITES,
    CONFIG_PORTS,
    CONFIG_LISTS
};

struct config_backup {
    char *directory;  /* NULL: DATA/backups */
    int64_t every_ms; /* 0: none are made */
    int64_t keep;     /* so many */
    bool series;      /* with these */
    char *passphrase; /* encrypts; NULL: they are without secrets */
};

struct config {
    char *path;               /* of the file; "" for the embedded default */
    size_t own[CONFIG_LISTS]; /* the first so many are the file's,
                                 others were set by the page */
    struct config_lines lines[CONFIG_LISTS]; /* where these stand in it; of a
                                                default none */
    struct config_station station;
    struct config_log log;
    struct config_http http;
    struct config_agentx agentx;
    struct config_endpoints notifications; /* where they are received */
    struct config_texts frames;            /* interfaces where they are heard */
    struct config_credentials credentials; /* in the order of trying */
    struct config_discovery discovery;
    struct config_polling polling;
    struct config_series series;
    struct config_texts profiles, mibs, graphs; /* directories */
    struct config_maps maps;
    struct config_events events;
    struct config_retention retention;
    struct config_alerts alerts;
    struct config_risk risk;
    struct config_backup backup;
    struct receivers receivers;   /* owned */
    struct config_texts warnings; /* what someone should look at, one line
                                     each: "FILE: path.in.file: ..." */
};

/* Below station.data: what people set by the page (settings.h), of the same
 * schema, read after the file and added to it. */
#define CONFIG_SETTINGS "settings.yaml"

/* Reads and checks a file, or text that is called name in faults. *why is the
 * first fault; -EINVAL for a fault, else -errno. */
/* path NULL: the embedded default, with what was set by the page. */
int config_load(const char *path, struct config **out, struct complaint *why)
    __attribute__((warn_unused_result));
int config_parse(const char *name, const char *text, size_t len,
                 struct config **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Reads and checks a file and appends every fault, up to YAML_FAULTS_MAX.
 * *out is NULL unless 0 is given. */
int config_check(const char *path, struct config **out,
                 struct yaml_faults *faults)
    __attribute__((warn_unused_result));

/* Is path, NULL for the embedded default, with these settings in place of those
 * of the page a configuration? 0, or the first fault. */
int config_try(const char *path, const char *settings, size_t len,
               struct complaint *why) __attribute__((warn_unused_result));

/* The embedded default: it knows no credential and discovers nothing. */
struct config *config_default(void);

void config_free(struct config *c);
OWNED_BY(struct config, config_free)

/* next comes after before: credentials that did not change are the same objects
 * in it, so that whoever uses one may go on. before has equal ones instead. */
void config_follow(struct config *next, struct config *before);

/* The line of the file on which an item of a list stands; 0: it was set by the
 * page, or follows from something else. */
size_t config_line(const struct config *c, enum config_list list, size_t place);

/* A new fence of discovery.within and exclude. */
struct fence *config_fence(const struct config *c);

/* The credential called name, NULL if there is none. */
const struct credential *config_credential(const struct config *c,
                                           const char *name);

#endif
