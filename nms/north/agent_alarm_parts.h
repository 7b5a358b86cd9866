/* agent_alarm_parts.h - for agent_alarm*.c alone. */
#ifndef NORTH_AGENT_ALARM_PARTS_H
#define NORTH_AGENT_ALARM_PARTS_H

#include "north/agent_view.h"

/* Of each alarm, in alarmActiveVariableTable: what its notification says, the
 * sequence number excepted. */
enum { ALARM_VARIABLES = 6 };

extern const struct mib_table agent_alarm_variables; /* its table */
extern const struct mib_table agent_alarm_extension; /* portolanAlarmExtTable */

#endif
