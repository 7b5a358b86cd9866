#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { YEAR_MIN = 1000, YEAR_MAX = 9999 }; /* of four digits */

#define MS_S INT64_C(1000)
#define MS_MIN (60 * MS_S)
#define MS_H (60 * MS_MIN)
#define MS_D (24 * MS_H)

/* Year, month, day as people write them. */
struct civil {
    unsigned year, month, day, hour, minute, second;
};

struct mono mono_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (struct mono){.ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec};
}

struct wall wall_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (struct wall){.ms = (int64_t)t.tv_sec * MS_S + t.tv_nsec / 1000000};
}

int64_t thread_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* there always is one */
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void wall_format(struct wall t, char *out, size_t len)
{
    time_t seconds = (time_t)(t.ms / MS_S - (t.ms % MS_S < 0));
    struct tm tm;

    out[0] = '\0';
    if (t.ms == 0 || gmtime_r(&seconds, &tm) == NULL)
        return;
    if (tm.tm_year < YEAR_MIN - 1900 || tm.tm_year > YEAR_MAX - 1900)
        return;
    (void)strftime(out, len, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Reads exactly count digits at *at and moves on; -1 if there are fewer. */
static int digits(const char **at, unsigned count, unsigned *out)
{
    *out = 0;
    for (unsigned i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return -1;
        *out = *out * 10 + (unsigned)(**at - '0');
    }
    return 0;
}

/* Reads sep and two digits. */
static int field(const char **at, char sep, unsigned *out)
{
    if (**at != sep)
        return -1;
    (*at)++;
    return digits(at, 2, out);
}

static int civil_read(const char *at, struct civil *out)
{
    if (digits(&at, 4, &out->year) < 0 || field(&at, '-', &out->month) < 0 ||
        field(&at, '-', &out->day) < 0)
        return -EINVAL;
    if (*at == '\0')
        return 0;
    if (field(&at, *at == 'T' ? 'T' : ' ', &out->hour) < 0 ||
        field(&at, ':', &out->minute) < 0)
        return -EINVAL;
    if (*at == ':' && field(&at, ':', &out->second) < 0)
        return -EINVAL;
    return *at == '\0' || strcmp(at, "Z") == 0 ? 0 : -EINVAL;
}

static int civil_to_wall(const struct civil *c, struct wall *out)
{
    struct tm tm = {.tm_year = (int)c->year - 1900,
                    .tm_mon = (int)c->month - 1,
                    .tm_mday = (int)c->day,
                    .tm_hour = (int)c->hour,
                    .tm_min = (int)c->minute,
                    .tm_sec = (int)c->second};
    struct tm asked = tm;
    time_t seconds = timegm(&tm);

    /* timegm() takes 30 February for 2 March: what it changed was no date. */
    if (tm.tm_mon != asked.tm_mon || tm.tm_mday != asked.tm_mday ||
        tm.tm_hour != asked.tm_hour || tm.tm_min != asked.tm_min ||
        tm.tm_sec != asked.tm_sec)
        return -EINVAL;
    out->ms = (int64_t)seconds * MS_S;
    return 0;
}

/* Seconds since 1970, until the year 9999. */
static int seconds_read(const char *at, struct wall *out)
{
    int64_t seconds = 0;

    for (; *at >= '0' && *at <= '9'; at++) {
        seconds = seconds * 10 + (*at - '0');
        if (seconds > INT64_C(253402300799))
            return -EINVAL;
    }
    out->ms = seconds * MS_S;
    return *at == '\0' ? 0 : -EINVAL;
}

int wall_parse(const char *text, struct wall now, struct wall *out)
{
    struct civil civil = {0};
    int64_t ago_ms = 0;

    *out = (struct wall){0};
    if (strcmp(text, "now") == 0) {
        *out = now;
        return 0;
    }
    if (text[0] == '-') {
        if (duration_parse(text + 1, &ago_ms) < 0)
            return -EINVAL;
        out->ms = now.ms - ago_ms;
        return 0;
    }
    if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0')
        return seconds_read(text, out);
    if (civil_read(text, &civil) < 0)
        return -EINVAL;
    return civil_to_wall(&civil, out);
}

/* The longest unit that *at begins with; 0 if there is none. */
static int64_t unit_read(const char **at)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        {"ms", 1},   {"s", MS_S}, {"min", MS_MIN}, {"m", MS_MIN},
        {"h", MS_H}, {"d", MS_D}, {"w", 7 * MS_D}, {"y", 365 * MS_D},
    };

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t len = strlen(units[i].name);
        if (strncmp(*at, units[i].name, len) == 0) {
            *at += len;
            return units[i].ms;
        }
    }
    return 0;
}

/* Reads one number with its unit at *at and adds it to *ms. */
static int part_read(const char **at, int64_t *ms)
{
    int64_t number = 0, part = 0;
    const char *first = *at;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, **at - '0', &number))
            return -EINVAL;
    if (*at == first)
        return -EINVAL;

    int64_t unit = unit_read(at);
    if (unit == 0 || __builtin_mul_overflow(number, unit, &part) ||
        __builtin_add_overflow(*ms, part, ms))
        return -EINVAL;
    return 0;
}

static int64_t offset_ms(int64_t at_ms)
{
    time_t s = (time_t)(at_ms / 1000);
    struct tm tm;

    return localtime_r(&s, &tm) != NULL ? (int64_t)tm.tm_gmtoff * 1000 : 0;
}

int64_t wall_local_ms(struct wall t)
{
    return t.ms + offset_ms(t.ms);
}

struct wall wall_of_local(int64_t local_ms)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    int64_t before = local_ms - offset_ms(local_ms - DAY_MS);
    int64_t after = local_ms - offset_ms(local_ms + DAY_MS);

    if (before + offset_ms(before) == local_ms ||
        after + offset_ms(after) != local_ms)
        return (struct wall){before};
    return (struct wall){after};
}

int duration_parse(const char *text, int64_t *ms)
{
    int64_t sum = 0;

    *ms = 0;
    if (strcmp(text, "0") == 0)
        return 0;
    if (*text == '\0')
        return -EINVAL;
    while (*text != '\0')
        if (part_read(&text, &sum) < 0)
            return -EINVAL;
    /* A hundred thousand years: what is added to a moment never overflows. */
    if (sum > INT64_C(100000) * 365 * MS_D)
        return -EINVAL;
    *ms = sum;
    return 0;
}

void duration_format(int64_t ms, char *out, size_t len)
{
    static const struct {
        uint64_t ms, part_ms;
        const char *name, *part;
    } units[] = {
        {(uint64_t)MS_D, (uint64_t)MS_H, "d", "h"},
        {(uint64_t)MS_H, (uint64_t)MS_MIN, "h", "min"},
        {(uint64_t)MS_MIN, (uint64_t)MS_S, "min", "s"},
        {(uint64_t)MS_S, 0, "s", ""},
    };
    const char *sign = ms < 0 ? "-" : "";
    uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (left < units[i].ms)
            continue;
        uint64_t whole = left / units[i].ms, rest = left % units[i].ms;
        uint64_t part = units[i].part_ms > 0 ? rest / units[i].part_ms : 0;
        if (part > 0)
            (void)snprintf(out, len, "%s%" PRIu64 " %s %" PRIu64 " %s", sign,
                           whole, units[i].name, part, units[i].part);
        else
            (void)snprintf(out, len, "%s%" PRIu64 " %s", sign, whole,
                           units[i].name);
        return;
    }
    (void)snprintf(out, len, "%s%" PRIu64 " ms", sign, left);
}
