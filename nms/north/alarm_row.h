/* alarm_row.h - how alerts are rows of the alarm MIBs: their indexes, and the
 * numbers that those MIBs have for what we say in words. Pure.
 */
#ifndef NORTH_ALARM_ROW_H
#define NORTH_ALARM_ROW_H

#include "mibs/oid.h"
#include "station/alert.h"

enum { DATE_TIME_OCTETS = 11, ADMIN_STRING_MAX = 255 };

/* t as DateAndTime in UTC (SNMPv2-TC): with the offset, which an index needs to
 * be in the order of time. All zeros for what is not known. */
void date_and_time(struct wall t, uint8_t out[DATE_TIME_OCTETS]);

/* ItuPerceivedSeverity (ITU-ALARM-TC-MIB): cleared(1), indeterminate(2),
 * critical(3), major(4), minor(5), warning(6). */
uint8_t itu_severity(enum severity severity);

/* alarmModelState of a severity (RFC 3877, 5.4): 1 is clear, larger is worse.
 */
uint32_t alarm_state(enum severity severity);

/* text, at most limit octets of it, cut at a character. */
struct bytes admin_string(const char *text, size_t limit);

/* Appends the index of its row in alarmActiveTable, or in alarmClearTable
 * (ALARM-MIB): the list "", when it was raised or cleared, its number. */
void alarm_active_index(const struct alert_record *a, struct oid_store *out);
void alarm_clear_index(const struct alert_record *a, struct oid_store *out);

/* The first object of that row: of alarmClearTable if it is cleared. What a
 * RowPointer to it is. */
void alarm_row_pointer(const struct alert_record *a, struct oid_store *out);

/* The row of alarmModelTable of a type in a state. */
void alarm_model_pointer(const struct alert_type *type, uint32_t state,
                         struct oid_store *out);

#endif
