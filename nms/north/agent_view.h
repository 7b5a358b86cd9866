/* agent_view.h - what the agent serves at a moment: rows of its tables in the
 * order of their indexes, made from a snapshot. Immutable once made, with a
 * count of references; any thread may read it.
 *
 * Making one costs as much as there is to show; it is made aside, so that an
 * answer never waits for it.
 */
#ifndef NORTH_AGENT_VIEW_H
#define NORTH_AGENT_VIEW_H

#include "north/agentx_pdu.h"
#include "north/mib_set.h"
#include "station/snapshot.h"

enum {
    CONTEXT_MAX = 32,  /* octets (SNMP-VIEW-BASED-ACM-MIB, vacmContextName) */
    TEST_NAME_MAX = 32 /* octets (DISMAN-PING-MIB, pingCtlTestName) */
};

struct table;

struct object_row {
    uint32_t index, parent;
    const struct object_ref *ref;
    const struct device_record *device; /* itself, or what it is part of */
    const struct topo_link *link;       /* itself */
    uint32_t alarms;                    /* active, of it and its parts */
    enum severity worst;                /* of these */
    double risk;                        /* 0..125 */
    uint8_t level, value; /* of that, and what it is worth: 1..5 */
    const struct risk_history *history; /* NULL: its risk was always 0 */
    uint32_t cause; /* object whose alarm explains those of this one */
    bool silenced;
};

/* The hours of an object in portolanRiskHistTable. */
struct history_row {
    uint32_t object;
    uint32_t first_hour, hours; /* since 1970 */
    size_t row;                 /* of the first */
    const struct risk_history *history;
};

/* The last entry of the log of notifications that tells of an alarm. */
struct logged_row {
    uint32_t alarm, index; /* nlmLogIndex */
};

struct alarm_row {
    int64_t date; /* tenths of seconds: what its index tells of its moment */
    const struct alert_record *record;
    uint32_t object; /* 0 = it has no number */
};

struct link_row {
    uint32_t index, a, b; /* objects; 0 = none */
    const struct topo_link *link;
};

struct member_row {
    uint32_t segment, link, object;
    uint32_t node; /* the member, of topology */
    uint32_t if_index;
    const char *port;
};

struct ping_row {
    const char *name;
    const struct device_record *device;
};

struct context_row {
    const char *name; /* of the context, unique */
    const struct device_record *device;
};

struct agent_view {
    struct snapshot *snapshot;
    struct object_rows ARRAY_OF(struct object_row) objects;
    struct history_rows ARRAY_OF(struct history_row) histories;
    struct alarm_rows ARRAY_OF(struct alarm_row) active;
    struct alarm_rows cleared;
    /* By alarm: of what is told of them, and that they are over. */
    struct logged_rows ARRAY_OF(struct logged_row) logged, logged_over;
    struct link_rows ARRAY_OF(struct link_row) links;
    struct member_rows ARRAY_OF(struct member_row) members;
    struct ping_rows ARRAY_OF(struct ping_row) pings;
    struct context_rows ARRAY_OF(struct context_row) contexts; /* by name */
    uint64_t contexts_mark; /* another one where their names are others */
    uint32_t by_severity[SEVERITIES]; /* active alarms */
    uint32_t by_level[6];             /* objects, by PortolanRiskLevel */
    struct wall objects_changed, last_raised, last_cleared; /* 0 = never */
    uint64_t objects_mark; /* of which objects there are, and their status */
    /* For the next one: of active alarms as the book lists them, and of links
     * as topology lists them. */
    uint32_t *alarm_objects, *link_objects;
    struct arena *arena;
    unsigned refs;
};

/* Takes a reference to the snapshot. before may be NULL: what did not change
 * since is not worked out again. */
struct agent_view *agent_view_new(const struct snapshot *s,
                                  const struct agent_view *before);
struct agent_view *agent_view_ref(const struct agent_view *v);
void agent_view_unref(struct agent_view *v); /* any thread; NULL is fine */

/* Its PortolanObjectStatus. */
int64_t agent_object_status(const struct object_row *o);

/* The row of an object, or NULL. */
const struct object_row *agent_view_object(const struct agent_view *v,
                                           uint32_t index);
/* The device whose context that is, or NULL. */
const struct device_record *agent_view_context(const struct agent_view *v,
                                               struct bytes context);

/* nlmLogIndex of what was told of an alarm last; 0: nothing is logged. */
uint32_t agent_view_logged(const struct logged_rows *rows, uint32_t alarm);

/* The name of a device's context, "dev-NAME" where that is short enough:
 * unique, and the same as long as the device has its name. */
void agent_context_name(const struct device_record *d,
                        char out[CONTEXT_MAX + 1]);

/* ---- answering ---- */

/* What a request is answered from. */
struct agent_scene {
    const struct agent_view *view;
    struct wall now;
    uint32_t uptime_cs;  /* sysUpTime of the master, now */
    struct wall zero;    /* when that was 0: agent_zero() */
    uint32_t notify_seq; /* of the last notification */
    uint32_t enterprise;
    const struct table *contexts; /* by name: those that are registered */
};

/* Its view, of a scene as tables are given one (mib_set.h). */
static inline const struct agent_view *agent_scene_view(const void *scene)
{
    return ((const struct agent_scene *)scene)->view;
}

/* When sysUpTime was 0, as of a response that tells it. The answers of two
 * clocks differ by some hundredths of a second each time; that before stays
 * where it says the same, so that a TimeStamp does (RFC 2579: the value of
 * sysUpTime at which something occurred). A restarted master and a clock that
 * was set are another zero. */
struct wall agent_zero(struct wall now, uint32_t uptime_cs, struct wall before);

/* sysUpTime at a moment; 0 where the master did not run yet. */
uint32_t agent_ticks(const struct agent_scene *scene, struct wall at);

/* Tables of the default context, whose `of` is a struct agent_scene. */
struct mib_set *agent_station_set(uint32_t enterprise);

/* The same, of each file; NULL-terminated. */
extern const struct mib_table *const agent_station_tables[];
extern const struct mib_table *const agent_link_tables[];
extern const struct mib_table *const agent_alarm_tables[];
extern const struct mib_table *const agent_itu_tables[];
extern const struct mib_table *const agent_ping_tables[];
extern const struct mib_table *const agent_risk_tables[];
extern const struct mib_table *const agent_log_tables[];

#endif
