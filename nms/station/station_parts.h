/* station_parts.h - what a station is made of; for station*.c alone. */
#ifndef STATION_STATION_PARTS_H
#define STATION_STATION_PARTS_H

#include "station/alerts.h"
#include "station/causes.h"
#include "station/changes.h"
#include "station/config.h"
#include "station/discovery.h"
#include "station/events.h"
#include "station/flows.h"
#include "station/gaps.h"
#include "station/health.h"
#include "station/heard.h"
#include "station/inference.h"
#include "station/keys.h"
#include "station/lateness.h"
#include "station/maps.h"
#include "station/objects.h"
#include "station/people.h"
#include "station/polling.h"
#include "station/query.h"
#include "station/risks.h"
#include "station/series.h"
#include "station/settings.h"
#include "station/silences.h"
#include "station/station.h"
#include "station/store.h"
#include "station/thresholds.h"

/* What goes into the series of the station itself, since the sample before. */
struct station_health_state {
    int64_t lag_max_ms;
    double lag_mean_ms;
    uint64_t requests, losses, ends; /* as counted then */
    struct mono sampled, look_due, refused_at;
    uint64_t refused;
    uint32_t ends_lately; /* of ten minutes */
    uint32_t crashes;     /* that this start tells of */
    char last_crash[700]; /* "" = none is on record */
};

struct event;
struct forgetting;
struct notifications;
struct notifier;
struct trap_log;
struct traps;

/* A device that shall be asked for everything. */
struct revisit {
    struct ident device;
    struct mono due;
};
struct revisits ARRAY_OF(struct revisit);

/* How far numbers were given to what there is. */
struct objects_progress {
    uint64_t order; /* of the inventory */
    int64_t inferred;
    size_t device, link, node;
};

/* What may be wrong with the station itself. */
enum station_trouble {
    STATION_OVERLOADED,
    STATION_ISOLATED,
    STATION_DISK,    /* too small for all series */
    STATION_STORE,   /* the state cannot be written */
    STATION_SERIES,  /* rrdcached is away */
    STATION_AGENT,   /* the master agent is */
    STATION_REFUSED, /* the sandbox refused a call */
    STATION_BACKUP,  /* the daily backup failed */
    STATION_HEALTH,  /* the first of enum health_trouble */
    STATION_TROUBLES = STATION_HEALTH + HEALTH_TROUBLES
};

struct station {
    struct event_base *base;
    const struct config *config;
    struct fence *fence;
    struct engine *engine;
    /* Of polling and of discovery, each at its own rate; NULL: no right to
     * echo. */
    struct beat *beat;
    struct pinger *pinger, *sweeper;
    struct frames *frames; /* NULL: none are heard */
    struct heard_neighbors *heard;
    struct notifications *notifications; /* sockets where they come in */
    struct traps *traps;
    struct trap_log *trap_log;  /* NULL: no agent tells it */
    struct notifier *notifier;  /* NULL: no socket could be opened */
    char engine_id[2 * 32 + 1]; /* of both, in hex */
    struct mono stranger_told;  /* in the log, last */
    struct profiles *profiles;
    struct graph_templates *graphs;
    struct names *names;
    size_t profile_faults, graph_faults;
    struct worker *reader;   /* of profiles, beside the loop */
    struct renewal *renewal; /* those for another configuration; or NULL */
    struct settings *settings;
    struct store *store;
    struct people *people;
    struct keys *keys; /* of these people, and of scripts */
    struct events *events;
    struct alerts *alerts;
    struct objects *objects;
    struct agentx_record agentx; /* as told */
    bool agent_was_here;         /* the master, since the start */
    struct objects_progress objects_progress;
    struct causes *causes; /* from the start on */
    struct sessions *sessions;
    struct thresholds *thresholds;
    struct risks *risks;
    struct change_listener changes; /* NULL in it: nobody listens */
    struct silences *silences;
    struct table *clouds; /* that silences name: station_silences.c */
    struct mono clouds_due;
    uint64_t groups_version;     /* that silences know */
    struct mono risk_clouds_due; /* whether maps are others is looked at */
    uint64_t risk_clouds_of;     /* the maps that risk knows the clouds of */
    bool risk_clouds_asked;
    struct series *series;
    struct gaps *gaps;
    struct wall alive; /* when an earlier run ended; 0 = none did */
    struct maps *maps;
    struct inventory *inventory;
    struct pins *pins;
    struct polling *polling;
    struct discovery *discovery;
    struct inference *inference;
    struct inferred *inferred; /* the newest; NULL before the first */
    struct inferred *earlier;  /* of an earlier run, until then; NULL */
    struct revisits revisits;
    bool edges_turned;      /* ports of end devices went up or down */
    uint64_t rounds_before; /* of discovery, in earlier runs */
    uint64_t round_known;   /* the last that was inferred from when done */
    bool round_ending;      /* that under way is inferred from as it ended */
    struct flows *flows;
    struct mono flows_due; /* when what agrees is inferred from; 0 = nothing */
    struct snapshot *snapshot;    /* the published one */
    void (*published)(void *arg); /* who listens; NULL: nobody */
    void *published_arg;
    struct queries queries;
    struct forgetting *forgetting; /* under way */
    struct station_probe *probes;  /* under way */
    struct device *self;           /* this machine; NULL if not wanted */
    struct event *tick;            /* every second */
    struct event *step;            /* what is next of a second's work */
    size_t steps_done;
    struct event *ahead; /* some times between */
    struct event *round; /* the next full discovery */
    struct mono tick_due, saved_at, inferred_at;
    int64_t infer_apart_ms; /* by what the last inference took */
    size_t save_next;       /* of the inventory, to be looked at for changes */
    struct wall started;
    struct mono begun; /* the same moment */
    int64_t loop_lag_ms;
    struct lateness held; /* turns of the loop that took a millisecond */
    int64_t held_ms;      /* the longest of those that have held_at */
    char held_at[STATION_HELD_AT_MAX];
    int64_t held_told_ms; /* in the log, last */
    struct mono held_told;
    enum doubt_cause overload, isolation; /* as told */
    uint64_t requests_before, drops_before, came_before;
    struct health_process process;
    struct health_ends helper_ends;
    struct station_health_state health;
    size_t uplinks; /* that run, as last asked for */
    struct mono uplinks_due;
    double requests_per_s;
    bool self_outdated;    /* a neighbor was heard that it does not show */
    struct mono self_told; /* it was read for that, .ns = 0: never ... */
    int64_t self_took_ms;  /* ... which took so long */
    bool topology_wanted;  /* facts changed since the last inference */
    unsigned troubles, troubles_told; /* bits of enum station_trouble: what
                                         holds, what was told since the start */
    bool series_short;                /* their disk is too small; said once */
    uint64_t version;
};

/* station.c: the next full discovery is as far away as is configured now; what
 * parts get of the configuration */
void station_schedule_round(struct station *s);
struct discovery_parts station_discovery_parts(const struct station *s);
struct polling_options station_polling_options(const struct config *c);
/* Gaps are kept as long as the coarsest values. */
int64_t station_gaps_keep_ms(const struct config *c);

/* station_tick.c: what is done each second begins; ends */
void station_tick_start(struct station *s);
void station_tick_end(struct station *s);

/* station_command.c: a full round of discovery, by its own accord
 * (COLLECT_NEWS) or because somebody asks for it (COLLECT_ALL) */
void station_round(struct station *s, enum collect_scope scope);

/* station_probe.c: at the end */
void station_probes_end(struct station *s);

/* station_forget.c: at the end, when the store tells nobody any more */
void station_forget_end(struct station *s);

/* station_status.c */
struct station_record station_status(struct station *s);
void station_publish(struct station *s);
/* What changed of devices since, so that less is left for the next. */
void station_publish_ahead(struct station *s);

/* station_objects.c: at the start; and with each publication */
int station_open_objects(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
void station_know_objects(struct station *s);

/* station_pace.c: every second. Where many are polled nobody waits for one of
 * them, and the work of a beat costs less the more of it there is: beats are
 * slow. Discovery waits for each answer. */
void station_pace(struct station *s);

/* station_doubt.c: every second, after the loop's lag was measured */
void station_doubt(struct station *s);
/* Answers that our own sockets had no room for. */
uint64_t station_drops(const struct station *s);

/* station_alerts.c: conditions that the station sees itself; at the start, once
 * devices are known, and every second */
int station_alerts_start(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
void station_alerts_turn(struct station *s, struct mono now);
void station_alert_reach(struct station *s, const struct device *d,
                         enum reach before);
void station_alert_overrun(struct station *s, const struct device *d,
                           bool begins);
enum doubt_witness station_witness(void *arg, const struct device *d,
                                   struct mono asked, struct mono now);
void station_on_measured(void *arg, struct device *d, const struct facts *f);
void station_on_unheard(void *arg, struct device *d, bool begins);
/* It has no agent any more. */
void station_alert_unasked(struct station *s, const struct device *d);
void station_told_of_polls(void *arg, const struct device *d, bool *overruns,
                           bool *unheard);
void station_alert_gone(struct station *s, const struct device *d,
                        const char *why);
/* text: what is wrong with a link, or why nothing is any more. */
void station_alert_mislink(struct station *s, const struct topology *t,
                           const struct topo_link *l, bool ill,
                           const char *text);
/* There is a new topology. */
void station_alert_topology(struct station *s);

/* What is wrong with the station itself, or why nothing is any more. */
void station_alert_itself(struct station *s, enum station_trouble trouble,
                          bool holds, const char *text);

/* station_health.c: at the start, once events can be kept; every second; what
 * the status tells of it */
void station_health_start(struct station *s);
void station_health_turn(struct station *s, struct mono now);
void station_health_tell(const struct station *s, struct station_record *r);

/* station_silences.c: the same */
int station_silences_start(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
void station_silences_turn(struct station *s, struct mono now,
                           struct wall wall);
void station_silences_end(struct station *s);

/* station_flows.c: every second; what flows through links */
void station_look_at_flows(struct station *s, struct mono now);

/* station_changes.c: links came or went */
void station_tell_topology(struct station *s, const struct inferred *result);

/* station_rules.c: what weighs samples, and what is risked, by the rules of
 * the configuration */
void station_rules_open(struct station *s);
void station_rules_use(struct station *s);
int station_rules_resume(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
void station_rules_changed(struct station *s, struct device *d);
void station_rules_gone(struct station *s, struct device *d);
void station_rules_close(struct station *s);
/* Now and then: who is in which cloud, where maps are others than before. */
void station_rules_turn(struct station *s, struct mono now);
/* Every second: risks go into their series. */
void station_sample_risks(struct station *s, struct mono now);

/* station_listen.c, station_topology.c: what the parts tell */
struct polling_listener station_polling_listener(struct station *s);
struct discovery_listener station_discovery_listener(struct station *s);
void station_on_inferred(void *arg, struct inferred *result);

/* station_topology.c: every second, and at the start */
void station_infer(struct station *s, struct mono now);
void station_keep_past(struct station *s); /* as configured */
void station_on_ports_turned(void *arg, struct device *d);
/* Keeps for the past that a device is as it is since a moment; that it is gone.
 */
void station_keep_reach(struct station *s, const struct device *d,
                        struct wall at);
void station_keep_gone(struct station *s, const struct device *d);
int station_recall_topology(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
void station_on_heard(void *arg, const struct heard *heard);

/* station_traps.c: the sockets; what comes is read; as configured now; a device
 * learned more of itself */
void station_traps_open(struct station *s);
int station_traps_start(struct station *s, struct complaint *why)
    __attribute__((warn_unused_result));
unsigned station_traps_evidence(void *arg, const struct ident *device,
                                uint32_t if_index);
void station_traps_use(struct station *s);
void station_traps_turn(struct station *s, struct mono now);
void station_traps_close(struct station *s);
void station_traps_list(const struct config *c, struct buffer *out);
void station_traps_meet(struct station *s, const struct device *d);

/* station_knowledge.c: at the start; what station_prepare() read is in force
 * from now on, or is not wanted; at the end */
void station_load_knowledge(struct station *s);
void station_renew_knowledge(struct station *s);
void station_drop_prepared(struct station *s);
void station_end_reading(struct station *s);

/* Reads the machine's own network into its device (discovery.local), or makes
 * that device. */
void station_read_self(struct station *s);

#endif
