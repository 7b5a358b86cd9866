/* snapshot.h - the published state of the station: what north reads.
 *
 * A snapshot is an array of references to immutable per-device records plus
 * the topology of the moment. The loop publishes a new one when something
 * changed; whoever holds a reference may read it in any thread. The first
 * reference is handed out by the loop alone, which changes a snapshot only
 * while it has no reader.
 */
#ifndef STATION_SNAPSHOT_H
#define STATION_SNAPSHOT_H

#include "base/ident.h"
#include "graphs/layout.h"
#include "mibs/facts.h"
#include "station/alert.h"
#include "station/lead_state.h"
#include "station/objects.h"
#include "station/risk.h"
#include "topology/map.h"
#include "topology/topology.h"

/* Is the device there? */
enum reach {
    REACH_UNKNOWN, /* not asked yet */
    REACH_UP,
    REACH_SUSPECT, /* missed an answer, asked again */
    REACH_DOWN,
    REACHES
};
const char *reach_name(enum reach r); /* "unknown" "up" "suspect" "down" */

enum { PORT_RATES = 12 }; /* in the order of port-IFNAME.rrd's data sources */

/* One port as last polled. */
struct port_record {
    struct wall at;          /* of the last good sample; 0 = never */
    const char *object;      /* names its series, for life */
    float rates[PORT_RATES]; /* per second; NaN = not known */
    uint32_t if_index;       /* in facts->interfaces */
    uint8_t admin_status, oper_status;
    uint8_t gap; /* enum gap: why the rates are not known, or GAP_NONE */
};

/* A measured object besides ports: cpu, memory, storage, sensor, icmp. */
struct metric_record {
    enum series_group group;
    const char *object; /* index, or class-index for sensors; "" for icmp */
    const char *descr;
    const char *file; /* relative to DATA/rrd */
};

/* Something odd about its agent: met, or known of its kind by a profile. */
struct quirk_record {
    const char *word;    /* for programs: "no_bulk" */
    const char *text;    /* for people */
    const char *table;   /* where it was met; "" = none in particular */
    const char *follows; /* for how it is asked */
    const char *profile; /* that knows of it; "" = it was met */
    struct wall first, last;
    uint32_t count; /* occasions it was met at */
    bool in_force;
};

/* A table that is not asked as others are. */
struct habit_record {
    const char *table;
    uint32_t max_repetitions;
    bool unordered;
};

/* What polling it costs and how it goes. */
struct poll_record {
    struct wall last, next;
    uint32_t interval_s, duration_ms;
    uint64_t polls, failures, overruns, packets;
    bool overrunning;     /* its polls take more than the interval */
    uint64_t bad_samples; /* readings that no port can have made */
    int64_t lateness_ms;  /* of the last start */
    double rtt_ms, loss_percent, jitter_ms; /* of the last echo check; NaN */
    double snmp_rtt_ms;
    uint32_t max_repetitions;           /* of the table of ports */
    uint32_t window;                    /* requests asked at once now */
    bool busy;                          /* its processor is respected */
    uint64_t last_packets, last_octets; /* of the last poll, both ways */
    uint64_t spared; /* polls in which its metrics waited for the next */
};

struct card;

struct device_record {
    unsigned refs; /* what each publication looks at comes first */
    enum reach reach;
    size_t port_count;
    const char *name;       /* unique in the snapshot */
    const char *credential; /* name; "" = answers no SNMP */
    struct ident id;
    enum device_kind kind;
    struct wall since; /* of reach */
    struct wall first_seen, last_seen, collected_at;
    struct wall neighbors_at; /* they changed last; 0 = before this run */
    const struct addr *addrs; /* the one that is asked first */
    size_t addr_count;
    uint16_t port;
    const char *why; /* which evidence made it one device */
    bool station;
    uint32_t object;           /* its number (objects.h); 0 = none yet */
    const char *dir;           /* folder of its series; NULL = none yet */
    const struct facts *facts; /* never NULL, mostly at rest (facts_pack.h);
                                  empty for silent devices */
    struct parcel *measured;   /* processors, mempools, storages, sensors as
                                  last polled; NULL: as facts tell */
    uint32_t objects[SERIES_GROUPS]; /* measured besides ports */
    struct poll_record poll;
    const struct quirk_record *quirks;
    size_t quirk_count;
    const struct habit_record *habits;
    size_t habit_count;
    const struct port_record *ports; /* as facts->interfaces where polled */
    struct port_rows *rows;          /* holds these; NULL: there are none */
    struct readings *readings;       /* their last counters; NULL likewise */
    size_t place;                    /* in the roll that it came to, then */
    struct card *card;   /* holds name, credential, addrs, why, dir */
    struct arena *arena; /* its quirks and habits */
};

/* All that a device told, what is measured as last polled: a reference for the
 * caller. */
struct facts *device_record_facts(const struct device_record *d)
    __attribute__((warn_unused_result));

/* Appends the path of the series of one of its ports, relative to DATA/rrd. */
void device_record_port_file(const struct device_record *d,
                             const struct port_record *p, struct buffer *out);

/* The counters of one of its ports as last polled. */
struct port_counters {
    uint64_t at[PORT_RATES]; /* as rates */
    uint16_t present, wide;  /* bit n: at[n] was told; it has 64 bits */
    bool has_discontinuity;
    uint32_t discontinuity_cs; /* ifCounterDiscontinuityTime */
};
/* False if there are none. */
bool device_record_counters(const struct device_record *d,
                            const struct port_record *p,
                            struct port_counters *out);

/* sysUpTime of the newest of these samples, and when that was; else as its
 * facts tell. False if neither does. */
bool device_record_uptime(const struct device_record *d, uint32_t *uptime_cs,
                          struct wall *at);

/* What is measured besides ports, by these facts of the device: an array and
 * texts in arena. */
size_t device_record_metrics(const struct device_record *d,
                             const struct facts *facts, struct arena *arena,
                             const struct metric_record **out);

struct device_record *device_record_ref(const struct device_record *d);
void device_record_unref(struct device_record *d); /* NULL is fine */

struct inferred;
struct roll;
struct trap_log_book;

struct discovery_record {
    bool running;
    struct wall started, ended;
    uint64_t addresses_found, addresses_asked, addresses_answered,
        addresses_fenced, pings_sent, pings_answered;
    uint32_t devices_new, devices_total, waiting, interviews;
    uint64_t round;   /* counts up */
    uint64_t refused; /* addresses and subnets beyond the limits of a round */
    uint64_t ends[LEAD_STATES]; /* addresses by what became of them */
};

/* The station as a subagent of the machine's SNMP agent. */
enum agentx_state { AGENTX_IS_OFF, AGENTX_IS_AWAY, AGENTX_IS_HERE };
enum { AGENTX_WHY_MAX = 320 };
struct agentx_record {
    enum agentx_state state;    /* of the master */
    char why[AGENTX_WHY_MAX];   /* it is away, where and what to do; "" */
    uint32_t contexts, regions; /* registered: of devices; subtrees in all */
    uint32_t refused;           /* subtrees that the master did not take */
    uint64_t requests, sessions;
    double answer_ms_max, answer_ms_sum; /* our share of all answers */
};

enum { STATION_HELD_AT_MAX = 240 };

struct station_record {
    const char *name, *version, *data_dir;
    const char *config;         /* the file; "": the embedded default */
    char engine_id[2 * 32 + 1]; /* snmpEngineID of its notifications, in hex */
    struct wall started;
    uint32_t enterprise; /* of PORTOLAN-MIB */
    uint32_t up, suspect, down, unknown;
    uint32_t ports_polled;
    double requests_per_s;
    int64_t lateness_p99_ms, lateness_max_ms, loop_lag_ms, loop_held_max_ms;
    char loop_held_at[STATION_HELD_AT_MAX]; /* functions; "": not known */
    uint64_t polls, poll_failures, poll_overruns, samples_written;
    uint64_t bad_samples, gaps;
    uint64_t samples_weighed; /* by rules of alerts */
    uint32_t conditions;      /* that hold by these */
    int64_t sample_lead_ms;   /* samples' time ahead of the wall clock */
    uint32_t in_flight, waiting;
    uint64_t timeouts, retries, socket_drops, fenced;
    uint64_t store_queue, series_queue, spool_octets, series_files;
    /* What series take on disk, what all known objects will, and what is free;
     * 0 where rrdcached is not the station's own. */
    uint64_t series_octets, series_octets_foretold, disk_free, disk_octets;
    uint64_t series_objects[SERIES_GROUPS]; /* that have a file, or will */
    bool series_fit;                  /* what is foretold fits on the disk */
    uint32_t renewing, renewing_done; /* folders laid out anew */
    bool rrdcached_up;
    /* Down verdicts are withheld: silence may be the station's own doing. */
    bool overloaded, isolated;
    const char *doubt; /* why, in words; "" = they are given */
    uint64_t verdicts_withheld;
    /* The process itself: of one processor; resident, and what it may have at
     * most; open descriptors, and how many may be. */
    double cpu_percent;
    uint64_t memory_octets, memory_max;
    uint32_t descriptors, descriptors_max;
    uint64_t samples_lost, spool_max;
    double rrdcached_ms, commit_ms; /* the last answer, the last transaction */
    uint64_t rrdcached_restarts, store_failures;
    uint64_t helper_failures; /* ended by a signal, too late, too loud */
    uint64_t helper_refusals; /* could not be started */
    bool sandboxed;           /* a filter of system calls is in force ... */
    uint64_t sandbox_refused; /* ... and refused so many */
    uint32_t crashes;         /* of earlier runs, that this start told of */
    const char *last_crash;   /* "FILE: WORDS"; "" = none is on record */
    uint32_t profiles, profile_faults;
    struct agentx_record agentx;
    /* Notifications: told of; not read since nobody knows their sender, and of
     * these kept now; dropped by the kernel; senders in a storm. */
    uint64_t notifications, notifications_strange, notifications_dropped;
    uint32_t notifications_kept, notification_storms;
};

struct snapshot {
    struct device_record *const *devices; /* by name, byte order */
    size_t device_count;
    struct roll *roll;                   /* has these */
    const struct topology *topology;     /* NULL before the first */
    const struct topo_input *topo_input; /* what it was inferred of */
    struct wall topology_at;
    struct inferred *inferred;   /* owns topology and topo_input; may be NULL */
    struct alert_book *alerts;   /* never NULL */
    struct risk_book *risk;      /* NULL before the first */
    struct object_book *objects; /* the numbers of objects; may be NULL */
    struct trap_log_book *trap_log; /* NULL: none is kept */
    struct discovery_record discovery;
    struct station_record station;
    struct wall at;
    uint64_t version; /* counts up */
    struct arena *arena;
    unsigned refs;
};

struct snapshot *snapshot_ref(const struct snapshot *s);
void snapshot_unref(struct snapshot *s);

/* By name, one of its addresses, or id; NULL if there is none. */
const struct device_record *snapshot_find(const struct snapshot *s,
                                          const char *text);

/* Its place in snapshot->devices; SIZE_MAX if it is not in there. */
size_t snapshot_place(const struct snapshot *s, const char *name);

/* The node of devices[place] in topology; UINT32_MAX if it has none yet. */
uint32_t snapshot_node(const struct snapshot *s, size_t place);

/* The device that a node of topology is; NULL if it is none, or gone. */
const struct device_record *snapshot_of_node(const struct snapshot *s,
                                             uint32_t node);

/* Names of the devices through which alone the station reaches devices[place],
 * the nearest to the station first: an array of arena, which lasts as long as
 * s. SIZE_MAX: not known. */
size_t snapshot_above(const struct snapshot *s, size_t place,
                      struct arena *arena, const char ***out);

/* States and loads of topology's nodes and links, for a map; the arrays live in
 * arena, and are NULL where there is no topology yet. */
struct map_status snapshot_map_status(const struct snapshot *s,
                                      struct arena *arena);

/* The state a map shows for a device of this reach. */
enum map_state device_map_state(const struct device_record *d);

/* What the tables of all devices tell of VLANs and spanning trees, by numbers
 * of topology (topology/survey.h); NULL where nothing is known. */
struct survey;
const struct survey *snapshot_survey(const struct snapshot *s);

/* What a device is, by its reach and by its alerts. */
struct device_state {
    enum map_state state; /* its reach; of one that is up the worst severity
                             among alerts that ask for somebody */
    bool silenced;        /* it has alerts, and nobody is told of any */
    bool acknowledged;    /* it has alerts, and somebody looks after each */
    uint16_t alerts;      /* that ask for somebody */
};

/* As s->devices; an array of arena. */
struct device_state *snapshot_states(const struct snapshot *s,
                                     struct arena *arena)
    __attribute__((returns_nonnull));

/* The places in s->devices of what the nodes of topology are, UINT32_MAX for
 * those that are no device, or gone: an array of arena; NULL where there is no
 * topology yet. */
uint32_t *snapshot_node_places(const struct snapshot *s, struct arena *arena);

/* The loads of one of topology's links, by the places of its nodes. */
struct map_link_status snapshot_link_status(const struct snapshot *s,
                                            const struct topo_link *l,
                                            const uint32_t *places);

#endif
