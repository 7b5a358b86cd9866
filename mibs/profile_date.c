#include "mibs/profile_date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    NUMBERS_MAX = 3,  /* day, month, year */
    DIGITS_MAX = 8,   /* of a number */
    OCTETS_MAX = 11,  /* DateAndTime with its zone */
    OCTETS_LOCAL = 8, /* and without */
    CENTURY = 2000,   /* of years with two digits */
    YEAR_MIN = 1970,  /* before: no date of a device */
    YEAR_MAX = 2200,  /* behind: neither */
    YEAR_DIGITS = 4,
    COMPACT_DIGITS = 8, /* "20240531" */
    MINUTE_S = 60,
    HOUR_S = 3600,
};

/* What was read of a date so far. */
struct pieces {
    int numbers[NUMBERS_MAX];
    size_t digits[NUMBERS_MAX];
    size_t count;
    int month; /* by its name, from 1 */
    char separator;
    int hour, minute, second;
    bool has_time, is_broken;
};

static int month_of(const char *word, size_t len)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; len >= 3 && i < 12; i++)
        if (strncasecmp(word, names + 3 * (size_t)i, 3) == 0)
            return i + 1;
    return 0;
}

/* Reads "hh:mm" or "hh:mm:ss" at text; gives its length, 0 if it is none. */
static size_t time_read(const char *text, struct pieces *p)
{
    int len = 0, more = 0;

    if (sscanf(text, "%2d:%2d%n", &p->hour, &p->minute, &len) != 2 || len == 0)
        return 0;
    if (sscanf(text + len, ":%2d%n", &p->second, &more) == 1)
        len += more;
    p->has_time = true;
    return (size_t)len;
}

/* Takes the number at text; gives its length. */
static size_t number_take(const char *text, struct pieces *p)
{
    size_t len = strspn(text, "0123456789");
    size_t time = len <= 2 && text[len] == ':' ? time_read(text, p) : 0;

    if (time > 0)
        return time;
    if (len > DIGITS_MAX || p->count == NUMBERS_MAX) {
        p->is_broken |= p->count < NUMBERS_MAX;
        return len;
    }
    p->digits[p->count] = len;
    p->numbers[p->count++] = (int)strtol(text, NULL, 10);
    if (p->separator == '\0' && strchr("/.-", text[len]) != NULL)
        p->separator = text[len];
    return len;
}

static void pieces_read(const char *text, struct pieces *p)
{
    while (*text != '\0') {
        size_t len = 0;

        if (isdigit((unsigned char)*text)) {
            text += number_take(text, p);
            continue;
        }
        while (isalpha((unsigned char)text[len]))
            len++;
        if (p->month == 0)
            p->month = month_of(text, len);
        text += len > 0 ? len : 1;
    }
}

static bool moment_make(int year, int month, int day, const struct pieces *p,
                        struct date *out)
{
    struct tm tm = {
        .tm_year = year - 1900,
        .tm_mon = month - 1,
        .tm_mday = day,
        .tm_hour = p->hour,
        .tm_min = p->minute,
        .tm_sec = p->second,
    };

    if (year < YEAR_MIN || year > YEAR_MAX)
        return false;
    time_t s = timegm(&tm);

    *out = (struct date){s, p->has_time};
    /* timegm() takes 30 February for 2 March: what it changed was no date. */
    return tm.tm_mon == month - 1 && tm.tm_mday == day &&
           tm.tm_hour == p->hour && tm.tm_min == p->minute;
}

static int full_year(const struct pieces *p, size_t i)
{
    return p->digits[i] == YEAR_DIGITS ? p->numbers[i]
                                       : CENTURY + p->numbers[i] % 100;
}

/* A date of numbers alone. */
static bool numbers_make(const struct pieces *p, struct date *out)
{
    const int *n = p->numbers;

    if (p->count > 0 && p->digits[0] == COMPACT_DIGITS)
        return moment_make(n[0] / 10000, n[0] / 100 % 100, n[0] % 100, p, out);
    if (p->count < NUMBERS_MAX)
        return false;
    if (p->digits[0] == YEAR_DIGITS)
        return moment_make(n[0], n[1], n[2], p, out);
    return p->separator == '/'
               ? moment_make(full_year(p, 2), n[0], n[1], p, out)
               : moment_make(full_year(p, 2), n[1], n[0], p, out);
}

static bool named_make(const struct pieces *p, struct date *out)
{
    if (p->count < 2)
        return false;
    if (p->digits[0] == YEAR_DIGITS)
        return moment_make(p->numbers[0], p->month, p->numbers[1], p, out);
    return moment_make(full_year(p, 1), p->month, p->numbers[0], p, out);
}

/* "07 e8 05 1f 0c 1e 00 00" with or without "2b 02 00" behind it. */
static bool octets_make(const char *text, struct date *out)
{
    unsigned o[OCTETS_MAX] = {0};
    size_t count = 0;
    int len = 0;

    while (count < OCTETS_MAX && isxdigit((unsigned char)text[0]) &&
           isxdigit((unsigned char)text[1]) &&
           sscanf(text, "%2x%n", &o[count], &len) == 1) {
        count++;
        text += len;
        text += *text == ' ';
    }
    if (*text != '\0' || (count != OCTETS_LOCAL && count != OCTETS_MAX))
        return false;
    struct pieces p = {.hour = (int)o[4],
                       .minute = (int)o[5],
                       .second = (int)o[6],
                       .has_time = true};

    if (!moment_make((int)(o[0] << 8 | o[1]), (int)o[2], (int)o[3], &p, out))
        return false;
    int64_t zone = (int64_t)o[9] * HOUR_S + (int64_t)o[10] * MINUTE_S;

    if (count == OCTETS_MAX)
        out->s += o[8] == '-' ? zone : -zone;
    return true;
}

bool date_read(const char *text, struct date *out)
{
    struct pieces p = {0};

    *out = (struct date){0};
    if (octets_make(text, out))
        return true;
    pieces_read(text, &p);
    if (p.is_broken ||
        !(p.month > 0 ? named_make(&p, out) : numbers_make(&p, out))) {
        *out = (struct date){0};
        return false;
    }
    return true;
}

bool date_rewrite(struct buffer *text, size_t from)
{
    struct date d;
    struct tm tm;
    char form[32];
    bool is_date =
        date_read(text->at + from, &d) && gmtime_r(&(time_t){d.s}, &tm) != NULL;

    text->len = from;
    text->at[from] = '\0';
    if (!is_date)
        return false;
    (void)strftime(form, sizeof form,
                   d.has_time ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d", &tm);
    buffer_text(text, form);
    return true;
}
