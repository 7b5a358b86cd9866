/* notice_varbinds.h - what a notification says of an alert, whoever sends it:
 * the master agent, or the station to its receivers. Pure.
 *
 * PORTOLAN-MIB's notifications all have the same varbinds in the same order:
 * portolanNotifySeq, portolanObjName, portolanObjAddress,
 * portolanNotifySeverity, portolanObjRiskLevel, portolanNotifyAlarm,
 * portolanNotifyText. An alert of a type that has none of its own there goes as
 * alarmActiveState or alarmClearState (ALARM-MIB), with that MIB's two varbinds
 * first and these behind. What became known of one that was told goes as
 * portolanAlarmExplained.
 */
#ifndef NORTH_NOTICE_VARBINDS_H
#define NORTH_NOTICE_VARBINDS_H

#include "base/addr.h"
#include "mibs/value.h"
#include "station/alert.h"

struct notice_source {
    uint32_t enterprise; /* of PORTOLAN-MIB */
    uint32_t seq;        /* portolanNotifySeq */
    const struct alert_record *alert;
    uint32_t object;    /* portolanObjIndex of what it is about; 0 = none */
    struct addr addr;   /* of its device's agent; none */
    uint8_t risk_level; /* PortolanRiskLevel, 1..5 */
    const char *text;   /* portolanNotifyText; NULL = the alert's */
    bool explained;     /* portolanAlarmExplained: it was told before */
};

enum { NOTICE_VARBINDS_MAX = 9 };

/* What is sent behind sysUpTime.0. Too large to copy: it points into itself,
 * and texts are the alert's. */
struct notice {
    struct oid_store trap; /* snmpTrapOID.0 */
    struct varbind varbinds[NOTICE_VARBINDS_MAX];
    size_t count;
    /* what varbinds point to */
    struct oid_store names[NOTICE_VARBINDS_MAX], pointer, model, resource;
    struct addr addr;
};

/* Cleared alerts give the notification that the condition is over. What has no
 * number is no alert (a change, a test): portolanNotifyAlarm is 0.0. */
void notice_compose(const struct notice_source *from, struct notice *out);

#endif
