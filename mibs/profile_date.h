/* profile_date.h - dates as agents write them: "05/31/2024", "2024-05-31
 * 12:30", "Fri May 31 12:30:00 2024", "31.05.2024", "20240531", and the octets
 * of DateAndTime (SNMPv2-TC) as hexadecimal text.
 */
#ifndef MIBS_PROFILE_DATE_H
#define MIBS_PROFILE_DATE_H

#include "base/bytes.h"
#include "base/clock.h"

#include <stdbool.h>

/* A moment; UTC unless the text says otherwise. */
struct date {
    int64_t s; /* since 1970 */
    bool has_time;
};

/* The first date in text; false if there is none. Of two numbers before a year
 * the first is the month with '/', the day with '.' and '-'. */
bool date_read(const char *text, struct date *out);

/* Puts the date that stands in text behind from in its place, written as
 * 2024-05-31, with 13:45:00 where it has a time. False, and nothing behind
 * from, if there is none. */
bool date_rewrite(struct buffer *text, size_t from);

#endif
