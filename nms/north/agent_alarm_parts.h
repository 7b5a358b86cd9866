/* agent_alarm_parts.h - what the tables of alarms share; for agent_alarm*.c and
 * agent_itu.c alone. */
#ifndef NORTH_AGENT_ALARM_PARTS_H
#define NORTH_AGENT_ALARM_PARTS_H

#include "north/agent_view.h"

/* Of each alarm, in alarmActiveVariableTable: what its notification says, the
 * sequence number excepted. */
enum { ALARM_VARIABLES = 6 };

extern const struct mib_table agent_alarm_variables; /* its table */
extern const struct mib_table agent_alarm_extension; /* portolanAlarmExtTable */

/* The rows of alarmActiveTable and their indexes, which tables of other modules
 * share: for struct mib_table. */
size_t alarm_rows(const void *of);
void alarm_index(const void *of, size_t row, struct oid_store *out);

/* The same of alarmModelTable: each type of alert in each state, which count
 * from 1 as the severities of ITU-ALARM-MIB do. */
size_t alarm_model_rows(const void *of);
void alarm_model_index(const void *of, size_t row, struct oid_store *out);
const struct alert_type *alarm_model_of(size_t row, uint32_t *state);

#endif
