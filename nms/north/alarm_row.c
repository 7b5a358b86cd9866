#include "north/alarm_row.h"

#include "base/text.h"

#include <string.h>
#include <time.h>

/* alarmActiveEngineID, alarmClearEngineID, alarmModelNotificationId */
static const struct oid active_first =
    OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2, 2, 1, 4);
static const struct oid clear_first =
    OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 3, 2, 1, 3);
static const struct oid model_first =
    OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 1, 2, 1, 3);

void date_and_time(struct wall t, uint8_t out[DATE_TIME_OCTETS])
{
    time_t seconds = (time_t)(t.ms / 1000);
    struct tm tm;

    memset(out, 0, DATE_TIME_OCTETS);
    if (t.ms <= 0 || gmtime_r(&seconds, &tm) == NULL)
        return;
    int year = tm.tm_year + 1900;
    out[0] = (uint8_t)(year >> 8);
    out[1] = (uint8_t)year;
    out[2] = (uint8_t)(tm.tm_mon + 1);
    out[3] = (uint8_t)tm.tm_mday;
    out[4] = (uint8_t)tm.tm_hour;
    out[5] = (uint8_t)tm.tm_min;
    out[6] = (uint8_t)tm.tm_sec;
    out[7] = (uint8_t)(t.ms % 1000 / 100);
    out[8] = '+';
}

uint8_t itu_severity(enum severity severity)
{
    static const uint8_t numbers[SEVERITIES] = {
        [SEVERITY_CLEARED] = 1, [SEVERITY_INDETERMINATE] = 2,
        [SEVERITY_WARNING] = 6, [SEVERITY_MINOR] = 5,
        [SEVERITY_MAJOR] = 4,   [SEVERITY_CRITICAL] = 3,
    };

    return severity < SEVERITIES ? numbers[severity] : 2;
}

uint32_t alarm_state(enum severity severity)
{
    return (uint32_t)severity + 1;
}

struct bytes admin_string(const char *text, size_t limit)
{
    struct bytes b = bytes_of_text(text);

    b.len = text_fit(b, limit);
    return b;
}

/* List "", a moment of variable length, a number. */
static void push_index(struct wall at, uint32_t number, struct oid_store *out)
{
    uint8_t date[DATE_TIME_OCTETS];

    date_and_time(at, date);
    (void)oid_push(out, 0);
    (void)oid_push(out, DATE_TIME_OCTETS);
    for (size_t i = 0; i < DATE_TIME_OCTETS; i++)
        (void)oid_push(out, date[i]);
    (void)oid_push(out, number);
}

void alarm_active_index(const struct alert_record *a, struct oid_store *out)
{
    push_index(a->raised, a->index, out);
}

void alarm_clear_index(const struct alert_record *a, struct oid_store *out)
{
    push_index(a->cleared, a->index, out);
}

void alarm_row_pointer(const struct alert_record *a, struct oid_store *out)
{
    bool over = a->state == ALERT_CLEARED;

    oid_copy(out, over ? clear_first : active_first);
    if (over)
        alarm_clear_index(a, out);
    else
        alarm_active_index(a, out);
}

void alarm_model_pointer(const struct alert_type *type, uint32_t state,
                         struct oid_store *out)
{
    oid_copy(out, model_first);
    (void)oid_push(out, 0);
    (void)oid_push(out, type->model);
    (void)oid_push(out, state);
}
