/* agentx.h - the station as an agent: a subagent of the machine's SNMP agent
 * (AgentX, RFC 2741), in a thread of its own. Whatever the master does, goes
 * away or hangs, the loop does not notice: views to answer from are handed over
 * (agent_view.h), and messages come back.
 */
#ifndef NORTH_AGENTX_H
#define NORTH_AGENTX_H

#include "base/complaint.h"
#include "base/own.h"
#include "mibs/value.h"

struct event_base;
struct agentx;
struct station;

enum {
    AGENTX_NOTICES_MAX = 1024 /* that wait for the master to take them */
};

struct agentx_options {
    const char *master; /* a path, or tcp:HOST:PORT */
    uint32_t contexts;  /* of devices, at most: a master may take long to find
                           one among many */
    bool writable;      /* portolanAlarmAdminTable may be written */
};

/* Starts the thread. -errno and *why if there can be none. */
int agentx_new(struct event_base *base, struct station *station,
               const struct agentx_options *options, struct agentx **out,
               struct complaint *why) __attribute__((warn_unused_result));

/* Ends within a second, whatever the master does. NULL is fine. */
void agentx_free(struct agentx *a);
OWNED_BY(struct agentx, agentx_free)

/* Told in the loop: what became of a notification (the master took it, error 0;
 * refused it, or went away before it said so, -1); and that what is served is
 * newer than before. */
struct agentx_listener {
    void (*told)(void *arg, uint64_t id, int error);
    void (*shown)(void *arg);
    void *arg;
};
void agentx_listen(struct agentx *a, const struct agentx_listener *listener);

/* The version of the alerts (alert_book) that are served; UINT64_MAX while the
 * master is away: nobody reads. */
uint64_t agentx_shown(const struct agentx *a);
/* What is published is wanted at once, if that is quickly made. */
void agentx_hasten(struct agentx *a);

/* Has the master send a notification to its receivers; its varbinds (behind
 * sysUpTime.0 and snmpTrapOID.0; notice_varbinds.h) are copied. id is the
 * caller's, told again with what became of it. -ENOTCONN if the master is not
 * there, -EAGAIN if AGENTX_NOTICES_MAX wait already. */
int agentx_notify(struct agentx *a, uint64_t id, struct oid trap,
                  const struct varbind *varbinds, size_t count)
    __attribute__((warn_unused_result));

/* portolanNotifySeq from now on: that of the last notification, whoever sent
 * it. */
void agentx_notified(struct agentx *a, uint32_t seq);

#endif
